"""A store in memory: the same stores, the same conflicts, nothing sealed.

Writes are collected as operations on `Tables`; `commit` applies them to a copy and swaps it in, so that a conflict
leaves everything as it was. What a unit of work has collected it reads back itself, as the real one does.
"""

import hashlib
import secrets
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, TypeVar

from casework.case import Case, CaseId, CaseRow, CaseStatus, Part, Priority
from casework.code import normalise
from casework.errors import Conflict
from casework.ports import CaseQuery, Clock, OfficeKey, Operator, PersonKey, Receipt, TrailEntry, TrailQuery
from casework.report import Contact, FileRef
from tests.fakes.clock import FakeClock
from tests.fakes.evidence import FakeEvidence
from tests.fakes.handoffs import HandoffTables, MemoryHandoffs
from tests.fakes.messenger import MemoryChats, MemoryOutbox, MemoryUpdates, MemoryWatches, MessengerTables

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class FakeOfficeKey:
    """Satisfies `OfficeKey`; opens the cases of its recipient."""

    operator: str = "founder"
    recipient: str = "office"


@dataclass(frozen=True, kw_only=True)
class MemoryConversation:
    version: int
    state: bytes = field(repr=False)
    updated_at: datetime
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Expiring:
    """A value that is gone after `expires_at`."""

    value: Any = field(repr=False)
    expires_at: datetime
    person: PersonKey | None = field(default=None, repr=False)
    sent_as: str = ""


@dataclass(kw_only=True)
class Tables(MessengerTables, HandoffTables):
    """All that is stored."""

    conversations: dict[PersonKey, MemoryConversation] = field(default_factory=dict)
    replies: dict[bytes, Expiring] = field(default_factory=dict)
    inbox: dict[bytes, date] = field(default_factory=dict)
    receipts: dict[PersonKey, Expiring] = field(default_factory=dict)
    case_sessions: dict[PersonKey, Expiring] = field(default_factory=dict)
    uploads: dict[tuple[PersonKey, str], Expiring] = field(default_factory=dict)
    cases: dict[CaseId, Case] = field(default_factory=dict)
    codes: dict[str, CaseId] = field(default_factory=dict)
    trail: list[TrailEntry] = field(default_factory=list)

    def copy(self) -> "Tables":
        return Tables(**{f.name: getattr(self, f.name).copy() for f in fields(self)})


Operation = Callable[[Tables], None]


@dataclass
class Writes:
    """What one unit of work has collected, with a view of the tables as they would be."""

    committed: Tables
    clock: Clock
    operations: list[Operation] = field(default_factory=list)

    def add(self, operation: Operation) -> None:
        self.operations.append(operation)

    def view(self) -> Tables:
        """Return the tables with the collected writes, conflicts left to the commit."""
        tables = self.committed.copy()
        for operation in self.operations:
            try:
                operation(tables)
            except Conflict:
                continue
        return tables

    def live(self, kept: Expiring | None) -> Any:
        return kept.value if kept and kept.expires_at > self.clock.now() else None


def upsert(table: str, key: Any, value: Any) -> Operation:
    return lambda tables: getattr(tables, table).__setitem__(key, value)


def remove(table: str, keys: Iterable[Any]) -> Operation:
    def operation(tables: Tables) -> None:
        for key in keys:
            getattr(tables, table).pop(key, None)

    return operation


class MemoryConversations:
    def __init__(self, writes: Writes) -> None:
        self._writes = writes

    async def load(self, person: PersonKey) -> MemoryConversation | None:
        return self._writes.committed.conversations.get(person)

    def save(self, person: PersonKey, state: bytes, expected_version: int | None, expires_at: datetime) -> None:
        now = self._writes.clock.now()

        def operation(tables: Tables) -> None:
            _expect(tables, person, expected_version)
            version = (expected_version or 0) + 1
            tables.conversations[person] = MemoryConversation(
                version=version, state=state, updated_at=now, expires_at=expires_at
            )

        self._writes.add(operation)

    def delete(self, person: PersonKey, expected_version: int) -> None:
        def operation(tables: Tables) -> None:
            _expect(tables, person, expected_version)
            del tables.conversations[person]
            tables.chats.pop(person, None)

        self._writes.add(operation)


