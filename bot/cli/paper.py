"""What is written on: a terminal, where tables are aligned and texts wrapped, or a pipe, tab-separated."""

import re
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, chop_cells, set_cell_size

GAP = 2
LEAST = 6
"""Cells that a shortened column keeps."""

_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PIECES = re.compile(r"\s+|[\u2e80-\uffef]|[^\s\u2e80-\uffef]+")


@dataclass(frozen=True)
class Paper:
    """`width` in terminal cells (a Chinese character takes two); None: a pipe, nothing is aligned or shortened."""

    width: int | None = None

    def table(self, header: Sequence[str], rows: Iterable[Sequence[str]], shrinks: Collection[int]) -> Iterator[str]:
        """Yield aligned lines; columns in `shrinks` are shortened until a line fits. A pipe gets no header."""
        cells = [[plain(cell) for cell in row] for row in rows]
        if self.width is None:
            yield from ("\t".join(row).rstrip() for row in cells)
            return
        if not cells:
            return
        widths = self._widths([list(header), *cells], shrinks)
        for row in [header, *cells]:
            yield (" " * GAP).join(fitted(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip()

    def pairs(self, pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
        """Yield "label  value" lines, values wrapped beside their labels."""
        known = [(label, plain(value)) for label, value in pairs if value]
        if self.width is None:
            yield from (f"{label}\t{value}" for label, value in known)
            return
        left = max((cell_len(label) for label, _ in known), default=0) + GAP
        for label, value in known:
            first, *rest = self._wrapped(value, left) or [""]
            yield (set_cell_size(label, left) + first).rstrip()
            yield from (" " * left + line for line in rest)

    def block(self, text: str, indent: int = 4) -> Iterator[str]:
        """Yield an indented text."""
        if self.width is None:
            yield from (f"\t{line}" for line in plain(text).splitlines())
            return
        yield from (" " * indent + line for line in self._wrapped(plain(text), indent))

    def _wrapped(self, text: str, left: int) -> list[str]:
        room = max((self.width or 80) - left, 20)
        return [part for line in text.splitlines() for part in wrapped(line, room)]

    def _widths(self, rows: list[list[str]], shrinks: Collection[int]) -> list[int]:
        widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        excess = sum(widths) + GAP * (len(widths) - 1) - (self.width or 0)
        while excess > 0:
            widest = max(shrinks, key=lambda column: widths[column])
            if widths[widest] <= LEAST:
                break
            widths[widest] -= 1
            excess -= 1
        return widths


def paper() -> Paper:
    """Return what standard output is."""
    return Paper(shutil.get_terminal_size((80, 24)).columns if sys.stdout.isatty() else None)


def plain(text: str) -> str:
    """Return the text without what could steer a terminal or turn its line around: reporters write these texts."""
    return _UNSAFE.sub("\ufffd", text)


def fitted(text: str, width: int) -> str:
    """Return the text in exactly `width` cells, shortened with an ellipsis or padded."""
    if cell_len(text) > width:
        text = set_cell_size(text, width - 1).rstrip() + "…"
    return set_cell_size(text, width)


def wrapped(line: str, width: int) -> list[str]:
    """Break a line at spaces and between Chinese characters."""
    lines, current = [], ""
    for piece in _PIECES.findall(line):
        for part in chop_cells(piece, width) if cell_len(piece) > width else [piece]:
            if current and cell_len(current) + cell_len(part.rstrip()) > width:
                lines.append(current.rstrip())
                current = part.lstrip()
            else:
                current += part
    return [*lines, current.rstrip()]
