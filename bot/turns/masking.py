"""Tracking codes out of everything that is kept."""

import re
from collections.abc import Iterable
from typing import Any

from casework.code import PLACEHOLDER

_SYMBOL = "[0-9A-HJKMNP-TV-Z]"
_PRINTED = re.compile(rf"(?<![0-9A-Za-z]){_SYMBOL}{{5}}(?:-{_SYMBOL}{{5}}){{3}}(?![0-9A-Za-z])")


def mask_printed(text: str) -> str:
    """Replace every code in its printed form, which is how the bot writes one."""
    return _PRINTED.sub(PLACEHOLDER, text)


def holds_printed(texts: Iterable[str]) -> bool:
    """Tell whether a code in its printed form stands in one of the texts; one search for all of them."""
    return _PRINTED.search("\0".join(texts)) is not None


def mask_values(value: Any) -> Any:
    """Mask in every string of a JSON-like value."""
    return _map_strings(value, mask_printed)


def refill(value: Any, code: str) -> Any:
    """Put `code` back where a mask stands."""
    return _map_strings(value, lambda text: text.replace(PLACEHOLDER, code))


def _map_strings(value: Any, change: Any) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {key: _map_strings(inner, change) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_map_strings(inner, change) for inner in value]
    return value
