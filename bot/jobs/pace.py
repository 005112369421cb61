"""How fast things may leave: so many a second in all, so long between two to the same chat."""

import asyncio
from bisect import insort
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

LATENCIES = 100
MARGIN_SECONDS = 0.004
"""Of what the receiver counts within a second; being held up on the way is counted apart, as far as it can be known:
a call may be quicker than the quickest of late by no more than a few milliseconds."""


@dataclass(kw_only=True)
class Pace:
    """Counts in memory, which is enough: one process sends at a time. Times are of a clock that never jumps."""

    in_all_per_second: int = 30
    clock: Callable[[], float] = monotonic
    sleep: Callable[[float], "asyncio.Future[None]"] = asyncio.sleep  # type: ignore[assignment]
    _left: list[float] = field(default_factory=list)
    _last: float = 0.0
    _took: deque[float] = field(default_factory=lambda: deque(maxlen=LATENCIES))
    _rests: dict[bytes, float] = field(default_factory=dict)

    async def wait(self) -> float:
        """Wait for the next free place in the last second; return its time, for `answered`."""
        at = max(self.clock(), self._next_place())
        insort(self._left, at)
        self._last = at
        del self._left[: -2 * self.in_all_per_second]
        if (rest := at - self.clock()) > 0:
            await self.sleep(rest)
        return at

    def answered(self, left_at: float) -> None:
        """Count what left then from when it arrived at the latest.

        A call that took longer than the quickest of late may have been held up on its way there: the receiver counts
        it with those that left after it.
        """
        took = max(0.0, self.clock() - left_at)
        self._took.append(took)
        held_up = took - min(self._took)
        if held_up > 0 and left_at in self._left:
            self._left.remove(left_at)
            insort(self._left, left_at + held_up)

    def _next_place(self) -> float:
        """No place before a whole second after the thirtieth last, and no burst."""
        if not self._left:
            return 0.0
        after_last = self._last + 0.75 / self.in_all_per_second
        if len(self._left) < self.in_all_per_second:
            return after_last
        return max(after_last, self._left[-self.in_all_per_second] + 1 + MARGIN_SECONDS)

    def rest(self, chat: bytes, seconds: float) -> None:
        """Send nothing to this chat for some seconds; a longer rest stays."""
        until = self.clock() + seconds
        self._rests[chat] = max(until, self._rests.get(chat, 0.0))

    def resting(self) -> list[bytes]:
        """Return the chats that rest now."""
        now = self.clock()
        self._rests = {chat: until for chat, until in self._rests.items() if until > now}
        return list(self._rests)

    def next_end(self) -> float:
        """Return in how many seconds the first rest ends, a second when none does sooner."""
        return min((until - self.clock() for until in self._rests.values()), default=1.0)
