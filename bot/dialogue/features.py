"""What rules see of a slot: a short tuple of numbers, as Rasa makes it."""

from typing import Any

from bot.dialogue.domain import Slot

Features = tuple[float, ...]
_TRUE = ("true", "yes", "y", "t", "1", "on")
_FALSE = ("false", "no", "n", "f", "0", "off")


def slot_features(slot: Slot, value: Any) -> Features:
    """Return the features of `value`, () when the slot counts as not set or never influences rules."""
    if not slot.has_features or value is None:
        return ()
    features = _OF_TYPE[slot.type](slot, value)
    return features if any(features) else ()


def _text(_: Slot, value: Any) -> Features:
    return (1.0,)


def _list(_: Slot, value: Any) -> Features:
    return (1.0,) if value else ()


def _bool(_: Slot, value: Any) -> Features:
    word = str(value).lower()
    if word in _TRUE:
        return (1.0, 1.0)
    return (1.0, 0.0) if word in _FALSE else ()


def _float(slot: Slot, value: Any) -> Features:
    low, high = slot.bounds
    try:
        capped = max(low, min(high, float(value)))
    except (TypeError, ValueError):
        return ()
    return (1.0, (capped - low) / (abs(high - low) or 1.0))


def _categorical(slot: Slot, value: Any) -> Features:
    word = str(value).lower()
    known = tuple(float(word == candidate) for candidate in slot.values)
    return (*known, float(word not in slot.values))


_OF_TYPE = {"text": _text, "list": _list, "bool": _bool, "float": _float, "categorical": _categorical}
