"""What is live: one look at the hand-offs several times a second, for all open pages of this process.

The look goes to the database, so that it sees what another process wrote.
"""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

import structlog

from casework.handing_off import Handoff
from casework.handoff import Owner
from casework.ports import UnitOfWorkFactory

LOOK_SECONDS = 0.15
BEAT_SECONDS = 15.0

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Board:
    """The hand-offs at one look, by id in hex their versions; how many wait, and whether somebody waits too long."""

    versions: tuple[tuple[str, int], ...] = ()
    waiting: int = 0
    is_late: bool = False
    unread: tuple[tuple[str, int], ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, handoffs: list[Handoff]) -> "Board":
        return cls(
            versions=tuple((it.id.hex(), it.version) for it in handoffs),
            waiting=sum(it.state is Owner.WAITING for it in handoffs),
            is_late=any(it.alerted and it.state is Owner.WAITING for it in handoffs),
            unread=tuple((it.owner, it.unread) for it in handoffs if it.owner and it.unread),
        )

    def unread_of(self, operator: str) -> int:
        return sum(count for owner, count in self.unread if owner == operator)


class Watch:
    """Gives every open page the newest board; one that does not read gets the last, never a queue."""

    def __init__(self, work: UnitOfWorkFactory) -> None:
        self._work = work
        self._board = Board()
        self._listeners: set[asyncio.Event] = set()
        self._task: asyncio.Task[None] | None = None

    async def boards(self) -> AsyncGenerator[Board | None, None]:
        """Yield the board whenever it changed, None when nothing did for a while."""
        changed = asyncio.Event()
        self._listeners.add(changed)
        self._begin()
        try:
            yield await self._look()
            while True:
                try:
                    await asyncio.wait_for(changed.wait(), BEAT_SECONDS)
                except TimeoutError:
                    yield None
                else:
                    changed.clear()
                    yield self._board
        finally:
            self._listeners.discard(changed)

    def _begin(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while self._listeners:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                board = await self._look()
            except Exception as error:  # the watch's edge: a database that is away comes back
                _log.warning("desk.watch_failed", error=type(error).__name__)
                await asyncio.sleep(2)
                continue
            if board != self._board:
                self._board = board
                for changed in self._listeners:
                    changed.set()

    async def _look(self) -> Board:
        async with self._work() as work:
            return Board.of(await work.handoffs.live())

    async def close(self) -> None:
        """End the watch."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
