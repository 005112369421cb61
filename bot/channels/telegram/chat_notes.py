"""What is noted of a private chat in its conversation's row: its id, language, the ids that can still be deleted, the
messages whose buttons stand and the turn they are of. Ids are [message id, whole unix time]."""

from collections.abc import Iterable
from typing import Any

DELETABLE_SECONDS = 48 * 3600
"""Telegram lets a bot delete messages of a private chat for 48 hours."""

MOST_NOTED = 1_500


def with_messages(
    noted: dict[str, Any], chat: int, ids: Iterable[int], now: float, *, carried: Iterable[list[int]] = ()
) -> dict[str, Any]:
    """Add message ids; forget those too old to be deleted."""
    known = {number: at for number, at in (*carried, *noted.get("ids", ()))}
    known |= {number: int(now) for number in ids if number not in known}
    recent = sorted([number, at] for number, at in known.items() if at > now - DELETABLE_SECONDS)
    return {**noted, "chat": chat, "ids": recent[-MOST_NOTED:]}


def deletable(noted: dict[str, Any], now: float) -> list[int]:
    """Return the ids of messages that Telegram will still delete."""
    return [number for number, at in noted.get("ids", ()) if at > now - DELETABLE_SECONDS]
