"""What PostgreSQL's errors are called here."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from casework.errors import Conflict
from storage.errors import DatabaseUnreachable, StoreFull
from storage.postgres import PostgresDatabase, named


class _Answer(Exception):
    def __init__(self, sqlstate: str | None) -> None:
        super().__init__("said")
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "name"),
    [
        ("40001", Conflict),
        ("40P01", Conflict),
        ("53100", StoreFull),
        ("57P01", DatabaseUnreachable),
        ("08006", DatabaseUnreachable),
        ("28P01", DatabaseUnreachable),
        ("3D000", DatabaseUnreachable),
        (None, DatabaseUnreachable),
        ("42703", DBAPIError),
    ],
)
def test_errors_are_named_by_their_state(sqlstate: str | None, name: type[Exception]) -> None:
    assert type(named(DBAPIError("SELECT", {}, _Answer(sqlstate)))) is name


def test_a_refused_connection_is_named() -> None:
    assert isinstance(named(ConnectionRefusedError("no")), DatabaseUnreachable)
    assert isinstance(named(PoolTimeout("all in use")), DatabaseUnreachable)


@pytest.mark.postgres
async def test_what_runs_into_another_is_a_conflict_and_the_rest_is_not(postgres_url: str) -> None:
    database = PostgresDatabase(make_url(postgres_url))

    def run(statement: str) -> Any:
        return lambda connection: connection.execute(text(statement))

    def raising(connection: Connection) -> None:
        connection.execute(text("INSERT INTO things VALUES ('b')"))
        raise LookupError

    await database.write(run("CREATE TABLE things (name TEXT PRIMARY KEY)"))
    await database.write(run("INSERT INTO things VALUES ('a')"))
    with pytest.raises(Conflict):
        await database.write(run("INSERT INTO things VALUES ('a')"))
    with pytest.raises(ProgrammingError):
        await database.read(run("SELECT * FROM nothing"))
    with pytest.raises(LookupError):
        await database.write(raising)
    with pytest.raises(DBAPIError, match="read-only"):
        await database.read(run("INSERT INTO things VALUES ('c')"))
    level = await database.read(run("SHOW transaction_isolation"))
    assert level.scalar_one() == "repeatable read"
    count = await database.read(lambda connection: connection.execute(text("SELECT count(*) FROM things")).scalar_one())
    assert count == 1
    await asyncio.gather(*(database.write(run(f"INSERT INTO things VALUES ('{n}')")) for n in range(64)))  # noqa: S608
    await database.close()
