"""The stores of a messenger in memory: what it delivered, what is to be sent, where it writes to."""

import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from casework.errors import Conflict
from casework.ports import PersonKey

if TYPE_CHECKING:
    from tests.fakes.memory import MemoryStore, Tables, Writes


@dataclass(frozen=True, kw_only=True)
class MemoryUpdate:
    update_key: bytes
    person: PersonKey
    raw: bytes
    came_at: datetime
    expires_at: datetime
    attempts: int = 0
    owner: bytes | None = None
    lease_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MemoryOutgoing:
    id: bytes
    payload: dict[str, Any]
    person: PersonKey | None
    priority: int
    queued_at: datetime
    not_before: datetime
    expires_at: datetime
    attempts: int = 0
    state: str = "ready"
    owner: bytes | None = None
    lease_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MemoryWatch:
    person: PersonKey
    address: dict[str, Any]
    expires_on: date


@dataclass(kw_only=True)
class MessengerTables:
    """Committed at once where the real store has a transaction of its own."""

    updates: dict[bytes, MemoryUpdate] = field(default_factory=dict)
    outbox: dict[bytes, MemoryOutgoing] = field(default_factory=dict)
    chats: dict[PersonKey, str] = field(default_factory=dict)
    watches: dict[bytes, MemoryWatch] = field(default_factory=dict)


class MemoryUpdates:
    def __init__(self, store: "MemoryStore", writes: "Writes") -> None:
        self._store, self._writes = store, writes

    @property
    def _rows(self) -> dict[bytes, MemoryUpdate]:
        return self._store.tables.updates

    async def store(self, delivered: Sequence[Any], *, kept: timedelta = timedelta(hours=24)) -> set[bytes]:
        now, new = self._store.clock.now(), set()
        for place, one in enumerate(delivered):
            if one.update_key not in self._rows and one.update_key not in self._store.tables.inbox:
                new.add(one.update_key)
                received = now + timedelta(microseconds=place)
                self._rows[one.update_key] = MemoryUpdate(
                    update_key=one.update_key, person=one.person, raw=one.raw, came_at=received,
                    expires_at=now + kept,
                )  # fmt: skip
        return new

    async def is_any_waiting(self) -> bool:
        return any(self._is_free(row) for row in self._rows.values())

    async def claim(self, owner: bytes, lease: timedelta, persons: int = 20) -> list[list[MemoryUpdate]]:
        now = self._store.clock.now()
        busy = {row.person for row in self._rows.values() if row.lease_until is not None and row.lease_until > now}
        rows = sorted(self._rows.values(), key=lambda row: row.came_at)
        free = list(dict.fromkeys(row.person for row in rows if row.expires_at > now and row.person not in busy))
        return [taken for person in free[:persons] if (taken := await self.more(owner, person, lease))]

    async def more(self, owner: bytes, person: PersonKey, lease: timedelta) -> list[MemoryUpdate]:
        until, taken = self._store.clock.now() + lease, []
        for row in sorted(self._rows.values(), key=lambda row: row.came_at):
            if row.person == person and self._is_free(row):
                row = replace(row, owner=owner, lease_until=until, attempts=row.attempts + 1)
                self._rows[row.update_key] = row
                taken.append(row)
        return taken

    async def renew(self, owner: bytes, persons: Sequence[PersonKey], lease: timedelta) -> None:
        for row in list(self._rows.values()):
            if row.owner == owner and row.person in persons:
                self._rows[row.update_key] = replace(row, lease_until=self._store.clock.now() + lease)

    async def give_back(self, owner: bytes, person: PersonKey, *, after: timedelta = timedelta()) -> None:
        until = self._store.clock.now() + after if after else None
        for row in list(self._rows.values()):
            if row.owner == owner and row.person == person:
                self._rows[row.update_key] = replace(row, owner=None, lease_until=until)

    def drop(self, update_key: bytes) -> None:
        def operation(tables: "Tables") -> None:
            tables.updates.pop(update_key, None)

        self._writes.add(operation)

    def drop_of(self, person: PersonKey) -> None:
        def operation(tables: "Tables") -> None:
            tables.updates = {key: row for key, row in tables.updates.items() if row.person != person}

        self._writes.add(operation)

    def _is_free(self, row: MemoryUpdate) -> bool:
        now = self._store.clock.now()
        return row.expires_at > now and (row.lease_until is None or row.lease_until <= now)


