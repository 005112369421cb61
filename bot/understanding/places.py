"""Finds the regions and units of the gazetteer in a text, also with one character wrong."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from bot.understanding.normalise import align
from bot.understanding.sounds import by_sound
from bot.understanding.values import Entity, Gazetteer, Unit

_STREET: Final = frozenset("路街巷")
_NEAR_TEXT: Final = 60
_NEAR_REGION_HAN: Final = 3
_NEAR_UNIT_HAN: Final = 6
_NEAR_LATIN: Final = 6
_LONGEST_NEAR: Final = 40
_NEAR_SHORT: Final = 10
"""Letters that a short English name of a unit has at least, for one mistake in it to be found."""
_LONGEST_REGION: Final = 24
_MOST_ANCHORS: Final = 4
_SOUNDING_HAN: Final = 3
_SOUNDING_UNIT_HAN: Final = 5
_TWO_KEPT: Final = 5
"""From this length on one mistake leaves the first two or the last two characters; below, the first or the last."""
_REGION_ENDINGS: Final = "区市县"


@dataclass(frozen=True, kw_only=True)
class _Hit:
    start: int
    end: int
    ids: frozenset[str]
    meant: str = ""
    """The name that the text nearly holds."""

    @property
    def is_near(self) -> bool:
        return bool(self.meant)


@dataclass(kw_only=True)
class _Index:
    """Folded names and who bears them, found by their first two characters."""

    bearers: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_head: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    by_deletion: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    near_lengths: set[int] = field(default_factory=set)
    near_heads: set[str] = field(default_factory=set)
    near_tails: set[str] = field(default_factory=set)
    by_sound: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_sounding_head: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, name: str, bearer: str) -> None:
        folded = align(name)
        if len(folded) < 2:
            return
        if folded not in self.bearers:
            self.by_head[folded[:2]].append(folded)
            self.by_head[folded[:2]].sort(key=len, reverse=True)
        self.bearers[folded].add(bearer)

    def add_near(self, name: str, shortest_han: int) -> None:
        folded = align(name)
        shortest = _NEAR_LATIN if folded.isascii() else shortest_han
        if shortest <= len(folded) <= _LONGEST_NEAR:
            self.near_lengths.update(range(len(folded) - 1, len(folded) + 2))
            kept = 2 if len(folded) >= _TWO_KEPT else 1
            self.near_heads.add(folded[:kept])
            self.near_tails.add(folded[-kept:])
            for shorter in _deletions(folded):
                self.by_deletion[shorter].add(folded)

    def add_near_latin(self, name: str) -> None:
        """Let an English name also be found with one mistake, if it is long enough; other names are not."""
        folded = align(name)
        if len(folded) >= _NEAR_SHORT and folded.isascii():
            self.add_near(name, _NEAR_SHORT)

    def add_sound(self, name: str, shortest_han: int) -> None:
        """Let a name also be found by its sound: 西冈区 for 西岗区. Only names in Han characters have one."""
        folded = align(name)
        if len(folded) >= shortest_han and not any(_is_latin(char) for char in folded):
            sound = by_sound(folded)
            self.by_sound[sound].add(folded)
            self.by_sounding_head[sound[:2]].add(sound)

    def sounding_hits(self, folded: str) -> Iterator[_Hit]:
        """Yield the places that sound like the name of one bearer alone."""
        sounds = by_sound(folded)
        for start in range(len(folded) - 1):
            for sound in sorted(self.by_sounding_head.get(sounds[start : start + 2], ())):
                if not sounds.startswith(sound, start):
                    continue
                end, names = start + len(sound), self.by_sound[sound]
                ids = frozenset(bearer for name in names for bearer in self.bearers[name])
                if len(ids) == 1 and folded[start:end] not in names:
                    yield _Hit(start=start, end=end, ids=ids, meant=min(names))

    def hits(self, folded: str) -> Iterator[_Hit]:
        """Yield the longest name at each place, from left to right, none overlapping."""
        position = 0
        while position < len(folded) - 1:
            name = next(
                (n for n in self.by_head.get(folded[position : position + 2], ()) if _stands(n, folded, position)), ""
            )
            if name:
                yield _Hit(start=position, end=position + len(name), ids=frozenset(self.bearers[name]))
            position += len(name) or 1

    def near_hits(self, folded: str, *, at_start: bool = False, is_shared: bool = False) -> Iterator[_Hit]:
        """Yield the places that are one character away from one bearer's name alone; `is_shared`: from one name."""
        for start, end in _windows(folded, self.near_lengths, at_start=at_start):
            piece = folded[start:end]
            if not self._may_be_near(piece):
                continue
            names = {name for form in _deletions(piece) if form in self.by_deletion for name in self.by_deletion[form]}
            meant = sorted(name for name in names if _one_off(piece, name))
            ids = frozenset(bearer for name in meant for bearer in self.bearers[name])
            if len(meant) == 1 if is_shared else len(ids) == 1:
                yield _Hit(start=start, end=end, ids=ids, meant=meant[-1])

    def _may_be_near(self, piece: str) -> bool:
        """One mistake leaves the beginning or the end of a name as it is; most pieces share neither with any name."""
        heads, tails = self.near_heads, self.near_tails
        return piece[:2] in heads or piece[-2:] in tails or piece[:1] in heads or piece[-1:] in tails


