"""A small dialogue that satisfies `bot.turns.ports.Dialogue`: a greeting, one form, a way out of a silence."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from bot.dialogue.errors import StateUnreadable
from bot.turns.ports import Said, Spoken, SpokenMessage
from casework.code import generate
from casework.ports import Receipt
from casework.turn import Turn, current_turn

GREETING = SpokenMessage(
    text="你好 / hello",
    response="utter_greeting",
    buttons=(
        ("我要举报", "/start_report"),
        ("✅ 隐私？", '/ask_privacy{"field": "x"}'),
        ("English", "/change_language"),
    ),
)
FACTS = SpokenMessage(
    text="经过？",
    response="utter_ask_facts",
    buttons=(("写完了", "/done"), ("是的", "/affirm"), ("留言", "/send_message")),
)
RETURNED = SpokenMessage(
    text="继续吗？",
    response="utter_ask_returned",
    buttons=(("继续", '/inform{"choice": "go_on"}'), ("放弃", '/inform{"choice": "discard"}')),
)
APOLOGY = SpokenMessage(text="抱歉", response="utter_sorry")
INTENTS = {"救命": "emergency", "谢谢": "thanks", "你好": "greet", "我要查进度": "query_status"}


@dataclass(frozen=True)
class FakeState:
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def active_loop(self) -> str | None:
        return self.data.get("loop")

    @property
    def requested_slot(self) -> str | None:
        return self.data.get("asked")

    def slot(self, name: str) -> Any:
        return self.data.get("slots", {}).get(name)

    def snapshot(self) -> dict[str, Any]:
        return self.data

    def having(self, *, loop: str | None, asked: str | None, **slots: Any) -> "FakeState":
        return FakeState({**self.data, "loop": loop, "asked": asked, "slots": {**self.data.get("slots", {}), **slots}})


class FakeDialogue:
    """`heard` lists all that was said. `gate`: if set, every message waits for it.

    `loses_answers`: what a tap leads to is done, and fails afterwards.
    """

    def __init__(self) -> None:
        self.heard: list[Said] = []
        self.gate: asyncio.Event | None = None
        self.loses_answers = False
        self.turns: list[Turn] = []
        self.codes_seen: list[str | None] = []

    def new(self, conversation_id: str) -> FakeState:
        return FakeState({"id": conversation_id})

    def restore(self, data: dict[str, Any]) -> FakeState:
        if "id" not in data:
            raise StateUnreadable("id: missing")
        return FakeState(data)

    async def intent_of(self, state: Any, text: str) -> str:
        return INTENTS.get(text, "nlu_fallback")

    async def say(self, state: Any, said: Said, channel: str) -> Spoken:
        if self.gate is not None:
            await self.gate.wait()
        self.heard.append(said)
        turn = current_turn.get()
        assert turn is not None
        self.turns.append(turn)
        self.codes_seen.append(turn.code.code if turn.code else None)
        if said.is_payload:
            name, brace, rest = said.text[1:].partition("{")
            return await self._payload(state, name, json.loads(brace + rest) if brace else {}, turn)
        return await self._text(state, said.text)

    async def _text(self, state: FakeState, text: str) -> Spoken:
        intent = await self.intent_of(state, text)
        if text == "坏了":
            return Spoken(state=state, messages=(APOLOGY,), has_failed=True)
        if state.active_loop == "returned_form":
            return Spoken(state=state, messages=(_spoken(intent), RETURNED), intent=intent)
        if state.active_loop == "report_form" and intent == "nlu_fallback":
            facts = [*state.slot("facts"), text]
            noted = SpokenMessage(text=f"记下第{len(facts)}条", response="utter_noted")
            return Spoken(state=state.having(loop="report_form", asked="facts", facts=facts), messages=(noted,))
        return Spoken(state=state, messages=(_spoken(intent),), intent=intent, confidence=0.9)

    async def _payload(self, state: FakeState, name: str, entities: dict[str, Any], turn: Turn) -> Spoken:
        step = getattr(self, f"_on_{name}", None)
        if step is None:
            return Spoken(state=state, messages=(_spoken(name),), intent=name, confidence=1.0)
        after, messages = await step(state, entities, turn)
        if self.loses_answers:
            return Spoken(state=state, messages=(APOLOGY,), has_failed=True)
        return Spoken(state=after, messages=messages, intent=name, confidence=1.0)

    async def _on_open(self, state: FakeState, entities: dict[str, Any], turn: Turn) -> Any:
        messages = () if entities["greeted"] is True else (GREETING,)
        if entities["returning"]:
            name = "utter_perhaps_expired" if entities["returning"] == "perhaps" else "utter_expired"
            messages = (*messages, SpokenMessage(text="草稿已删除", response=name))
        return state.having(loop=None, asked=None, language=entities["language"]), messages

    async def _on_start_report(self, state: FakeState, entities: dict[str, Any], turn: Turn) -> Any:
        return state.having(loop="report_form", asked="facts", draft={"id": "d1"}, facts=[]), (FACTS,)

    async def _on_returned(self, state: FakeState, entities: dict[str, Any], turn: Turn) -> Any:
        return state.having(loop="returned_form", asked="returned_choice"), (RETURNED,)

    async def _on_inform(self, state: FakeState, entities: dict[str, Any], turn: Turn) -> Any:
        if entities.get("choice") == "go_on":
            return state.having(loop="report_form", asked="facts"), (FACTS,)
        return state.having(loop=None, asked=None, draft=None), (_spoken("discarded"),)

    async def _on_affirm(self, state: FakeState, entities: dict[str, Any], turn: Turn) -> Any:
        code = generate()
        turn.submitted, turn.issued_code = True, code
        receipt = Receipt(code=code, language="zh", draft="d1")
        turn.work.receipts.put(turn.successor, receipt, self.now() + timedelta(minutes=60))
        shown = SpokenMessage(text=f"查询码 {code}", response="utter_receipt", custom={"receipt": [code]})
        return state.having(loop=None, asked=None, draft=None), (shown,)

    async def _on_send_message(self, state: FakeState, entities: dict[str, Any], turn: Turn) -> Any:
        _, messages = await self._on_affirm(state, entities, turn)
        turn.carries_on = True
        return state, messages

    async def _on_forget_me(self, state: FakeState, entities: dict[str, Any], turn: Turn) -> Any:
        turn.forget = True
        return state, (_spoken("forgotten"),)

    def now(self) -> Any:
        raise NotImplementedError("the world sets it")


def _spoken(name: str) -> SpokenMessage:
    return SpokenMessage(text=f"<{name}>", response=f"utter_{name}")
