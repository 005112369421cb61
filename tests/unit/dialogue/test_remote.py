"""The dialogue on a Rasa server, the server being a stand-in that calls back as Rasa does."""

import json
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import httpx
import pytest
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.dialogue import Said, StateUnreadable
from bot.dialogue.actions import InProcess
from bot.dialogue.files import Problems
from bot.dialogue.project import read_project
from bot.dialogue.remote import Channel, RemoteDialogue
from bot.dialogue.webhook import ActionDesk
from tests.unit.dialogue.projects import Heard, WordEar, write_project

DOMAIN = """
intents: [act]
entities: [city]
slots:
  language: {type: text, initial_value: zh, influence_conversation: false, mappings: [{type: custom}]}
  s: {type: text, influence_conversation: false, mappings: [{type: custom}]}
responses:
  utter_action_failed: [{text: sorry}]
actions: [action_do]
"""
where: ContextVar[str] = ContextVar("where", default="nowhere")
Handler = Callable[[httpx.Request], Awaitable[httpx.Response]]


class Do(Action):
    """Tells in which context it runs; fails or rejects when told to."""

    def name(self) -> str:
        return "action_do"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: Any) -> list[dict[str, Any]]:
        text = (tracker.latest_message or {}).get("text")
        if text == "fail":
            raise ValueError("never shown")
        if text == "reject":
            raise ActionExecutionRejection("action_do")
        dispatcher.utter_message(text=where.get())
        return []


class StandIn:
    """Answers like a Rasa server with our channel: one action, then the messages and the standing."""

    def __init__(self) -> None:
        self.bodies: list[dict[str, Any]] = []
        self.called: list[tuple[int, Any]] = []
        self.desk: ActionDesk | None = None
        self.status = 200
        self.event_time = 2.5
        self.custom: dict[str, Any] = {}
        self.laid: list[list[dict[str, Any]]] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if self.status != 200:
            return httpx.Response(self.status)
        path = request.url.path
        if path.endswith("/tracker"):
            slots, loop = {"s": "v", "strange": 1, "language": None}, {"name": "f"}
            told = {"slots": slots, "active_loop": loop, "latest_event_time": self.event_time}
            return httpx.Response(200, json=told)
        if request.method == "PUT":
            self.laid.append(json.loads(request.content))
            return httpx.Response(200, json={})
        body = json.loads(request.content)
        self.bodies.append(body)
        sender, text = body["sender"], body.get("text", body.get("message"))
        said = await self._act(sender, text)
        if path == "/webhooks/rest/webhook":
            return httpx.Response(200, json=[{"recipient_id": sender, "text": text}])
        buttons = [{"title": "T", "payload": "/act", "kind": 1}]
        message = {"text": said, "response": "utter_x", "buttons": buttons, "custom": self.custom}
        standing = {"slots": {"s": "v", "strange": 1}, "loop": "f", "known": 5, "mark": 1.5}
        return httpx.Response(200, json={"messages": [message], **standing})

    async def _act(self, sender: str, text: str) -> str:
        assert self.desk is not None
        tracker = {"sender_id": sender, "slots": {}, "latest_message": {"text": text}, "events": []}
        call = {"next_action": "action_do", "sender_id": sender, "tracker": {**tracker, "paused": False}}
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app=self.desk.app()), base_url="http://d") as client:
            answer = await client.post("/webhook", json=call)
        self.called.append((answer.status_code, answer.json()))
        return str(answer.json()["responses"][0]["text"]) if answer.is_success else ""


@pytest.fixture
def server() -> StandIn:
    return StandIn()


@pytest.fixture
def dialogue_on(tmp_path: Path, server: StandIn) -> Callable[[Channel], RemoteDialogue]:
    write_project(tmp_path, domain=DOMAIN)
    problems = Problems(is_strict=False)
    project = read_project(tmp_path, problems)
    ear = WordEar({"hello": Heard(intent="act", confidence=0.8, ranking=[("act", 0.8), ("other", 0.1)])})
    server.desk = ActionDesk(InProcess([Do()], project.domain), ear)

    def make(channel: Channel) -> RemoteDialogue:
        assert server.desk is not None
        return RemoteDialogue(
            "http://rasa/",
            domain=project.domain,
            responses=project.responses,
            interpreter=ear,
            desk=server.desk,
            channel=channel,
            client=httpx.AsyncClient(transport=httpx.MockTransport(server)),
        )

    return make


async def test_a_turn_over_our_channel(dialogue_on: Callable[[Channel], RemoteDialogue], server: StandIn) -> None:
    dialogue = dialogue_on("changtong")
    state = dialogue.new("id")
    assert (state.slot("language"), state.requested_slot, state.active_loop) == ("zh", None, None)
    where.set("in the turn")
    spoken = await dialogue.say(state, Said(text="hello", message_id="m1"), "web")
    (message,) = spoken.messages
    assert (message.text, message.response, message.buttons) == ("in the turn", "utter_x", (("T", "/act"),))
    assert (spoken.intent, spoken.confidence, spoken.has_failed) == ("act", 0.8, False)
    (body,) = server.bodies
    assert (body["message_id"], body["channel"], body["known"]) == ("m1", "web", 0)
    assert [one["name"] for one in body["parse_data"]["intent_ranking"]] == ["act", "other"]
    after = dialogue.restore(json.loads(json.dumps(spoken.state.snapshot())))
    assert after == spoken.state
    assert (after.slots, after.active_loop, after.known, after.mark) == ({"s": "v"}, "f", 5, 1.5)
    await dialogue.say(after, Said(text='/act{"city": "x"}', is_payload=True), "web")
    assert server.bodies[1]["parse_data"]["entities"][0]["value"] == "x"
    assert (server.bodies[1]["slots"], server.bodies[1]["loop"], server.bodies[1]["mark"]) == ({"s": "v"}, "f", 1.5)


