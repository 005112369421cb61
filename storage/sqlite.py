"""SQLite: readers beside one writer thread behind a fair queue.

Commands that wait at the same time share one transaction and so one fsync. When one of them fails, they are run again
under a savepoint each, so that a conflict undoes its own command alone. Nobody is told "done" before the commit.
"""

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import QueuePool

from casework.errors import Conflict
from storage.errors import DatabaseUnreachable, StoreFull
from storage.prepared import Prepared

T = TypeVar("T")

PAGE_BYTES = 16_384
"""A sealed report of 2 kB fits into a leaf; in 4 kB pages each spills into an overflow page of its own."""

_PRAGMAS = (
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "temp_store=MEMORY",
    "cache_size=-8000",
)
BUSY_SECONDS = 30
_JOURNAL_PAUSE = 0.01
"""Seconds between attempts to set the journal of a new file that another program sets too."""
READERS = 4
GROUP = 64
_FULL = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})
_UNREACHABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)


def prepare(connection: sqlite3.Connection) -> None:
    """Make a fresh connection durable, foreign-key-checked and forgetful; transactions are opened by us alone."""
    connection.isolation_level = None  # the driver would open transactions by itself, and late
    _write_ahead(connection)
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Set the journal, which stays in the file. SQLite does not wait when two programs set it at once, so we do."""
    (patience,) = connection.execute("PRAGMA busy_timeout").fetchone()
    end = time.monotonic() + patience / 1000
    while not _journal_set(connection, last=time.monotonic() >= end):
        time.sleep(_JOURNAL_PAUSE)


def _journal_set(connection: sqlite3.Connection, *, last: bool) -> bool:
    """Return whether the journal is set; at the last attempt a lock is an error."""
    try:
        connection.execute(f"PRAGMA page_size={PAGE_BYTES}")
        connection.execute("PRAGMA journal_mode=WAL")
    except sqlite3.OperationalError as error:
        if last or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def sqlite_engine(url: URL, *, begin: str, pool_size: int) -> Engine:
    """Return a synchronous engine of durable, foreign-key-checked connections; transactions open with `begin`."""
    engine = create_engine(
        url.set(drivername="sqlite"),
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: Any) -> None:
        prepare(connection)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


@dataclass(frozen=True)
class _Waiting:
    """A command in the queue and who waits for it. `statements` run alone, without a transaction around them."""

    command: Callable[[Connection], Any]
    statements: tuple[str, ...] = ()
    done: Future[Any] = field(default_factory=Future)


@dataclass(frozen=True)
class _Outcome:
    waiting: _Waiting
    value: Any = None
    error: Exception | None = None

    def tell(self) -> None:
        if self.error is not None:
            self.waiting.done.set_exception(self.error)
        else:
            self.waiting.done.set_result(self.value)


def _nothing(_connection: Connection) -> None:
    """Stands where statements run alone."""


_NOBODY = _Waiting(_nothing)


class _Writer:
    """The one thread that writes, first come, first served."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="sqlite-writer", daemon=True)
        self._thread.start()

    def submit(self, command: Callable[[Connection], T], statements: Sequence[str] = ()) -> Future[T]:
        waiting = _Waiting(command, tuple(statements))
        self._queue.put(waiting)
        return waiting.done

    def stop(self) -> None:
        """Finish what is queued, then end the thread."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        first = self._queue.get()
        while first is not None:
            group, following = self._with_those_waiting(first)
            if wanted := [waiting for waiting in group if waiting.done.set_running_or_notify_cancel()]:
                self._carry_out(wanted)
            first = self._queue.get() if following is _NOBODY else following

    def _with_those_waiting(self, first: _Waiting) -> tuple[list[_Waiting], _Waiting | None]:
        """Return who shares a transaction, and who comes next: `_NOBODY` yet, or None for the end."""
        group = [first]
        while not first.statements and len(group) < GROUP:
            try:
                waiting = self._queue.get_nowait()
            except queue.Empty:
                break
            if waiting is None or waiting.statements:
                return group, waiting
            group.append(waiting)
        return group, _NOBODY

    def _run_alone(self, waiting: _Waiting) -> list[_Outcome]:
        connection = self._engine.raw_connection()
        try:
            for statement in waiting.statements:
                connection.cursor().execute(statement).fetchall()
        finally:
            connection.close()
        return [_Outcome(waiting)]

    def _carry_out(self, group: list[_Waiting]) -> None:
        """Commit all together; all but the failing ones; or, when the database fails, each by itself."""
        attempts = (self._together, self._under_savepoints) if len(group) > 1 else ()
        outcomes = next((done for attempt in attempts if (done := _unless_failing(attempt, group))), None)
        for outcome in outcomes or map(self._by_itself, group):
            outcome.tell()

    def _together(self, group: list[_Waiting]) -> list[_Outcome]:
        """Commit the group without more ado: it is rare that a command fails."""
        with self._engine.begin() as connection:
            return [_Outcome(waiting, waiting.command(connection)) for waiting in group]

    def _under_savepoints(self, group: list[_Waiting]) -> list[_Outcome]:
        """Commit the group but for the commands that fail."""
        with self._engine.begin() as connection:
            return [_under_savepoint(connection, waiting) for waiting in group]

    def _by_itself(self, waiting: _Waiting) -> _Outcome:
        """Commit one command: when the database itself fails, none shall fail for another."""
        try:
            (outcome,) = self._run_alone(waiting) if waiting.statements else self._together([waiting])
        except Exception as error:  # whatever it was, somebody waits for it
            return _Outcome(waiting, error=named(error))
        return outcome


def _under_savepoint(connection: Connection, waiting: _Waiting) -> _Outcome:
    savepoint = connection.begin_nested()
    try:
        value = waiting.command(connection)
        savepoint.commit()
    except (OperationalError, sqlite3.OperationalError):
        raise  # SQLite may have rolled back the whole transaction
    except Exception as error:  # it belongs to whoever waits for this command
        savepoint.rollback()
        return _Outcome(waiting, error=named(error))
    return _Outcome(waiting, value=value)


def _unless_failing(
    attempt: Callable[[list[_Waiting]], list[_Outcome]], group: list[_Waiting]
) -> list[_Outcome] | None:
    try:
        return attempt(group)
    except Exception:  # whose error it is shows when they are run apart
        return None


def named(error: Exception) -> Exception:
    """Return the error under our name where we have one, the cause kept."""
    cause = getattr(error, "orig", error)
    known: Exception
    if isinstance(cause, sqlite3.IntegrityError):
        known = Conflict("unique key")
    elif not isinstance(cause, sqlite3.DatabaseError):
        return error
    elif (code := cause.sqlite_errorcode & 0xFF) in _FULL:
        known = StoreFull()
    elif code in _UNREACHABLE:
        known = DatabaseUnreachable(str(cause))
    else:
        return error
    known.__cause__ = error
    return known


class SqliteDatabase:
    """Satisfies `storage.engine.Database`."""

    backend = "sqlite"

    def __init__(self, url: URL) -> None:
        self._reading = sqlite_engine(url, begin="BEGIN", pool_size=READERS)
        self._writing = sqlite_engine(url, begin="BEGIN IMMEDIATE", pool_size=1)
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="sqlite-reader")
        self._writer = _Writer(self._writing)
        self._here: sqlite3.Connection | None = None
        self._path = url.database or ""

    async def read(self, question: Callable[[Connection], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._answer, question)

    def _answer(self, question: Callable[[Connection], T]) -> T:
        try:
            with self._reading.connect() as connection:
                return question(connection)
        except (DBAPIError, sqlite3.Error) as error:
            raise named(error) from error

    async def rows(self, question: Prepared, values: Mapping[str, Any]) -> list[Any]:
        """Look on the caller's thread: a few rows found by key take less than handing the question to another."""
        try:
            return question.rows_on(self._connection_here(), self._reading.dialect, values)
        except sqlite3.OperationalError:  # locked: whoever waits for it waits on a thread of its own
            return await self.read(lambda connection: question.rows(connection, values))
        except sqlite3.Error as error:
            raise named(error) from error

    def _connection_here(self) -> sqlite3.Connection:
        if self._here is None:
            self._here = sqlite3.connect(self._path, check_same_thread=False, timeout=0)
            prepare(self._here)
        return self._here

    async def write(self, command: Callable[[Connection], T]) -> T:
        return await asyncio.wrap_future(self._writer.submit(command))

    async def outside_transaction(self, statements: Sequence[str]) -> None:
        await asyncio.wrap_future(self._writer.submit(_nothing, statements))

    async def close(self) -> None:
        await asyncio.to_thread(self._writer.stop)
        self._readers.shutdown()
        if self._here is not None:
            self._here.close()
        self._reading.dispose()
        self._writing.dispose()
