"""Finds what a message names: places, people, organisations, contacts, days, numbers, words that stand for values."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from bot.understanding.measure import size
from bot.understanding.model import Words
from bot.understanding.normalise import align
from bot.understanding.numbers import find_numbers
from bot.understanding.organisations import OrganisationFinder
from bot.understanding.people import PersonFinder
from bot.understanding.places import PlaceFinder
from bot.understanding.values import Entity, Gazetteer

VALUES: Final = ("mode", "reporter_kind", "language_code", "field")
"""Entities whose values are words of the data: a lookup `mode__anonymous` lists what people say for `anonymous`."""

_EMAIL: Final = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_PHONE: Final = re.compile(
    r"(?<![\d.])(?:\+?\s?86[-\s]?)?1[3-9]\d(?:[-\s]?\d{4}){2}(?![\d.]?\d)"
    r"|(?<![\d.])(?:\(0\d{2,3}\)|0\d{2,3})[-\s]?[1-9]\d{2,3}[-\s]?\d{4}(?!\d)"
    r"|\+\d{1,3}[-\s]?\d(?:[-\s]?\d){6,12}(?!\d)"
)
_SPOKEN_PHONE: Final = re.compile(
    r"(?<![零〇幺一二三四五六七八九十百千万])[一幺][三四五六七八九][零〇幺一二三四五六七八九]{9}(?![零〇幺一二三四五六七八九十百千万])"
)
_DIGITS: Final = str.maketrans("零〇幺一二三四五六七八九", "001123456789")
_BARE: Final = 0.2
_STREET: Final = "street__"
_MARKS: Final = re.compile(r"[-\s()]")


class EntityFinder:
    """Finds entities with the words of the data and the names of one gazetteer."""

    def __init__(self, words: Words, gazetteer: Gazetteer) -> None:
        organs = words.lookups.get("organ", [])
        streets = {
            name.removeprefix(_STREET): found for name, found in words.lookups.items() if name.startswith(_STREET)
        }
        self._places = PlaceFinder(gazetteer, organs, streets)
        self._organisations = OrganisationFinder(words)
        self._people = PersonFinder(words)
        self._dates = _compiled(words.patterns.get("date", ()))
        self._edit = _compiled(words.patterns.get("edit", ()))
        self._self = re.compile("|".join(f"(?:{p})" for p in words.patterns.get("self", ())) or r"(?!)")
        self._values = _value_words(words.lookups)

    def find(self, text: str) -> list[Entity]:
        """Return entities in the order of the text; spans count characters of `text` as typed."""
        folded = align(text)
        places = self._places.find(text)
        found = list(_contacts(folded))
        units = [place for place in places if place["entity"] == "unit"]
        _join(found, (phrase for phrase in self._phrases(folded) if not any(_is_part(phrase, unit) for unit in units)))
        _join(found, _spans("date", self._dates, folded))
        _join(found, places, beside=lambda e: e["entity"] in ("region", "unit"))
        _join(found, self._people.find(text))
        _join(found, self._organisations.find(folded), beside=lambda e: e["entity"] == "region")
        _join(found, find_numbers(folded))
        return sorted((_as_typed(entity, text) for entity in found), key=lambda e: (e["start"], -e["end"]))

    def _phrases(self, folded: str) -> Iterator[Entity]:
        edits = bool(self._edit.search(folded))
        for entity, value, pattern in self._values:
            if entity == "field" and not edits:
                continue
            for match in pattern.finditer(folded):
                if entity == "reporter_kind" and not self._is_about_self(folded, match):
                    continue
                yield {"entity": entity, "value": value, "start": match.start(), "end": match.end()}

    def _is_about_self(self, folded: str, match: re.Match[str]) -> bool:
        """Tell whether the writer and not somebody else is meant: by what stands before, or in a bare answer."""
        return size(folded) <= _BARE or bool(self._self.search(folded[: match.end()]))


def _value_words(lookups: dict[str, list[str]]) -> list[tuple[str, str, re.Pattern[str]]]:
    found = []
    for name, examples in lookups.items():
        entity, _, value = name.partition("__")
        if entity in VALUES and value:
            found.append((entity, value, word_pattern(examples)))
    return found


def word_pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Return a pattern of folded words, the longest first; Latin ones stand alone."""
    folded = sorted({align(word) for word in words}, key=len, reverse=True)
    parts = [rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word) for word in folded]
    return re.compile("|".join(parts) or r"(?!)")


def _compiled(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)")


def _contacts(folded: str) -> Iterator[Entity]:
    for match in _EMAIL.finditer(folded):
        yield {"entity": "email", "value": match.group(), "start": match.start(), "end": match.end()}
    for match in _PHONE.finditer(folded):
        value = _MARKS.sub("", match.group())
        yield {"entity": "phone", "value": value, "start": match.start(), "end": match.end()}
    for match in _SPOKEN_PHONE.finditer(folded):
        value = match.group().translate(_DIGITS)
        yield {"entity": "phone", "value": value, "start": match.start(), "end": match.end()}


def _spans(name: str, pattern: re.Pattern[str], folded: str) -> Iterator[Entity]:
    for match in pattern.finditer(folded):
        if match.group().strip():
            yield {"entity": name, "value": None, "start": match.start(), "end": match.end()}


def _join(found: list[Entity], more: Iterable[Entity], beside: Callable[[Entity], bool] = lambda entity: False) -> None:
    """Add to `found` what overlaps nothing there, longer ones first. What is `beside` is no obstacle."""
    for entity in sorted(more, key=lambda e: (e["start"] - e["end"], e["start"])):
        rivals = [other for other in found if not beside(other)]
        if not any(entity["start"] < other["end"] and other["start"] < entity["end"] for other in rivals):
            found.append(entity)


def _is_part(phrase: Entity, unit: Entity) -> bool:
    """Tell whether words that stand for a value are a piece of a unit's name: 公司 in 自来水公司."""
    span, whole = range(phrase["start"], phrase["end"]), range(unit["start"], unit["end"])
    return len(span) < len(whole) and span[0] in whole and span[-1] in whole


def _as_typed(entity: Entity, text: str) -> Entity:
    """Give an entity without a value of its own the words as typed."""
    return entity if entity["value"] is not None else entity | {"value": text[entity["start"] : entity["end"]]}