async def test_a_turn_over_rasas_own_channel(dialogue_on: Callable[[Channel], RemoteDialogue], server: StandIn) -> None:
    dialogue = dialogue_on("rest")
    spoken = await dialogue.say(dialogue.new("id"), Said(text="/act"), "web")
    assert spoken.messages[0].text == "／act", "a text is not taken for a payload"
    spoken = await dialogue.say(spoken.state, Said(text="/act", is_payload=True), "web")
    assert spoken.messages[0].text == "/act"
    assert (spoken.state.active_loop, spoken.state.slot("s")) == ("f", "v")


async def test_over_rasas_own_channel_the_conversation_is_laid_anew_where_the_server_lost_it(
    dialogue_on: Callable[[Channel], RemoteDialogue], server: StandIn
) -> None:
    dialogue = dialogue_on("rest")
    spoken = await dialogue.say(dialogue.new("id"), Said(text="/act", is_payload=True), "web")
    begun = [{"event": "action", "name": "action_session_start"}, {"event": "session_started"}]
    language = {"event": "slot", "name": "language", "value": "zh"}
    listening = {"event": "action", "name": "action_listen"}
    assert server.laid == [[*begun, language, listening]], "what an undone first turn left is gone"
    await dialogue.say(spoken.state, Said(text="/act", is_payload=True), "web")
    assert len(server.laid) == 1, "it is where it was"
    server.event_time = 7.5
    await dialogue.say(spoken.state, Said(text="/act", is_payload=True), "web")
    loop = [{"event": "action", "name": "f"}, {"event": "active_loop", "name": "f"}]
    assert server.laid[1:] == [[*begun, {"event": "slot", "name": "s", "value": "v"}, *loop, listening]]


async def test_what_is_said_is_cut_as_by_the_engine(
    dialogue_on: Callable[[Channel], RemoteDialogue], server: StandIn
) -> None:
    server.custom = {"receipt": True}
    spoken = await dialogue_on("changtong").say(dialogue_on("changtong").new("id"), Said(text="hello"), "web")
    first, second = spoken.messages
    assert (first.buttons, first.custom) == ((("T", "/act"),), {})
    assert (second.text, second.custom, second.response) == ("", {"receipt": True}, "utter_x")


async def test_an_action_that_fails_undoes_the_turn(
    dialogue_on: Callable[[Channel], RemoteDialogue], server: StandIn
) -> None:
    dialogue = dialogue_on("changtong")
    state = dialogue.new("id")
    spoken = await dialogue.say(state, Said(text="fail"), "web")
    assert ([m.text for m in spoken.messages], spoken.has_failed, spoken.state) == (["sorry"], True, state)
    assert server.called[0][0] == 500


async def test_an_action_may_reject(dialogue_on: Callable[[Channel], RemoteDialogue], server: StandIn) -> None:
    dialogue = dialogue_on("changtong")
    spoken = await dialogue.say(dialogue.new("id"), Said(text="reject"), "web")
    assert (server.called[0][0], spoken.has_failed) == (400, False)


async def test_a_server_that_is_away_ends_with_an_apology(
    dialogue_on: Callable[[Channel], RemoteDialogue], server: StandIn
) -> None:
    server.status = 503
    dialogue = dialogue_on("changtong")
    spoken = await dialogue.say(dialogue.new("id"), Said(text="hello"), "web")
    assert ([m.text for m in spoken.messages], spoken.has_failed) == (["sorry"], True)


async def test_no_action_runs_for_a_turn_that_does_not_wait(
    dialogue_on: Callable[[Channel], RemoteDialogue], server: StandIn
) -> None:
    dialogue_on("changtong")
    assert await server._act("nobody", "hello") == ""
    assert server.called[0][0] == 404


async def test_the_desk_understands_texts_for_the_server(
    dialogue_on: Callable[[Channel], RemoteDialogue], server: StandIn
) -> None:
    dialogue = dialogue_on("changtong")
    assert server.desk is not None
    transport = httpx.ASGITransport(app=server.desk.app())
    async with httpx.AsyncClient(transport=transport, base_url="http://d") as client:
        parsed = (await client.post("/model/parse", json={"text": "hello"})).json()
        assert (await client.get("/health")).json() == {"status": "ok"}
    assert parsed["intent"] == {"name": "act", "confidence": 0.8}
    assert await dialogue.intent_of(dialogue.new("id"), "hello") == "act"


@pytest.mark.parametrize("data", [{}, {"format": 1}, {"format": "rasa-1", "id": "x"}])
def test_other_snapshots_are_refused(data: dict[str, Any], dialogue_on: Callable[[Channel], RemoteDialogue]) -> None:
    with pytest.raises(StateUnreadable):
        dialogue_on("changtong").restore(data)


async def test_other_states_are_refused(dialogue_on: Callable[[Channel], RemoteDialogue]) -> None:
    with pytest.raises(TypeError):
        await dialogue_on("changtong").say(object(), Said(text="x"), "web")  # type: ignore[arg-type]
