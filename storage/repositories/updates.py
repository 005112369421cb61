"""What a messenger delivered: stored as it came before the messenger is told so, claimed a person at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, or_, select, text, update

from casework.ports import Clock, PersonKey
from storage.collected import Collected
from storage.errors import DayKeyGone
from storage.models import InboxRecord, UpdateRecord
from storage.vault.day_keys import DayKeys

_UPDATE = "update.v1"
_CLAIMING = text("SELECT pg_advisory_xact_lock(7206121)")
"""Two claims at once could each see a person as free, and take one's older and the other's newer update."""

_u: Any = UpdateRecord.__table__
_DROP = delete(_u).where(_u.c.update_key == bindparam("key"))
_DROP_OF = delete(_u).where(_u.c.person == bindparam("who"))
_IS_WAITING = select(_u.c.update_key).where(
    _u.c.expires_at > bindparam("now"), or_(_u.c.lease_until.is_(None), _u.c.lease_until <= bindparam("now"))
)
_i: Any = InboxRecord.__table__


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """One update to store. `update_key` is its keyed hash, the same that marks it as answered."""

    update_key: bytes
    person: PersonKey = field(repr=False)
    raw: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Claimed:
    """One update in work. `attempts` counts this claim too."""

    update_key: bytes
    person: PersonKey = field(repr=False)
    raw: bytes = field(repr=False)
    came_at: datetime
    attempts: int


class Updates:
    """Updates wait here until they are answered. Of several processes one has a person's updates at a time."""

    def __init__(self, collected: Collected, day_keys: DayKeys, clock: Clock) -> None:
        self._collected, self._day_keys, self._clock = collected, day_keys, clock

    async def store(self, delivered: Sequence[Delivered], *, kept: timedelta = timedelta(hours=24)) -> set[bytes]:
        """Keep what is new, durable on return, in a transaction of its own; return the keys of what was new."""
        now = self._clock.now()
        rows = [
            {
                "update_key": one.update_key,
                "person": one.person,
                "sealed": self._day_keys.seal(_UPDATE, one.update_key, one.raw),
                "came_at": now + timedelta(microseconds=place),
                "expires_at": now + kept,
                "attempts": 0,
            }
            for place, one in enumerate(delivered)
        ]
        return await self._collected.database.write(lambda connection: _insert_new(connection, rows))

    async def is_any_waiting(self) -> bool:
        """Tell whether a claim would find something, without a write."""
        return await self._collected.first(_IS_WAITING.limit(1), {"now": self._clock.now()}) is not None

    async def claim(self, owner: bytes, lease: timedelta, persons: int = 20) -> list[list[Claimed]]:
        """Take all that waits of up to `persons` persons whom nobody works for, the longest waiting first.

        In a transaction of its own. A person's updates stand in the order of their arrival.
        """
        now = self._clock.now()
        rows = await self._collected.database.write(
            lambda connection: _claim(connection, owner, now, now + lease, persons)
        )
        return _by_person(self._opened(rows))

    async def more(self, owner: bytes, person: PersonKey, lease: timedelta) -> list[Claimed]:
        """Take what arrived since for a person that `owner` works for."""
        now = self._clock.now()
        rows = await self._collected.database.write(
            lambda connection: _take(connection, owner, [person], now, now + lease)
        )
        return self._opened(rows)

    async def renew(self, owner: bytes, persons: Sequence[PersonKey], lease: timedelta) -> None:
        """Keep the updates of these persons for `owner`, in a transaction of its own."""
        statement = update(_u).where(_u.c.owner == owner, _u.c.person.in_(persons))
        values = {"lease_until": self._clock.now() + lease}
        await self._collected.database.write(lambda connection: connection.execute(statement.values(values)) and None)

    async def give_back(self, owner: bytes, person: PersonKey, *, after: timedelta = timedelta()) -> None:
        """Let anybody work for this person again, `after` a time; in a transaction of its own."""
        later = self._clock.now() + after if after else None
        statement = update(_u).where(_u.c.owner == owner, _u.c.person == person)
        values = {"owner": None, "lease_until": later}
        await self._collected.database.write(lambda connection: connection.execute(statement.values(values)) and None)

    def drop(self, update_key: bytes) -> None:
        """Collect the end of an answered update."""
        self._collected.execute(_DROP, {"key": update_key})

    def drop_of(self, person: PersonKey) -> None:
        """Collect the end of all that waits of a person."""
        self._collected.execute(_DROP_OF, {"who": person})

    def _opened(self, rows: Sequence[Any]) -> list[Claimed]:
        """Open rows; one whose day key is gone counts as deleted."""
        opened = []
        for row in rows:
            try:
                raw = self._day_keys.open(_UPDATE, row.update_key, row.sealed)
            except DayKeyGone:
                continue
            opened.append(
                Claimed(
                    update_key=row.update_key,
                    person=PersonKey(row.person),
                    raw=raw,
                    came_at=row.came_at,
                    attempts=row.attempts,
                )
            )
        return opened


def _insert_new(connection: Connection, rows: list[dict[str, Any]]) -> set[bytes]:
    keys = [row["update_key"] for row in rows]
    known = set(connection.execute(select(_i.c.update_key).where(_i.c.update_key.in_(keys))).scalars())
    known |= set(connection.execute(select(_u.c.update_key).where(_u.c.update_key.in_(keys))).scalars())
    new = {row["update_key"]: row for row in rows if row["update_key"] not in known}
    if new:
        connection.execute(insert(_u), list(new.values()))
    return set(new)


def _claim(connection: Connection, owner: bytes, now: datetime, until: datetime, persons: int) -> list[Any]:
    if connection.dialect.name == "postgresql":
        connection.execute(_CLAIMING)
    busy = select(_u.c.person).where(_u.c.lease_until > now)
    longest = func.min(_u.c.came_at)
    free = select(_u.c.person).where(_u.c.expires_at > now, _u.c.person.not_in(busy)).group_by(_u.c.person)
    chosen = list(connection.execute(free.order_by(longest).limit(persons)).scalars())
    return _take(connection, owner, chosen, now, until) if chosen else []


def _take(connection: Connection, owner: bytes, persons: Sequence[bytes], now: datetime, until: datetime) -> list[Any]:
    if connection.dialect.name == "postgresql":
        connection.execute(_CLAIMING)
    is_free = or_(_u.c.lease_until.is_(None), _u.c.lease_until <= now)
    meant = (_u.c.person.in_(persons), _u.c.expires_at > now, is_free)
    keys = list(connection.execute(select(_u.c.update_key).where(*meant)).scalars())
    if not keys:
        return []
    values = {"owner": owner, "lease_until": until, "attempts": _u.c.attempts + 1}
    connection.execute(update(_u).where(_u.c.update_key.in_(keys)).values(values))
    taken = select(_u).where(_u.c.update_key.in_(keys), _u.c.owner == owner)
    return list(connection.execute(taken.order_by(_u.c.came_at)))


def _by_person(claimed: Sequence[Claimed]) -> list[list[Claimed]]:
    persons: dict[PersonKey, list[Claimed]] = {}
    for one in claimed:
        persons.setdefault(one.person, []).append(one)
    return list(persons.values())
