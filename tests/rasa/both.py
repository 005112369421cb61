"""Plays a transcript on both engines beside each other and tells where they part."""

import json
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from bot.turns.ports import Dialogue, DialogueState, Said, Spoken
from casework.code import find
from tests.dialogues.in_process import InProcess
from tests.dialogues.runner import Answer

CODE = "<code>"
_RANDOM_IDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}")
_TOKENS = re.compile(r"(?<=[\"'])(?:[\w-]{22}|[\w+/-]{43}=)(?=[\"'])")
_BYTES = re.compile(r"\bb'(?:[^'\\]|\\.)*'|\bb\"(?:[^\"\\]|\\.)*\"")


class Recorder:
    """A dialogue that passes everything on and keeps the slots of the last turn, ids and codes masked."""

    def __init__(self, inner: Dialogue) -> None:
        self._inner = inner
        self.slots: dict[str, Any] = {}

    def new(self, conversation_id: str) -> DialogueState:
        return self._inner.new(conversation_id)

    def restore(self, data: dict[str, Any]) -> DialogueState:
        return self._inner.restore(data)

    async def intent_of(self, state: DialogueState, text: str) -> str:
        return await self._inner.intent_of(state, text)

    async def say(self, state: DialogueState, said: Said, channel: str) -> Spoken:
        spoken = await self._inner.say(state, said, channel)
        slots = getattr(spoken.state, "slots")  # noqa: B009 both engines' states have them, the port does not
        self.slots = {name: _masked_value(value) for name, value in sorted(slots.items()) if value is not None}
        return spoken


@dataclass
class BothEngines:
    """A talker that asks both; the answer of the embedded engine is given back, and compared with the other's."""

    embedded: InProcess
    remote: InProcess
    recorders: tuple[list[Recorder], list[Recorder]]
    """What the program that runs now records; filled anew when it is started anew."""
    differences: list[str] = field(default_factory=list)

    async def say(self, text: str) -> Answer:
        return await self._ask(f"say {text}", lambda one: one.say(self._with_code(one, text)))

    async def tap(self, payload: str) -> Answer:
        title = next((button.title for button in reversed(self.embedded.shown) if button.payload == payload), "")
        return await self._ask(f"tap {payload}", lambda one: one.tap(_own_payload(one, title, payload)))

    async def files(self, names: Sequence[str]) -> Answer:
        return await self._ask(f"files {names}", lambda one: one.files(names))

    async def wait(self, time: timedelta) -> None:
        for one in self._both():
            await one.wait(time)

    async def restart(self) -> None:
        for one in self._both():
            await one.restart()

    async def office(self, code: str, act: Mapping[str, str]) -> None:
        for one in self._both():
            await one.office(self._codes.get(id(one), code), act)

    def __post_init__(self) -> None:
        self._codes: dict[int, str] = {}
        self._given: dict[int, list[str]] = {id(one): [] for one in self._both()}

    def _both(self) -> Iterator[InProcess]:
        yield self.embedded
        yield self.remote

    def _with_code(self, one: InProcess, text: str) -> str:
        """The runner types the code that the embedded engine gave; the other one gave its own."""
        ours, own = self._codes.get(id(self.embedded)), self._codes.get(id(one))
        return text.replace(ours, own) if ours and own else text

    async def _ask(self, what: str, ask: Callable[[InProcess], Awaitable[Answer]]) -> Answer:
        answers = []
        for one in self._both():
            answer = await ask(one)
            self._note_code(one, answer)
            answers.append(answer)
        self._compare(what, *(masked(answer) for answer in answers))
        self._compare(f"slots after {what}", *(made[-1].slots for made in self.recorders))
        return answers[0]

    async def compare_cases(self) -> None:
        """Compare what was stored under every code that was given."""
        kept = [[await _stored(one, code) for code in self._given[id(one)]] for one in self._both()]
        self._compare("stored cases", *kept)

    def _compare(self, what: str, first: Any, second: Any) -> None:
        if first != second:
            self.differences.append(f"{what}\n  embedded {first}\n  rasa     {second}")

    def _note_code(self, one: InProcess, answer: Answer) -> None:
        for message in answer.messages:
            finding = find(message.text)
            if finding is not None and finding.kind == "valid" and finding.code:
                self._codes[id(one)] = finding.code
                if finding.code not in self._given[id(one)]:
                    self._given[id(one)].append(finding.code)


def _own_payload(one: InProcess, title: str, payload: str) -> str:
    """Payloads may hold random ids: take this engine's button of the same title that is the same but for them."""
    alike = [b.payload for b in one.shown if b.title == title and _without_ids(b.payload) == _without_ids(payload)]
    return payload if payload in alike or not alike else alike[-1]


def masked(answer: Answer) -> Any:
    """Return texts, responses, buttons and the place in the conversation, codes and random ids masked."""
    messages = [
        (m.response, _text(m.text), [(_text(title), _without_ids(payload)) for title, payload in m.buttons])
        for m in answer.messages
    ]
    return messages, answer.loop, answer.asks, answer.language, answer.intent


async def _stored(one: InProcess, code: str) -> str:
    """Return the case of a code as text, all that is random masked."""
    app = one.app or await one.build()
    one.app = app
    async with app.store.work() as work:
        case = await work.cases.by_code(code)
    return _text(repr(_ordered(asdict(case)))) if case is not None else "nothing"


def _ordered(value: Any) -> Any:
    """Return the value with sets, and files by their names, as sorted lists: their order differs from run to run."""
    if isinstance(value, dict):
        return {key: _ordered(item) for key, item in value.items()}
    if isinstance(value, list | tuple) and all(isinstance(item, dict) and "media_type" in item for item in value):
        value = sorted(value, key=lambda file: str(file["name"]))
    if isinstance(value, set | frozenset):
        return sorted(map(repr, value))
    return [_ordered(item) for item in value] if isinstance(value, list | tuple) else value


def _masked_value(value: Any) -> Any:
    return _text(json.dumps(value, ensure_ascii=False, sort_keys=True))


def _text(text: str) -> str:
    finding = find(text)
    while finding is not None and finding.kind == "valid":
        text = text[: finding.start] + CODE + text[finding.end :]
        finding = find(text)
    return _without_ids(text)


def _without_ids(text: str) -> str:
    return _TOKENS.sub("<token>", _RANDOM_IDS.sub("<id>", _BYTES.sub("<bytes>", text)))
