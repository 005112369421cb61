"""The terminal: a line is a turn. With `--json` one JSON object a line, for those who automate."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol, TextIO

import structlog

from bot.catalogue import Catalogue, load_catalogue
from bot.channels.messages import Button, Conversations, Incoming, Line, OutgoingMessage, Reply, TurnState

CHANNEL = "terminal"
TEXTS = Path(__file__).with_name("terminal.yml")

_log = structlog.get_logger()


class Screen(Protocol):
    """Where a reply is shown."""

    def show(self, reply: Reply) -> None: ...


class TerminalPerson:
    """One person at one terminal. Knows which buttons were just shown: a line equal to a payload is a tap."""

    def __init__(self, conversations: Conversations, name: str, language: str | None, texts: Catalogue) -> None:
        self._conversations, self._texts = conversations, texts
        self._name, self._language = name, language
        self._just_shown: tuple[Button, ...] = ()
        self._greeted = False

    async def recall(self) -> tuple[Line, ...]:
        """Return what may be shown of an earlier conversation; its last buttons can be tapped again."""
        lines = await self._conversations.visible(CHANNEL, self._name)
        self._just_shown = tuple(button for line in lines for button in line.message.buttons)
        return lines

    async def greeting(self) -> Reply:
        """Return the greeting of a conversation that has not begun."""
        self._greeted = True
        return await self._conversations.preview(CHANNEL, self._language or "zh")

    async def say(self, line: str) -> Reply:
        """Run one turn. What fails is logged without content and answered with an apology."""
        try:
            reply = await self._conversations.handle(self._incoming(line))
        except Exception:
            _log.exception("terminal_turn_failed")
            return self._apology()
        if reply.state.language:
            self._language = reply.state.language
        shown = tuple(button for message in reply.messages for button in message.buttons)
        self._just_shown = shown or self._just_shown
        return reply

    def _incoming(self, line: str) -> Incoming:
        tap = next((button.id for button in reversed(self._just_shown) if button.payload == line.strip()), None)
        return Incoming(
            channel=CHANNEL,
            address=self._name,
            message_id=secrets.token_hex(12),
            text=None if tap else line,
            tap=tap,
            language=self._language,
            greeted=self._greeted,
        )

    def _apology(self) -> Reply:
        message = OutgoingMessage(text=self._texts.say("failed", self._language), response="terminal_failed")
        return Reply(messages=(message,), state=TurnState(language=self._language))


class JsonScreen:
    """One JSON object a line: each message, then where the conversation stands."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, reply: Reply) -> None:
        for message in reply.messages:
            self._write(message_object(message))
        self._write({"turn": asdict(reply.state)})
        self._out.flush()

    def _write(self, value: dict[str, Any]) -> None:
        self._out.write(json.dumps(value, ensure_ascii=False) + "\n")


class PlainScreen:
    """Text and numbered buttons, for piped output."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def show(self, reply: Reply) -> None:
        for message in reply.messages:
            self._out.write(f"{message.text}\n" if message.text else "")
            self._out.writelines(f"  {n}. {b.title}\n" for n, b in enumerate(message.buttons, start=1))
        self._out.write("\n")
        self._out.flush()


def message_object(message: OutgoingMessage) -> dict[str, Any]:
    """Return what `--json` prints of a message."""
    return {
        "text": message.text,
        "buttons": [{"title": button.title, "payload": button.payload} for button in message.buttons],
        "response": message.response,
        "custom": message.custom,
    }


async def converse(person: TerminalPerson, lines: AsyncIterator[str], screen: Screen) -> None:
    """Answer line by line until the input ends."""
    await person.recall()
    async for line in lines:
        screen.show(await person.say(line))


async def lines_of(read_line: Callable[[], str]) -> AsyncIterator[str]:
    """Read lines in a thread, so that the event loop goes on; ends at end of input."""
    while line := await asyncio.to_thread(read_line):
        yield line.rstrip("\r\n")


def terminal_texts() -> Catalogue:
    """Return what the terminal itself says."""
    return load_catalogue(TEXTS)
