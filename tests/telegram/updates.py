"""The updates that wait for the bot: confirmed by the offset of the next poll, or by a webhook's 2xx."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.telegram.chats import Json
from tests.telegram.errors import ApiError

CALLBACK_SECONDS = 150.0
MESSAGE_SECONDS = 24 * 3600.0
_NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
_MOST = 100

Queue = tuple[str, int]
"""Messages of a chat, taps of a user and membership of a chat each travel in a queue of their own to a webhook."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """An update, the queue it is in, and until when it is offered."""

    body: Json
    queue: Queue
    until: float
    is_again: bool = False

    @property
    def id(self) -> int:
        return int(self.body["update_id"])


@dataclass
class Updates:
    """All updates not yet confirmed, oldest first; `sent` keeps everything that ever was one."""

    now: Callable[[], float]
    next_id: int
    allowed: frozenset[str] | None = None
    waiting: list[Waiting] = field(default_factory=list)
    sent: list[Waiting] = field(default_factory=list)
    conflicts: int = 0
    polls: int = 0
    woken: Callable[[], None] = lambda: None
    _poller: object = None
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def allows(self, kind: str) -> bool:
        return kind not in _NOT_BY_DEFAULT if not self.allowed else kind in self.allowed

    def add(self, kind: str, payload: Json, queue: Queue) -> int | None:
        """Put an update in; None when the bot did not ask for its kind."""
        if not self.allows(kind):
            return None
        lasts = CALLBACK_SECONDS if kind == "callback_query" else MESSAGE_SECONDS
        update = Waiting(body={"update_id": self.next_id, kind: payload}, queue=queue, until=self.now() + lasts)
        self.next_id += 1
        self.sent.append(update)
        self._put(update)
        return update.id

    def add_raw(self, body: Json, queue: Queue) -> None:
        """Put in whatever a test made up."""
        self._put(Waiting(body=body, queue=queue, until=self.now() + MESSAGE_SECONDS, is_again=True))

    def again(self, update_id: int) -> bool:
        """Deliver an old update once more, beside its chat's queue; False when there never was one."""
        found = next((update for update in self.sent if update.id == update_id), None)
        if found is None:
            return False
        self.add_raw(found.body, ("again", update_id))
        return True

    def current(self) -> list[Waiting]:
        """Return what waits and is not too old."""
        now = self.now()
        self.waiting = [update for update in self.waiting if update.until > now]
        return self.waiting

    def drop(self, update: Waiting) -> None:
        self.waiting = [other for other in self.waiting if other is not update]

    async def poll(self, offset: int, limit: int, seconds: float) -> list[Json]:
        """Confirm what is before the offset and return what waits, at the latest after `seconds`.

        Raises `ApiError` 409 in this poll when another one begins.
        """
        mine = self._poller = object()
        self.polls += 1
        self.wake()
        self._confirm(offset)
        end = asyncio.get_running_loop().time() + seconds
        while not (found := self.current()[: min(limit, _MOST)]):
            left = end - asyncio.get_running_loop().time()
            if left <= 0 or not await self._woken_within(left):
                break
            self._refuse_if_replaced(mine)
        self._refuse_if_replaced(mine)
        for update in found:
            if update.is_again:
                self.drop(update)
        return [update.body for update in found]

    def wake(self) -> None:
        self._wake.set()
        self._wake = asyncio.Event()
        self.woken()

    def _put(self, update: Waiting) -> None:
        self.waiting.append(update)
        self.wake()

    def _refuse_if_replaced(self, mine: object) -> None:
        if self._poller is not mine:
            self.conflicts += 1
            raise ApiError(
                409,
                "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
            )

    async def _woken_within(self, seconds: float) -> bool:
        try:
            await asyncio.wait_for(self._wake.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def _confirm(self, offset: int) -> None:
        """Forget what is before the offset; one from before the ids were drawn anew confirms nothing."""
        if offset < 0:
            self.waiting = self.current()[offset:]
        elif offset <= self.next_id:
            self.waiting = [update for update in self.waiting if update.is_again or update.id >= offset]
