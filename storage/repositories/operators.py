"""Operators as casework sees them: clear columns, and whether somebody can read cases."""

from typing import Any

from sqlalchemy import Connection, func, select

from casework.ports import Operator
from storage.engine import Database
from storage.models import OfficeKeyRow, OfficeWrapRow, OperatorRow
from storage.repositories.account_rows import operator_record

_CURRENT = select(func.max(OfficeKeyRow.version)).scalar_subquery()
_HOLDERS = select(OfficeWrapRow.operator).where(OfficeWrapRow.key_version == _CURRENT)
_ALL = select(OperatorRow.__table__).order_by(OperatorRow.name)


class Operators:
    """Satisfies `casework.ports.OperatorStore`. A key holder has a wrap of the office's current key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self) -> list[Operator]:
        """Return all accounts by name."""
        return await self._database.read(_operators)

    async def get(self, name: str) -> Operator | None:
        found = await self._database.read(lambda connection: _operators(connection, OperatorRow.name == name))
        return found[0] if found else None

    async def can_read(self) -> bool:
        is_ready = (OperatorRow.state == "active", OperatorRow.has_logged_in)
        found = await self._database.read(lambda connection: _operators(connection, *is_ready))
        return any(operator.is_key_holder for operator in found)


def _operators(connection: Connection, *conditions: Any) -> list[Operator]:
    holders = set(connection.execute(_HOLDERS).scalars())
    rows = connection.execute(_ALL.where(*conditions) if conditions else _ALL)
    return [operator_record(row).as_operator(is_key_holder=row.name in holders) for row in rows]
