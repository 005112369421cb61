"""PostgreSQL: asyncpg under SQLAlchemy, the same functions of a connection in one `run_sync` hop."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine

from casework.errors import Conflict
from storage.errors import DatabaseUnreachable, StoreFull
from storage.prepared import Prepared

T = TypeVar("T")

POOL = 16
_SERIALIZATION, _DEADLOCK, _DISK_FULL = "40001", "40P01", "53100"


class PostgresDatabase:
    """Satisfies `storage.engine.Database`."""

    backend = "postgresql"

    def __init__(self, url: URL) -> None:
        self._engine = create_async_engine(url.set(drivername="postgresql+asyncpg"), pool_size=POOL, max_overflow=0)
        # All statements of one question see the same moment.
        self._reading = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._looking = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    async def read(self, question: Callable[[Connection], T]) -> T:
        try:
            async with self._reading.connect() as connection:
                return await connection.run_sync(question)
        except (DBAPIError, PoolTimeout, OSError) as error:
            raise named(error) from error

    async def rows(self, question: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """Ask without a transaction around it: one statement sees one moment, in one round trip instead of three."""
        try:
            async with self._looking.connect() as connection:
                return await connection.run_sync(lambda sync: question.rows(sync, values))
        except (DBAPIError, PoolTimeout, OSError) as error:
            raise named(error) from error

    async def write(self, command: Callable[[Connection], T]) -> T:
        try:
            async with self._engine.begin() as connection:
                return await connection.run_sync(command)
        except (DBAPIError, PoolTimeout, OSError) as error:
            raise named(error) from error

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection of one's own, without a transaction, for what belongs to a session (advisory locks)."""
        async with self._engine.connect() as connection:
            yield await connection.execution_options(isolation_level="AUTOCOMMIT")

    async def outside_transaction(self, statements: Sequence[str]) -> None:
        async with self._engine.connect() as connection:
            free = await connection.execution_options(isolation_level="AUTOCOMMIT")
            for statement in statements:
                await free.exec_driver_sql(statement)

    async def close(self) -> None:
        await self._engine.dispose()


def named(error: DBAPIError | PoolTimeout | OSError) -> Exception:
    """Return the error under our name where we have one."""
    if isinstance(error, IntegrityError):
        return Conflict("unique key")
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    if state in (_SERIALIZATION, _DEADLOCK):
        return Conflict("concurrent writer")
    if state == _DISK_FULL:
        return StoreFull()
    if not isinstance(error, DBAPIError) or state is None or state.startswith(("08", "57P", "28", "3D")):
        return DatabaseUnreachable(str(getattr(error, "orig", error)))
    return error
