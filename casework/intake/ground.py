"""What reading an answer stands on, and the values of the questions that hold more than a word."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from casework.profile import Profile, Unit
from casework.report import Occurred


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The city, the day in its time zone, and the language spoken."""

    profile: Profile
    today: date
    language: str = "zh"


def unit_value(unit: Unit, ground: Ground) -> dict[str, Any]:
    """Return the value of `accused_unit` for a unit of the directory."""
    return {"id": unit.id, "name": unit.words.in_language(ground.language)}


def named_unit(name: str) -> dict[str, Any]:
    """Return the value of `accused_unit` for a unit in the reporter's words."""
    return {"id": None, "name": name}


def occurred_value(occurred: Occurred) -> dict[str, Any]:
    """Return the value of `occurred`."""
    return asdict(occurred)
