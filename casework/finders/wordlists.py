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
    return _group(words("titles_zh") - words("private_titles_zh"))


def alternatives(*names: str) -> str:
    """Return the words of the lists as a group of a pattern, the longest first."""
    return _group(frozenset[str]().union(*(words(name) for name in names)))


def _group(found: frozenset[str]) -> str:
    """The long words behind a look at their first characters, the short ones as a class: far faster to search."""
    ordered = sorted(found, key=lambda word: (-len(word), word))
    long, short = [word for word in ordered if len(word) > 1], [word for word in ordered if len(word) == 1]
    firsts = "".join(sorted({word[0] for word in long}))
    groups = [f"(?=[{firsts}])(?:{'|'.join(long)})"] * bool(long) + [f"[{''.join(short)}]"] * bool(short)
    return f"(?:{'|'.join(groups)})"
