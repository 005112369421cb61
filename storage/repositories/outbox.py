"""What is to leave the process, claimed with a lease before it is sent."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, delete, exists, func, insert, or_, select, update
from sqlalchemy.orm import aliased

from casework.ports import Clock, PersonKey
from storage.bell import ring
from storage.collected import Collected
from storage.engine import changed_rows
from storage.errors import DayKeyGone
from storage.models import OutboxRecord
from storage.repositories.meta import PARKED, note, value_of
from storage.vault.day_keys import DayKeys

_OUTBOX = "outbox.v1"
_READY, _SENDING, _PARKED = "ready", "sending", "parked"

_o: Any = OutboxRecord.__table__
_PUT = insert(_o)
_DROP_OF = delete(_o).where(_o.c.person == bindparam("who"))
_OWNED = (_o.c.id == bindparam("which"), _o.c.owner == bindparam("mine"), _o.c.state == _SENDING)
_SENT = delete(_o).where(*_OWNED)
_TAKE_OVER = (
    update(_o)
    .where(_o.c.state == _SENDING, _o.c.owner != bindparam("mine"))
    .values(state=_READY, owner=None, lease_until=None)
)
_WAITS = select(_o.c.id).where(_o.c.state != _PARKED, _o.c.not_before <= bindparam("now")).limit(1)


_WAITS_FOR = select(_o.c.id).where(
    _o.c.person == bindparam("who"), _o.c.urgency == bindparam("how"), _o.c.state != _PARKED
)


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One claimed row; `payload` is JSON-ready and holds address and content. `attempts` counts this claim too."""

    id: bytes
    payload: dict[str, Any] = field(repr=False)
    attempts: int
    person: PersonKey | None = field(default=None, repr=False)
    priority: int = 0
    expires_at: datetime


class Outbox:
    """Rows ready, being sent or parked. Of several senders one gets a row; a lost sender's rows come back.

    Of one person's rows only the first can be claimed, so that nobody reads an answer before its question; a parked
    row holds nobody up.
    """

    def __init__(self, collected: Collected, day_keys: DayKeys, clock: Clock) -> None:
        self._collected, self._day_keys, self._clock = collected, day_keys, clock
        self._put = 0

    def put(
        self,
        payload: dict[str, Any],
        *,
        expires_at: datetime,
        person: PersonKey | None = None,
        not_before: datetime | None = None,
        priority: int = 0,
    ) -> None:
        """Collect a row; of equal priority the one put first leaves first. `person` None: it is in nobody's queue."""
        row_id, now = secrets.token_bytes(16), self._clock.now()
        row = {
            "id": row_id,
            "person": person,
            "urgency": priority,
            "queued_at": now + timedelta(microseconds=self._put),
            "state": _READY,
            "sealed": self._day_keys.seal(_OUTBOX, row_id, json.dumps(payload).encode()),
            "not_before": not_before or now,
            "expires_at": expires_at,
            "attempts": 0,
        }
        self._collected.execute(_PUT, row)
        if not self._put:
            self._collected.add(ring)
        self._put += 1

    async def is_any_waiting(self) -> bool:
        """Tell whether a claim may find something, without a write."""
        return await self._collected.first(_WAITS, {"now": self._clock.now()}) is not None

    async def has_waiting(self, person: PersonKey, priority: int) -> bool:
        """Tell whether a row of this priority waits for this person."""
        return await self._collected.first(_WAITS_FOR, {"who": person, "how": priority}) is not None

    async def claim(
        self, owner: bytes, lease: timedelta, limit: int = 20, *, without: Sequence[bytes] = ()
    ) -> list[Outgoing]:
        """Take up to `limit` due rows for `owner`, in a transaction of its own, before anything is sent.

        `without` names persons who get nothing now. The most urgent come first.
        """
        now = self._clock.now()
        rows = await self._collected.database.write(
            lambda connection: _claim(connection, owner, now, now + lease, limit, without)
        )
        return [outgoing for row in rows if (outgoing := self._opened(row))]

    async def take_over(self, owner: bytes) -> None:
        """Free what others were sending, in a transaction of its own: for the one sender, when it begins."""
        await self._collected.database.write(lambda connection: connection.execute(_TAKE_OVER, {"mine": owner}))

    def sent(self, row_id: bytes, owner: bytes) -> None:
        """Delete a row; `Conflict` when its lease was lost to another."""
        self._collected.execute_on_one(_SENT, {"which": row_id, "mine": owner}, "outbox")

    def again(self, row_id: bytes, owner: bytes, not_before: datetime, *, counts: bool = True) -> None:
        """Give a row back, to be sent not before a time; unless it `counts`, as if it had not been tried."""
        values = {"state": _READY, "owner": None, "lease_until": None, "not_before": not_before}
        if not counts:
            values["attempts"] = _o.c.attempts - 1
        self._change(row_id, owner, values)

    def park(self, row_id: bytes, owner: bytes, until: datetime) -> None:
        """Set a row aside that will never go; it is kept to look at until then, and afterwards only counted."""
        self._change(row_id, owner, {"state": _PARKED, "owner": None, "lease_until": None, "expires_at": until})

    def drop_of(self, person: PersonKey) -> None:
        """Drop what waits for this person."""
        self._collected.execute(_DROP_OF, {"who": person})

    def _change(self, row_id: bytes, owner: bytes, values: dict[str, Any]) -> None:
        statement = update(_o).where(*_OWNED).values(values)
        self._collected.execute_on_one(statement, {"which": row_id, "mine": owner}, "outbox")

    def _opened(self, row: Any) -> Outgoing | None:
        try:
            payload = json.loads(self._day_keys.open(_OUTBOX, row.id, row.sealed))
        except DayKeyGone:
            return None
        return Outgoing(
            id=row.id,
            payload=payload,
            attempts=row.attempts + 1,
            person=row.person,
            priority=row.urgency,
            expires_at=row.expires_at,
        )


