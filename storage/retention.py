"""What ends by itself: live rows after their hours, day keys after theirs, files that nothing refers to."""

import asyncio
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, delete, func, select

from storage.desk_models import HandoffRow
from storage.engine import changed_rows
from storage.models import (
    CaseFileRecord,
    CaseSessionRecord,
    ConversationRecord,
    InboxRecord,
    OutboxRecord,
    ReceiptRecord,
    ReplyRecord,
    UpdateRecord,
    UploadRecord,
    WatchRecord,
)
from storage.repositories.outbox import count_parked
from storage.repositories.trail import newest
from storage.repositories.uploads import files_of_all
from storage.store import Store
from storage.vault.day_keys import DayKeys
from storage.vault.trail_chain import TrailHead, write_head

TOMBSTONE_DAYS = 2
_MIDNIGHT_GRACE = timedelta(minutes=10)
_KEY_NAME_BYTES = 9
"""Format byte and key id: all of a ciphertext that tells its day."""

_EXPIRING: tuple[Any, ...] = tuple(
    record.__table__
    for record in (
        ConversationRecord,
        ReplyRecord,
        UpdateRecord,
        OutboxRecord,
        ReceiptRecord,
        CaseSessionRecord,
        UploadRecord,
    )
)


def expiring_tables() -> tuple[Any, ...]:
    """Return the tables whose rows have an end."""
    return _EXPIRING


@dataclass(frozen=True, kw_only=True)
class Retained:
    """What one run ended, as counts: rows by table, days whose key was destroyed, files."""

    rows: dict[str, int] = field(default_factory=dict)
    days: int = 0
    files: int = 0


async def retain(store: Store) -> Retained:
    """Delete what expired, destroy unused day keys, sweep files, empty SQLite's journal. Run hourly."""
    rows = await delete_expired(store)
    days = await destroy_day_keys(store)
    files = await sweep_evidence(store)
    await checkpoint(store)
    return Retained(rows=rows, days=len(days), files=len(files))


async def delete_expired(store: Store) -> dict[str, int]:
    """Delete expired live rows, and tombstones of more than two whole days; returns how many by table."""
    now, today = store.config.clock.now(), store.config.clock.today()
    inbox: Any = InboxRecord.__table__
    expired = {table.name: delete(table).where(table.c.expires_at <= now) for table in _EXPIRING}
    # A tombstone knows its day only: two whole days between are 48 hours or more.
    expired["inbox"] = delete(inbox).where(inbox.c.day < today - timedelta(days=TOMBSTONE_DAYS))
    watches: Any = WatchRecord.__table__
    expired["watches"] = delete(watches).where(watches.c.expires_on < today)

    def command(connection: Connection) -> dict[str, int]:
        count_parked(connection, now)
        return {name: changed_rows(connection.execute(statement)) for name, statement in expired.items()}

    return await store.database.write(command)


async def destroy_day_keys(store: Store) -> list[date]:
    """Destroy the keys that no live row uses, and all that are older than yesterday's."""
    clock, zone = store.config.clock, store.config.profile.zone
    live = await store.database.read(_live_days)
    # What was sealed just before midnight may not be committed yet.
    live.add((clock.now() - _MIDNIGHT_GRACE).astimezone(zone).date())
    return await asyncio.to_thread(store.vault.day_keys.destroy_unused, live)


def _live_days(connection: Connection) -> set[date]:
    days = set()
    beside: tuple[Any, ...] = (ConversationRecord.__table__.c.chat, HandoffRow.__table__.c.way)
    for column in (*(table.c.sealed for table in _EXPIRING), *beside):
        names = connection.execute(select(func.substr(column, 1, _KEY_NAME_BYTES)).distinct()).scalars()
        days |= {DayKeys.day_of(bytes(name)) for name in names if name is not None}
    return days


async def sweep_evidence(store: Store) -> list[str]:
    """Delete files that no case and no live upload refers to; returns their ids."""
    kept = await store.database.read(lambda connection: _kept_files(connection, store))
    return await store.evidence.sweep(kept)


def _kept_files(connection: Connection, store: Store) -> set[str]:
    """Return the ids of the files that are needed: the cases name them by mark only, so ids come from the folder."""
    # Uploads first: what a submission moves to its case between the two questions is then found twice, not never.
    of_uploads = files_of_all(connection, store.vault.day_keys)
    marks = set(connection.execute(select(CaseFileRecord.mark)).scalars())
    there = {path.name for path in store.config.evidence_folder.glob("*/*")}
    of_cases = {file_id for file_id in there if store.vault.server_key.evidence(file_id) in marks}
    return of_cases | of_uploads


async def checkpoint(store: Store) -> None:
    """Write SQLite's journal into the database file and empty it."""
    if store.database.backend == "sqlite":
        await store.database.outside_transaction(["PRAGMA wal_checkpoint(TRUNCATE)"])


async def write_trail_head(store: Store) -> TrailHead | None:
    """Write the trail's newest position and MAC beside the database, daily; None when there is no trail yet."""
    last = await store.database.read(newest)
    if last is None:
        return None
    head = TrailHead(day=store.config.clock.today(), position=last.position, mac=last.mac)
    await asyncio.to_thread(write_head, store.config.trail_folder, head)
    return head