def _expect(tables: Tables, person: PersonKey, version: int | None) -> None:
    found = tables.conversations.get(person)
    if (found.version if found else None) != version:
        raise Conflict("conversation")


class MemoryReplies:
    def __init__(self, writes: Writes) -> None:
        self._writes = writes

    def put(self, update_key: bytes, person: PersonKey, payload: bytes, expires_at: datetime) -> None:
        self._writes.add(upsert("replies", update_key, Expiring(value=payload, expires_at=expires_at, person=person)))

    async def get(self, update_key: bytes) -> bytes | None:
        found: bytes | None = self._writes.live(self._writes.view().replies.get(update_key))
        return found

    def drop_of(self, person: PersonKey) -> None:
        def operation(tables: Tables) -> None:
            tables.replies = {k: kept for k, kept in tables.replies.items() if kept.person != person}

        self._writes.add(operation)


class MemoryInbox:
    def __init__(self, writes: Writes) -> None:
        self._writes = writes

    def mark(self, update_key: bytes, day: date) -> None:
        def operation(tables: Tables) -> None:
            if update_key in tables.inbox:
                raise Conflict("inbox")
            tables.inbox[update_key] = day

        self._writes.add(operation)

    async def is_marked(self, update_key: bytes) -> bool:
        return update_key in self._writes.view().inbox


class MemoryReceipts:
    def __init__(self, writes: Writes) -> None:
        self._writes = writes

    def put(self, person: PersonKey, receipt: Receipt, expires_at: datetime) -> None:
        now = self._writes.clock.now()

        def operation(tables: Tables) -> None:
            for other, kept in tables.receipts.items():
                if other != person and kept.value.draft == receipt.draft and kept.expires_at > now:
                    raise Conflict("receipt")
            tables.receipts[person] = Expiring(value=receipt, expires_at=expires_at)

        self._writes.add(operation)

    async def get(self, person: PersonKey) -> Receipt | None:
        found: Receipt | None = self._writes.live(self._writes.view().receipts.get(person))
        return found

    async def by_draft(self, draft: str) -> Receipt | None:
        live = (self._writes.live(kept) for kept in self._writes.view().receipts.values())
        return next((receipt for receipt in live if receipt and receipt.draft == draft), None)

    def drop(self, person: PersonKey) -> None:
        self._writes.add(remove("receipts", [person]))


class MemoryCaseSessions:
    def __init__(self, writes: Writes) -> None:
        self._writes = writes

    def put(self, person: PersonKey, code: str, expires_at: datetime) -> None:
        self._writes.add(upsert("case_sessions", person, Expiring(value=code, expires_at=expires_at)))

    async def get(self, person: PersonKey) -> str | None:
        found: str | None = self._writes.live(self._writes.view().case_sessions.get(person))
        return found

    def drop(self, person: PersonKey) -> None:
        self._writes.add(remove("case_sessions", [person]))


class MemoryUploads:
    def __init__(self, writes: Writes) -> None:
        self._writes = writes

    def put(self, person: PersonKey, file: FileRef, expires_at: datetime, *, sent_as: str = "") -> None:
        before = self._writes.view().uploads.get((person, file.id))
        kept = Expiring(value=file, expires_at=expires_at, sent_as=before.sent_as if before else sent_as)
        self._writes.add(upsert("uploads", (person, file.id), kept))

    async def of(self, person: PersonKey) -> list[FileRef]:
        return [file for file, _ in self._live(person)]

    async def sent(self, person: PersonKey, sent_as: str) -> FileRef | None:
        return next((file for file, mark in self._live(person) if mark == sent_as), None)

    def _live(self, person: PersonKey) -> list[tuple[FileRef, str]]:
        mine = [kept for (owner, _), kept in self._writes.view().uploads.items() if owner == person]
        return [(file, kept.sent_as) for kept in mine if (file := self._writes.live(kept))]

    def drop(self, person: PersonKey, file_ids: Sequence[str]) -> None:
        self._writes.add(remove("uploads", [(person, file_id) for file_id in file_ids]))


