"""Talks with a project on a terminal: a line is a message, a number picks a button, `/stop` ends."""

import secrets
from collections.abc import Callable
from typing import TextIO

from bot.dialogue.conversations import COLLECTOR, Conversations
from bot.dialogue.engine import DialogueEngine
from bot.dialogue.values import SpokenMessage

STOP = "/stop"


async def talk(engine: DialogueEngine, read_line: Callable[[], str], out: TextIO) -> None:
    """Answer every line until there is none, or `/stop`."""
    conversations, name = Conversations(engine), secrets.token_hex(8)
    buttons: list[str] = []
    while line := read_line():
        text = line.strip()
        if text == STOP:
            return
        picked = int(text) if text.isascii() and text.isdigit() else 0
        text = buttons[picked - 1] if 0 < picked <= len(buttons) else text
        spoken = await conversations.say(name, text, input_channel=COLLECTOR)
        buttons = [payload for message in spoken for _, payload in message.buttons]
        _show(spoken, out)


def _show(spoken: tuple[SpokenMessage, ...], out: TextIO) -> None:
    number = 0
    for message in spoken:
        for part in (message.text, message.image, message.attachment, message.custom):
            if part:
                out.write(f"{part}\n")
        for title, payload in message.buttons:
            number += 1
            out.write(f"  {number}: {title} ({payload})\n")
    out.flush()
