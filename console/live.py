"""What is live: one look at the hand-offs for all open pages of this process, whenever the bell rings.

The bell rings for what this process wrote, and on PostgreSQL for what others wrote. The look itself goes to the
database, and from time to time without a ring, so that a lost one costs a moment.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator, Collection
from dataclasses import dataclass, field

import structlog

from casework.handing_off import Glance
from casework.handoff import Owner
from casework.ports import UnitOfWorkFactory
from console.ports import Bell

LOOK_SECONDS = 2.0
"""How often to look without a ring."""

GAP_SECONDS = 0.04
"""Between two looks: what many write at once is one look's work."""

BEAT_SECONDS = 15.0
TYPING, READ = "typing", "read"
"""First words of rings that are shown and kept nowhere; the hand-off's id follows."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Board:
    """The hand-offs at one look, by id in hex their versions; how many wait, and whether somebody waits too long."""

    versions: tuple[tuple[str, int], ...] = ()
    waiting: int = 0
    is_late: bool = False
    unread: tuple[tuple[str, int], ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, glances: Collection[Glance]) -> "Board":
        return cls(
            versions=tuple(sorted((it.id.hex(), it.version) for it in glances)),
            waiting=sum(it.state is Owner.WAITING for it in glances),
            is_late=any(it.alerted and it.state is Owner.WAITING for it in glances),
            unread=tuple(sorted((it.owner, it.unread) for it in glances if it.owner and it.unread)),
        )

    def unread_of(self, operator: str) -> int:
        return sum(count for owner, count in self.unread if owner == operator)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an open page is told: the board, and which conversations changed or ended since the page's last one."""

    board: Board
    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    is_first: bool = False

    def as_json(self, operator: str) -> str:
        board = self.board
        return json.dumps(
            {
                "waiting": board.waiting,
                "late": board.is_late,
                "unread": board.unread_of(operator),
                "changed": self.changed,
                "gone": self.gone,
                "first": self.is_first,
            }
        )


def between(before: Board, after: Board) -> Change:
    """Return what became of the conversations between two boards."""
    old, new = dict(before.versions), dict(after.versions)
    changed = tuple(chat for chat, version in new.items() if old.get(chat) != version)
    return Change(board=after, changed=changed, gone=tuple(chat for chat in old if chat not in new))


@dataclass(frozen=True, kw_only=True)
class Sign:
    """Somebody types, or has read: shown and forgotten."""

    what: str
    chat: str


@dataclass(eq=False)
class _Page:
    """One open page: whether something changed since it was told, and the signs that it was not told yet."""

    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    signs: dict[tuple[str, str], None] = field(default_factory=dict)


class Watch:
    """Gives every open page the newest board; one that does not read gets the last, never a queue."""

    def __init__(self, work: UnitOfWorkFactory, bell: Bell) -> None:
        self._work, self._bell = work, bell
        self._board = Board()
        self._pages: set[_Page] = set()
        self._task: asyncio.Task[None] | None = None
        self._rung = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def changes(self) -> AsyncGenerator[Change | Sign | None, None]:
        """Yield what is new at once, then whatever changes or is signed; None when nothing did for a while."""
        page = _Page()
        self._pages.add(page)
        self._begin()
        try:
            told = await self._look()
            yield Change(board=told, is_first=True)
            while True:
                try:
                    await asyncio.wait_for(page.stirred.wait(), BEAT_SECONDS)
                except TimeoutError:
                    yield None
                    continue
                page.stirred.clear()
                signs, page.signs = tuple(page.signs), {}
                for what, chat in signs:
                    yield Sign(what=what, chat=chat)
                if told != self._board:
                    before, told = told, self._board
                    yield between(before, told)
        finally:
            self._pages.discard(page)

    def _begin(self) -> None:
        if self._task is None or self._task.done():
            self._loop = asyncio.get_running_loop()
            self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        with self._bell.listening(self._heard):
            while self._pages:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._rung.wait(), LOOK_SECONDS)
                self._rung.clear()
                await self._tell()
                await asyncio.sleep(GAP_SECONDS)

    def _heard(self, words: str) -> None:
        """Take a ring, in whatever thread it rang."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._take, words)

    def _take(self, words: str) -> None:
        what, _, chat = words.partition(" ")
        if what not in (TYPING, READ):
            self._rung.set()
            return
        for page in self._pages:
            page.signs[what, chat] = None
            page.stirred.set()

    async def _tell(self) -> None:
        try:
            board = await self._look()
        except Exception as error:  # the watch's edge: a database that is away comes back
            _log.warning("desk.watch_failed", error=type(error).__name__)
            await asyncio.sleep(2)
            return
        if board != self._board:
            self._board = board
            for page in self._pages:
                page.stirred.set()

    async def _look(self) -> Board:
        async with self._work() as work:
            return Board.of(await work.handoffs.glances())

    async def close(self) -> None:
        """End the watch."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
