"""What goes in and out of understanding, as plain values."""

from dataclasses import dataclass, field
from typing import Any, Protocol

Entity = dict[str, Any]
"""`{"entity", "value", "start", "end"}`; start and end count characters of the text as typed."""

Ranking = list[tuple[str, float]]
"""(name, confidence 0..1), best first; the confidences of an intent ranking sum to 1."""

FALLBACK = "nlu_fallback"
EMERGENCY = "emergency"
OUT_OF_SCOPE = "out_of_scope"


class ParseContext(Protocol):
    """Where the conversation stands; any object with these three attributes will do."""

    @property
    def active_loop(self) -> str | None: ...
    @property
    def requested_slot(self) -> str | None: ...
    @property
    def language(self) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Context:
    """A context of our own, for tools and tests."""

    active_loop: str | None = None
    requested_slot: str | None = None
    language: str | None = None


@dataclass(frozen=True, kw_only=True)
class Parse:
    """What one message means. `intent` is `nlu_fallback` when nothing is likely enough; the ranking is kept then."""

    text: str = field(repr=False)
    intent: str
    confidence: float
    ranking: Ranking
    entities: list[Entity] = field(default_factory=list, repr=False)


@dataclass(frozen=True, kw_only=True)
class Region:
    """A region of the profile: its id and everything people call it, in both languages."""

    id: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Unit:
    """A unit of the directory. `region` is a region's id; "" for a unit that every district has (a kind of unit)."""

    id: str
    names: tuple[str, ...]
    region: str = ""
    level: str = "unknown"


@dataclass(frozen=True, kw_only=True)
class Gazetteer:
    """The names that a profile knows."""

    regions: tuple[Region, ...] = ()
    units: tuple[Unit, ...] = ()