class MemoryCases:
    def __init__(self, writes: Writes) -> None:
        self._writes = writes

    def add(self, case: Case, code: str) -> None:
        if case.row.version:
            raise ValueError(f"row.version: {case.row.version}, expected 0 for a new case")

        def operation(tables: Tables) -> None:
            if case.id in tables.cases or normalise(code) in tables.codes:
                raise Conflict("case")
            tables.cases[case.id] = replace(case, keys=None)
            tables.codes[normalise(code)] = case.id

        self._writes.add(operation)

    async def by_code(self, code: str) -> Case | None:
        tables = self._writes.view()
        case_id = tables.codes.get(normalise(code))
        if case_id is None or tables.cases[case_id].status is CaseStatus.WITHDRAWN:
            return None
        return _opened(tables.cases[case_id], {Part.SHARED})

    async def by_office(self, case_id: CaseId, key: OfficeKey) -> Case | None:
        case = self._writes.view().cases.get(case_id)
        if case is None or getattr(key, "recipient", "office") != case.row.recipient:
            return None
        return _opened(case, {Part.SHARED, Part.OFFICE})

    async def contact(self, case_id: CaseId, key: OfficeKey) -> Contact | None:
        case = self._writes.view().cases.get(case_id)
        if case is None or getattr(key, "recipient", "office") != case.row.recipient:
            return None
        return case.contact

    def save(self, case: Case) -> None:
        opened: tuple[frozenset[Part], int] = case.keys or (frozenset(Part), 0)

        def operation(tables: Tables) -> None:
            old = tables.cases.get(case.id)
            if old is None or old.row.version != case.row.version:
                raise Conflict("case")
            entries = (*old.entries, *(e for e in case.entries if e not in old.entries))
            recusal = case.recusal if Part.OFFICE in opened[0] else old.recusal
            tables.cases[case.id] = replace(
                case,
                row=replace(case.row, version=case.row.version + 1),
                report=case.report or old.report,
                entries=entries,
                contact=case.contact or old.contact,
                recusal=recusal,
                keys=None,
            )

        self._writes.add(operation)

    async def hand_over(self, case: Case, key: OfficeKey, recipient: str) -> None:
        """Whose key opens it stands in the row, which is saved beside."""

    async def replace_code(self, code: str, fresh: str) -> None:
        def operation(tables: Tables) -> None:
            if normalise(code) not in tables.codes:
                raise Conflict("code")
            tables.codes[normalise(fresh)] = tables.codes.pop(normalise(code))

        self._writes.add(operation)

    async def rows(self, query: CaseQuery) -> list[CaseRow]:
        rows = [case.row for case in self._writes.view().cases.values() if _matches(case.row, query)]
        rows.sort(key=lambda r: (r.priority is not Priority.HIGH, r.due_on or date.max, r.day, r.id))
        return rows[query.offset :][: query.limit]

    async def stamps(self) -> frozenset[tuple[CaseId, int]]:
        return frozenset((case.row.id, case.row.version) for case in self._writes.view().cases.values())

    async def row(self, case_id: CaseId) -> CaseRow | None:
        case = self._writes.view().cases.get(case_id)
        return case.row if case else None


def _opened(case: Case, parts: set[Part]) -> Case:
    entries = tuple(e for e in case.entries if e.part in parts)
    recusal = case.recusal if Part.OFFICE in parts else ()
    return replace(case, entries=entries, contact=None, recusal=recusal, keys=(frozenset(parts), len(entries)))


def _matches(row: CaseRow, query: CaseQuery) -> bool:
    if not row.id.hex().startswith(query.id_prefix):
        return False
    if query.status is not None and row.status not in query.status:
        return False
    if query.kind is not None and row.kind != query.kind:
        return False
    return query.due_before is None or (row.due_on is not None and row.due_on < query.due_before)


