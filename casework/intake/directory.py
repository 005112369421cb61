"""Finds regions and units of the profile in what people write."""

import difflib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from casework.intake.script import simplify
from casework.profile import Profile, Unit

_MOST_NEAR = 4
_NEAR_ENOUGH = 0.62
_SEPARATORS = re.compile(r"[\s,，。.!！?？:：;；'\"“”‘’()（）、-]+")
_OFFICIALS = re.compile(r"(?:的?(?:工作人员|领导|干部|人员|办事员|窗口))+$")


@dataclass(frozen=True, kw_only=True)
class Place:
    """A name found in a text: a region's or a unit's id, and where it stands in the folded text."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class UnitMatch:
    """What a directory search gave: the unit meant, or the near ones to choose from (at most four), or neither."""

    unit: Unit | None = None
    near: tuple[Unit, ...] = ()


def fold(text: str) -> str:
    """Return `text` in compatibility form, lower case and simplified characters, as names are compared."""
    return simplify(unicodedata.normalize("NFKC", text).lower())


def find_regions(profile: Profile, text: str) -> list[str]:
    """Return the ids of the regions named in `text`, in order; names of units count for their region."""
    index = _index(profile)
    regions = list(index.regions.find(fold(text)))
    units = (place for place in index.units.find(fold(text)) if not _is_torn(place, regions))
    places = sorted((*regions, *units), key=lambda place: place.start)
    ids = [index.region_of.get(place.id, place.id) for place in places]
    return list(dict.fromkeys(region for region in ids if region))


def region_named(profile: Profile, text: str) -> str | None:
    """Return the id of the region of which `text` is a name and nothing else."""
    return _index(profile).region_by_name.get(fold(text).strip())


def region_places(profile: Profile, text: str) -> list[Place]:
    """Return the regions that `text` names themselves, where they stand in it, folded."""
    return list(_index(profile).regions.find(fold(text)))


def find_unit(profile: Profile, text: str, region: str | None) -> Unit | None:
    """Return the first unit named in a longer text; a short name ("住建局") counts when one unit of `region` has it."""
    index = _index(profile)
    regions = list(index.regions.find(fold(text)))
    for place in index.units.find(fold(text)):
        if not _is_torn(place, regions):
            return profile.unit(place.id)
    for place in index.short.find(fold(text)):
        units = [unit for unit in index.by_short[place.id] if unit.region == region]
        if len(units) == 1:
            return units[0]
    return None


def _is_torn(unit: Place, regions: list[Place]) -> bool:
    """Tell whether a unit's name begins within a region's: the city's 市水务局 does not stand in 庄河市水务局."""
    return any(region.start < unit.start < region.end for region in regions)


def search(profile: Profile, text: str, region: str | None) -> UnitMatch:
    """Look up an answer to "which unit": its exact name, a short name with the region, else the nearest names."""
    index, wanted = _index(profile), _bare(text)
    if not wanted:
        return UnitMatch()
    if (unit := _named(index, wanted, region)) is not None:
        return UnitMatch(unit=unit)
    if same_short := index.by_bare_short.get(wanted, ()):
        return UnitMatch(near=_nearest_first(same_short, region)[:_MOST_NEAR])
    return UnitMatch(near=tuple(_similar(index, wanted, region)))


def named_unit(profile: Profile, text: str, region: str | None) -> Unit | None:
    """Return the unit that `search` finds, None where it finds at most near ones; it does not look for those."""
    return _named(_index(profile), _bare(text), region)


def _named(index: "_Index", wanted: str, region: str | None) -> Unit | None:
    if (exact := index.by_name.get(wanted) or index.by_rendering.get(wanted)) is not None:
        return exact
    here = [unit for unit in index.by_bare_short.get(wanted, ()) if unit.region == region]
    return here[0] if len(here) == 1 else None


def _nearest_first(units: tuple[Unit, ...], region: str | None) -> tuple[Unit, ...]:
    return tuple(sorted(units, key=lambda unit: (unit.region != region, unit.level != "municipal")))


