"""What goes in and out of understanding, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

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
    """A unit of the directory. `names` are its own; `short` names are shared and need the region beside them.
    `renderings` are other translations of both: found when written right, never guessed at.

    An id "kind__region" says that units of one kind stand in many regions.
    """

    id: str
    names: tuple[str, ...]
    short: tuple[str, ...] = ()
    renderings: tuple[str, ...] = ()
    short_renderings: tuple[str, ...] = ()
    region: str = ""
    level: str = "unknown"

    @property
    def kind(self) -> str:
        return self.id.split("__", 1)[0]


class Named(Protocol):
    """A region as a profile has it."""

    @property
    def id(self) -> str: ...
    @property
    def names(self) -> tuple[str, ...]: ...


class NamedUnit(Named, Protocol):
    """A unit as a profile has it."""

    @property
    def short(self) -> tuple[str, ...]: ...
    @property
    def renderings(self) -> tuple[str, ...]: ...
    @property
    def short_renderings(self) -> tuple[str, ...]: ...
    @property
    def region(self) -> str: ...
    @property
    def level(self) -> str: ...


class Directory(Protocol):
    """A profile, as far as names go."""

    @property
    def regions(self) -> Sequence[Named]: ...
    @property
    def units(self) -> Sequence[NamedUnit]: ...


@dataclass(frozen=True, kw_only=True)
class Gazetteer:
    """The names that a profile knows."""

    regions: tuple[Region, ...] = ()
    units: tuple[Unit, ...] = ()

    @classmethod
    def of(cls, directory: Directory) -> Self:
        """Take the names out of a profile."""
        return cls(
            regions=tuple(Region(id=region.id, names=region.names) for region in directory.regions),
            units=tuple(
                Unit(
                    id=unit.id,
                    names=unit.names,
                    short=unit.short,
                    renderings=unit.renderings,
                    short_renderings=unit.short_renderings,
                    region=unit.region,
                    level=unit.level,
                )
                for unit in directory.units
            ),
        )
