"""Cases: sealed at commit, opened by code or by an unlocked office key."""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from sqlalchemy import Connection, select
from sqlalchemy import case as sql_case

from casework.case import Case, CaseId, CaseRow, CaseStatus, Part, Priority
from casework.code import normalise
from casework.errors import Conflict
from casework.ports import CaseQuery, OfficeKey
from casework.report import Contact
from storage.collected import Collected, Command
from storage.errors import KeyNotGranted
from storage.models import CaseRecord
from storage.repositories.case_rows import (
    BY_ID,
    BY_LOOKUP,
    CLEAR,
    change_case,
    delete_cases,
    find,
    insert_case,
    replace_wraps,
    row_of,
)
from storage.repositories.office_public_key import OfficePublicKey
from storage.vault.case_rows import CODE, OFFICE, SUPERIOR, RecipientKey, StoredCase
from storage.vault.case_sealing import CaseSealing, rewrap
from storage.vault.server_key import ServerKey

T = TypeVar("T")
_OFFICES = (OFFICE, SUPERIOR)
_ID_DIGITS = 32


@dataclass
class _Unsaved:
    """Cases that this unit of work has added or changed."""

    added: dict[CaseId, tuple[Case, str]] = field(default_factory=dict)
    saved: dict[CaseId, Case] = field(default_factory=dict)
    opened_by: dict[CaseId, str] = field(default_factory=dict)

    def of(self, case_id: CaseId, way: str) -> Case | None:
        """Return the changed case, when it was opened the same way."""
        return self.saved.get(case_id) if self.opened_by.get(case_id) == way else None

    def by_code(self, code: str) -> Case | None:
        symbols = normalise(code)
        added = (case for case, given in self.added.values() if normalise(given) == symbols)
        return next((_as_seen_by_code(case) for case in added), None)


def _as_seen_by_code(case: Case) -> Case:
    entries = tuple(entry for entry in case.entries if entry.part is Part.SHARED)
    return replace(case, entries=entries, contact=None, recusal=())


