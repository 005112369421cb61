"""A bell between processes: who put something into the outbox rings, who sends looks at once. On PostgreSQL alone.

It carries nothing and only wakes; everyone also looks by themselves, so a lost ring costs a moment.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, text

from storage.engine import Database
from storage.postgres import PostgresDatabase

OUTBOX = "changtong_outbox"
_RING = text(f"NOTIFY {OUTBOX}")


def ring(connection: Connection) -> None:
    """Wake the sender when this transaction commits."""
    if connection.dialect.name == "postgresql":
        connection.execute(_RING)


@asynccontextmanager
async def listening(database: Database, heard: Callable[[], None]) -> AsyncIterator[None]:
    """Call `heard` at every ring for as long as the context lasts."""
    if not isinstance(database, PostgresDatabase):
        yield
        return
    async with database.connection() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection

        def called(*_: object) -> None:
            heard()

        await driver.add_listener(OUTBOX, called)
        try:
            yield
        finally:
            if not driver.is_closed():
                await driver.remove_listener(OUTBOX, called)
