"""Log-ins slowed down, so that nobody is locked out by others.

Failures are counted by browser: one that has logged in as this operator before carries a mark and has a count of its
own, all other attempts are counted by the address they come from. Nothing is counted by account alone: whoever knows
a name could shut its owner out. Argon2 waits in a short line; marked browsers have room in it when strangers have none.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
MOST_FAILURES = 10
MOST_AT_ONCE_STRANGERS = 6
MOST_AT_ONCE = 10
_MOST_KEPT = 10_000


class Crowded(Exception):
    """Too many attempts from here, or too many at once. `is_new`: the first refusal of this window."""

    def __init__(self, *, is_new: bool = False) -> None:
        super().__init__("too many attempts")
        self.is_new = is_new


@dataclass(kw_only=True)
class Throttle:
    """Counts in memory; a restart forgets."""

    now: Callable[[], datetime]
    _failures: dict[str, deque[datetime]] = field(default_factory=dict, repr=False)
    _told: dict[str, datetime] = field(default_factory=dict, repr=False)
    _running: int = 0

    @contextmanager
    def attempt(self, source: str, *, is_known: bool) -> Iterator[None]:
        """Hold a place for one attempt from `source`. Raises `Crowded`."""
        self._forget()
        if len(self._failures.get(source, ())) >= MOST_FAILURES:
            raise Crowded(is_new=self._tell_once(source))
        if self._running >= (MOST_AT_ONCE if is_known else MOST_AT_ONCE_STRANGERS):
            raise Crowded
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1

    def failed(self, source: str) -> None:
        self._failures.setdefault(source, deque(maxlen=MOST_FAILURES)).append(self.now())

    def passed(self, source: str) -> None:
        self._failures.pop(source, None)

    def _tell_once(self, source: str) -> bool:
        is_new = source not in self._told
        self._told.setdefault(source, self.now())
        return is_new

    def _forget(self) -> None:
        before = self.now() - WINDOW
        for source, times in list(self._failures.items()):
            while times and times[0] <= before:
                times.popleft()
            if not times:
                del self._failures[source]
        self._told = {source: at for source, at in self._told.items() if at > before}
        while len(self._failures) > _MOST_KEPT:
            self._failures.pop(next(iter(self._failures)))
