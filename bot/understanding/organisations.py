"""Finds organisations that no directory lists, by how their names end: XX镇政府, XX街道办, X Bureau."""

import re
from collections.abc import Iterator
from typing import Final

from bot.understanding.model import Words
from bot.understanding.normalise import align
from bot.understanding.values import Entity

_HAN: Final = "[\u4e00-\u9fff]"
_NAME: Final = "[\u4e00-\u9fffa-z×○*]"
_LONGEST: Final = 14
_SHORTEST: Final = 2


class OrganisationFinder:
    """Knows the endings and the words before a name from the data (`organ`, `organisation_ending`, `before_name`)."""

    def __init__(self, words: Words) -> None:
        endings = sorted({align(w) for w in words.lookups.get("organisation_ending", ())}, key=len, reverse=True)
        han = "|".join(re.escape(word) for word in endings if not word.isascii())
        latin = "|".join(re.escape(word) for word in endings if word.isascii())
        self._han = re.compile(f"(?P<head>{_NAME}{{1,{_LONGEST}}}?)(?P<ending>{han or '(?!)'})(?!{_HAN}?长)")
        self._latin = re.compile(rf"\b(?:[a-z][\w'-]*\s){{1,4}}(?:{latin or '(?!)'})\b")
        before = sorted({align(w) for w in words.lookups.get("before_name", ())}, key=len, reverse=True)
        self._before = re.compile("|".join(re.escape(word) for word in before if not word.isascii()) or r"(?!)")
        self._latin_before = frozenset(word for word in before if word.isascii())

    def find(self, folded: str) -> Iterator[Entity]:
        """Yield `unit_name` entities of an aligned text; the value is to be taken from the text as typed."""
        for match in self._han.finditer(folded):
            start = match.start() + self._skip(match.group("head"))
            if match.start("ending") - start >= 1 and match.end() - start > _SHORTEST:
                yield {"entity": "unit_name", "value": None, "start": start, "end": match.end()}
        for match in self._latin.finditer(folded):
            start = self._latin_start(folded, match.start(), match.end())
            if " " in folded[start : match.end()]:
                yield {"entity": "unit_name", "value": None, "start": start, "end": match.end()}

    def _skip(self, head: str) -> int:
        """Return how much of `head` stands before the name: up to the last verb or pronoun."""
        return max((match.end() for match in self._before.finditer(head)), default=0)

    def _latin_start(self, folded: str, start: int, end: int) -> int:
        words = re.finditer(r"[\w'-]+\s", folded[start:end])
        return start + max((word.end() for word in words if word.group().strip() in self._latin_before), default=0)
