"""What a report lacks to be looked into: who or which unit, when, where, what exactly."""

import re
from collections.abc import Mapping
from typing import Any, Final

_NARROW: Final = re.compile("[\x00-\u2e7f]")
_NOTHING = (None, "__skipped__", "unknown")
_ENOUGH_FACTS = 40
"""Characters below which a Chinese account rarely says what happened; English takes about three times as many."""


def missing(values: Mapping[str, Any]) -> list[str]:
    """Return what is missing, most important first: some of "who", "when", "where", "what"."""
    lacks = {
        "who": _lacks(values, "accused_unit") and _lacks(values, "accused_name"),
        "when": _lacks_day(values.get("occurred")),
        "where": _lacks(values, "place") and _lacks(values, "accused_unit"),
        "what": _weight(values.get("facts") or "") < _ENOUGH_FACTS,
    }
    return [name for name, is_lacking in lacks.items() if is_lacking]


def uncoached(values: Mapping[str, Any]) -> list[str]:
    """Return what is missing and was not yet asked for: each is asked once."""
    coached = (values.get("draft") or {}).get("coached") or ()
    return [name for name in missing(values) if name not in coached]


def _lacks(values: Mapping[str, Any], name: str) -> bool:
    return values.get(name) in _NOTHING


def _lacks_day(occurred: object) -> bool:
    return occurred in _NOTHING or (isinstance(occurred, dict) and not occurred.get("start"))


def _weight(text: str) -> float:
    narrow = len(_NARROW.findall(text))
    return len(text) - narrow + 0.34 * narrow
