"""Where a messenger writes to, and which of its messages can still be deleted: in the live conversation's row alone."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from casework.ports import Clock, PersonKey
from storage.collected import Collected
from storage.errors import DayKeyGone
from storage.models import ConversationRecord
from storage.vault.day_keys import DayKeys

_CHAT, _CONVERSATION = "chat.v1", "conversation.v1"

_c: Any = ConversationRecord.__table__
_OF_PERSON = select(_c.c.chat).where(_c.c.person == bindparam("who"))
_LOCKED = _OF_PERSON.with_for_update()
_CHANGE = update(_c).where(_c.c.person == bindparam("who")).values(chat=bindparam("sealed_chat"))
_START = insert(_c)

Change = Callable[[dict[str, Any]], dict[str, Any]]


class Chats:
    """A JSON object a person, sealed. Not of the conversation's version: a sender notes what left, no turn waits."""

    def __init__(self, collected: Collected, day_keys: DayKeys, clock: Clock) -> None:
        self._collected, self._day_keys, self._clock = collected, day_keys, clock

    async def load(self, person: PersonKey) -> dict[str, Any]:
        """Return what is noted, empty when there is nothing."""
        row = await self._collected.first(_OF_PERSON, {"who": person})
        return self._opened(person, row)

    def change(self, person: PersonKey, change: Change, *, expires_at: datetime) -> None:
        """Collect a change; `change` is run at commit and may be run again.

        Without a conversation a row without a state begins, to go at `expires_at` unless somebody writes.
        """
        self._collected.add(lambda connection: self._apply(connection, person, change, expires_at))

    def _apply(self, connection: Connection, person: PersonKey, change: Change, expires_at: datetime) -> None:
        row = connection.execute(_LOCKED, {"who": person}).first()
        changed = change(self._opened(person, row))
        sealed = self._day_keys.seal(_CHAT, person, json.dumps(changed).encode()) if changed else None
        if row is not None:
            connection.execute(_CHANGE, {"who": person, "sealed_chat": sealed})
        elif sealed is not None:
            values = {"person": person, "version": 1, "sealed": self._day_keys.seal(_CONVERSATION, person, b"")}
            times = {"updated_at": self._clock.now(), "expires_at": expires_at}
            connection.execute(_START, {**values, "chat": sealed, **times})

    def _opened(self, person: PersonKey, row: Any) -> dict[str, Any]:
        if row is None or row.chat is None:
            return {}
        try:
            opened: dict[str, Any] = json.loads(self._day_keys.open(_CHAT, person, row.chat))
        except DayKeyGone:
            return {}
        return opened
