"""What is to leave the process, claimed with a lease before it is sent."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select, update

from casework.ports import Clock, PersonKey
from storage.collected import Collected
from storage.engine import changed_rows
from storage.errors import DayKeyGone
from storage.models import OutboxRecord
from storage.vault.day_keys import DayKeys

_OUTBOX = "outbox.v1"
_READY, _SENDING = "ready", "sending"


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One claimed row; `payload` is JSON-ready and holds address and content. `attempts` counts this claim too."""

    id: bytes
    payload: dict[str, Any] = field(repr=False)
    attempts: int


class Outbox:
    """Rows ready or being sent. Of several senders exactly one gets a row; a lost sender's rows come back."""

    def __init__(self, collected: Collected, day_keys: DayKeys, clock: Clock) -> None:
        self._collected, self._day_keys, self._clock = collected, day_keys, clock

    def put(
        self,
        payload: dict[str, Any],
        *,
        expires_at: datetime,
        person: PersonKey | None = None,
        not_before: datetime | None = None,
    ) -> None:
        """Collect a row. `person` None: it is nobody's to take back (`drop_of`)."""
        row_id = secrets.token_bytes(16)
        row = {
            "id": row_id,
            "person": person,
            "state": _READY,
            "sealed": self._day_keys.seal(_OUTBOX, row_id, json.dumps(payload).encode()),
            "not_before": not_before or self._clock.now(),
            "expires_at": expires_at,
            "attempts": 0,
        }
        self._collected.execute(insert(OutboxRecord).values(row))

    async def claim(self, owner: bytes, lease: timedelta, limit: int = 20) -> list[Outgoing]:
        """Take up to `limit` due rows for `owner`, in a transaction of its own, before anything is sent."""
        now = self._clock.now()
        rows = await self._collected.database.write(
            lambda connection: _claim(connection, owner, now, now + lease, limit)
        )
        return [outgoing for row in rows if (outgoing := self._opened(row))]

    def sent(self, row_id: bytes, owner: bytes) -> None:
        """Delete a row; `Conflict` when its lease was lost to another."""
        self._collected.execute_on_one(delete(OutboxRecord).where(*_owned(row_id, owner)), {}, "outbox")

    def again(self, row_id: bytes, owner: bytes, not_before: datetime) -> None:
        """Give a row back, to be sent not before a time."""
        values = {"state": _READY, "owner": None, "lease_until": None, "not_before": not_before}
        self._collected.execute_on_one(update(OutboxRecord).where(*_owned(row_id, owner)).values(values), {}, "outbox")

    def drop_of(self, person: PersonKey) -> None:
        """Drop what waits for this person."""
        self._collected.execute(delete(OutboxRecord).where(OutboxRecord.person == person))

    def _opened(self, row: Any) -> Outgoing | None:
        try:
            payload = json.loads(self._day_keys.open(_OUTBOX, row.id, row.sealed))
        except DayKeyGone:
            return None
        return Outgoing(id=row.id, payload=payload, attempts=row.attempts + 1)


def _owned(row_id: bytes, owner: bytes) -> tuple[Any, ...]:
    return OutboxRecord.id == row_id, OutboxRecord.owner == owner, OutboxRecord.state == _SENDING


def _claim(connection: Connection, owner: bytes, now: datetime, until: datetime, limit: int) -> list[Any]:
    r = OutboxRecord
    is_free = or_(r.state == _READY, r.lease_until <= now)
    is_due = (is_free, r.not_before <= now, r.expires_at > now)
    question = select(r.id, r.sealed, r.attempts, r.state, r.owner).where(*is_due).order_by(r.not_before).limit(limit)
    due = connection.execute(question.with_for_update(skip_locked=True)).all()
    return [row for row in due if _take(connection, row, owner, until)]


def _take(connection: Connection, row: Any, owner: bytes, until: datetime) -> bool:
    """Compare and set: only if nobody else took it since."""
    r = OutboxRecord
    unchanged = (r.id == row.id, r.state == row.state, r.owner.is_(None) if row.owner is None else r.owner == row.owner)
    values = {"state": _SENDING, "owner": owner, "lease_until": until, "attempts": row.attempts + 1}
    return changed_rows(connection.execute(update(r).where(*unchanged).values(values))) == 1
