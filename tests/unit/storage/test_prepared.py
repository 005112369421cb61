"""Statements on the driver's own cursor mean what SQLAlchemy makes of them."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, insert, make_url, select, update

from casework.errors import Conflict
from storage.models import Base, ConversationRecord
from storage.prepared import Prepared
from storage.sqlite import SqliteDatabase

_c: Any = ConversationRecord.__table__
_NOW = datetime(2026, 3, 2, 10, tzinfo=timezone(timedelta(hours=8)))
_ROW = {"person": b"p" * 32, "version": 1, "sealed": b"sealed", "updated_at": _NOW, "expires_at": _NOW}
_QUESTION = select(_c.c.version, _c.c.sealed, _c.c.updated_at).where(_c.c.person == bindparam("who"))
PUT, FIND = Prepared(insert(_c)), Prepared(_QUESTION)
CHANGE = Prepared(update(_c).where(_c.c.person == bindparam("who"), _c.c.version == bindparam("was")))
NEWEST = Prepared(select(_c.c.version).order_by(_c.c.version.desc()).limit(1))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[SqliteDatabase]:
    opened = SqliteDatabase(make_url(f"sqlite:///{tmp_path / 'x.db'}"))
    await opened.write(lambda connection: Base.metadata.create_all(connection, [_c]))
    yield opened
    await opened.close()


async def put(database: SqliteDatabase, **values: Any) -> int:
    return await database.write(lambda connection: PUT.execute(connection, {**_ROW, **values}))


async def first(database: SqliteDatabase, question: Prepared, values: dict[str, Any]) -> Any:
    return next(iter(await database.rows(question, values)), None)


async def test_a_row_written_here_reads_the_same_both_ways(database: SqliteDatabase) -> None:
    assert await put(database) == 1
    by_key = await first(database, FIND, {"who": _ROW["person"]})
    in_transaction = await database.read(lambda connection: FIND.first(connection, {"who": _ROW["person"]}))
    by_sqlalchemy = await database.read(lambda connection: connection.execute(_QUESTION, {"who": _ROW["person"]}).one())
    assert by_key == in_transaction == tuple(by_sqlalchemy)
    assert by_key.updated_at == _NOW
    assert by_key.updated_at.tzinfo is UTC


async def test_what_is_not_there_is_none(database: SqliteDatabase) -> None:
    assert await first(database, FIND, {"who": b"q" * 32}) is None


async def test_a_change_tells_how_many_rows_it_touched(database: SqliteDatabase) -> None:
    await put(database)
    change = {"version": 2, "sealed": b"new", "updated_at": _NOW, "expires_at": _NOW}
    counted = [
        await database.write(partial(CHANGE.execute, values={**change, "who": _ROW["person"], "was": was}))
        for was in (7, 1)
    ]
    assert counted == [0, 1]
    assert (await first(database, FIND, {"who": _ROW["person"]}))[:2] == (2, b"new")


async def test_many_rows_at_once_and_values_that_stand_in_the_statement(database: SqliteDatabase) -> None:
    rows = [{**_ROW, "person": bytes([n]) * 32, "version": n} for n in (1, 3, 2)]
    await database.write(lambda connection: PUT.execute_many(connection, rows))
    await database.write(lambda connection: PUT.execute_many(connection, []))
    assert (await first(database, NEWEST, {})).version == 3


async def test_a_second_row_of_the_same_key_is_a_conflict(database: SqliteDatabase) -> None:
    await put(database)
    with pytest.raises(Conflict):
        await put(database)


async def test_a_time_without_a_zone_is_refused(database: SqliteDatabase) -> None:
    with pytest.raises(ValueError, match="zone"):
        await put(database, updated_at=datetime(2026, 3, 2))  # noqa: DTZ001


async def test_a_row_is_seen_as_soon_as_it_is_committed(database: SqliteDatabase) -> None:
    for version in range(1, 4):
        await put(database, person=bytes([version]) * 32, version=version)
        assert (await first(database, NEWEST, {})).version == version


async def test_a_locked_database_is_asked_again_on_a_thread_that_can_wait(
    database: SqliteDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    await put(database)
    asked: list[Connection] = []

    class Locked(Prepared):
        def rows_on(self, driver: Any, dialect: Any, values: Any) -> Any:
            if not asked:
                asked.append(driver)
                raise driver.OperationalError("database is locked")
            return super().rows_on(driver, dialect, values)

    assert (await first(database, Locked(_QUESTION), {"who": _ROW["person"]})).version == 1
    assert asked
