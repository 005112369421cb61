"""Texts that are nearly the same: copies among the examples, and leaks of what is kept apart into them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bot.understanding.normalise import fold
from bot.understanding.training import gram_rows, weigh
from bot.understanding.vectors import TfIdf

_BLOCK: Final = 512
_SHORTEST: Final = 5


@dataclass(frozen=True, kw_only=True, order=True)
class Twins:
    """Two texts and how alike they are (1 is the same but for case, width, script and punctuation)."""

    likeness: float
    one: str
    other: str


def near_duplicates(examples: Sequence[tuple[str, str]], *, least: float) -> list[Twins]:
    """Return pairs of examples of one label that are at least so alike, the most alike first.

    Texts under five characters are left out: a short word has few letters to differ by.
    """
    by_label: dict[str, set[str]] = {}
    for text, label in examples:
        by_label.setdefault(label, set()).add(text)
    found: list[Twins] = []
    for texts in by_label.values():
        found.extend(_alike(sorted(texts), None, least))
    return sorted(found, reverse=True)


def leaks(learned: Sequence[str], apart: Sequence[str], *, least: float) -> list[Twins]:
    """Return texts kept apart that are at least so alike to an example; `other` is the example."""
    return sorted(_alike(sorted(set(apart)), sorted(set(learned)), least), reverse=True)


def _alike(texts: Sequence[str], others: Sequence[str] | None, least: float) -> Iterator[Twins]:
    """Compare each with each later one, or with all the others."""
    mine = [(text, plain) for text in texts if len(plain := fold(text)) >= _SHORTEST]
    theirs = mine if others is None else [(t, plain) for t in others if len(plain := fold(t)) >= _SHORTEST]
    if not mine or not theirs:
        return
    vocabulary, idf = weigh([plain for _, plain in {*mine, *theirs}], least=1)
    grams = TfIdf(vocabulary, idf)
    rows, columns = gram_rows([plain for _, plain in mine], grams), gram_rows([plain for _, plain in theirs], grams).T
    for start in range(0, len(mine), _BLOCK):
        block = (rows[start : start + _BLOCK] @ columns).tocoo()
        for i, j, likeness in zip(block.row, block.col, block.data, strict=True):
            if likeness >= least and (others is not None or start + i < j):
                yield Twins(likeness=round(float(likeness), 3), one=mine[start + i][0], other=theirs[j][0])
