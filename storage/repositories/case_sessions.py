"""Which case a conversation has open."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from casework.ports import Clock, PersonKey
from storage.collected import Collected
from storage.errors import DayKeyGone
from storage.models import CaseSessionRecord
from storage.prepared import Prepared
from storage.vault.day_keys import DayKeys

_SESSION = "case_session.v1"

_s: Any = CaseSessionRecord.__table__
_OF_PERSON = Prepared(select(_s.c.sealed).where(_s.c.person == bindparam("who"), _s.c.expires_at > bindparam("now")))
_PUT = Prepared(insert(_s))
_DROP = Prepared(delete(_s).where(_s.c.person == bindparam("who")))


class CaseSessions:
    """Satisfies `casework.ports.CaseSessionStore`; reads back what this unit of work has put or dropped."""

    def __init__(self, collected: Collected, day_keys: DayKeys, clock: Clock) -> None:
        self._collected, self._day_keys, self._clock = collected, day_keys, clock
        self._pending: dict[PersonKey, tuple[str, datetime] | None] = {}

    def put(self, person: PersonKey, code: str, expires_at: datetime) -> None:
        sealed = self._day_keys.seal(_SESSION, person, code.encode())
        self._collected.execute(_DROP, {"who": person})
        self._collected.execute(_PUT, {"person": person, "sealed": sealed, "expires_at": expires_at})
        self._pending[person] = code, expires_at

    async def get(self, person: PersonKey) -> str | None:
        if person in self._pending:
            pending = self._pending[person]
            return pending[0] if pending and pending[1] > self._clock.now() else None
        row = await self._collected.first(_OF_PERSON, {"who": person, "now": self._clock.now()})
        try:
            return self._day_keys.open(_SESSION, person, row.sealed).decode() if row is not None else None
        except DayKeyGone:
            return None

    def drop(self, person: PersonKey) -> None:
        self._collected.execute(_DROP, {"who": person})
        self._pending[person] = None
