"""A whole world of turns on memory and a small dialogue."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import pytest

from bot.channels.messages import Attachment, Button, Incoming, Reply
from bot.turns import TurnProcessor, TurnRules
from casework import code as codes
from tests.fakes import FakeClock, MemoryStore
from tests.unit.turns.fake_dialogue import FakeDialogue


@dataclass
class World:
    """A processor and all that stands around it; `person` talks on `channel`."""

    clock: FakeClock = field(default_factory=FakeClock)
    channel: str = "web"
    address: str = "secret-1"
    last: Reply | None = None
    _ids: Any = field(default_factory=count)

    def __post_init__(self) -> None:
        self.store = MemoryStore(self.clock)
        self.dialogue = FakeDialogue()
        self.dialogue.now = self.clock.now  # type: ignore[method-assign]
        self.rules = TurnRules(number_questions=frozenset({"delay_days"}), text_limit=10_000, file_limit_bytes=100)
        self.processor = self.build()

    def build(self) -> TurnProcessor:
        return TurnProcessor(
            dialogue=self.dialogue,
            work=self.store.work,
            keys=self.store.person_keys,
            clock=self.clock,
            codes=codes,
            evidence=self.store.evidence,
            rules=self.rules,
        )

    def incoming(self, text: str | None = None, **values: Any) -> Incoming:
        values = {"channel": self.channel, "address": self.address, "message_id": f"m{next(self._ids)}", **values}
        return Incoming(text=text, **values)

    async def say(self, text: str | None = None, **values: Any) -> Reply:
        self.last = await self.processor.handle(self.incoming(text, **values))
        if self.last.successor:
            self.address = self.last.successor
        return self.last

    async def tap(self, title: str) -> Reply:
        return await self.say(tap=self.button(title).id)

    def button(self, title: str) -> Button:
        assert self.last is not None
        return next(b for message in self.last.messages for b in message.buttons if b.title == title)

    async def upload(self, content: bytes = b"x", name: str = "a.txt", sent_as: str = "") -> str:
        async def chunks() -> AsyncIterator[bytes]:
            yield content

        attachment = Attachment(name=name, declared_type="text/plain", chunks=chunks(), sent_as=sent_as)
        return await self.processor.take(self.channel, self.address, attachment)

    @property
    def conversations(self) -> int:
        return len(self.store.tables.conversations)


@pytest.fixture
def world() -> World:
    return World()


def names(reply: Reply) -> list[str | None]:
    return [message.response for message in reply.messages]
