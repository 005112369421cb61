"""What the open sessions know of the cases, in memory: forgotten when a session ends or rests for half an hour."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from casework.queues import CaseIndex

_IDLE = timedelta(minutes=30)


@dataclass(kw_only=True)
class Indexes:
    """One `CaseIndex` a session, by a hash of its secret."""

    now: Callable[[], datetime]
    _of: dict[bytes, tuple[datetime, CaseIndex]] = field(default_factory=dict, repr=False)

    def of(self, secret: str) -> CaseIndex:
        now = self.now()
        self._of = {key: kept for key, kept in self._of.items() if now - kept[0] < _IDLE}
        name = _name(secret)
        index = self._of[name][1] if name in self._of else CaseIndex()
        self._of[name] = (now, index)
        return index

    def drop(self, secret: str) -> None:
        self._of.pop(_name(secret), None)


def _name(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
