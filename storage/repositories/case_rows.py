"""Between the case tables and the vault's rows."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from casework.case import CaseId, CaseKind, CaseRow, CaseStatus, Part, Priority
from casework.errors import Conflict
from casework.report import Mode
from storage.engine import changed_rows
from storage.models import CaseEntryRecord, CaseFileRecord, CaseKeyRecord, CasePartRecord, CaseRecord, OfficeKeyRow
from storage.vault.case_rows import OFFICE, SealedCase, SealedChange, SealedEntry, SealedPart, StoredCase, Wrap

_cases: Any = CaseRecord.__table__
_parts: Any = CasePartRecord.__table__
_keys: Any = CaseKeyRecord.__table__
_entries: Any = CaseEntryRecord.__table__
_files: Any = CaseFileRecord.__table__
CLEAR = [column for column in _cases.c if column.name not in ("lookup", "unit")]
TABLES: tuple[Any, ...] = (_cases, _parts, _keys, _entries, _files)
"""The case side, parents first."""


def row_of(found: Row[Any]) -> CaseRow:
    """Read the clear columns."""
    values = found._asdict()
    values |= {
        "kind": CaseKind(values["kind"]),
        "status": CaseStatus(values["status"]),
        "mode": Mode(values["mode"]),
        "priority": Priority(values["priority"]),
    }
    return CaseRow(**values)


def columns_of(row: CaseRow) -> dict[str, Any]:
    """Return the clear columns."""
    return {column.name: getattr(row, column.name) for column in CLEAR}


def find(
    session: Session, condition: ColumnElement[bool], parts: Collection[Part], who: Collection[str]
) -> StoredCase | None:
    """Return the `StoredCase` with the given parts and the wraps for `who`, None when there is none."""
    found = session.execute(select(*CLEAR).where(condition)).one_or_none()
    if found is None:
        return None
    row = row_of(found)
    return StoredCase(
        row=row,
        parts=tuple(SealedPart(**blob) for blob in _sealed(session, _parts, row, parts)),
        entries=tuple(SealedEntry(**blob) for blob in _sealed(session, _entries, row, parts)),
        wraps=tuple(_wraps(session, row, parts, who)),
    )


def _sealed(session: Session, table: Any, row: CaseRow, parts: Collection[Part]) -> list[dict[str, Any]]:
    of_case = (table.c.case_id == row.id) & table.c.part.in_([part.value for part in parts])
    found = session.execute(select(table.c.part, table.c.id, table.c.sealed).where(of_case))
    return [{"part": Part(part), "row_id": row_id, "ciphertext": sealed} for part, row_id, sealed in found]


def _wraps(session: Session, row: CaseRow, parts: Collection[Part], who: Collection[str]) -> list[Wrap]:
    k = _keys.c
    of_case = (k.case_id == row.id) & k.part.in_([part.value for part in parts]) & k.recipient.in_(who)
    found = session.execute(select(k.part, k.recipient, k.key_version, k.wrapped).where(of_case))
    return [Wrap(part=Part(p), recipient=r, key_version=v, wrapped=w) for p, r, v, w in found]


def insert_case(session: Session, sealed: SealedCase, marks: Collection[bytes]) -> None:
    """Insert all rows of a new case."""
    clear = columns_of(sealed.row) | {"lookup": sealed.lookup_id, "unit": sealed.unit_index}
    session.execute(insert(_cases), [clear])
    case_id = sealed.row.id
    _insert(session, _parts, [_blob(case_id, part) for part in sealed.parts])
    _insert(session, _keys, [_wrap(case_id, wrap) for wrap in sealed.wraps])
    _insert(session, _entries, [_blob(case_id, entry) for entry in sealed.entries])
    _insert(session, _files, [{"case_id": case_id, "mark": mark} for mark in sorted(marks)])


def change_case(session: Session, change: SealedChange, marks: Collection[bytes]) -> None:
    """Write what an opened case has gained. Raises `Conflict` when the row moved on since."""
    row, case_id = change.row, change.case_id
    at_version = (_cases.c.id == case_id) & (_cases.c.version == row.version)
    clear = columns_of(row) | {"version": row.version + 1}
    del clear["id"]
    if changed_rows(session.execute(update(_cases).where(at_version).values(clear))) != 1:
        raise Conflict("case")
    for part in change.parts:
        session.execute(delete(_parts).where(_parts.c.case_id == case_id, _parts.c.part == part.part.value))
    for wrap in change.wraps:
        k = _keys.c
        same = (k.case_id == case_id) & (k.part == wrap.part.value) & (k.recipient == wrap.recipient)
        session.execute(delete(_keys).where(same))
    _insert(session, _parts, [_blob(case_id, part) for part in change.parts])
    _insert(session, _keys, [_wrap(case_id, wrap) for wrap in change.wraps])
    _insert(session, _entries, [_blob(case_id, entry) for entry in change.entries])
    _keep_files(session, case_id, marks)


def _keep_files(session: Session, case_id: CaseId, marks: Collection[bytes]) -> None:
    if marks:
        kept = set(session.execute(select(_files.c.mark).where(_files.c.case_id == case_id)).scalars())
        _insert(session, _files, [{"case_id": case_id, "mark": mark} for mark in sorted(set(marks) - kept)])


def require_current_office_key(session: Session, version: int) -> None:
    """Raise `Conflict` when the office's key was rotated since: what is sealed to the old one would be lost.

    The row is locked where the database can, so that a rotation waits for this transaction.
    """
    newest = select(OfficeKeyRow.version).order_by(OfficeKeyRow.version.desc()).limit(1)
    if session.execute(newest.with_for_update(read=True)).scalar_one_or_none() != version:
        raise Conflict("office key")


def uses_office_key(session: Session, version: int) -> bool:
    """Tell whether some case is still wrapped under this version."""
    question = select(_keys.c.case_id).where(_keys.c.recipient == OFFICE, _keys.c.key_version == version).limit(1)
    return session.execute(question).first() is not None


def delete_case(session: Session, case_id: CaseId) -> None:
    """Delete all rows of a case, children first."""
    for table in reversed(TABLES):
        column = table.c.id if table is _cases else table.c.case_id
        session.execute(delete(table).where(column == case_id))


def _insert(session: Session, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        session.execute(insert(table), rows)


def _blob(case_id: CaseId, sealed: SealedPart | SealedEntry) -> dict[str, Any]:
    return {"case_id": case_id, "id": sealed.row_id, "part": sealed.part.value, "sealed": sealed.ciphertext}


def _wrap(case_id: CaseId, wrap: Wrap) -> dict[str, Any]:
    return {
        "case_id": case_id,
        "part": wrap.part.value,
        "recipient": wrap.recipient,
        "key_version": wrap.key_version,
        "wrapped": wrap.wrapped,
    }
