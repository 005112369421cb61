"""One of several processes does a work: an advisory lock on PostgreSQL, a locked file beside SQLite.

It only spares work. What must not happen twice is guarded by the rows themselves.
"""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.engine import Database
from storage.postgres import PostgresDatabase

_TRY = text("SELECT pg_try_advisory_lock(:number)")
_ALIVE = text("SELECT 1")
_END = text("SELECT pg_advisory_unlock(:number)")


class Lead(Protocol):
    """Held while the context lasts."""

    async def is_held(self) -> bool:
        """Tell whether it still is ours; a lost connection loses it."""


@asynccontextmanager
async def lead(database: Database, folder: Path, name: str) -> AsyncIterator[Lead | None]:
    """Try to be the one process of this deployment that does `name`; gives None when another is."""
    if isinstance(database, PostgresDatabase):
        async with _lead_by_connection(database, name) as led:
            yield led
        return
    with _LockedFile.opened(folder / f".{name}.lock") as file:
        yield file


@asynccontextmanager
async def _lead_by_connection(database: PostgresDatabase, name: str) -> AsyncIterator[Lead | None]:
    number = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
    async with database.connection() as connection:
        if not (await connection.execute(_TRY, {"number": number})).scalar_one():
            yield None
            return
        held = _HeldConnection(connection)
        try:
            yield held
        finally:
            if await held.is_held():
                await connection.execute(_END, {"number": number})


class _HeldConnection:
    def __init__(self, connection: AsyncConnection) -> None:
        self._connection, self._is_lost = connection, False
        self._one_at_a_time = asyncio.Lock()

    async def is_held(self) -> bool:
        async with self._one_at_a_time:
            try:
                if not self._is_lost:
                    await self._connection.execute(_ALIVE)
            except (SQLAlchemyError, OSError):
                self._is_lost = True
        return not self._is_lost


class _LockedFile:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def opened(cls, path: Path) -> "_OpenFile":
        return _OpenFile(path)

    async def is_held(self) -> bool:
        return True


class _OpenFile:
    """The kernel ends the lock with the process, however it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> _LockedFile | None:
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        return _LockedFile(self._descriptor)

    def __exit__(self, *_: object) -> None:
        os.close(self._descriptor)
