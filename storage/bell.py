"""Bells between processes: who changed something rings, who waits for it looks at once.

`ring` and `listening` wake the sender of the outbox, on PostgreSQL alone. `Bell` is the desk's: in this process it
calls whoever listens, and on PostgreSQL it rings in the others too, by NOTIFY. A ring carries a few words at most,
never what anybody said; everyone also looks by themselves, so a lost one costs a moment.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import structlog
from sqlalchemy import Connection, text

from storage.engine import Database
from storage.postgres import PostgresDatabase

OUTBOX, DESK = "changtong_outbox", "changtong_desk"
CHANGED = "changed"
"""Rung when a hand-off changed, and after a time in which rings may have been lost."""

LISTEN_SECONDS = 300.0
AGAIN_SECONDS = 2.0
_RING = text(f"NOTIFY {OUTBOX}")
_TELL = text(f"SELECT pg_notify('{DESK}', :ring)")

_log = structlog.get_logger(__name__)
Heard = Callable[[str], None]


def ring(connection: Connection) -> None:
    """Wake the sender when this transaction commits."""
    if connection.dialect.name == "postgresql":
        connection.execute(_RING)


@asynccontextmanager
async def listening(
    database: Database, heard: Callable[[], None] | None = None, *, name: str = OUTBOX, told: Heard | None = None
) -> AsyncIterator[asyncio.Event]:
    """Call `heard`, or `told` with the ring's words, at every ring for as long as the context lasts.

    The event is set when the connection is lost: then nothing is heard any more.
    """
    lost = asyncio.Event()
    if not isinstance(database, PostgresDatabase):
        yield lost
        return
    async with database.connection() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection

        def called(_connection: object, _pid: object, _name: object, words: str) -> None:
            if heard is not None:
                heard()
            if told is not None:
                told(words)

        def ended(_connection: object) -> None:
            lost.set()

        driver.add_termination_listener(ended)
        try:
            await driver.add_listener(name, called)
            yield lost
        finally:
            if driver.is_closed():
                await connection.invalidate()  # else the pool would give the dead one again
            else:
                driver.remove_termination_listener(ended)
                await driver.remove_listener(name, called)


class Bell:
    """The desk's bell. A ring's first word names its process, so that nobody hears its own one twice."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._origin = secrets.token_hex(4)
        self._heard: list[Heard] = []
        self._task: asyncio.Task[None] | None = None

    def ring_here(self, words: str) -> None:
        """Call whoever listens in this process."""
        for heard in tuple(self._heard):
            heard(words)

    def ring_others(self, connection: Connection, words: str) -> None:
        """Ring in the other processes when this transaction commits."""
        if connection.dialect.name == "postgresql":
            connection.execute(_TELL, {"ring": f"{self._origin} {words}"})

    async def tell_others(self, words: str) -> None:
        """Ring in the other processes now; at most some hundred characters."""
        if self._database.backend == "postgresql":
            await self._database.write(lambda connection: self.ring_others(connection, words))

    async def tell(self, words: str) -> None:
        """Ring everywhere now."""
        self.ring_here(words)
        await self.tell_others(words)

    @contextmanager
    def listening(self, heard: Heard) -> Iterator[None]:
        """Call `heard` at every ring, also of other processes, for as long as the context lasts."""
        self._heard.append(heard)
        if self._database.backend == "postgresql" and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._listen())
        try:
            yield
        finally:
            self._heard.remove(heard)

    async def _listen(self) -> None:
        while self._heard:
            try:
                async with listening(self._database, name=DESK, told=self._told) as lost:
                    self.ring_here(CHANGED)
                    with suppress(TimeoutError):
                        await asyncio.wait_for(lost.wait(), LISTEN_SECONDS)
            except Exception as error:  # the bell's edge: a database that is away comes back
                _log.warning("bell.not_listening", error=type(error).__name__)
                await asyncio.sleep(AGAIN_SECONDS)

    def _told(self, ring: str) -> None:
        origin, _, words = ring.partition(" ")
        if origin != self._origin:
            self.ring_here(words)

    async def close(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
