"""Account records in memory, with the revision check and the collected writes that the real store has."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from casework.case import CaseId
from casework.ports import TrailEntry, TrailQuery
from storage.errors import Conflict
from storage.vault.case_rows import OFFICE, Wrap
from storage.vault.records import OfficeKeyRecord, OfficeWrap, OperatorRecord


@dataclass
class MemoryTables:
    """What is committed."""

    operators: dict[str, OperatorRecord] = field(default_factory=dict)
    keys: dict[int, OfficeKeyRecord] = field(default_factory=dict)
    wraps: dict[tuple[str, int], OfficeWrap] = field(default_factory=dict)
    cases: dict[tuple[CaseId, str, str], Wrap] = field(default_factory=dict)
    trail: list[TrailEntry] = field(default_factory=list)
    commits_before_failure: int | None = None

    @property
    def tables(self) -> tuple[dict[Any, Any], ...]:
        return self.operators, self.keys, self.wraps, self.cases

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator["MemoryRecords"]:
        yield MemoryRecords(self)


class MemoryTrailWriter:
    def __init__(self, records: "MemoryRecords") -> None:
        self._records = records

    def append(self, entry: TrailEntry) -> None:
        self._records.collect(lambda tables: tables.trail.append(entry))

    async def entries(self, limit: int = 100) -> list[TrailEntry]:
        raise NotImplementedError

    async def find(self, query: TrailQuery) -> list[TrailEntry]:
        raise NotImplementedError

    async def verify(self) -> int:
        raise NotImplementedError


class MemoryRecords:
    """Satisfies `storage.vault.records.AccountRecords`."""

    def __init__(self, tables: MemoryTables) -> None:
        self._tables = tables
        self._writes: list[Callable[[MemoryTables], object]] = []
        self.trail = MemoryTrailWriter(self)

    def collect(self, write: Callable[[MemoryTables], object]) -> None:
        self._writes.append(write)

    async def operators(self) -> list[OperatorRecord]:
        await asyncio.sleep(0)  # others get their turn, as with a database
        return list(self._tables.operators.values())

    async def operator(self, name: str) -> OperatorRecord | None:
        await asyncio.sleep(0)
        return self._tables.operators.get(name)

    async def office_keys(self) -> list[OfficeKeyRecord]:
        await asyncio.sleep(0)
        return sorted(self._tables.keys.values(), key=lambda record: -record.version)

    async def office_wraps(self, operator: str | None = None) -> list[OfficeWrap]:
        return [wrap for wrap in self._tables.wraps.values() if operator in (None, wrap.operator)]

    async def case_wraps(self, key_version: int, limit: int) -> list[tuple[CaseId, Wrap]]:
        found = [(case_id, wrap) for (case_id, _, _), wrap in self._tables.cases.items()]
        return [pair for pair in found if pair[1].recipient == OFFICE and pair[1].key_version == key_version][:limit]

    def save_operator(self, record: OperatorRecord) -> None:
        self.collect(lambda tables: tables.operators.update({record.name: record}))

    def save_office_key(self, record: OfficeKeyRecord) -> None:
        def write(tables: MemoryTables) -> None:
            there = tables.keys.get(record.version)
            if there is not None and there.revision != record.revision:
                raise Conflict
            revision = record.revision + 1 if there is not None else 0
            tables.keys[record.version] = replace(record, revision=revision)

        self.collect(write)

    def delete_office_key(self, version: int) -> None:
        def write(tables: MemoryTables) -> None:
            if any(w.recipient == OFFICE and w.key_version == version for w in tables.cases.values()):
                raise Conflict
            del tables.keys[version]

        self.collect(write)

    def save_office_wrap(self, wrap: OfficeWrap) -> None:
        self.collect(lambda tables: tables.wraps.update({(wrap.operator, wrap.key_version): wrap}))

    def delete_office_wraps(self, operator: str | None = None, key_version: int | None = None) -> None:
        def write(tables: MemoryTables) -> None:
            for key in list(tables.wraps):
                if operator in (None, key[0]) and key_version in (None, key[1]):
                    del tables.wraps[key]

        self.collect(write)

    def replace_case_wrap(self, case_id: CaseId, old: Wrap, new: Wrap) -> None:
        def write(tables: MemoryTables) -> None:
            key = (case_id, old.part.value, old.recipient)
            if tables.cases.get(key) == old:
                tables.cases[key] = new

        self.collect(write)

    async def handoff_wraps(self, key_version: int, limit: int) -> list[tuple[bytes, bytes]]:
        return []

    def replace_handoff_wrap(self, handoff_id: bytes, key_version: int, wrapped: bytes) -> None:
        raise NotImplementedError

    async def commit(self) -> None:
        if self._tables.commits_before_failure is not None:
            if self._tables.commits_before_failure == 0:
                raise Conflict
            self._tables.commits_before_failure -= 1
        before = [dict(table) for table in self._tables.tables]
        try:
            for write in self._writes:
                write(self._tables)
        except Conflict:
            for table, rows in zip(self._tables.tables, before, strict=True):
                table.clear()
                table.update(rows)
            raise
        self._writes.clear()
