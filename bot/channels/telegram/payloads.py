"""The outbox rows of this channel, as JSON-ready dictionaries; `do` says what they are.

say    a message: chat, text, buttons [[title, data]], protect, heard (ids of the person's messages), carry (ids to go
       on knowing), language, forgets (nothing is noted of the chat), beside (its buttons ask no question), answered
       (the message whose button was tapped), turn (a random mark that the rows of one reply share)
mark   an answered question: chat, message, text (the question with the answer under it)
bare   an old question loses its buttons: chat, message
erase  both sides' messages: chat, messages
ping   content-free news to a watcher: chat, text
typing somebody of the office types: chat
"""

from collections.abc import Sequence
from typing import Any

ERASE, ERASE_SURE = "tg.erase", "tg.erase.sure"
"""Callback data that the channel answers itself."""

Payload = dict[str, Any]


def say(
    chat: int,
    text: str,
    *,
    language: str | None = None,
    buttons: Sequence[tuple[str, str]] = (),
    protect: bool = False,
    forgets: bool = False,
) -> Payload:
    payload: Payload = {"do": "say", "chat": chat, "text": text}
    if buttons:
        payload["buttons"] = [list(button) for button in buttons]
    for name, value in (("language", language), ("protect", protect), ("forgets", forgets)):
        if value:
            payload[name] = value
    return payload


def mark(chat: int, message: int, text: str) -> Payload:
    return {"do": "mark", "chat": chat, "message": message, "text": text}


def bare(chat: int, message: int) -> Payload:
    return {"do": "bare", "chat": chat, "message": message}


def erase(chat: int, messages: Sequence[int]) -> Payload:
    return {"do": "erase", "chat": chat, "messages": list(messages)}


def typing(chat: int) -> Payload:
    return {"do": "typing", "chat": chat}


def ping(chat: int, text: str) -> Payload:
    return {"do": "ping", "chat": chat, "text": text}