def _similar(index: "_Index", wanted: str, region: str | None) -> Iterator[Unit]:
    scored: dict[str, float] = {}
    for name, unit in index.by_name.items():
        score = _similarity(wanted, name) + (0.05 if unit.region == region else 0.0)
        if score >= _NEAR_ENOUGH and score > scored.get(unit.id, 0.0):
            scored[unit.id] = score
    units = {unit.id: unit for unit in index.by_name.values()}
    for unit_id in sorted(scored, key=scored.__getitem__, reverse=True)[:_MOST_NEAR]:
        yield units[unit_id]


def _similarity(wanted: str, name: str) -> float:
    if abs(len(wanted) - len(name)) > max(len(wanted), len(name)) // 2:
        return 0.0
    matcher = difflib.SequenceMatcher(None, wanted, name, autojunk=False)
    is_possible = matcher.real_quick_ratio() >= _NEAR_ENOUGH and matcher.quick_ratio() >= _NEAR_ENOUGH
    return matcher.ratio() if is_possible else 0.0


def _bare(text: str) -> str:
    """Reduce a name to what is compared: no spaces, no punctuation, no "the", no "staff of"."""
    folded = re.sub(r"^the\s+", "", fold(text).strip())
    return _OFFICIALS.sub("", _SEPARATORS.sub("", folded))


class _Names:
    """Finds many names in a text at once: looked up by their first two characters, the longest first."""

    def __init__(self, names: dict[str, str]) -> None:
        self._by_head: dict[str, list[tuple[str, str]]] = {}
        for name, target in names.items():
            self._by_head.setdefault(name[:2], []).append((name, target))
        for found in self._by_head.values():
            found.sort(key=lambda entry: -len(entry[0]))

    def find(self, text: str) -> Iterator[Place]:
        """Yield the names that stand in a folded text, from left to right, none within another."""
        heads, end = self._by_head, 0
        # First where any name can begin, without a call: a text has many places and few names.
        for at in [at for at in range(len(text) - 1) if text[at : at + 2] in heads]:
            if at >= end and (hit := self._at(text, at)) is not None:
                yield hit
                end = hit.end

    def _at(self, text: str, at: int) -> Place | None:
        for name, target in self._by_head[text[at : at + 2]]:
            if text.startswith(name, at) and _is_whole(text, at, at + len(name)):
                return Place(id=target, start=at, end=at + len(name))
        return None


def _is_whole(text: str, start: int, end: int) -> bool:
    """Tell whether a Latin name is not a piece of a longer word."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if text[start].isascii() and before.isascii() and before.isalnum():
        return False
    return not (text[end - 1].isascii() and after.isascii() and after.isalnum())


class _Index:
    """The names of one profile, made ready for look-ups."""

    def __init__(self, profile: Profile) -> None:
        self.regions = _Names({fold(n): region.id for region in profile.regions for n in region.names if len(n) > 1})
        self.region_by_name = {fold(name): region.id for region in reversed(profile.regions) for name in region.names}
        names = {fold(name): unit.id for unit in profile.units for name in unit.renderings}
        self.units = _Names(names | {fold(name): unit.id for unit in profile.units for name in unit.names})
        shorts = [short for unit in profile.units for short in (*unit.short, *unit.short_renderings)]
        self.short = _Names({fold(short): fold(short) for short in shorts})
        self.by_short: dict[str, list[Unit]] = {}
        for unit in profile.units:
            for short in (*unit.short, *unit.short_renderings):
                self.by_short.setdefault(fold(short), []).append(unit)
        self.by_bare_short = {_bare(short): tuple(units) for short, units in self.by_short.items()}
        self.by_rendering = {_bare(name): unit for unit in reversed(profile.units) for name in unit.renderings}
        self.by_name = {_bare(name): unit for unit in reversed(profile.units) for name in unit.names}
        self.region_of = {unit.id: unit.region for unit in profile.units}


def _index(profile: Profile) -> _Index:
    return _cached(_Key(profile))


class _Key:
    """A profile as a key of the cache: two profiles with the same id and digest hold the same names."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile

    def __hash__(self) -> int:
        return hash((self.profile.id, self.profile.digest))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.profile == other.profile


@lru_cache(maxsize=4)
def _cached(key: _Key) -> _Index:
    return _Index(key.profile)