class MemoryOutbox:
    def __init__(self, store: "MemoryStore", writes: "Writes") -> None:
        self._store, self._writes, self._put = store, writes, 0

    @property
    def _rows(self) -> dict[bytes, MemoryOutgoing]:
        return self._store.tables.outbox

    def put(
        self,
        payload: dict[str, Any],
        *,
        expires_at: datetime,
        person: PersonKey | None = None,
        not_before: datetime | None = None,
        priority: int = 0,
    ) -> None:
        now = self._store.clock.now()
        row = MemoryOutgoing(
            id=secrets.token_bytes(16),
            payload=json.loads(json.dumps(payload)),
            person=person,
            priority=priority,
            queued_at=now + timedelta(microseconds=self._put),
            not_before=not_before or now,
            expires_at=expires_at,
        )
        self._put += 1
        self._writes.add(lambda tables: tables.outbox.update({row.id: row}))

    async def is_any_waiting(self) -> bool:
        now = self._store.clock.now()
        return any(row.state != "parked" and row.not_before <= now for row in self._rows.values())

    async def has_waiting(self, person: PersonKey, priority: int) -> bool:
        return any(r.person == person and r.priority == priority and r.state != "parked" for r in self._rows.values())

    async def claim(
        self, owner: bytes, lease: timedelta, limit: int = 20, *, without: Sequence[bytes] = ()
    ) -> list[MemoryOutgoing]:
        now = self._store.clock.now()
        due = [row for row in self._rows.values() if self._is_due(row, now) and row.person not in without]
        taken = []
        for row in sorted(due, key=_order)[:limit]:
            row = replace(row, state="sending", owner=owner, lease_until=now + lease, attempts=row.attempts + 1)
            self._rows[row.id] = row
            taken.append(row)
        return taken

    async def take_over(self, owner: bytes) -> None:
        for row in list(self._rows.values()):
            if row.state == "sending" and row.owner != owner:
                self._rows[row.id] = replace(row, state="ready", owner=None, lease_until=None)

    def _is_due(self, row: MemoryOutgoing, now: datetime) -> bool:
        is_free = row.state == "ready" or (row.state == "sending" and row.lease_until is not None)
        if row.state == "sending" and row.lease_until is not None and row.lease_until > now:
            is_free = False
        others = [o for o in self._rows.values() if o.state != "parked" and o.expires_at > now]
        is_behind = row.person is not None and any(o.person == row.person and _order(o) < _order(row) for o in others)
        return is_free and row.not_before <= now and row.expires_at > now and not is_behind

    def sent(self, row_id: bytes, owner: bytes) -> None:
        def operation(tables: "Tables") -> None:
            _owned(tables, row_id, owner)
            del tables.outbox[row_id]

        self._writes.add(operation)

    def again(self, row_id: bytes, owner: bytes, not_before: datetime, *, counts: bool = True) -> None:
        def change(row: MemoryOutgoing) -> MemoryOutgoing:
            attempts = row.attempts if counts else row.attempts - 1
            return replace(row, state="ready", owner=None, lease_until=None, not_before=not_before, attempts=attempts)

        self._change(row_id, owner, change)

    def park(self, row_id: bytes, owner: bytes, until: datetime) -> None:
        self._change(
            row_id, owner, lambda row: replace(row, state="parked", owner=None, lease_until=None, expires_at=until)
        )

    def _change(self, row_id: bytes, owner: bytes, change: Callable[[MemoryOutgoing], MemoryOutgoing]) -> None:
        def operation(tables: "Tables") -> None:
            tables.outbox[row_id] = change(_owned(tables, row_id, owner))

        self._writes.add(operation)

    def drop_of(self, person: PersonKey) -> None:
        def operation(tables: "Tables") -> None:
            tables.outbox = {key: row for key, row in tables.outbox.items() if row.person != person}

        self._writes.add(operation)


def _order(row: MemoryOutgoing) -> tuple[int, datetime]:
    return row.priority, row.queued_at


def _owned(tables: "Tables", row_id: bytes, owner: bytes) -> MemoryOutgoing:
    row = tables.outbox.get(row_id)
    if row is None or row.owner != owner or row.state != "sending":
        raise Conflict("outbox")
    return row


class MemoryChats:
    """Notes live with the conversation: they go when it is deleted."""

    def __init__(self, store: "MemoryStore", writes: "Writes") -> None:
        self._store, self._writes = store, writes

    async def load(self, person: PersonKey) -> dict[str, Any]:
        return _chat(self._store.tables, person)

    def change(
        self, person: PersonKey, change: Callable[[dict[str, Any]], dict[str, Any]], *, expires_at: datetime
    ) -> None:
        from tests.fakes.memory import MemoryConversation

        now = self._store.clock.now()

        def operation(tables: "Tables") -> None:
            changed = change(_chat(tables, person))
            if changed and person not in tables.conversations:
                tables.conversations[person] = MemoryConversation(
                    version=1, state=b"", updated_at=now, expires_at=expires_at
                )
            tables.chats.pop(person, None)
            if changed:
                tables.chats[person] = json.dumps(changed)

        self._writes.add(operation)


class MemoryWatches:
    def __init__(self, writes: "Writes") -> None:
        self._writes = writes

    async def put(self, person: PersonKey, address: dict[str, Any], expires_on: date) -> bytes:
        watch_id = secrets.token_bytes(16)
        watch = MemoryWatch(person=person, address=address, expires_on=expires_on)
        self._writes.add(lambda tables: tables.watches.update({watch_id: watch}))
        return watch_id

    async def count_of(self, person: PersonKey) -> int:
        return sum(watch.person == person for watch in self._writes.view().watches.values())

    def drop_of(self, person: PersonKey) -> None:
        def operation(tables: "Tables") -> None:
            tables.watches = {key: watch for key, watch in tables.watches.items() if watch.person != person}

        self._writes.add(operation)

    def drop(self, watch_id: bytes) -> None:
        def operation(tables: "Tables") -> None:
            tables.watches.pop(watch_id, None)

        self._writes.add(operation)

    async def open(self, watch_id: bytes, key: Any, today: date) -> dict[str, Any] | None:
        watch = self._writes.view().watches.get(watch_id)
        return watch.address if watch is not None and watch.expires_on >= today else None


def _chat(tables: "Tables", person: PersonKey) -> dict[str, Any]:
    noted: dict[str, Any] = json.loads(tables.chats.get(person, "{}"))
    return noted
