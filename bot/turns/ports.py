"""What a turn needs from the outside, as Protocols that storage and the dialogue engine satisfy by shape."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from bot.dialogue.values import DialogueState as DialogueState
from bot.dialogue.values import Said as Said
from bot.dialogue.values import Spoken as Spoken
from bot.dialogue.values import SpokenMessage as SpokenMessage
from bot.outbox import Chats, Outbox
from casework.code import CodeFinding
from casework.ports import PersonKey, UnitOfWork


class Stored(Protocol):
    """A conversation as the store keeps it."""

    @property
    def version(self) -> int: ...
    @property
    def state(self) -> bytes: ...
    @property
    def updated_at(self) -> datetime: ...


class ConversationStore(Protocol):
    """Live conversations, one row a person, sealed under the day key."""

    async def load(self, person: PersonKey) -> Stored | None:
        """Return the row, also when its 24 hours are over and no job has deleted it yet."""

    def save(self, person: PersonKey, state: bytes, expected_version: int | None, expires_at: datetime) -> None:
        """Write at commit; `expected_version` None means that there must be no row. Else `Conflict`."""

    def delete(self, person: PersonKey, expected_version: int) -> None: ...


class ReplyStore(Protocol):
    """Replies kept for a message id that comes twice."""

    def put(self, update_key: bytes, person: PersonKey, payload: bytes, expires_at: datetime) -> None: ...

    async def get(self, update_key: bytes) -> bytes | None: ...

    def drop_of(self, person: PersonKey) -> None: ...


class Inbox(Protocol):
    """Which messages were answered: a keyed hash and a day, kept 48 hours."""

    def mark(self, update_key: bytes, day: date) -> None:
        """Note it at commit; `Conflict` when it stands there already."""

    async def is_marked(self, update_key: bytes) -> bool: ...


class Delivered(Protocol):
    """A claimed update of a messenger; `attempts` counts this claim too."""

    @property
    def update_key(self) -> bytes: ...
    @property
    def person(self) -> PersonKey: ...
    @property
    def raw(self) -> bytes: ...
    @property
    def came_at(self) -> datetime: ...
    @property
    def attempts(self) -> int: ...


class UpdateStore(Protocol):
    """What messengers delivered, until it is answered."""

    async def store(self, delivered: Sequence[Any], *, kept: timedelta = ...) -> set[bytes]:
        """Keep what is new, durable on return; return its keys. Raises `Conflict` when somebody stored it just now."""

    async def is_any_waiting(self) -> bool: ...

    async def claim(self, owner: bytes, lease: timedelta, persons: int = ...) -> Sequence[Sequence[Delivered]]:
        """Take what waits of persons whom nobody works for, each person's in the order of arrival."""

    async def more(self, owner: bytes, person: PersonKey, lease: timedelta) -> Sequence[Delivered]: ...

    async def renew(self, owner: bytes, persons: Sequence[PersonKey], lease: timedelta) -> None: ...

    async def give_back(self, owner: bytes, person: PersonKey, *, after: timedelta = ...) -> None: ...

    def drop(self, update_key: bytes) -> None:
        """Forget an answered update at commit."""

    def drop_of(self, person: PersonKey) -> None: ...


class TurnWork(UnitOfWork, Protocol):
    """The unit of work of a turn: casework's stores, the conversation's and the messengers'."""

    @property
    def conversations(self) -> ConversationStore: ...
    @property
    def replies(self) -> ReplyStore: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def updates(self) -> UpdateStore: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def chats(self) -> Chats: ...


class Outlet(Protocol):
    """How a channel that pushes has its replies leave: rows of the outbox in the turn's own commit."""

    async def collect(self, work: TurnWork, person: PersonKey, heard: Any, reply: Any) -> None:
        """Collect what is to be sent of a `Reply` to a `Heard`."""

    def show_typing(self, work: TurnWork, address: str) -> None:
        """Collect the sign that somebody types; it is worth some seconds."""


class TurnWorkFactory(Protocol):
    """Opens a fresh unit of work; leaving it without `commit` drops what was collected."""

    def __call__(self) -> AbstractAsyncContextManager[TurnWork]: ...


class PersonKeys(Protocol):
    """Keyed hashes; nothing else of an address or a message id is kept."""

    def person(self, channel: str, address: str) -> PersonKey: ...

    def update_key(self, channel: str, address: str, message_id: str) -> bytes: ...


class Codes(Protocol):
    """Finds a tracking code in what was typed (`casework.code`)."""

    def find(self, text: str, *, asked: bool) -> CodeFinding | None: ...

    def mask(self, text: str, finding: CodeFinding) -> str: ...


class Dialogue(Protocol):
    """The engine, and its ear alone."""

    def new(self, conversation_id: str) -> DialogueState: ...

    def restore(self, data: dict[str, Any]) -> DialogueState: ...

    async def say(self, state: DialogueState, said: Said, channel: str) -> Spoken: ...

    async def intent_of(self, state: DialogueState, text: str) -> str:
        """Return the intent that the text would have, given the question asked; changes nothing."""
