"""What must be known of an update to store it: its id, its chat, and which button press waits for an answer.

Read from the raw JSON, because the library's types refuse what they do not know, and nothing may be lost for that.
"""

import json
from dataclasses import dataclass, field
from typing import Any

_MESSAGES = ("message", "edited_message", "channel_post", "edited_channel_post", "business_message")


class Unreadable(Exception):
    """It is no update, or tells neither a chat nor a person: it can never be answered."""


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """`chat` is the chat's id, in a private chat the person's. `callback` is the id of a button press."""

    update_id: int
    chat: int = field(repr=False)
    callback: str | None = None


def read_envelope(raw: bytes) -> Envelope:
    """Raises `Unreadable`."""
    try:
        data = json.loads(raw)
        return _envelope(data)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable from error


def _envelope(data: dict[str, Any]) -> Envelope:
    update_id = data["update_id"]
    query = data.get("callback_query")
    if query is not None:
        chat = (query.get("message") or {}).get("chat") or query["from"]
        return _checked(update_id, chat["id"], str(query["id"]))
    for kind in _MESSAGES:
        if kind in data:
            return _checked(update_id, data[kind]["chat"]["id"])
    return _checked(update_id, data["my_chat_member"]["chat"]["id"])


def _checked(update_id: Any, chat: Any, callback: str | None = None) -> Envelope:
    if not isinstance(update_id, int) or not isinstance(chat, int):
        raise TypeError
    return Envelope(update_id=update_id, chat=chat, callback=callback)
