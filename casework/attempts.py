"""What is counted in memory: wrong codes, and the reports of a day. Who does too much is asked to wait, nobody else is.

Never slept on, and never keyed by a case or a code: a count that others could drive up would lock reporters out.
"""

import hashlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil

from casework.errors import CodeWait, TooManyReports
from casework.ports import PersonKey

WINDOW = timedelta(hours=1)
LIMIT = 10
ALARM_AT = 200


@dataclass(kw_only=True)
class Attempts:
    """Wrong codes of the last hour, a conversation and over all. `alarm` is told the total when it passes 200."""

    alarm: Callable[[int], None] = lambda total: None
    _of: dict[PersonKey, deque[datetime]] = field(default_factory=dict)
    _all: deque[datetime] = field(default_factory=deque)

    def allow(self, person: PersonKey, now: datetime) -> None:
        """Raise `CodeWait` when this conversation typed ten wrong codes within the last hour."""
        wrong = self._of.get(person)
        if wrong is None:
            return
        _forget_old(wrong, now)
        if not wrong:
            del self._of[person]
        elif len(wrong) >= LIMIT:
            raise CodeWait(max(1, ceil((wrong[0] + WINDOW - now).total_seconds() / 60)))

    def count_wrong(self, person: PersonKey, now: datetime) -> None:
        """Count one well-formed code that opened nothing."""
        self._of.setdefault(person, deque(maxlen=LIMIT)).append(now)
        _forget_old(self._all, now)
        self._all.append(now)
        if len(self._all) == ALARM_AT:
            self.alarm(len(self._all))
        self._sweep(now)

    def _sweep(self, now: datetime) -> None:
        """Keep the table as small as an hour's wrong codes."""
        if len(self._of) > len(self._all):
            self._of = {p: wrong for p, wrong in self._of.items() if wrong[-1] + WINDOW > now}


@dataclass(kw_only=True)
class Submissions:
    """Reports handed in today, a person. A turn that runs again hands in the same draft and counts once."""

    _of: dict[PersonKey, frozenset[bytes]] = field(default_factory=dict, repr=False)
    _day: date | None = None

    def count(self, person: PersonKey, draft_id: str, *, limit: int, today: date) -> None:
        """Count one report. Raises `TooManyReports` when it is more than `limit` today."""
        if today != self._day:
            self._of, self._day = {}, today
        drafts = self._of.get(person, frozenset()) | {hashlib.sha256(draft_id.encode()).digest()[:8]}
        if len(drafts) > limit:
            raise TooManyReports(limit)
        self._of[person] = drafts

    def carry_over(self, person: PersonKey, successor: PersonKey) -> None:
        """Let the next key of a person go on counting."""
        if person in self._of:
            self._of[successor] = self._of[person]


def _forget_old(times: deque[datetime], now: datetime) -> None:
    while times and times[0] + WINDOW <= now:
        times.popleft()
