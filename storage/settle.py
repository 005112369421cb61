"""The nightly job after which neither the database's bookkeeping nor its order tells which rows were written together.

PostgreSQL marks every row with its transaction, and a table keeps the order of arrival. So what the case side gained
since the last time is written anew, in one transaction, in the order of the random ids. SQLite's tables have no rowid
and lie in the order of their random ids already; there the file is rewritten, so that freed pages are gone.
"""

from typing import Any

from sqlalchemy import Connection, text

from storage.models import Base, WatchRecord
from storage.repositories import meta
from storage.repositories.case_rows import TABLES
from storage.store import Store

LOCK_SECONDS = 30
_SETTLED: tuple[Any, ...] = (*TABLES, WatchRecord.__table__)
"""A watch is made in the turn that makes or opens its case."""

_XID = "SELECT pg_current_xact_id()::text::bigint"


async def settle(store: Store) -> None:
    """Settle the day. Writers wait meanwhile. Raises `StoreFull`, `DatabaseUnreachable` (it is run again later)."""
    if store.database.backend == "sqlite":
        await store.database.outside_transaction(["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"])
        return
    await store.database.write(_rewrite)
    names = (table.name for table in Base.metadata.sorted_tables)
    await store.database.outside_transaction([f'VACUUM "{name}"' for name in names])


def _rewrite(connection: Connection) -> None:
    names = ", ".join(table.name for table in _SETTLED)
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
    connection.exec_driver_sql(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")
    current: int = connection.exec_driver_sql(_XID).scalar_one()
    last = meta.value_of(connection, meta.SETTLED)
    for table in _SETTLED:
        _rewrite_table(connection, table, current - int(last) if last else None)
    meta.note(connection, meta.SETTLED, str(current))


def _rewrite_table(connection: Connection, table: Any, since: int | None) -> None:
    """Write anew, in key order, the rows younger than `since` transactions (None: all)."""
    is_new = "TRUE" if since is None else "age(xmin) < :since"
    order = ", ".join(column.name for column in table.primary_key)
    statement = text(
        f"WITH taken AS (DELETE FROM {table.name} WHERE {is_new} RETURNING *) "  # noqa: S608  # names of our own tables
        f"INSERT INTO {table.name} SELECT * FROM taken ORDER BY {order}"
    )
    connection.execute(statement, {} if since is None else {"since": since})
