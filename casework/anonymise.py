"""Decides what in a text may tell who somebody is, whose it is, and what stands there when it is masked.

Synchronous, without any network; spans count characters of the text as typed. An aid with a preview, no promise.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ruamel.yaml import YAML

from casework.finders import Finder, Kind, Pointer, Spot, View, Whose, view_of
from casework.ports import NameTagger
from casework.profile import Profile

if TYPE_CHECKING:
    from casework.finders.pointers import PointerFinder

_MASKS: Final = Path(__file__).with_name("finders") / "masks.yml"
_HAN: Final = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, kw_only=True)
class Find:
    """What stands at `[start, end)` of a text as typed, and whose it is."""

    kind: Kind
    start: int
    end: int
    whose: Whose


@dataclass(frozen=True, kw_only=True)
class Hint:
    """An indirect pointer at `[start, end)`: a person should think about it; it is masked by nobody."""

    kind: Pointer
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class Accused:
    """What a report says about whom it is against: these names stay."""

    name: str = field(default="", repr=False)
    unit: str = field(default="", repr=False)


class Anonymiser:
    """Finds and masks, with one city's names. Building it is cheap; a tagger loads its model when first asked."""

    def __init__(self, profile: Profile, tagger: NameTagger | None = None) -> None:
        self._profile, self._tagger = profile, tagger

    @cached_property
    def _finders(self) -> tuple[Finder, ...]:
        from casework.finders.composing import finders_of

        return finders_of(self._profile, self._tagger)

    @cached_property
    def _pointers(self) -> "PointerFinder":
        from casework.finders.pointers import PointerFinder

        return PointerFinder()

    def finds(self, text: str, accused: Accused | None = None) -> list[Find]:
        """Return what was found, in the order of the text; no two overlap."""
        from casework.finders.people import whose_names

        view, accused = view_of(text), accused or Accused()
        if not view.text.strip():
            return []
        spots = _chosen(spot for finder in self._finders for spot in finder.find(view))
        names = [spot for spot in spots if spot.kind is Kind.NAME]
        people = whose_names(names, view, _parts(accused.name))
        return [self._find(spot, view, names, people, accused) for spot in spots]

    def hints(self, text: str) -> list[Hint]:
        """Return what points to the writer without naming them, in the order of the text."""
        view = view_of(text)
        found = sorted(self._pointers.find(view), key=lambda p: (p.start, -p.end))
        hints: list[Hint] = []
        for pointed in found:
            start, end = view.as_typed(pointed.start, pointed.end)
            if not hints or start >= hints[-1].end:
                hints.append(Hint(kind=pointed.kind, start=start, end=end))
        return hints

    def _find(self, spot: Spot, view: View, names: list[Spot], people: dict[str, Whose], accused: Accused) -> Find:
        from casework.finders.owners import whose_thing

        start, end = view.as_typed(spot.start, spot.end)
        said = view.text[spot.start : spot.end]
        if spot.kind is Kind.NAME:
            whose = people[said]
        elif accused.unit and (said in accused.unit or accused.unit in said):
            whose = Whose.ACCUSED
        else:
            whose = whose_thing(spot, view, names, people)
        return Find(kind=spot.kind, start=start, end=end, whose=whose)


def mask(text: str, finds: Iterable[Find], language: str) -> str:
    """Return `text` with natural words in the place of `finds`, which must not overlap."""
    pieces, at = [], 0
    for find in sorted(finds, key=lambda find: find.start):
        pieces += [text[at : find.start], mask_of(find.kind, language)]
        at = find.end
    return "".join((*pieces, text[at:]))


def to_mask(finds: Iterable[Find]) -> list[Find]:
    """Return what is masked unless somebody says otherwise: all but what is the accused's."""
    return [find for find in finds if find.whose is not Whose.ACCUSED]


def mask_of(kind: Kind, language: str) -> str:
    """Return the words that stand for a kind in "zh" or "en"."""
    return _masks()["en" if language == "en" else "zh"][kind.value]


def language_of(text: str) -> str:
    """Guess the language of a text by its script: any tenth of Chinese characters makes it "zh"."""
    letters = sum(char.isalpha() for char in text)
    return "zh" if letters == 0 or len(_HAN.findall(text)) * 10 >= letters else "en"


def _chosen(spots: Iterable[Spot]) -> list[Spot]:
    """Keep what does not overlap: the firm before the weak, the earlier finder's before the later's."""
    ranked = sorted(enumerate(spots), key=lambda entry: (entry[1].weak, entry[0]))
    taken: set[int] = set()
    kept = []
    for _, spot in ranked:
        places = set(range(spot.start, spot.end))
        if spot.start < spot.end and not places & taken:
            taken |= places
            kept.append(spot)
    return sorted(kept, key=lambda spot: spot.start)


def _parts(name: str) -> Sequence[str]:
    return [part for part in re.split(r"[、,，/;；和与及\s]+", name) if len(part) > 1]


@cache
def _masks() -> dict[str, dict[str, str]]:
    masks: dict[str, dict[str, str]] = YAML(typ="safe", pure=True).load(_MASKS)
    return masks