def parked(connection: Connection) -> tuple[int, int]:
    """Count the rows that are set aside, and those that were and had their day."""
    there = connection.execute(select(func.count()).select_from(_o).where(_o.c.state == _PARKED)).scalar_one()
    return there, int(value_of(connection, PARKED) or 0)


def count_parked(connection: Connection, now: datetime) -> None:
    """Add the set-aside rows that end now to the count of those that were."""
    ending = select(func.count()).select_from(_o).where(_o.c.state == _PARKED, _o.c.expires_at <= now)
    if count := connection.execute(ending).scalar_one():
        note(connection, PARKED, str(int(value_of(connection, PARKED) or 0) + count))


def _claim(
    connection: Connection, owner: bytes, now: datetime, until: datetime, limit: int, without: Sequence[bytes]
) -> list[Any]:
    r = OutboxRecord
    is_free = or_(r.state == _READY, and_(r.state == _SENDING, r.lease_until <= now))
    is_due = [is_free, r.not_before <= now, r.expires_at > now, ~_is_behind(now)]
    if without:
        is_due.append(or_(r.person.is_(None), r.person.not_in(without)))
    columns = (r.id, r.sealed, r.attempts, r.state, r.owner, r.person, r.urgency, r.expires_at)
    question = select(*columns).where(*is_due).order_by(r.urgency, r.queued_at).limit(limit)
    due = connection.execute(question.with_for_update(skip_locked=True)).all()
    return [row for row in due if _take(connection, row, owner, until)]


def _is_behind(now: datetime) -> ColumnElement[bool]:
    """Whether another row of the same person is to leave before."""
    r, first = OutboxRecord, aliased(OutboxRecord)
    is_earlier = or_(first.urgency < r.urgency, and_(first.urgency == r.urgency, first.queued_at < r.queued_at))
    return exists().where(first.person == r.person, first.state != _PARKED, first.expires_at > now, is_earlier)


def _take(connection: Connection, row: Any, owner: bytes, until: datetime) -> bool:
    """Compare and set: only if nobody else took it since."""
    r = OutboxRecord
    unchanged = (r.id == row.id, r.state == row.state, r.owner.is_(None) if row.owner is None else r.owner == row.owner)
    values = {"state": _SENDING, "owner": owner, "lease_until": until, "attempts": row.attempts + 1}
    return changed_rows(connection.execute(update(r).where(*unchanged).values(values))) == 1
