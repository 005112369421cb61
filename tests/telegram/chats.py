"""Chats and what stands in them: messages with their earlier versions, topics, who is there."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from tests.telegram.errors import bad_request, forbidden

Json = dict[str, Any]


@dataclass
class Person:
    """Somebody with an account; the id is also that of the private chat."""

    id: int
    first_name: str
    last_name: str | None = None
    username: str | None = None
    language_code: str | None = None

    @property
    def user(self) -> Json:
        names = {"last_name": self.last_name, "username": self.username, "language_code": self.language_code}
        given = {name: value for name, value in names.items() if value is not None}
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, **given}


@dataclass
class Kept:
    """A message as it stands now; `change` is the number of the chat's change that touched it last."""

    body: Json
    is_by_bot: bool
    keyboard: Json | None = None
    earlier: list[Json] = field(default_factory=list)
    is_deleted: bool = False
    change: int = 0

    @property
    def buttons(self) -> list[list[Json]]:
        rows: list[list[Json]] = self.body.get("reply_markup", {}).get("inline_keyboard", [])
        return rows


@dataclass
class Topic:
    """A topic of a forum; its id is that of the message which opened it."""

    id: int
    name: str
    icon_color: int
    is_closed: bool = False


@dataclass
class Chat:
    """A chat. Each has message ids of its own, so equal ids in two chats are the rule."""

    id: int
    type: str
    person: Person | None = None
    title: str = ""
    is_forum: bool = False
    is_started: bool = False
    is_blocked: bool = False
    migrated_to: int | None = None
    members: dict[int, Person] = field(default_factory=dict)
    messages: dict[int, Kept] = field(default_factory=dict)
    topics: dict[int, Topic] = field(default_factory=dict)
    changes: int = 0
    _last_id: int = 0
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_private(self) -> bool:
        return self.type == "private"

    @property
    def is_group(self) -> bool:
        return not self.is_private

    @property
    def body(self) -> Json:
        """The `Chat` of updates and answers."""
        if self.person is not None:
            return {"id": self.id, "type": self.type} | {
                name: self.person.user[name]
                for name in ("first_name", "last_name", "username")
                if name in self.person.user
            }
        return {"id": self.id, "type": self.type, "title": self.title} | ({"is_forum": True} if self.is_forum else {})

    def new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def keep(self, body: Json, *, is_by_bot: bool, keyboard: Json | None = None) -> Kept:
        kept = self.messages[body["message_id"]] = Kept(body=body, is_by_bot=is_by_bot, keyboard=keyboard)
        self._touch(kept)
        return kept

    def replace(self, kept: Kept, body: Json) -> None:
        """Write the message anew; the old version is kept for the tests."""
        kept.earlier.append(kept.body)
        kept.body = body
        self._touch(kept)

    def delete(self, kept: Kept) -> None:
        kept.is_deleted = True
        self._touch(kept)

    def find(self, message_id: object) -> Kept | None:
        """Return a message that still stands."""
        kept = self.messages.get(message_id) if isinstance(message_id, int) else None
        return None if kept is None or kept.is_deleted else kept

    async def wait(self, after: int, seconds: float) -> None:
        """Return when there was a change after number `after`, or when the time is over."""
        event = self._changed
        if self.changes <= after:
            try:
                await asyncio.wait_for(event.wait(), seconds)
            except TimeoutError:
                return

    def refuse_if_closed_to_bot(self) -> None:
        """Raise the `ApiError` of the real server when the bot cannot write here."""
        if self.migrated_to is not None:
            raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.migrated_to)
        if self.is_private and not self.is_started:
            raise forbidden("bot can't initiate conversation with a user")
        if self.is_blocked:
            kind = "bot was blocked by the user" if self.is_private else f"bot was kicked from the {self.type} chat"
            raise forbidden(kind)

    def topic(self, thread: object) -> Topic:
        """Return the topic. Raises `ApiError` when there is none."""
        if not self.is_forum:
            raise bad_request("the chat is not a forum")
        topic = self.topics.get(thread) if isinstance(thread, int) else None
        if topic is None:
            raise bad_request("message thread not found")
        return topic

    def _touch(self, kept: Kept) -> None:
        self.changes += 1
        kept.change = self.changes
        self._changed.set()
        self._changed = asyncio.Event()
