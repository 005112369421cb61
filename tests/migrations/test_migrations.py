"""One head; models and migrated schema agree; up, down, up; data survives an upgrade; a newer database is refused."""

import asyncio
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, Table, inspect, text

from storage import open_store
from storage.engine import open_database
from storage.errors import DatabaseNewer, DatabaseUnreachable, UnknownDatabase
from storage.migrating import config_for, head, known_revisions, migrate, on_connection, revision
from storage.models import Base
from tests.support.stores import fresh_store, make_config

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"


def _tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names()) - {"alembic_version"}


def _differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, Base.metadata))


def test_there_is_one_head_and_its_name_is_a_date() -> None:
    heads = ScriptDirectory.from_config(config_for()).get_heads()
    assert heads == [head()]
    for name in known_revisions():
        year, month, day, *words = name.split("_")
        assert (len(year), len(month), len(day), bool(words)) == (4, 2, 2, True)


async def test_models_and_migrated_schema_agree(url: str) -> None:
    await migrate(url)
    assert await on_connection(url, _differences) == []
    assert await on_connection(url, _tables) == set(Base.metadata.tables)


async def test_no_table_has_a_rowid_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite+aiosqlite:///{tmp_path / 'x.db'}"
    await migrate(url)
    question = text("SELECT name FROM pragma_table_list WHERE schema = 'main' AND wr = 1")
    found = await on_connection(url, lambda connection: set(connection.execute(question).scalars()))
    assert found == set(Base.metadata.tables)


async def test_up_down_up(url: str) -> None:
    assert await revision(url) is None
    await migrate(url)
    assert await revision(url) == head()
    await migrate(url, "base")
    assert await revision(url) is None
    assert await on_connection(url, _tables) == set()
    await migrate(url)
    await migrate(url)
    assert await on_connection(url, _differences) == []


async def test_two_programs_may_migrate_at_once(url: str) -> None:
    await asyncio.gather(migrate(url), migrate(url))
    assert await revision(url) == head()


@pytest.mark.parametrize("start", sorted(known_revisions()))
async def test_data_survives_the_upgrade_from_each_revision(url: str, start: str) -> None:
    await migrate(url, start)
    rows = await on_connection(url, _filled)
    await migrate(url)
    kept = await on_connection(url, lambda connection: {name: _content(connection, name) for name in rows})
    for name, (row,) in rows.items():
        assert {column: kept[name][0][column] for column in row} == row


def _filled(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """Put a row into every table, by the columns that it has at this revision; parents first."""
    inspector = inspect(connection)
    names = sorted(_tables(connection), key=lambda name: len(inspector.get_foreign_keys(name)))
    for name in names:
        table = _reflected(connection, name)
        row = {column.name: _SAMPLES[column.type.python_type] for column in table.columns}
        connection.execute(table.insert(), row)
    return {name: _content(connection, name) for name in names}


_SAMPLES: dict[type, Any] = {
    bytes: b"0123456789abcdef",
    str: "x",
    int: 1,
    bool: True,
    date: date(2026, 3, 2),
    datetime: datetime(2026, 3, 2, 2, 0, tzinfo=UTC),
}


def _reflected(connection: Connection, name: str) -> Table:
    return Table(name, MetaData(), autoload_with=connection)


def _content(connection: Connection, name: str) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(_reflected(connection, name).select()).mappings()]


async def test_a_newer_database_is_refused_and_not_touched(tmp_path: Path) -> None:
    config = make_config(tmp_path / "data")
    async with fresh_store(config):
        pass
    newer = text("UPDATE alembic_version SET version_num = '9999_01_01_future'")
    await on_connection(config.database_url, lambda connection: connection.execute(newer) and None)
    for attempt in (open_store(config), migrate(config.database_url), revision(config.database_url)):
        with pytest.raises(DatabaseNewer, match="9999_01_01_future"):
            await attempt


async def test_a_database_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_text(json.dumps({"not": "a database"}) * 500)
    with pytest.raises(DatabaseUnreachable):
        await revision(f"sqlite:///{tmp_path / 'x.db'}")
    with pytest.raises(DatabaseUnreachable):
        await revision("postgresql+asyncpg://nobody@127.0.0.1:9/none")


def test_other_databases_are_refused_by_name() -> None:
    with pytest.raises(UnknownDatabase, match="mysql"):
        open_database("mysql://localhost/x")
