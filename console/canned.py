"""Canned replies: by kind and language, their variables filled in from the profile."""

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from casework.profile import Profile

FILE = Path(__file__).with_name("canned.yml")


@dataclass(frozen=True, kw_only=True)
class CannedReply:
    """One reply in the reporter's language."""

    category: str
    text: str = field(repr=False)


@cache
def _written() -> list[dict[str, str]]:
    from ruamel.yaml import YAML

    loaded: list[dict[str, str]] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return loaded


def canned_replies(profile: Profile, language: str) -> tuple[CannedReply, ...]:
    facts: dict[str, Any] = {
        "office": profile.office.words.in_language(language),
        "phone": profile.other_ways.phone,
        "website": profile.other_ways.website,
        "opens": f"{profile.office_hours.opens:%H:%M}",
        "closes": f"{profile.office_hours.closes:%H:%M}",
    }
    chosen = "en" if language == "en" else "zh"
    return tuple(CannedReply(category=it["category"], text=it[chosen].format(**facts)) for it in _written())
