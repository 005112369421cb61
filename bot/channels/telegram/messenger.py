"""Sends this channel's outbox rows with the library's Bot."""

import time
from datetime import timedelta
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions

from bot.channels.posting import ChatChange, Gone, Post, Priority, Refused
from bot.channels.telegram.address import is_group
from bot.channels.telegram.api import Api, failures
from bot.channels.telegram.chat_notes import with_messages
from bot.channels.telegram.outlet import TIDYING_KEPT
from bot.channels.telegram.payloads import Payload, bare

SHORT_TITLE = 9
"""Two buttons with titles up to so many wide characters share a row."""

_NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
_SMALL = frozenset({"mark", "bare", "erase", "typing"})
"""What nothing is lost by when it is refused, and what is not counted as a message to a chat."""

_IN_PASSING = frozenset({"ping", "typing"})


class TelegramMessenger:
    """Satisfies `bot.channels.posting.Messenger`."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def send(self, payload: Payload) -> ChatChange | None:
        """Send one row; return what is to be noted of the chat. Raises `SendFailed`."""
        try:
            async with failures():
                return await self._send(payload)
        except (Refused, Gone):
            if payload["do"] in _SMALL:  # the message is gone, too old, or was changed already: nothing is lost
                return None
            raise

    async def _send(self, payload: Payload) -> ChatChange | None:
        bot, chat = self._api.bot, payload["chat"]
        match payload["do"]:
            case "mark":
                await bot.edit_message_text(
                    payload["text"], chat_id=chat, message_id=payload["message"], link_preview_options=_NO_PREVIEW
                )
            case "bare":
                await bot.edit_message_reply_markup(chat_id=chat, message_id=payload["message"])
            case "typing":
                await bot.send_chat_action(chat, "typing")
            case "erase":
                await bot.delete_messages(chat, payload["messages"])
            case _:
                return await self._say(payload)
        return None

    async def _say(self, payload: Payload) -> ChatChange | None:
        buttons = payload.get("buttons", ())
        sent = await self._api.bot.send_message(
            payload["chat"],
            payload["text"],
            reply_markup=keyboard(buttons) if buttons else None,
            protect_content=payload.get("protect", False),
            link_preview_options=_NO_PREVIEW,
        )
        if is_group(payload["chat"]) or payload.get("forgets"):
            return None
        return _noting(payload, sent.message_id, time.time())

    def follow_up(self, payload: Payload, chat: dict[str, Any]) -> list[Post]:
        """Take the buttons of earlier turns away when new ones stand."""
        if not _asks(payload) or chat.get("turn") == payload.get("turn"):
            return []
        old = [message for message in chat.get("keyboards", ()) if message != payload.get("answered")]
        return [Post(payload=bare(payload["chat"], one), priority=Priority.TIDYING, kept=TIDYING_KEPT) for one in old]

    def may_repeat(self, payload: Payload) -> bool:
        """A code or a question that comes twice does no harm, one that never comes does; a ping is not worth it."""
        return payload["do"] not in _IN_PASSING

    def kept_aside(self, payload: Payload) -> timedelta:
        """A code is kept nowhere longer than it must be."""
        return timedelta() if payload.get("protect") else timedelta(hours=24)

    def pause_after(self, payload: Payload) -> float:
        """One message a second to a chat, twenty a minute to a group; edits and deletions are not counted so."""
        if payload["do"] in _SMALL:
            return 0.0
        return 3.05 if is_group(payload["chat"]) else 1.0

    def moved(self, payload: Payload, address: str) -> Payload:
        return {**payload, "chat": int(address)}


def _asks(payload: Payload) -> bool:
    """Tell whether a row brings buttons that are good until the next turn's."""
    return payload["do"] == "say" and bool(payload.get("buttons")) and not payload.get("beside")


def _noting(payload: Payload, message: int, now: float) -> ChatChange:
    def change(noted: dict[str, Any]) -> dict[str, Any]:
        ids = (*payload.get("heard", ()), message)
        changed = with_messages(noted, payload["chat"], ids, now, carried=payload.get("carry", ()))
        if payload.get("language"):
            changed["language"] = payload["language"]
        standing = changed.get("keyboards", []) if changed.get("turn") == payload.get("turn") else []
        if _asks(payload):
            changed |= {"turn": payload.get("turn"), "keyboards": [*standing, message]}
        else:
            changed["keyboards"] = [one for one in changed.get("keyboards", ()) if one != payload.get("answered")]
        return changed

    return change


def keyboard(buttons: Any) -> InlineKeyboardMarkup:
    """Lay buttons out: one a row, short ones in pairs."""
    rows: list[list[InlineKeyboardButton]] = []
    for title, data in buttons:
        key = InlineKeyboardButton(title, callback_data=data)
        if rows and len(rows[-1]) == 1 and _is_short(rows[-1][0].text) and _is_short(title):
            rows[-1].append(key)
        else:
            rows.append([key])
    return InlineKeyboardMarkup(rows)


def _is_short(title: str) -> bool:
    return sum(2 if ord(char) > 0x2E7F else 1 for char in title) <= 2 * SHORT_TITLE
