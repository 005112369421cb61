"""Brings a database to the program's schema, on both databases, one program at a time."""

import asyncio
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, NullPool, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from storage.errors import DatabaseNewer

T = TypeVar("T")

LOCK_SECONDS = 10
_LOCK = 0x6368616E67746F6E
"""The advisory lock that migrating programs hold on PostgreSQL."""


def config_for(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration without a file."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def head() -> str:
    """Return the revision this program works with."""
    found = ScriptDirectory.from_config(config_for()).get_current_head()
    if found is None:
        raise RuntimeError("the package holds no migrations")
    return found


def known_revisions() -> frozenset[str]:
    """Return all revisions this program knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(config_for()).walk_revisions())


async def revision(url: str | URL) -> str | None:
    """Return the database's revision, None for an empty database. Raises `DatabaseNewer` for one not known here."""
    return await on_connection(url, _known_revision)


async def migrate(url: str | URL, target: str = "head") -> None:
    """Upgrade (or with an older `target` downgrade). Raises `DatabaseNewer`, `DatabaseUnreachable`."""
    await on_connection(url, lambda connection: _migrate(connection, target))


def _known_revision(connection: Connection) -> str | None:
    found = MigrationContext.configure(connection).get_current_revision()
    if found is not None and found not in known_revisions():
        raise DatabaseNewer(found)
    return found


def _migrate(connection: Connection, target: str) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    found = _known_revision(connection)
    going_down = target == "base" or (target != "head" and target in _ancestors(found))
    step = command.downgrade if going_down else command.upgrade
    step(config_for(connection), target)


def _ancestors(found: str | None) -> set[str]:
    scripts = ScriptDirectory.from_config(config_for())
    return {script.revision for script in scripts.iterate_revisions(found, "base")} if found else set()


async def on_connection(url: str | URL, work: Callable[[Connection], T]) -> T:
    """Run `work` on a connection of its own, in one transaction."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        return await asyncio.to_thread(_on_sqlite, parsed, work)
    return await _on_postgres(parsed, work)


def _on_sqlite(url: URL, work: Callable[[Connection], T]) -> T:
    from storage.sqlite import named, prepare

    engine = create_engine(url.set(drivername="sqlite"), poolclass=NullPool, connect_args={"timeout": LOCK_SECONDS})

    @event.listens_for(engine, "connect")
    def _connected(connection: sqlite3.Connection, _record: Any) -> None:
        prepare(connection)
        connection.execute("PRAGMA foreign_keys=OFF")  # a batch migration drops and renames tables

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    try:
        with engine.begin() as connection:
            return work(connection)
    except DBAPIError as error:
        raise named(error) from error
    finally:
        engine.dispose()


async def _on_postgres(url: URL, work: Callable[[Connection], T]) -> T:
    from storage.postgres import named

    engine = create_async_engine(url.set(drivername="postgresql+asyncpg"), poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    except (DBAPIError, OSError) as error:
        raise named(error) from error
    finally:
        await engine.dispose()
