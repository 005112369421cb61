"""Operators as casework sees them: clear columns, and whether somebody can read cases."""

from typing import Any

from sqlalchemy import bindparam, exists, func, select

from casework.ports import Operator
from storage.engine import Database
from storage.models import OfficeKeyRow, OfficeWrapRow, OperatorRow
from storage.prepared import Prepared
from storage.repositories.account_rows import operator_record

_o: Any = OperatorRow.__table__
_CURRENT = select(func.max(OfficeKeyRow.version)).scalar_subquery()
_IS_HOLDER = exists().where(OfficeWrapRow.operator == _o.c.name, OfficeWrapRow.key_version == _CURRENT)
_QUESTION = select(_o, _IS_HOLDER.label("is_key_holder")).order_by(_o.c.name)
_ALL, _ONE = Prepared(_QUESTION), Prepared(_QUESTION.where(_o.c.name == bindparam("who")))


class Operators:
    """Satisfies `casework.ports.OperatorStore`. A key holder has a wrap of the office's current key."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._all: list[Any] | None = None

    async def all(self) -> list[Operator]:
        """Return all accounts by name."""
        self._all = await self._database.rows(_ALL, {})
        return [_operator(row) for row in self._all]

    async def get(self, name: str) -> Operator | None:
        found = await self._database.rows(_ONE, {"who": name})
        return _operator(found[0]) if found else None

    async def can_read(self) -> bool:
        """Answered from what `all` gave, where this unit of work has asked for that."""
        rows = await self._database.rows(_ALL, {}) if self._all is None else self._all
        return any(row.is_key_holder and row.has_logged_in and row.state == "active" for row in rows)


def _operator(row: Any) -> Operator:
    values = row._asdict()
    is_key_holder = values.pop("is_key_holder")
    return operator_record(values).as_operator(is_key_holder=is_key_holder)
