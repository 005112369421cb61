"""One form of a text for all finders, with the way back: every place in it is a place in the text as typed.

Width, traditional characters and invisible characters are folded; case stays, it tells names.
"""

import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from casework.intake.script import simplify

_INVISIBLE: Final = frozenset(
    "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\ufe0f\u20e3"
) | {chr(code) for code in range(0x202A, 0x202F)}
_DASHES: Final = dict.fromkeys(map(ord, "‐‑‒–—―−－ー﹣"), "-")
_NUMERALS: Final = {
    ord(numeral): digit
    for digit, numerals in zip(
        "0123456789",
        ("零〇○洞", "一壹幺弌", "二贰两", "三叁", "四肆", "五伍", "六陆", "七柒拐", "八捌", "九玖勾"),
        strict=True,
    )
    for numeral in numerals
}


@dataclass(frozen=True, kw_only=True)
class View:
    """The normalised `text`; `starts[i]` and `ends[i]` say where its i-th character stands in what was typed."""

    typed: str = field(repr=False)
    text: str = field(repr=False)
    starts: tuple[int, ...] = field(repr=False)
    ends: tuple[int, ...] = field(repr=False)

    @cached_property
    def digits(self) -> str:
        """The text with Chinese numerals as figures; as long as `text`."""
        return self.text.translate(_NUMERALS)

    @cached_property
    def lower(self) -> str:
        """The text in lower case; as long as `text`."""
        return "".join(low if len(low := char.lower()) == 1 else char for char in self.text)

    def as_typed(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the typed text that `[start, end)` of `text` came from; `start` < `end`."""
        return self.starts[start], self.ends[end - 1]


def view_of(typed: str) -> View:
    """Normalise a text."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for place, char in enumerate(typed):
        if char in _INVISIBLE or (ord(char) < 32 and char not in "\n\t"):
            continue
        folded = char if char.isascii() else unicodedata.normalize("NFKC", char).translate(_DASHES)
        chars += folded
        starts += [place] * len(folded)
        ends += [place + 1] * len(folded)
    return View(typed=typed, text=simplify("".join(chars)), starts=tuple(starts), ends=tuple(ends))
