"""The one writer: order, groups, and what happens when the disk is full."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import OperationalError

from casework.errors import Conflict
from storage.errors import DatabaseUnreachable, StoreFull
from storage.sqlite import SqliteDatabase, prepare


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    opened = SqliteDatabase(make_url(f"sqlite:///{tmp_path / 'x.db'}"))
    await opened.write(run("CREATE TABLE things (name TEXT PRIMARY KEY, body BLOB) WITHOUT ROWID"))
    yield opened
    await opened.close()


def run(statement: str, **values: Any) -> Callable[[Connection], None]:
    def command(connection: Connection) -> None:
        connection.execute(text(statement), values)

    return command


def put(name: str, size: int = 1) -> Callable[[Connection], None]:
    return run("INSERT INTO things VALUES (:name, zeroblob(:size))", name=name, size=size)


async def names(database: SqliteDatabase) -> list[str]:
    question = text("SELECT name FROM things ORDER BY name")
    return await database.read(lambda connection: list(connection.execute(question).scalars()))


class Gate:
    """A command that holds the writer until it is opened, so that those behind it wait together."""

    def __init__(self) -> None:
        self._open, self._is_reached = threading.Event(), threading.Event()

    def __call__(self, _connection: Connection) -> None:
        self._is_reached.set()
        self._open.wait(10)

    async def holds(self) -> None:
        """Wait until the writer has come here."""
        assert await asyncio.to_thread(self._is_reached.wait, 10)

    def open(self) -> None:
        self._open.set()


async def together(database: SqliteDatabase, *commands: Callable[[Connection], Any]) -> list[Any]:
    """Run commands as one group."""
    gate = Gate()
    held = asyncio.ensure_future(database.write(gate))
    await gate.holds()
    waiting = [asyncio.ensure_future(database.write(command)) for command in commands]
    await asyncio.sleep(0.05)
    gate.open()
    await held
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_a_conflict_undoes_its_own_command_alone(database: SqliteDatabase) -> None:
    def two_at_once(connection: Connection) -> None:
        put("c")(connection)
        put("a")(connection)

    results = await together(database, put("a"), two_at_once, put("b"))
    assert [type(result) for result in results] == [type(None), Conflict, type(None)]
    assert await names(database) == ["a", "b"]


async def test_any_error_of_a_command_reaches_who_waits_for_it(database: SqliteDatabase) -> None:
    def broken(connection: Connection) -> None:
        put("c")(connection)
        raise LookupError("of ours")

    results = await together(database, put("a"), broken)
    assert [type(result) for result in results] == [type(None), LookupError]
    with pytest.raises(LookupError):
        await database.write(broken)
    assert await names(database) == ["a"]


async def test_commands_run_in_the_order_they_came(database: SqliteDatabase) -> None:
    seen: list[int] = []

    def note(number: int) -> Callable[[Connection], None]:
        return lambda connection: seen.append(number)

    await together(database, *(note(number) for number in range(200)))
    assert seen == list(range(200))


async def test_a_full_disk_is_named_and_leaves_nothing_half_written(database: SqliteDatabase) -> None:
    await database.outside_transaction(["PRAGMA max_page_count=20"])

    def two(connection: Connection) -> None:
        put("small")(connection)
        put("large", 5_000_000)(connection)

    with pytest.raises(StoreFull):
        await database.write(two)
    results = await together(database, put("a"), two, put("b"))
    assert [type(result) for result in results] == [type(None), StoreFull, type(None)]
    assert await names(database) == ["a", "b"]


async def test_a_mistake_of_ours_is_not_called_a_full_disk(database: SqliteDatabase) -> None:
    results = await together(database, put("a"), run("INSERT INTO nothing VALUES (1)"))
    assert [type(result) for result in results] == [type(None), OperationalError]


async def test_what_was_cancelled_before_its_turn_is_not_written(database: SqliteDatabase) -> None:
    gate = Gate()
    held = asyncio.ensure_future(database.write(gate))
    await gate.holds()
    waiting = asyncio.ensure_future(database.write(put("a")))
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.sleep(0.05)
    gate.open()
    await held
    await database.write(put("b"))
    assert await names(database) == ["b"]


async def test_closing_finishes_what_is_queued(tmp_path: Path) -> None:
    database = SqliteDatabase(make_url(f"sqlite:///{tmp_path / 'y.db'}"))
    writing = [asyncio.ensure_future(database.write(run("CREATE TABLE things (name TEXT, body BLOB)")))]
    writing += [asyncio.ensure_future(database.write(put(str(number)))) for number in range(20)]
    await asyncio.sleep(0)
    await database.close()
    await asyncio.gather(*writing)
    with closing(sqlite3.connect(tmp_path / "y.db")) as connection:
        assert connection.execute("SELECT count(*) FROM things").fetchone() == (20,)


async def test_vacuum_runs_between_the_groups(database: SqliteDatabase) -> None:
    gate = Gate()
    held = asyncio.ensure_future(database.write(gate))
    await gate.holds()
    before = asyncio.ensure_future(database.write(put("a")))
    vacuum = asyncio.ensure_future(database.outside_transaction(["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"]))
    after = asyncio.ensure_future(database.write(put("b")))
    await asyncio.sleep(0.05)
    gate.open()
    await asyncio.gather(held, before, vacuum, after)
    assert await names(database) == ["a", "b"]


async def test_statements_outside_a_transaction_report_their_errors(database: SqliteDatabase) -> None:
    with pytest.raises(sqlite3.OperationalError, match="syntax"):
        await database.outside_transaction(["NONSENSE"])
    await database.write(put("a"))


async def test_connections_are_durable_and_forgetful(database: SqliteDatabase) -> None:
    def settings(connection: Connection) -> dict[str, Any]:
        named = ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        return {name: connection.execute(text(f"PRAGMA {name}")).scalar_one() for name in named}

    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    assert await database.read(settings) == expected
    assert await database.write(settings) == expected


async def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    database = SqliteDatabase(make_url(f"sqlite:///{tmp_path / 'missing' / 'x.db'}"))
    for work in (database.read(run("SELECT 1")), database.write(run("SELECT 1"))):
        with pytest.raises(DatabaseUnreachable):
            await work
    await database.close()


def _new_file(path: Path, patience: float) -> sqlite3.Connection:
    return sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)


async def test_a_new_file_that_another_program_just_fills_is_waited_for(tmp_path: Path) -> None:
    with closing(_new_file(tmp_path / "x.db", 1)) as first, closing(_new_file(tmp_path / "x.db", 30)) as second:
        first.execute("BEGIN IMMEDIATE")  # here SQLite itself would give up without waiting
        opening = asyncio.create_task(asyncio.to_thread(prepare, second))
        _, waiting = await asyncio.wait([opening], timeout=0.1)
        assert waiting == {opening}
        first.execute("CREATE TABLE things (name TEXT)")
        first.execute("COMMIT")
        await opening
        assert second.execute("PRAGMA journal_mode").fetchone() == ("wal",)


async def test_a_new_file_that_stays_locked_is_given_up_after_the_connections_patience(tmp_path: Path) -> None:
    with closing(_new_file(tmp_path / "x.db", 1)) as first, closing(_new_file(tmp_path / "x.db", 0.05)) as second:
        first.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            prepare(second)
