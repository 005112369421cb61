"""Live conversations, their stored replies, and which messages were answered."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from casework.ports import Clock, PersonKey
from storage.collected import Collected
from storage.errors import DayKeyGone
from storage.models import ConversationRecord, InboxRecord, ReplyRecord
from storage.vault.day_keys import DayKeys

_CONVERSATION = "conversation.v1"
_REPLY = "reply.v1"


@dataclass(frozen=True, kw_only=True)
class StoredConversation:
    """Satisfies `bot.turns.ports.Stored`."""

    version: int
    state: bytes = field(repr=False)
    updated_at: datetime


class Conversations:
    """Satisfies `bot.turns.ports.ConversationStore`."""

    def __init__(self, collected: Collected, day_keys: DayKeys, clock: Clock) -> None:
        self._collected, self._day_keys, self._clock = collected, day_keys, clock
        self._gone: dict[PersonKey, int] = {}

    async def load(self, person: PersonKey) -> StoredConversation | None:
        """Return the row; None when there is none, or its day key was destroyed and so the conversation."""
        r = ConversationRecord
        question = select(r.version, r.sealed, r.updated_at).where(r.person == person)
        row = await self._collected.database.read(lambda session: session.execute(question).one_or_none())
        if row is None:
            return None
        try:
            state = self._day_keys.open(_CONVERSATION, person, row.sealed)
        except DayKeyGone:
            self._gone[person] = row.version
            return None
        return StoredConversation(version=row.version, state=state, updated_at=row.updated_at)

    def save(self, person: PersonKey, state: bytes, expected_version: int | None, expires_at: datetime) -> None:
        values: dict[str, Any] = {
            "version": (expected_version or 0) + 1,
            "sealed": self._day_keys.seal(_CONVERSATION, person, state),
            "updated_at": self._clock.now(),
            "expires_at": expires_at,
        }
        if expected_version is not None:
            changed = update(ConversationRecord).where(*_is_at(person, expected_version)).values(values)
            self._collected.execute_on_one(changed, "conversation")
            return
        if person in self._gone:
            self._collected.execute(delete(ConversationRecord).where(*_is_at(person, self._gone[person])))
        self._collected.execute(insert(ConversationRecord).values(person=person, **values))

    def delete(self, person: PersonKey, expected_version: int) -> None:
        gone = delete(ConversationRecord).where(*_is_at(person, expected_version))
        self._collected.execute_on_one(gone, "conversation")


def _is_at(person: PersonKey, version: int) -> tuple[Any, ...]:
    return ConversationRecord.person == person, ConversationRecord.version == version


class Replies:
    """Satisfies `bot.turns.ports.ReplyStore`."""

    def __init__(self, collected: Collected, day_keys: DayKeys, clock: Clock) -> None:
        self._collected, self._day_keys, self._clock = collected, day_keys, clock

    def put(self, update_key: bytes, person: PersonKey, payload: bytes, expires_at: datetime) -> None:
        sealed = self._day_keys.seal(_REPLY, update_key, payload)
        self._collected.execute(delete(ReplyRecord).where(ReplyRecord.update_key == update_key))
        row = insert(ReplyRecord).values(update_key=update_key, person=person, sealed=sealed, expires_at=expires_at)
        self._collected.execute(row)

    async def get(self, update_key: bytes) -> bytes | None:
        r, now = ReplyRecord, self._clock.now()
        question = select(r.sealed).where(r.update_key == update_key, r.expires_at > now)
        sealed = await self._collected.database.read(lambda session: session.execute(question).scalar_one_or_none())
        try:
            return self._day_keys.open(_REPLY, update_key, sealed) if sealed is not None else None
        except DayKeyGone:
            return None

    def drop_of(self, person: PersonKey) -> None:
        self._collected.execute(delete(ReplyRecord).where(ReplyRecord.person == person))


class Inbox:
    """Satisfies `bot.turns.ports.Inbox`."""

    def __init__(self, collected: Collected) -> None:
        self._collected = collected

    def mark(self, update_key: bytes, day: date) -> None:
        self._collected.execute(insert(InboxRecord).values(update_key=update_key, day=day))

    async def is_marked(self, update_key: bytes) -> bool:
        question = select(InboxRecord.day).where(InboxRecord.update_key == update_key)
        return await self._collected.database.read(lambda session: session.execute(question).first() is not None)
