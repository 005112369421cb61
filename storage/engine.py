"""The database behind one small face: functions of a `Connection` read, or write in one short transaction."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, make_url

from storage.errors import UnknownDatabase
from storage.prepared import Prepared

T = TypeVar("T")


class Database(Protocol):
    """Runs functions of a connection; they may be run again, so they do nothing but use the connection."""

    @property
    def backend(self) -> str:
        """Return "sqlite" or "postgresql"."""

    async def read(self, question: Callable[[Connection], T]) -> T:
        """Answer `question` from a consistent state."""

    async def rows(self, question: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """Return the rows of one statement that finds a few rows by key."""

    async def write(self, command: Callable[[Connection], T]) -> T:
        """Run `command` in a transaction of its own, durable on return.

        Raises `casework.errors.Conflict` when a unique key or a concurrent writer stands against it, and
        `storage.errors.StoreFull` when the disk does; then nothing of it is kept.
        """

    async def outside_transaction(self, statements: Sequence[str]) -> None:
        """Run statements that allow no transaction around them (VACUUM), no write of this process beside them."""

    async def close(self) -> None: ...


def open_database(url: str | URL) -> Database:
    """Return the database of a `sqlite` or `postgresql` URL. Connects at first use."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        from storage.sqlite import SqliteDatabase  # each database needs its own driver only

        return SqliteDatabase(parsed)
    if backend == "postgresql":
        from storage.postgres import PostgresDatabase

        return PostgresDatabase(parsed)
    raise UnknownDatabase(backend)


def is_absent(url: str | URL) -> bool:
    """Tell whether the URL is of an SQLite file that is not there."""
    parsed = make_url(url)
    return parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").exists()


def changed_rows(result: Any) -> int:
    """Return how many rows an UPDATE or DELETE touched."""
    count: int = result.rowcount
    return count
