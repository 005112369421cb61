"""The word lists of the finders, read once when first needed."""

from functools import cache
from pathlib import Path
from typing import Final

_FOLDER: Final = Path(__file__).with_name("words")


@cache
def words(name: str) -> frozenset[str]:
    """Return the words of `words/<name>.txt`."""
    return frozenset((_FOLDER / f"{name}.txt").read_text("utf-8").split())


def official_titles() -> str:
    """Return the titles of those who hold an office, as a group of a pattern."""
    found = words("titles_zh") - words("private_titles_zh")
    return f"(?:{'|'.join(sorted(found, key=lambda word: (-len(word), word)))})"


def alternatives(*names: str) -> str:
    """Return the words of the lists as a group of a pattern, the longest first."""
    found = sorted({word for name in names for word in words(name)}, key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(found)})"
