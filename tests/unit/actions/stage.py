"""A conversation with the real project, engine and use cases; what a text means is said by the test."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any, cast

from actions.registry import build_actions
from actions.speaking import payload
from bot.dialogue import DialogueEngine, DialogueState, ParseContext, Said, Spoken, SpokenMessage, load_project
from casework import code as codes
from casework.attempts import Attempts
from casework.case import CaseRow
from casework.ports import PersonKey
from casework.profile import load_profile
from casework.report import FileRef
from casework.services import Services
from casework.submitting import Submitted, submit
from casework.turn import Turn, current_turn
from tests.fakes import FakeClock, FakeOfficeKey, MemoryStore
from tests.unit.casework.conftest import NoRanker, make_operator, make_report

ROOT = Path(__file__).parents[3]
KEY, SECOND = FakeOfficeKey(operator="founder"), FakeOfficeKey(operator="second")


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What a text means; satisfies the engine's `Parse`."""

    intent: str = "nlu_fallback"
    confidence: float = 0.3
    entities: list[dict[str, Any]] = field(default_factory=list)

    @property
    def ranking(self) -> list[tuple[str, float]]:
        return [(self.intent, self.confidence)]


@dataclass
class Prompted:
    """An interpreter that says what it was told to say."""

    meaning: Meaning = field(default_factory=Meaning)
    means_more: bool = False

    def parse(self, text: str, context: ParseContext) -> Meaning:
        if codes.PLACEHOLDER in text and not self.means_more:
            return Meaning(intent="provide_code", confidence=1.0)
        return self.meaning


@dataclass(kw_only=True)
class Theatre:
    """What all conversations of a test run share: loading the project takes most of a second."""

    clock: FakeClock
    store: MemoryStore
    services: Services
    interpreter: Prompted
    engine: DialogueEngine


@cache
def theatre() -> Theatre:
    clock = FakeClock()
    store = MemoryStore(clock)
    store.add_operator(make_operator("second"))
    services = Services(
        profile=load_profile(ROOT / "profiles" / "dalian.yml"),
        clock=clock,
        work=cast("Any", store.work),
        ranker=NoRanker(),
        evidence=store.evidence,
        attempts=Attempts(),
    )
    interpreter = Prompted()
    engine = load_project(ROOT / "nlu_data", actions=build_actions(services), interpreter=interpreter)
    return Theatre(clock=clock, store=store, services=services, interpreter=interpreter, engine=engine)


class Talk:
    """One person's conversation. After a submission or "forget me" the next message begins a new one."""

    def __init__(self, language: str = "zh", channel: str = "web") -> None:
        self.shared = theatre()
        self.person = PersonKey(secrets.token_bytes(32))
        self.opening = {"language": language, "channel": channel, "greeted": True, "returning": False}
        self.state: DialogueState = self.shared.engine.new(secrets.token_hex(8))
        self.heard: tuple[SpokenMessage, ...] = ()
        self.turn: Turn | None = None

    async def begin(self, **changes: Any) -> "Talk":
        await self._turn(self._payload("open", {**self.opening, **changes}))
        return self

    async def tap(self, intent: str, **entities: Any) -> list[str]:
        """Give a payload; return the names of the responses."""
        return await self._turn(self._payload(intent, entities))

    async def give(self, given: str) -> list[str]:
        """Give the payload of a button as it stands; return the names of the responses."""
        return await self._turn(Said(text=given, is_payload=True, message_id=secrets.token_hex(8)))

    async def say(self, text: str, intent: str = "nlu_fallback", confidence: float = 0.9) -> list[str]:
        """Type a text that means `intent`; return the names of the responses."""
        self.shared.interpreter.meaning = Meaning(intent=intent, confidence=confidence)
        finding = codes.find(text, asked=self.asks == "code_given")
        bare = codes.mask(text, finding) if finding else text
        return await self._turn(Said(text=bare, message_id=secrets.token_hex(8)), finding)

    async def say_as(self, text: str, intent: str) -> list[str]:
        """Type a text with a code that means something else too."""
        self.shared.interpreter.means_more = True
        try:
            return await self.say(text, intent)
        finally:
            self.shared.interpreter.means_more = False

    @property
    def loop(self) -> str | None:
        return self.state.active_loop

    @property
    def asks(self) -> str | None:
        return self.state.requested_slot

    @property
    def text(self) -> str:
        return "\n".join(message.text for message in self.heard)

    @property
    def payloads(self) -> list[str]:
        return [payload for message in self.heard for _, payload in message.buttons]

    def slot(self, name: str) -> Any:
        return self.state.slot(name)

    async def upload(self, name: str) -> str:
        """Put an upload of this person into the store."""
        file = FileRef(id=secrets.token_hex(8), key="k", name=name, size=1)
        async with self.shared.store.work() as work:
            work.uploads.put(self.person, file, self.shared.clock.now() + timedelta(hours=1))
            await work.commit()
        return file.id

    async def uploads(self) -> list[str]:
        async with self.shared.store.work() as work:
            return [file.name for file in await work.uploads.of(self.person)]

    def _payload(self, intent: str, entities: dict[str, Any]) -> Said:
        return Said(text=payload(intent, **entities), is_payload=True, message_id=secrets.token_hex(8))

    async def _turn(self, said: Said, finding: codes.CodeFinding | None = None) -> list[str]:
        async with self.shared.store.work() as work:
            turn = Turn(
                work=cast("Any", work),
                person=self.person,
                successor=self.person,
                channel=str(self.opening["channel"]),
                message_id=said.message_id,
                code=finding,
            )
            spoken = await self._spoken(said, turn)
            await work.commit()
        self.turn, self.heard, self.state = turn, spoken.messages, spoken.state
        if turn.submitted or turn.forget:
            self.state = self.shared.engine.new(secrets.token_hex(8))
        return names(self.heard)

    async def _spoken(self, said: Said, turn: Turn) -> Spoken:
        token = current_turn.set(turn)
        try:
            spoken = await self.shared.engine.say(self.state, said, turn.channel)
        finally:
            current_turn.reset(token)
        assert not spoken.has_failed
        return spoken


def names(messages: Sequence[SpokenMessage]) -> list[str]:
    """Return the names of the responses; the parts of one text count once."""
    found: list[str] = []
    for message in messages:
        if message.response and found[-1:] != [message.response]:
            found.append(message.response)
    return found


async def submitted(**changes: Any) -> Submitted:
    """Submit a report outside any turn."""
    return await submit(theatre().services, make_report(**changes), None, draft_id=secrets.token_hex(8))


async def opened(**changes: Any) -> tuple[Talk, CaseRow]:
    """Return a conversation that has the case of a fresh report open."""
    report = await submitted(**changes)
    talk = await Talk().begin()
    await talk.say(report.code)
    return talk, report.row
