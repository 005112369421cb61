"""Between the case tables and the vault's rows."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, delete, insert, select, update

from casework.case import CaseId, CaseKind, CaseRow, CaseStatus, Part, Priority
from casework.errors import Conflict
from casework.report import Mode
from storage.engine import changed_rows
from storage.models import CaseEntryRecord, CaseFileRecord, CaseKeyRecord, CasePartRecord, CaseRecord
from storage.prepared import Prepared
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


_IN_PARTS: Any = bindparam("parts", expanding=True)
_BLOBS = {
    table: select(table.c.part, table.c.id, table.c.sealed).where(
        table.c.case_id == bindparam("case"), table.c.part.in_(_IN_PARTS)
    )
    for table in (_parts, _entries)
}
_WRAPS = select(_keys.c.part, _keys.c.recipient, _keys.c.key_version, _keys.c.wrapped).where(
    _keys.c.case_id == bindparam("case"),
    _keys.c.part.in_(_IN_PARTS),
    _keys.c.recipient.in_(bindparam("who", expanding=True)),
)
BY_ID = select(*CLEAR).where(_cases.c.id == bindparam("case"))
BY_LOOKUP = select(*CLEAR).where(_cases.c.lookup.in_(bindparam("lookups", expanding=True)))
_INSERT = {table: Prepared(insert(table)) for table in TABLES}
_AT_VERSION = update(_cases).where(_cases.c.id == bindparam("case"), _cases.c.version == bindparam("was"))


def find(
    connection: Connection, question: Select[Any], values: dict[str, Any], parts: Collection[Part], who: Collection[str]
) -> StoredCase | None:
    """Return a case with the given parts and the wraps for `who`, None when there is none."""
    found = connection.execute(question, values).one_or_none()
    if found is None:
        return None
    row = row_of(found)
    of_parts = {"case": row.id, "parts": [part.value for part in parts]}
    wraps = connection.execute(_WRAPS, of_parts | {"who": list(who)})
    return StoredCase(
        row=row,
        parts=tuple(SealedPart(**blob) for blob in _blobs(connection, _parts, of_parts)),
        entries=tuple(SealedEntry(**blob) for blob in _blobs(connection, _entries, of_parts)),
        wraps=tuple(Wrap(part=Part(p), recipient=r, key_version=v, wrapped=w) for p, r, v, w in wraps),
    )


def _blobs(connection: Connection, table: Any, of_parts: dict[str, Any]) -> list[dict[str, Any]]:
    found = connection.execute(_BLOBS[table], of_parts)
    return [{"part": Part(part), "row_id": row_id, "ciphertext": sealed} for part, row_id, sealed in found]


def insert_case(connection: Connection, sealed: SealedCase, marks: Collection[bytes]) -> None:
    """Insert all rows of a new case."""
    clear = columns_of(sealed.row) | {"lookup": sealed.lookup_id, "unit": sealed.unit_index}
    _INSERT[_cases].execute(connection, clear)
    case_id = sealed.row.id
    _insert(connection, _parts, [_blob(case_id, part) for part in sealed.parts])
    _insert(connection, _keys, [_wrap(case_id, wrap) for wrap in sealed.wraps])
    _insert(connection, _entries, [_blob(case_id, entry) for entry in sealed.entries])
    _insert(connection, _files, [{"case_id": case_id, "mark": mark} for mark in sorted(marks)])


def change_case(connection: Connection, change: SealedChange, marks: Collection[bytes]) -> None:
    """Write what an opened case has gained. Raises `Conflict` when the row moved on since."""
    row, case_id = change.row, change.case_id
    clear = columns_of(row) | {"version": row.version + 1}
    del clear["id"]
    if changed_rows(connection.execute(_AT_VERSION, clear | {"case": case_id, "was": row.version})) != 1:
        raise Conflict("case")
    for part in change.parts:
        connection.execute(delete(_parts).where(_parts.c.case_id == case_id, _parts.c.part == part.part.value))
    for wrap in change.wraps:
        k = _keys.c
        same = (k.case_id == case_id) & (k.part == wrap.part.value) & (k.recipient == wrap.recipient)
        connection.execute(delete(_keys).where(same))
    _insert(connection, _parts, [_blob(case_id, part) for part in change.parts])
    _insert(connection, _keys, [_wrap(case_id, wrap) for wrap in change.wraps])
    _insert(connection, _entries, [_blob(case_id, entry) for entry in change.entries])
    _keep_files(connection, case_id, marks)


def replace_wraps(
    connection: Connection,
    case_id: CaseId,
    old: Collection[Wrap],
    new: Collection[Wrap],
    *,
    lookup: bytes | None = None,
) -> None:
    """Put `new` in the place of `old`, and another look-up id where one is given. `Conflict` when `old` is gone."""
    k = _keys.c
    for wrap in old:
        same = (k.case_id == case_id, k.part == wrap.part.value, k.recipient == wrap.recipient)
        if changed_rows(connection.execute(delete(_keys).where(*same, k.wrapped == wrap.wrapped))) != 1:
            raise Conflict("case key")
    _insert(connection, _keys, [_wrap(case_id, wrap) for wrap in new])
    if lookup is not None:
        connection.execute(update(_cases).where(_cases.c.id == case_id).values(lookup=lookup))


def delete_cases(connection: Connection, ids: Collection[CaseId]) -> None:
    """Delete all rows of the cases, children first."""
    for table in reversed(TABLES[1:]):
        connection.execute(delete(table).where(table.c.case_id.in_(ids)))
    connection.execute(delete(_cases).where(_cases.c.id.in_(ids)))


def _keep_files(connection: Connection, case_id: CaseId, marks: Collection[bytes]) -> None:
    if marks:
        kept = set(connection.execute(select(_files.c.mark).where(_files.c.case_id == case_id)).scalars())
        _insert(connection, _files, [{"case_id": case_id, "mark": mark} for mark in sorted(set(marks) - kept)])


def uses_office_key(connection: Connection, version: int) -> bool:
    """Tell whether some case is still wrapped under this version."""
    question = select(_keys.c.case_id).where(_keys.c.recipient == OFFICE, _keys.c.key_version == version).limit(1)
    return connection.execute(question).first() is not None


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    _INSERT[table].execute_many(connection, rows)


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