class PlaceFinder:
    """Knows the names of one gazetteer."""

    def __init__(
        self, gazetteer: Gazetteer, organs: Iterable[str] = (), streets: Mapping[str, Iterable[str]] | None = None
    ) -> None:
        """`streets` are names of places within a region, by the region's id."""
        self._units: Mapping[str, Unit] = {unit.id: unit for unit in gazetteer.units}
        self._regions, self._names, self._shorts = _Index(), _Index(), _Index()
        self._organs = tuple(align(organ) for organ in organs)
        for region in gazetteer.regions:
            for name in region.names:
                self._regions.add(name, region.id)
                self._regions.add_near(name, _NEAR_REGION_HAN)
                self._regions.add_sound(name, _SOUNDING_HAN)
            for name in (streets or {}).get(region.id, ()):
                self._regions.add(name, region.id)
        for unit in gazetteer.units:
            for name in (*unit.names, *unit.short, *unit.renderings, *unit.short_renderings):
                self._names.add(name, unit.id)
            for name in unit.short:
                self._shorts.add(name, unit.id)
                self._shorts.add_near_latin(name)
            for name in unit.names:
                self._names.add_near(name, _NEAR_UNIT_HAN)
                self._names.add_sound(name, _SOUNDING_UNIT_HAN)

    def find(self, text: str) -> list[Entity]:
        """Return `region` and `unit` entities.

        A unit whose name several bear, with no region in the text that decides, has its kind as value, `role` "kind"
        and the ids in `candidates`. A name found with one character wrong has `near` True.
        """
        folded = align(text)
        regions = [hit for hit in self._regions.hits(folded) if folded[hit.end : hit.end + 1] not in _STREET]
        units = [hit for hit in self._names.hits(folded) if not self._is_torn(hit, regions)]
        if len(folded) <= _NEAR_TEXT:
            nearly = (h for h in self._regions.near_hits(folded) if _is_region_typo(h, folded))
            units = self._whole(units, folded) or _first(self._near_units(folded)) or _first(self._near_shorts(folded))
            regions = regions or _first(self._sounding_regions(folded, units))
            regions = regions or _first(h for h in nearly if not any(_overlap(h, unit) for unit in units))
        else:
            units = units or _first(self._near_units_after(regions, folded))
            regions = regions or _first(self._near_regions_before(units, folded))
        ids = {next(iter(hit.ids)) for hit in regions if len(hit.ids) == 1}
        return [*(_entity("region", hit, next(iter(hit.ids))) for hit in regions), *(self._unit(h, ids) for h in units)]

    def _whole(self, units: list[_Hit], folded: str) -> list[_Hit]:
        """Return the units named, or the one that sounds like what is written, also round a shorter name: the city's
        市公安局 does not stand in 瓦房殿市公安局.
        """
        sounding = _first(h for h in self._names.sounding_hits(folded) if not self._is_other_organ(h, folded))
        is_within = [any(_is_mistyped_before(unit, one, folded) for one in sounding) for unit in units]
        return sounding if all(is_within) else units

    def _is_torn(self, unit: _Hit, regions: list[_Hit]) -> bool:
        """Tell whether a name begins within that of another region: 市水务局 does not stand in 庄河市水务局."""
        within = {i for hit in regions if hit.start < unit.start < hit.end for i in hit.ids}
        return bool(within) and not within & {self._units[i].region for i in unit.ids}

    def _near_shorts(self, folded: str) -> Iterator[_Hit]:
        found = self._shorts.near_hits(folded, is_shared=True)
        return (hit for hit in found if not self._is_other_organ(hit, folded))

    def _near_units(self, folded: str, *, at_start: bool = False) -> Iterator[_Hit]:
        found = self._names.near_hits(folded, at_start=at_start)
        return (hit for hit in found if not self._is_other_organ(hit, folded))

    def _near_units_after(self, regions: list[_Hit], folded: str) -> Iterator[_Hit]:
        """Yield what is nearly an English name that begins with a region named: a long text is searched there alone."""
        for region in regions[:_MOST_ANCHORS]:
            piece = folded[region.start : region.start + _LONGEST_NEAR + 1]
            if _is_latin(piece[0]):
                yield from (_moved(hit, region.start) for hit in self._near_units(piece, at_start=True))

    def _near_regions_before(self, units: list[_Hit], folded: str) -> Iterator[_Hit]:
        """Yield what is nearly a region's English name right before a unit's short one."""
        for unit in units[:_MOST_ANCHORS]:
            start = max(unit.start - _LONGEST_REGION, 0)
            start = folded.find(" ", start, unit.start) + 1 if start else 0
            piece = folded[start : unit.start].rstrip()
            if piece.isascii():
                yield from (
                    _moved(hit, start)
                    for hit in self._regions.near_hits(piece)
                    if hit.end == len(piece) and _is_region_typo(hit, piece)
                )

    def _sounding_regions(self, folded: str, units: list[_Hit]) -> Iterator[_Hit]:
        for hit in self._regions.sounding_hits(folded):
            others = (unit for unit in units if not hit.ids <= {self._units[i].region for i in unit.ids})
            if folded[hit.end : hit.end + 1] not in _STREET and not any(_overlap(hit, unit) for unit in others):
                yield hit

    def _unit(self, hit: _Hit, regions: set[str]) -> Entity:
        there = {i for i in hit.ids if self._units[i].region in regions}
        ids = there if len(there) == 1 else hit.ids
        if len(ids) == 1:
            return _entity("unit", hit, next(iter(ids)))
        candidates = sorted(ids)
        kinds = [self._units[i].kind for i in candidates]
        kind = max(sorted(set(kinds)), key=kinds.count)
        return _entity("unit", hit, kind) | {"role": "kind", "candidates": candidates}

    def _is_other_organ(self, hit: _Hit, folded: str) -> bool:
        """A bureau that the gazetteer lacks is not a typing error of one that it has."""
        return any(folded[hit.start : hit.end].endswith(organ) for organ in self._organs)


