"""Live conversations, their stored replies, and which messages were answered."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from casework.ports import Clock, PersonKey
from storage.collected import Collected
from storage.errors import DayKeyGone
from storage.models import ConversationRecord, InboxRecord, ReplyRecord
from storage.prepared import Prepared
from storage.vault.day_keys import DayKeys

_CONVERSATION = "conversation.v1"
_REPLY = "reply.v1"

_c: Any = ConversationRecord.__table__
_OF_PERSON = Prepared(select(_c.c.version, _c.c.sealed, _c.c.updated_at).where(_c.c.person == bindparam("who")))
_IS_AT = (_c.c.person == bindparam("who"), _c.c.version == bindparam("was"))
_START = Prepared(insert(_c))
_CHANGE = Prepared(update(_c).where(*_IS_AT))
_END = Prepared(delete(_c).where(*_IS_AT))

_r: Any = ReplyRecord.__table__
_IS_LIVE = (_r.c.update_key == bindparam("key"), _r.c.expires_at > bindparam("now"))
_OF_UPDATE = Prepared(select(_r.c.sealed).where(*_IS_LIVE))
_KEEP = Prepared(insert(_r))
_DROP = Prepared(delete(_r).where(_r.c.update_key == bindparam("key")))
_DROP_OF = Prepared(delete(_r).where(_r.c.person == bindparam("who")))

_i: Any = InboxRecord.__table__
_MARK = Prepared(insert(_i))
_IS_MARKED = Prepared(select(_i.c.day).where(_i.c.update_key == bindparam("key")))


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
        row = await self._collected.first(_OF_PERSON, {"who": person})
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
            at_version = {"who": person, "was": expected_version}
            self._collected.execute_on_one(_CHANGE, at_version | values, "conversation")
            return
        if person in self._gone:
            self._collected.execute(_END, {"who": person, "was": self._gone[person]})
        self._collected.execute(_START, {"person": person} | values)

    def delete(self, person: PersonKey, expected_version: int) -> None:
        self._collected.execute_on_one(_END, {"who": person, "was": expected_version}, "conversation")


class Replies:
    """Satisfies `bot.turns.ports.ReplyStore`."""

    def __init__(self, collected: Collected, day_keys: DayKeys, clock: Clock) -> None:
        self._collected, self._day_keys, self._clock = collected, day_keys, clock

    def put(self, update_key: bytes, person: PersonKey, payload: bytes, expires_at: datetime) -> None:
        sealed = self._day_keys.seal(_REPLY, update_key, payload)
        row = {"update_key": update_key, "person": person, "sealed": sealed, "expires_at": expires_at}
        self._collected.execute(_DROP, {"key": update_key})
        self._collected.execute(_KEEP, row)

    async def get(self, update_key: bytes) -> bytes | None:
        row = await self._collected.first(_OF_UPDATE, {"key": update_key, "now": self._clock.now()})
        try:
            return self._day_keys.open(_REPLY, update_key, row.sealed) if row is not None else None
        except DayKeyGone:
            return None

    def drop_of(self, person: PersonKey) -> None:
        self._collected.execute(_DROP_OF, {"who": person})


class Inbox:
    """Satisfies `bot.turns.ports.Inbox`."""

    def __init__(self, collected: Collected) -> None:
        self._collected = collected

    def mark(self, update_key: bytes, day: date) -> None:
        self._collected.execute(_MARK, {"update_key": update_key, "day": day})

    async def is_marked(self, update_key: bytes) -> bool:
        return await self._collected.first(_IS_MARKED, {"key": update_key}) is not None
