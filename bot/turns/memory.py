"""What is remembered of a live conversation between two turns: one sealed blob."""

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from bot.channels.messages import Button, Line, OutgoingMessage
from bot.turns.errors import MemoryUnreadable
from bot.turns.ports import Said
from bot.turns.word_lock import Lock

FORMAT = 2
MOST_LINES = 60
LONGEST_LINE = 4_000
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, kw_only=True)
class Memory:
    """One conversation.

    `id` is random and goes with the conversation. `shown` are the buttons that may still be tapped, the last
    `numbered` of them by number. `rows` are the lines of the visible conversation as JSON text: each is written once,
    and few turns need to read them. `held` is what the person wrote before they were asked whether to go on. `lock` is
    there where they chose a word for the draft.
    """

    id: str
    engine: dict[str, Any] = field(repr=False)
    shown: tuple[Button, ...] = field(default=(), repr=False)
    numbered: int = 0
    rows: tuple[str, ...] = field(default=(), repr=False)
    held: tuple[Said, ...] = field(default=(), repr=False)
    lock: Lock | None = field(default=None, repr=False)
    handoff: bytes | None = field(default=None, repr=False)
    """While a person has the conversation, or it waits for one."""
    rates: bytes | None = field(default=None, repr=False)
    """The hand-off whose help may still be rated."""

    def with_lines(self, lines: Iterable[Line]) -> "Memory":
        """Add lines, drop the oldest beyond 60."""
        rows = (_json([line.author == "bot", *message_to_list(line.message)]) for line in lines)
        return replace(self, rows=(*self.rows, *rows)[-MOST_LINES:])

    @property
    def lines(self) -> tuple[Line, ...]:
        """Return the lines of the visible conversation."""
        rows = map(json.loads, self.rows)
        return tuple(
            Line(author="bot" if is_bot else "person", message=list_to_message(rest)) for is_bot, *rest in rows
        )


def encode(memory: Memory) -> bytes:
    """Return compact bytes for the store to seal."""
    data = {
        "f": FORMAT,
        "i": memory.id,
        "e": memory.engine,
        "b": [[b.title, b.id, b.payload] for b in memory.shown],
        "n": memory.numbered,
        "l": memory.rows,
        "h": [[said.text, said.is_payload, said.message_id] for said in memory.held],
    }
    if memory.lock is not None:
        data["k"] = memory.lock.to_list()
    for name, handoff in (("o", memory.handoff), ("r", memory.rates)):
        if handoff is not None:
            data[name] = handoff.hex()
    return zlib.compress(_json(data).encode(), 1)


def decode(blob: bytes) -> Memory:
    """Read what `encode` gave. Raises `MemoryUnreadable` for another program's format."""
    try:
        data = json.loads(zlib.decompress(blob))
        if data["f"] != FORMAT:
            raise MemoryUnreadable(f"format {data['f']}: expected {FORMAT}")
        return Memory(
            id=data["i"],
            engine=data["e"],
            shown=tuple(Button(title=title, id=id_, payload=payload) for title, id_, payload in data["b"]),
            numbered=data["n"],
            rows=tuple(map(str, data["l"])),
            held=tuple(Said(text=text, is_payload=is_payload, message_id=id_) for text, is_payload, id_ in data["h"]),
            lock=Lock.from_list(data["k"]) if "k" in data else None,
            handoff=bytes.fromhex(data["o"]) if "o" in data else None,
            rates=bytes.fromhex(data["r"]) if "r" in data else None,
        )
    except (zlib.error, ValueError, KeyError, TypeError) as error:
        raise MemoryUnreadable(f"conversation: {type(error).__name__}") from None


def _json(data: Any) -> str:
    return _ENCODER.encode(data)


def message_to_list(message: OutgoingMessage) -> list[Any]:
    """Return a message as a short JSON list."""
    buttons = [[b.title, b.id, b.payload] for b in message.buttons]
    return [message.text[:LONGEST_LINE], buttons, message.response, message.custom]


def list_to_message(data: list[Any]) -> OutgoingMessage:
    """Read what `message_to_list` gave."""
    text, buttons, response, custom = data
    return OutgoingMessage(
        text=text,
        buttons=tuple(Button(title=title, id=id_, payload=payload) for title, id_, payload in buttons),
        response=response,
        custom=custom,
    )
