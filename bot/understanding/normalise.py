"""Bring the many ways of writing one thing to one form.

`align` keeps the length, so that places found in its result are places in the text as typed; `normalise` does not.
"""

import re
import unicodedata
from functools import cache
from typing import Any, Final

from opencc import OpenCC  # type: ignore[attr-defined]

_INVISIBLE: Final = re.compile(r"[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES: Final = re.compile(r"\s+")
_REPEATED: Final = re.compile(r"([^\d\s])\1{2,}")
_PUNCTUATION: Final = re.compile(r"[^\w\u3400-\u9fff]+")
_PARTICLES: Final = re.compile(r"(?<=.)[啊呀哦嘛啦哈呗吧呢噢喔哇]+$")


@cache
def _to_simplified() -> Any:
    return OpenCC("t2s")  # type: ignore[no-untyped-call]


class _Characters(dict[int, str]):
    """One character to one character: compatibility form, simplified, lower case. Filled as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = unicodedata.normalize("NFKC", char)
        if len(folded) != 1:
            folded = char
        if "\u3400" <= folded <= "\u9fff":
            simple = _to_simplified().convert(folded)
            folded = simple if len(simple) == 1 else folded
        lower = folded.lower()
        self[code] = result = lower if len(lower) == 1 else folded
        return result


_CHARACTERS: Final = _Characters()


def align(text: str) -> str:
    """Fold width, script and case character by character; the result is as long as `text`."""
    return text.translate(_CHARACTERS)


def normalise(text: str) -> str:
    """Fold width, script, case, runs of one character (to two), spaces and invisible characters."""
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).translate(_CHARACTERS)
    return _SPACES.sub(" ", _REPEATED.sub(r"\1\1", text)).strip()


def fold(text: str) -> str:
    """Reduce to what the exact layer compares: normalised, without punctuation and closing particles.

    Text of nothing but punctuation stays as normalised.
    """
    plain = normalise(text)
    bare = _PUNCTUATION.sub(" ", plain).strip()
    return _PARTICLES.sub("", bare) or plain