def _entity(name: str, hit: _Hit, value: str) -> Entity:
    entity: Entity = {"entity": name, "value": value, "start": hit.start, "end": hit.end}
    return entity | {"near": True} if hit.is_near else entity


def _moved(hit: _Hit, by: int) -> _Hit:
    return replace(hit, start=hit.start + by, end=hit.end + by)


def _overlap(one: _Hit, other: _Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _is_mistyped_before(unit: _Hit, sounding: _Hit, folded: str) -> bool:
    """Tell whether the longer name is written right from where the shorter one begins."""
    name = folded[unit.start : unit.end]
    return sounding.start < unit.start and unit.end == sounding.end and sounding.meant.endswith(name)


def _first(hits: Iterable[_Hit]) -> list[_Hit]:
    """Return the longest hit; of equals the first."""
    found = list(hits)
    return [max(found, key=lambda hit: (hit.end - hit.start, -hit.start))] if found else []


def _stands(name: str, folded: str, position: int) -> bool:
    """Tell whether `name` stands there; a Latin name not inside a longer word."""
    if not folded.startswith(name, position):
        return False
    return _is_edge(folded, position) and _is_edge(folded, position + len(name))


def _is_edge(folded: str, position: int) -> bool:
    around = folded[max(position - 1, 0) : position + 1]
    return len(around) < 2 or position == 0 or not all(_is_latin(char) for char in around)


def _is_latin(char: str) -> bool:
    return char.isalnum() and ord(char) < 0x250


def _is_region_typo(hit: _Hit, folded: str) -> bool:
    """A Chinese name of two characters and an ending is too short for a guess, unless it is all that was written."""
    piece = folded[hit.start : hit.end]
    if piece.isascii():
        return True
    if folded[hit.end : hit.end + 1] in _STREET:
        return False
    if hit.meant[-1] in _REGION_ENDINGS and piece[-1] != hit.meant[-1]:
        return False
    return len(hit.meant.rstrip(_REGION_ENDINGS)) >= _NEAR_REGION_HAN or folded.strip() == piece


def _windows(folded: str, lengths: set[int], *, at_start: bool = False) -> Iterator[tuple[int, int]]:
    """Yield the pieces that may be a name: runs of Han characters, or whole Latin words; all, or those `at_start`."""
    edges = [i for i in range(len(folded) + 1) if _is_edge(folded, i)]
    ends, ascending = frozenset(edges), sorted(lengths)
    for start in edges[:1] if at_start else edges:
        if folded[start : start + 1].isspace():
            continue
        for length in ascending:
            if start + length in ends and not folded[start + length - 1].isspace():
                yield start, start + length


def _deletions(name: str) -> set[str]:
    return {name[:i] + name[i + 1 :] for i in range(len(name))} | {name}


def _one_off(piece: str, name: str) -> bool:
    """Tell whether one insertion, deletion, substitution or swap of neighbours leads from one to the other.

    A street named after a region ("旅顺路") is no typing error.
    """
    if piece == name or abs(len(piece) - len(name)) > 1 or piece[-1] in _STREET:
        return False
    start = next((i for i, (a, b) in enumerate(zip(piece, name, strict=False)) if a != b), min(len(piece), len(name)))
    rest_a, rest_b = piece[start:], name[start:]
    return (
        rest_a[1:] == rest_b[1:]
        or rest_a[1:] == rest_b
        or rest_a == rest_b[1:]
        or (rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:])
    )
