"""What the jobs should have ended by now and did not: each count is 0 while the service runs and its jobs succeed."""

import asyncio
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, func, or_, select

from storage.models import OutboxRecord
from storage.repositories.outbox import parked
from storage.retention import expiring_tables
from storage.store import Store

GRACE = timedelta(hours=1)
"""Jobs run every minute or every ten; whoever looks an hour later finds nothing."""
PARKED_ATTEMPTS = 10
"""A message that was tried so often is parked: it does not leave by itself any more."""


async def left_undone(store: Store) -> dict[str, int]:
    """Count rows past their time (`rows`), day keys past their 48 hours (`keys`), messages that will not go (`parked`).

    Rows of a stopped service are counted too: what was to be deleted is still there.
    """
    clock = store.config.clock
    rows, parked = await store.database.read(lambda connection: _counts(connection, clock.now() - GRACE))
    keys = await asyncio.to_thread(_old_keys, store.config.data / "keys" / "day", _last_day_of_keys(store))
    return {"rows": rows, "keys": keys, "parked": parked}


def _counts(connection: Connection, before: datetime) -> tuple[int, int]:
    expired = [
        select(func.count()).select_from(table).where(table.c.expires_at <= before) for table in expiring_tables()
    ]
    is_stuck = or_(OutboxRecord.attempts >= PARKED_ATTEMPTS, OutboxRecord.state == "parked")
    stuck = select(func.count()).select_from(OutboxRecord).where(is_stuck)
    return sum(connection.execute(question).scalar_one() for question in expired), connection.execute(
        stuck
    ).scalar_one()


async def parked_before(store: Store) -> int:
    """Count the messages that could not be sent, were set aside, and had their day."""
    _, gone = await store.database.read(parked)
    return gone


def _last_day_of_keys(store: Store) -> date:
    """A key serves on its day and the next."""
    return (store.config.clock.now() - GRACE).astimezone(store.config.profile.zone).date() - timedelta(days=1)


def _old_keys(folder: Path, oldest: date) -> int:
    return sum(date.fromisoformat(path.name) < oldest for path in folder.glob("????-??-??"))
