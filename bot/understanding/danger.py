"""Danger to life, threats, suicide: looked for in every message, at every step, before anything else."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from bot.understanding.measure import size

# Low on purpose: a false alarm costs a line about 110 and the same question again, a missed one may cost a life.
_LIKELY: Final = 0.35
_SHORT: Final = 1.0
_NEVER: Final = re.compile(r"(?!)")


class DangerWatch:
    """Patterns catch what people in danger write; the classifier adds what no pattern foresaw, in short texts."""

    def __init__(self, patterns: Mapping[str, Sequence[str]]) -> None:
        self._alarms = _any_of(patterns.get("emergency", ()))
        self._harmless = _any_of(patterns.get("emergency_harmless", ()))

    def is_named(self, plain: str) -> bool:
        """Tell whether a normalised text names danger; figures of speech ("this kills me") are taken out first."""
        return bool(self._alarms.search(self._harmless.sub(" ", plain)))

    def is_likely(self, plain: str, likelihood: float) -> bool:
        """Tell whether a short text is like danger; `likelihood` is what the classifier gives `emergency`."""
        return likelihood >= _LIKELY and size(plain) <= _SHORT and not self.is_figure(plain)

    def is_figure(self, plain: str) -> bool:
        """Tell whether a normalised text holds a figure of speech ("this kills me"): its likeness proves nothing."""
        return bool(self._harmless.search(plain))


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns)) if patterns else _NEVER
