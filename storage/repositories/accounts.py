"""What the vault's accounts are kept in."""

from dataclasses import asdict
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from casework.case import CaseId, Part
from casework.errors import Conflict
from storage.collected import Collected, Command
from storage.desk_models import HandoffRow
from storage.engine import changed_rows
from storage.models import CaseKeyRecord, OfficeKeyRow, OfficeWrapRow, OperatorRow
from storage.repositories.account_rows import office_key_record, office_wrap, operator_columns, operator_record
from storage.repositories.case_rows import uses_office_key
from storage.repositories.trail import AuditTrail
from storage.vault.case_rows import OFFICE, Wrap
from storage.vault.records import OfficeKeyRecord, OfficeWrap, OperatorRecord

_keys: Any = CaseKeyRecord.__table__


class SqlAccountRecords:
    """Satisfies `storage.vault.records.AccountRecords`."""

    def __init__(self, collected: Collected, trail: AuditTrail) -> None:
        self._collected, self.trail = collected, trail

    async def operators(self) -> list[OperatorRecord]:
        question = select(OperatorRow.__table__).order_by(OperatorRow.name)
        return [operator_record(row._asdict()) for row in await self._all(question)]

    async def operator(self, name: str) -> OperatorRecord | None:
        found = await self._all(select(OperatorRow.__table__).where(OperatorRow.name == name))
        return operator_record(found[0]._asdict()) if found else None

    async def office_keys(self) -> list[OfficeKeyRecord]:
        question = select(OfficeKeyRow.__table__).order_by(OfficeKeyRow.version.desc())
        return [office_key_record(row) for row in await self._all(question)]

    async def office_wraps(self, operator: str | None = None) -> list[OfficeWrap]:
        question = select(OfficeWrapRow.__table__).order_by(OfficeWrapRow.operator, OfficeWrapRow.key_version)
        if operator is not None:
            question = question.where(OfficeWrapRow.operator == operator)
        return [office_wrap(row) for row in await self._all(question)]

    async def case_wraps(self, key_version: int, limit: int) -> list[tuple[CaseId, Wrap]]:
        k = _keys.c
        question = select(k.case_id, k.part, k.recipient, k.key_version, k.wrapped)
        question = question.where(k.recipient == OFFICE, k.key_version == key_version).limit(limit)
        return [
            (CaseId(case_id), Wrap(part=Part(part), recipient=recipient, key_version=version, wrapped=wrapped))
            for case_id, part, recipient, version, wrapped in await self._all(question)
        ]

    def save_operator(self, record: OperatorRecord) -> None:
        self._replace(OperatorRow, OperatorRow.name == record.name, operator_columns(record))

    def save_office_key(self, record: OfficeKeyRecord) -> None:
        def command(connection: Connection) -> None:
            is_same = (OfficeKeyRow.version == record.version, OfficeKeyRow.revision == record.revision)
            values = asdict(record) | {"revision": record.revision + 1}
            if changed_rows(connection.execute(update(OfficeKeyRow).where(*is_same).values(values))):
                return
            if record.revision:
                raise Conflict("office key")
            connection.execute(insert(OfficeKeyRow).values(asdict(record)))

        self._collected.add(command)

    def delete_office_key(self, version: int) -> None:
        """Delete a version; `Conflict` when a case is still wrapped under it."""

        def command(connection: Connection) -> None:
            connection.execute(delete(OfficeKeyRow).where(OfficeKeyRow.version == version))
            if uses_office_key(connection, version):
                raise Conflict("a case is sealed to this key")

        self._collected.add(command)

    def save_office_wrap(self, wrap: OfficeWrap) -> None:
        w = OfficeWrapRow
        self._replace(w, (w.operator == wrap.operator) & (w.key_version == wrap.key_version), asdict(wrap))

    def delete_office_wraps(self, operator: str | None = None, key_version: int | None = None) -> None:
        given = {OfficeWrapRow.operator: operator, OfficeWrapRow.key_version: key_version}
        conditions = [column == value for column, value in given.items() if value is not None]
        if not conditions:
            raise ValueError("expected an operator or a key version")
        self._collected.execute(delete(OfficeWrapRow).where(*conditions))

    def replace_case_wrap(self, case_id: CaseId, old: Wrap, new: Wrap) -> None:
        k = _keys.c
        is_old = (k.case_id == case_id, k.part == old.part.value, k.recipient == old.recipient)
        is_same = (k.key_version == old.key_version, k.wrapped == old.wrapped)
        values = {"recipient": new.recipient, "key_version": new.key_version, "wrapped": new.wrapped}
        self._collected.execute(update(_keys).where(*is_old, *is_same).values(values))

    async def handoff_wraps(self, key_version: int, limit: int) -> list[tuple[bytes, bytes]]:
        question = select(HandoffRow.id, HandoffRow.wrapped).where(HandoffRow.key_version == key_version).limit(limit)
        return [(row.id, row.wrapped) for row in await self._all(question)]

    def replace_handoff_wrap(self, handoff_id: bytes, key_version: int, wrapped: bytes) -> None:
        values = {"key_version": key_version, "wrapped": wrapped}
        self._collected.execute(update(HandoffRow).where(HandoffRow.id == handoff_id).values(values))

    def also(self, command: Command) -> None:
        """Collect something else that must be written together with the accounts."""
        self._collected.add(command)

    async def commit(self) -> None:
        await self._collected.run()

    def _replace(self, table: Any, is_it: Any, values: dict[str, Any]) -> None:
        self._collected.execute(delete(table).where(is_it))
        self._collected.execute(insert(table).values(values))

    async def _all(self, question: Any) -> list[Any]:
        return await self._collected.all(question)
