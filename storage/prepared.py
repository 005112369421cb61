"""Statements of the hottest paths: compiled once, and on SQLite run on the driver's own cursor.

SQLAlchemy writes the SQL and names the types, once. What it does at each execution (events, contexts, cursors of its
own) costs ten times what SQLite needs for a row; on PostgreSQL the round trip hides it.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.sql import ClauseElement

_Convert = Callable[[Any], Any] | None


@dataclass(frozen=True)
class _Compiled:
    sql: str
    binds: tuple[tuple[str, _Convert], ...]
    row: Any
    """The class of the rows, None for what gives no rows."""
    columns: tuple[_Convert, ...]
    constants: Mapping[str, Any]
    """Values that stand in the statement itself, such as a LIMIT."""

    def bound(self, values: Mapping[str, Any]) -> list[Any]:
        known = {**self.constants, **values} if self.constants else values
        return [known[name] if convert is None else convert(known[name]) for name, convert in self.binds]

    def row_of(self, found: tuple[Any, ...]) -> Any:
        pairs = zip(found, self.columns, strict=True)
        return self.row._make([value if convert is None else convert(value) for value, convert in pairs])


@dataclass(frozen=True)
class Prepared:
    """A statement whose values are all bound by name."""

    statement: Any
    _compiled: dict[tuple[str, ...], _Compiled] = field(default_factory=dict, init=False, repr=False, compare=False)

    def first(self, connection: Connection, values: Mapping[str, Any]) -> Any:
        """Return the first row, None when there is none."""
        return next(iter(self.rows(connection, values)), None)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[Any]:
        """Return all rows, their columns by name."""
        if connection.dialect.name != "sqlite":
            return list(connection.execute(self.statement, dict(values)))
        return self.rows_on(_driver(connection), connection.dialect, values)

    def rows_on(self, driver: Any, dialect: Dialect, values: Mapping[str, Any]) -> list[Any]:
        """Do the same on the SQLite driver's own connection."""
        compiled = self._for(dialect, values)
        # All rows are fetched: an open cursor would hold its moment of the database and keep the journal growing.
        return [compiled.row_of(found) for found in driver.execute(compiled.sql, compiled.bound(values)).fetchall()]

    def execute(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run an INSERT, UPDATE or DELETE; return how many rows it touched."""
        if connection.dialect.name != "sqlite":
            return connection.execute(self.statement, dict(values)).rowcount
        compiled = self._for(connection.dialect, values)
        count: int = _driver(connection).execute(compiled.sql, compiled.bound(values)).rowcount
        return count

    def execute_many(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each of the rows, which have the same names."""
        if not rows:
            return
        if connection.dialect.name != "sqlite":
            connection.execute(self.statement, [dict(row) for row in rows])
            return
        compiled = self._for(connection.dialect, rows[0])
        _driver(connection).executemany(compiled.sql, [compiled.bound(row) for row in rows])

    def _for(self, dialect: Dialect, values: Mapping[str, Any]) -> _Compiled:
        names = (dialect.name, *values)  # an INSERT may leave columns out
        found = self._compiled.get(names)
        if found is None:
            found = self._compiled[names] = _compile(self.statement, dialect, list(values))
        return found


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection


def _compile(statement: ClauseElement, dialect: Dialect, names: list[str]) -> _Compiled:
    compiled: Any = statement.compile(dialect=dialect, column_keys=names)
    binds = [(name, compiled.binds[name].type) for name in compiled.positiontup]
    columns = [(column.key, column.type) for column in getattr(statement, "selected_columns", ())]
    return _Compiled(
        sql=str(compiled),
        binds=tuple((name, kind.dialect_impl(dialect).bind_processor(dialect)) for name, kind in binds),
        row=namedtuple("Row", [name for name, _ in columns]) if columns else None,
        columns=tuple(kind.dialect_impl(dialect).result_processor(dialect, None) for _, kind in columns),
        constants={name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required},
    )
