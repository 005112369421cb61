"""Faults that a test asks for: the next calls, or a share of them, go wrong in a named way."""

import random
from dataclasses import dataclass, field
from enum import StrEnum


class FaultKind(StrEnum):
    """What may go wrong."""

    BAD_GATEWAY = "bad_gateway"  # 502 with a page of HTML; nothing was done
    TOO_MANY = "too_many"  # 429 with `retry_after`; nothing was done
    SILENT_BEFORE = "silent_before"  # no answer for `seconds`, then the connection ends; nothing was done
    SILENT_AFTER = "silent_after"  # it was done, but no answer comes for `seconds`, then the connection ends
    LOST_ANSWER = "lost_answer"  # it was done, and the connection ends in the middle of the answer


BEFORE = frozenset({FaultKind.BAD_GATEWAY, FaultKind.TOO_MANY, FaultKind.SILENT_BEFORE})


@dataclass
class Fault:
    """`method` "" means any but getUpdates, `chat` None any, `times` None until removed; `share` of the calls."""

    kind: FaultKind
    method: str = ""
    chat: int | None = None
    times: int | None = 1
    share: float = 1.0
    retry_after: int = 1
    seconds: float = 60.0
    struck: int = 0

    def fits(self, method: str, chat: object) -> bool:
        is_method = method != "getUpdates" if not self.method else method == self.method
        is_spent = self.times is not None and self.struck >= self.times
        return is_method and not is_spent and self.chat in (None, chat)


@dataclass
class Faults:
    """The faults asked for, in that order."""

    asked: list[Fault] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    def strike(self, method: str, chat: object) -> Fault | None:
        """Return the first fault that hits this call, and count it."""
        for fault in self.asked:
            if fault.fits(method, chat) and self.dice.random() < fault.share:
                fault.struck += 1
                return fault
        return None
