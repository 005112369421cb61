"""Traditional characters read as simplified ones, one for one: places in a text stay where they are."""

from functools import cache
from typing import Any

from opencc import OpenCC  # type: ignore[attr-defined]


@cache
def _to_simplified() -> Any:
    return OpenCC("t2s")  # type: ignore[no-untyped-call]


class _Simple(dict[int, str]):
    """Filled as characters are met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        simple = _to_simplified().convert(char) if "\u3400" <= char <= "\u9fff" else char
        self[code] = result = simple if len(simple) == 1 else char
        return result


_SIMPLE = _Simple()


def simplify(text: str) -> str:
    """Return `text` in simplified characters; the result is as long as `text`."""
    return text.translate(_SIMPLE)
