"""The messages that channels and turns exchange."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """One message, tap or batch of uploads of a person.

    `address` is what the channel knows the person by (cookie secret, chat id, name); it is hashed at once and never
    kept. `message_id` is unique per address: the same id gets the stored reply. Exactly one of `text`, `tap` (id of a
    button) and `files` (ids of sealed uploads) is meant; `refused` names why an upload was not taken.
    `greeted`: the page already showed the greeting. `returning`: the channel knows the person but the row may be gone.
    `also`: ids of further messages that are part of this one (an album). `wish`: what a link that the person followed
    asks for (`bot.turns.rules.WISHES`), in place of a text. `note`: what the channel tells its own outlet.
    """

    channel: str
    address: str = field(repr=False)
    message_id: str
    text: str | None = field(default=None, repr=False)
    tap: str | None = None
    files: tuple[str, ...] = ()
    refused: str | None = None
    language: str | None = None
    greeted: bool = False
    returning: bool = False
    also: tuple[str, ...] = ()
    wish: str | None = None
    note: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class Button:
    """A choice. `id` is opaque and short (≤ 32 ASCII); `payload` is what the engine gets, shown by test tools only."""

    title: str
    id: str
    payload: str


@dataclass(frozen=True, kw_only=True)
class OutgoingMessage:
    """One message of the bot. `response` names the response used; `custom` is machine-readable extra."""

    text: str = field(default="", repr=False)
    buttons: tuple[Button, ...] = ()
    response: str | None = None
    custom: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class TurnState:
    """Where the conversation stands after the turn."""

    active_loop: str | None = None
    requested_slot: str | None = None
    language: str | None = None
    intent: str | None = None
    confidence: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The answer to one `Incoming`.

    `successor`: the new secret the channel must use from now on (after a submission). `is_forgotten`: everything of
    this address is gone, and the channel shall forget the address too. `is_posted`: it waits in the outbox already.
    """

    messages: tuple[OutgoingMessage, ...]
    state: TurnState
    successor: str | None = field(default=None, repr=False)
    is_repeat: bool = False
    is_forgotten: bool = False
    is_posted: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the visible conversation, for channels that draw it anew; `author` is "person" or "bot"."""

    author: str
    message: OutgoingMessage


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """A file as a channel hands it over; `chunks` streams it once.

    `sent_as` names the message that brought it, where the channel may come with the same one again after a failure.
    """

    name: str = field(repr=False)
    declared_type: str
    chunks: AsyncIterator[bytes]
    sent_as: str = field(default="", repr=False)


class Conversations(Protocol):
    """The turns, as channels see them (`bot.turns.TurnProcessor`)."""

    async def handle(self, incoming: Incoming) -> Reply:
        """Run one turn and return its reply; a repeated message id gets the stored reply."""

    async def preview(self, channel: str, language: str) -> Reply:
        """Return the greeting of a new conversation; keeps nothing."""

    async def visible(self, channel: str, address: str) -> tuple[Line, ...]:
        """Return what may be shown of the conversation now: nothing after 30 minutes' silence."""

    async def sign(self, channel: str, address: str, what: str) -> bool:
        """Show the office that the person is "typing" or has "read"; False when no person of the office is there."""

    async def take(self, channel: str, address: str, attachment: Attachment) -> str:
        """Seal an upload outside any turn and return its id for `Incoming.files`.

        Raises `bot.channels.messages.UploadRefused`.
        """

    async def receipt_code(self, channel: str, address: str) -> str | None:
        """Return the code while its receipt lives."""

    async def leave(self, channel: str, address: str) -> None:
        """Delete draft, uploads, receipt and session of this person at once."""


class UploadRefused(Exception):
    """An upload was not taken; `reason` is too_large, too_many, empty or no_space."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
