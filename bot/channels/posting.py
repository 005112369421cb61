"""How a channel that pushes keeps what it was given and has its answers leave: the values and ports it shares with
the turns and the delivery. A payload is JSON-ready and the channel's own; nobody else reads it."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, Protocol

ChatChange = Callable[[dict[str, Any]], dict[str, Any]]
"""Changes what is noted of a chat; may be run again."""


class Priority(IntEnum):
    """Who leaves first."""

    ANSWER = 0
    TIDYING = 1
    PING = 2
    BROADCAST = 3


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """What a messenger delivered: `raw` as it came, of the chat `address`; `message_id` is unique per address."""

    address: str = field(repr=False)
    message_id: str
    raw: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """One delivery in work. `attempts` counts this one."""

    raw: bytes = field(repr=False)
    came_at: datetime
    attempts: int


@dataclass(kw_only=True)
class Batch:
    """What waited of one chat; `owner` has it until its lease ends. `chat` is opaque."""

    chat: bytes = field(repr=False)
    waiting: list[Waiting]


@dataclass(frozen=True, kw_only=True)
class Post:
    """One row for the outbox."""

    payload: dict[str, Any] = field(repr=False)
    priority: Priority = Priority.ANSWER
    kept: timedelta = timedelta(hours=24)


class DeliveryInbox(Protocol):
    """The durable inbox as a channel sees it (`bot.turns.DurableInbox`)."""

    async def keep(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Store what is new, durable on return; return what was new."""

    async def claim(self, chats: int) -> list[Batch]:
        """Take what waits of chats that nobody works for."""

    async def more(self, batch: Batch) -> list[Waiting]:
        """Take what arrived for this chat since."""

    async def renew(self, batches: Sequence[Batch]) -> None:
        """Keep these chats."""

    async def give_back(self, batch: Batch, *, after: timedelta = ...) -> None:
        """Let anybody take this chat, `after` a time."""

    async def close(self, address: str, message_ids: Sequence[str], posts: Sequence[Post] = ()) -> None:
        """Mark deliveries as answered, without a turn, and queue what is to be said to them."""

    async def chat(self, address: str) -> dict[str, Any]:
        """Return what is noted of a chat."""

    async def note(self, address: str, change: ChatChange) -> None:
        """Change what is noted of a chat."""

    async def forget_address(self, address: str) -> None:
        """Drop what waits to be sent to this chat, what is noted of it, and its watches."""


class Messenger(Protocol):
    """Sends one payload."""

    async def send(self, payload: dict[str, Any]) -> ChatChange | None:
        """Send; return what is to be noted of the chat. Raises `SendFailed`."""

    def follow_up(self, payload: dict[str, Any], chat: dict[str, Any]) -> Sequence[Post]:
        """Return what is to be tidied up after `payload` was sent, given what was noted of the chat before."""

    def may_repeat(self, payload: dict[str, Any]) -> bool:
        """Tell whether it is sent again when nobody knows whether it arrived."""

    def kept_aside(self, payload: dict[str, Any]) -> timedelta:
        """Return how long a payload that will never be taken is kept to look at; no time for what is secret."""

    def pause_after(self, payload: dict[str, Any]) -> float:
        """Return the seconds that must pass before the same chat gets something again."""

    def moved(self, payload: dict[str, Any], address: str) -> dict[str, Any]:
        """Return the payload for a chat's new address."""


class LeadLike(Protocol):
    async def is_held(self) -> bool: ...


Lead = Callable[[str], AbstractAsyncContextManager[LeadLike | None]]
"""Tries to be the one process of the deployment that does something; None when another does."""


Listening = Callable[[Callable[[], None]], AbstractAsyncContextManager[object]]
"""Calls back, while the context lasts, when another process has queued something."""


class SendFailed(Exception):
    """A payload was not sent, or nobody knows.

    SendFailed
    ├── NotNow       too fast for this chat: again after `seconds`
    ├── Unsure       it may have arrived (time-out, bad gateway)
    ├── Unreached    the messenger was not reached: it has not arrived
    ├── Refused      it will never be taken
    ├── Gone         the person blocked us, or the chat is no more
    ├── Moved        the chat has another `address` now
    └── NoAccess     our own key to the messenger does not work
    """


class NotNow(SendFailed):
    def __init__(self, seconds: float) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


class Unsure(SendFailed):
    pass


class Unreached(SendFailed):
    pass


class Refused(SendFailed):
    pass


class Gone(SendFailed):
    pass


class Moved(SendFailed):
    def __init__(self, address: str) -> None:
        super().__init__("moved")
        self.address = address


class NoAccess(SendFailed):
    pass