class MemoryTrail:
    def __init__(self, writes: Writes) -> None:
        self._writes = writes

    def append(self, entry: TrailEntry) -> None:
        self._writes.add(lambda tables: tables.trail.append(entry))

    async def entries(self, limit: int = 100) -> list[TrailEntry]:
        """Return the newest entries, newest first."""
        return self._writes.view().trail[::-1][:limit]

    async def find(self, query: TrailQuery) -> list[TrailEntry]:
        found = [entry for entry in self._writes.view().trail[::-1] if _fits(entry, query)]
        return found[query.offset :][: query.limit]

    async def verify(self) -> int:
        return len(self._writes.committed.trail)


def _fits(entry: TrailEntry, query: TrailQuery) -> bool:
    if query.actor not in ("", entry.actor) or not entry.case_ref.startswith(query.case_prefix):
        return False
    return (query.since is None or entry.at >= query.since) and (query.until is None or entry.at < query.until)


class MemoryOperators:
    def __init__(self, operators: dict[str, Operator]) -> None:
        self._operators = operators

    async def all(self) -> list[Operator]:
        return sorted(self._operators.values(), key=lambda operator: operator.name)

    async def get(self, name: str) -> Operator | None:
        return self._operators.get(name)

    async def can_read(self) -> bool:
        return any(o.state == "active" and o.is_key_holder and o.has_logged_in for o in self._operators.values())


class MemoryWork:
    """Satisfies `casework.ports.UnitOfWork` and `bot.turns.ports.TurnWork`."""

    def __init__(self, store: "MemoryStore") -> None:
        self._store = store
        self._writes = Writes(store.tables, store.clock)
        self.conversations = MemoryConversations(self._writes)
        self.replies = MemoryReplies(self._writes)
        self.inbox = MemoryInbox(self._writes)
        self.cases = MemoryCases(self._writes)
        self.receipts = MemoryReceipts(self._writes)
        self.case_sessions = MemoryCaseSessions(self._writes)
        self.uploads = MemoryUploads(self._writes)
        self.trail = MemoryTrail(self._writes)
        self.operators = MemoryOperators(store.operators)
        self.updates = MemoryUpdates(store, self._writes)
        self.outbox = MemoryOutbox(store, self._writes)
        self.chats = MemoryChats(store, self._writes)
        self.watches = MemoryWatches(self._writes)
        self.handoffs = MemoryHandoffs(self._writes)

    async def commit(self) -> None:
        tables = self._store.tables.copy()
        for operation in self._writes.operations:
            operation(tables)
        self._writes.operations.clear()
        self._store.tables = self._writes.committed = tables


@dataclass
class MemoryPersonKeys:
    """Satisfies `bot.turns.ports.PersonKeys`."""

    secret: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def person(self, channel: str, address: str) -> PersonKey:
        return PersonKey(self._hash("person", channel, address))

    def update_key(self, channel: str, address: str, message_id: str) -> bytes:
        return self._hash("update", channel, address, message_id)

    def _hash(self, *words: str) -> bytes:
        return hashlib.blake2b("\0".join(words).encode(), key=self.secret, digest_size=32).digest()


class MemoryStore:
    """A whole store: `work`, `person_keys`, `evidence`; `operators` is a dictionary to fill.

    A unit of work sees what was committed before it was opened and what it collected itself.
    """

    def __init__(self, clock: Clock | None = None, operators: Iterable[Operator] | None = None) -> None:
        self.clock: Clock = clock or FakeClock()
        self.tables = Tables()
        self.person_keys = MemoryPersonKeys()
        self.evidence = FakeEvidence(self.clock)
        holders = [FOUNDER] if operators is None else operators
        self.operators = {operator.name: operator for operator in holders}
        self.is_trial = False

    @asynccontextmanager
    async def work(self) -> AsyncIterator[MemoryWork]:
        yield MemoryWork(self)

    def add_operator(self, operator: Operator) -> None:
        self.operators[operator.name] = operator


FOUNDER = Operator(name="founder", role="supervisor", state="active", is_key_holder=True, has_logged_in=True)
