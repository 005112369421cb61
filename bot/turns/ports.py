"""What a turn needs from the outside, as Protocols that storage and the dialogue engine satisfy by shape."""

from contextlib import AbstractAsyncContextManager
from datetime import date, datetime
from typing import Any, Protocol

from bot.dialogue.values import DialogueState as DialogueState
from bot.dialogue.values import Said as Said
from bot.dialogue.values import Spoken as Spoken
from bot.dialogue.values import SpokenMessage as SpokenMessage
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


class TurnWork(UnitOfWork, Protocol):
    """The unit of work of a turn: casework's stores and the conversation's."""

    @property
    def conversations(self) -> ConversationStore: ...
    @property
    def replies(self) -> ReplyStore: ...
    @property
    def inbox(self) -> Inbox: ...


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