class Cases:
    """Satisfies `casework.ports.CaseStore`; reads back what this unit of work has added or saved."""

    def __init__(
        self,
        collected: Collected,
        sealing: CaseSealing,
        server_key: ServerKey,
        office_keys: OfficePublicKey,
        superior: RecipientKey | None,
    ) -> None:
        self._collected, self._sealing, self._server_key = collected, sealing, server_key
        self._office_keys, self._superior = office_keys, superior
        self._unsaved = _Unsaved()

    def add(self, case: Case, code: str) -> None:
        if case.row.version:
            raise ValueError(f"row.version: {case.row.version}, expected 0 for a new case")
        self._unsaved.added[case.id] = case, code

    def save(self, case: Case) -> None:
        """Collect the changes of an opened case; the last of several counts."""
        if case.id in self._unsaved.added:
            added, code = self._unsaved.added[case.id]
            self._unsaved.added[case.id] = _merged(added, case), code
        else:
            self._unsaved.saved[case.id] = case

    async def by_code(self, code: str) -> Case | None:
        if case := self._unsaved.by_code(code):
            return case
        lookups = {"lookups": list(self._server_key.lookup_ids(code))}
        stored = await self._stored(lambda connection: find(connection, BY_LOOKUP, lookups, [Part.SHARED], [CODE]))
        if stored is None or stored.row.status is CaseStatus.WITHDRAWN or not stored.wraps:
            return None
        return self._unsaved.of(stored.row.id, CODE) or self._opened(self._sealing.open_by_code(stored, code), CODE)

    async def by_office(self, case_id: CaseId, key: OfficeKey) -> Case | None:
        """Open the shared and the office part; None also for what is sealed to somebody above the office.

        Raises `KeyNotGranted` when the session lacks a key of the office, `PasswordMustChange`.
        """
        if case := self._unsaved.of(case_id, OFFICE):
            return case
        stored = await self._for_office(case_id, [Part.SHARED, Part.OFFICE])
        case = _unless_sealed_to_others(stored, lambda it: self._sealing.open_by_office(it, key))
        return self._opened(case, OFFICE) if case else None

    async def contact(self, case_id: CaseId, key: OfficeKey) -> Contact | None:
        """Open the contact part; None and errors as for `by_office`."""
        stored = await self._for_office(case_id, [Part.CONTACT])
        return _unless_sealed_to_others(stored, lambda it: self._sealing.open_contact(it, key))

    async def hand_over(self, case: Case, key: OfficeKey, recipient: str) -> None:
        """Wrap all parts for `recipient` and drop the office's wraps, at commit; `save` the case beside it."""
        if recipient != SUPERIOR or self._superior is None:
            raise ValueError(f"recipient: {recipient}, expected {SUPERIOR} with a public key in the profile")
        stored = await self._for_office(case.id, list(Part))
        wraps = [wrap for wrap in (stored.wraps if stored else ()) if wrap.recipient == OFFICE]
        fresh = [rewrap(case.id, wrap, key, self._superior) for wrap in wraps]
        self._collected.add(lambda connection: replace_wraps(connection, case.id, wraps, fresh))

    async def replace_code(self, code: str, fresh: str) -> None:
        """Let `fresh` open what `code` opens, at commit; `Conflict` when the code was replaced meanwhile."""
        lookups = {"lookups": list(self._server_key.lookup_ids(code))}
        stored = await self._stored(lambda connection: find(connection, BY_LOOKUP, lookups, [Part.SHARED], [CODE]))
        if stored is None:
            raise Conflict("code")
        (old,) = stored.wraps
        new = self._sealing.with_code(stored.row.id, old, code, fresh)
        lookup = self._server_key.lookup_id(fresh)
        self._collected.add(lambda connection: replace_wraps(connection, stored.row.id, [old], [new], lookup=lookup))

    def delete(self, ids: Collection[CaseId]) -> None:
        """Delete the cases whole at commit: the keys go with the rows."""
        self._collected.add(lambda connection: delete_cases(connection, ids))

    async def rows(self, query: CaseQuery) -> list[CaseRow]:
        r = CaseRecord
        is_high = sql_case((r.priority == Priority.HIGH.value, 0), else_=1)
        order = (is_high, r.due_on.is_(None), r.due_on, r.day, r.id)
        question = select(*CLEAR).where(*_conditions(query)).order_by(*order)
        question = question.limit(query.limit).offset(query.offset)
        return [row_of(row) for row in await self._collected.all(question)]

    async def stamps(self) -> frozenset[tuple[CaseId, int]]:
        question = select(CaseRecord.id, CaseRecord.version)
        return frozenset((CaseId(row.id), row.version) for row in await self._collected.all(question))

    async def row(self, case_id: CaseId) -> CaseRow | None:
        found = await self._collected.first(BY_ID, {"case": case_id})
        return row_of(found) if found else None

    async def of_unit(self, unit_id: str, limit: int = 100) -> list[CaseRow]:
        """List the clear rows of cases about one directory unit, newest day first."""
        r, unit = CaseRecord, self._server_key.unit_index(unit_id)
        question = select(*CLEAR).where(r.unit == unit).order_by(r.day.desc(), r.id).limit(limit)
        return [row_of(row) for row in await self._collected.all(question)]

    async def collect(self) -> None:
        """Seal what was added and saved, and collect its writes. Called once, at commit."""
        unsaved, self._unsaved = self._unsaved, _Unsaved()
        if not unsaved.added and not unsaved.saved:
            return
        office = await self._office_keys.current(self._collected)
        if office is not None:
            self._collected.add(lambda connection: self._office_keys.require(connection, office))
        for case, code in unsaved.added.values():
            self._collected.add(self._insertion(case, code, self._recipient(case, office)))
        for case in unsaved.saved.values():
            self._collected.add(self._change(case, self._recipient(case, office)))

    def _insertion(self, case: Case, code: str, recipient: RecipientKey) -> Command:
        sealed, marks = self._sealing.seal_new(case, code, recipient), marks_of(case, self._server_key)
        return lambda connection: insert_case(connection, sealed, marks)

    def _change(self, case: Case, recipient: RecipientKey) -> Command:
        change, marks = self._sealing.seal_changes(case, recipient), marks_of(case, self._server_key)
        return lambda connection: change_case(connection, change, marks)

    def _recipient(self, case: Case, office: RecipientKey | None) -> RecipientKey:
        key = self._superior if case.row.recipient == SUPERIOR else office
        if key is None:
            raise LookupError(f"no public key of recipient {case.row.recipient}")
        return key

    async def _for_office(self, case_id: CaseId, parts: list[Part]) -> StoredCase | None:
        return await self._stored(lambda connection: find(connection, BY_ID, {"case": case_id}, parts, _OFFICES))

    async def _stored(self, question: Callable[[Connection], StoredCase | None]) -> StoredCase | None:
        return await self._collected.database.read(question)

    def _opened(self, case: Case, way: str) -> Case:
        self._unsaved.opened_by[case.id] = way
        return case


def marks_of(case: Case, server_key: ServerKey) -> set[bytes]:
    """Return the marks of all files that an opened case refers to."""
    files = [*(case.report.files if case.report else ()), *(f for entry in case.entries for f in entry.files)]
    return {server_key.evidence(file_id) for file in files for file_id in file.ids}


def _unless_sealed_to_others(stored: StoredCase | None, opened: Callable[[StoredCase], T]) -> T | None:
    try:
        return opened(stored) if stored else None
    except KeyNotGranted:
        if stored is not None and stored.row.recipient != OFFICE:
            return None
        raise


def _merged(added: Case, changed: Case) -> Case:
    entries = (*added.entries, *(entry for entry in changed.entries if entry not in added.entries))
    return replace(
        changed,
        entries=entries,
        contact=changed.contact or added.contact,
        recusal=changed.recusal or added.recusal,
    )


def _conditions(query: CaseQuery) -> Iterable[Any]:
    r = CaseRecord
    if query.status is not None:
        yield r.status.in_([status.value for status in query.status])
    if query.kind is not None:
        yield r.kind == query.kind
    if query.due_before is not None:
        yield r.due_on < query.due_before
    if query.id_prefix:
        yield r.id.between(*_range_of(query.id_prefix))


def _range_of(prefix: str) -> tuple[bytes, bytes]:
    """Return the first and the last id that begin with these hex digits: both databases compare bytes in order."""
    return bytes.fromhex(prefix.ljust(_ID_DIGITS, "0")), bytes.fromhex(prefix.ljust(_ID_DIGITS, "f"))
