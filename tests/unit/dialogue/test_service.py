"""Rasa's HTTP API, beside what the recordings ask."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.dialogue import DialogueEngine
from bot.dialogue.conversations import Conversations
from bot.dialogue.event_log import Verbosity
from bot.dialogue.service import create_app
from tests.unit.dialogue.projects import Heard, WordEar, load

DOMAIN = """
intents: [a, b]
entities: [city]
slots:
  city: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: city}]}
responses:
  utter_p: [{text: "p {city}", buttons: [{title: B, payload: /b, type: postback}]}]
  utter_i: [{text: i, image: "http://x/i.png", attachment: {type: file, payload: {src: f}}, custom: {k: 1}}]
  utter_default: [{text: DEFAULT}]
session_config: {session_expiration_time: 10}
"""
RULES = """
rules:
  - {rule: r, steps: [{intent: a}, {action: utter_p}]}
  - {rule: i, steps: [{intent: b}, {action: utter_i}]}
"""


@pytest.fixture
def engine(tmp_path: Path) -> DialogueEngine:
    known = {"hello": Heard(intent="a", confidence=0.8, ranking=[("a", 0.8), ("b", 0.2)])}
    return load(tmp_path, ear=WordEar(known), domain=DOMAIN, rules=RULES)


@pytest.fixture
async def client(engine: DialogueEngine) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=create_app(engine, ("small", "id")))
    async with httpx.AsyncClient(transport=transport, base_url="http://rasa") as made:
        yield made


async def say(client: httpx.AsyncClient, text: str, **more: Any) -> Any:
    return (await client.post("/webhooks/rest/webhook", json={"sender": "s", "message": text, **more})).json()


async def tracker(client: httpx.AsyncClient, query: str = "") -> Any:
    return (await client.get(f"/conversations/s/tracker{query}")).json()


async def test_who_answers(client: httpx.AsyncClient) -> None:
    assert (await client.get("/")).text == "Hello from Rasa: 3.6.21"
    version = {"version": "3.6.21", "minimum_compatible_version": "3.6.21"}
    assert (await client.get("/version")).json() == version
    assert (await client.get("/status")).json() == {
        "model_file": "small",
        "model_id": "id",
        "num_active_training_jobs": 0,
    }
    assert (await client.get("/webhooks/rest/")).json() == {"status": "ok"}
    assert (await client.get("/domain")).json()["entities"] == ["city"]


async def test_messages_keep_all_that_the_files_give(client: httpx.AsyncClient) -> None:
    button = {"title": "B", "payload": "/b", "type": "postback"}
    assert await say(client, "hello") == [{"recipient_id": "s", "text": "p None", "buttons": [button]}]
    assert [sorted(message) for message in await say(client, "/b")] == [
        ["recipient_id", "text"],
        ["custom", "recipient_id"],
        ["image", "recipient_id"],
        ["attachment", "recipient_id"],
    ]


async def test_answers_a_line_each(client: httpx.AsyncClient) -> None:
    answer = await client.post("/webhooks/rest/webhook?stream=true", json={"sender": "s", "message": "/a"})
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert len(answer.text.splitlines()) == 1


async def test_parse(client: httpx.AsyncClient) -> None:
    parsed = (await client.post("/model/parse", json={"text": "hello", "message_id": "m"})).json()
    assert parsed["intent"] == {"name": "a", "confidence": 0.8}
    assert [entry["name"] for entry in parsed["intent_ranking"]] == ["a", "b"]
    assert parsed["message_id"] == "m"
    payload = (await client.post("/model/parse", json={"text": '/b{"city": "x"}'})).json()
    assert (payload["intent"]["name"], payload["entities"][0]["value"]) == ("b", "x")


async def test_the_tracker_of_a_new_conversation_has_a_session(client: httpx.AsyncClient) -> None:
    found = await tracker(client)
    assert [event["event"] for event in found["events"]] == ["action", "session_started", "action"]
    assert (found["latest_message"]["text"], found["latest_action_name"]) == (None, "action_listen")


async def test_events_of_a_turn(client: httpx.AsyncClient) -> None:
    await say(client, '/a{"city": "x"}', metadata={"k": 1}, input_channel="phone")
    found = await tracker(client)
    events = found["events"][3:]
    kinds = ["user", "slot", "user_featurization", "action", "bot", "action"]
    assert [event["event"] for event in events] == kinds
    assert (events[0]["input_channel"], events[0]["parse_data"]["metadata"]) == ("phone", {"k": 1})
    assert (events[4]["text"], events[4]["metadata"]) == ("p x", {"utter_action": "utter_p"})
    assert (found["slots"]["city"], found["latest_input_channel"]) == ("x", "phone")
    assert found["latest_message"]["intent"]["name"] == "a"


async def test_how_many_events_are_shown(client: httpx.AsyncClient) -> None:
    await say(client, "/a")
    await say(client, "nothing")  # undone by the fallback
    counts = {query: (await tracker(client, f"?include_events={query}"))["events"] for query in Verbosity}
    assert counts[Verbosity.NONE] is None
    assert [event["text"] for event in counts[Verbosity.APPLIED] if event["event"] == "user"] == ["/a"]
    assert [event["text"] for event in counts[Verbosity.ALL] if event["event"] == "user"] == ["/a", "nothing"]
    await say(client, "/restart")
    assert (await tracker(client))["events"][0]["event"] != "user"


async def test_back_in_time(client: httpx.AsyncClient) -> None:
    await say(client, '/a{"city": "x"}')
    when = (await tracker(client))["latest_event_time"]
    await say(client, '/a{"city": "y"}')
    assert (await tracker(client, f"?until={when}"))["slots"]["city"] == "x"


async def test_events_from_outside(client: httpx.AsyncClient) -> None:
    slot = {"event": "slot", "name": "city", "value": "z"}
    user = {"event": "user", "text": "/b", "parse_data": {"intent": {"name": "b"}}}
    changed = (await client.post("/conversations/s/tracker/events", json=[slot, user])).json()
    assert (changed["slots"]["city"], changed["latest_message"]) == ("z", {"intent": {"name": "b"}})
    events = (await tracker(client, "?include_events=ALL"))["events"]
    bare = (await client.put("/conversations/t/tracker/events", json=[slot])).json()
    assert (bare["followup_action"], changed["followup_action"]) == ("action_listen", None)
    copied = (await client.put("/conversations/t/tracker/events", json=events)).json()
    assert (copied["slots"]["city"], len(copied["events"])) == ("z", len(events))
    said = await client.post("/webhooks/rest/webhook", json={"sender": "t", "message": "/a"})
    assert said.json()[0]["text"] == "p z"


async def test_an_intent_from_outside(client: httpx.AsyncClient) -> None:
    body = {"name": "a", "entities": {"city": "x"}}
    answer = (await client.post("/conversations/s/trigger_intent", json=body)).json()
    assert answer["messages"][0]["text"] == "p x"
    assert answer["tracker"]["slots"]["city"] == "x"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "reason"),
    [
        ("POST", "/webhooks/rest/webhook", "no JSON", 400, "BadRequest"),
        ("POST", "/webhooks/rest/webhook", "[]", 400, "BadRequest"),
        ("POST", "/model/parse", "{}", 400, "BadRequest"),
        ("POST", "/conversations/s/tracker/events", "[]", 400, "BadRequest"),
        ("POST", "/conversations/s/tracker/events", '{"event": "undo"}', 500, "ConversationError"),
        ("POST", "/conversations/s/tracker/events", '{"event": "slot"}', 500, "ConversationError"),
        ("PUT", "/conversations/s/tracker/events", '[{"event": "reminder"}]', 500, "ConversationError"),
        ("POST", "/conversations/s/trigger_intent", "{}", 400, "BadRequest"),
        ("GET", "/conversations/s/tracker?include_events=some", "", 400, "BadRequest"),
        ("GET", "/conversations/s/tracker?until=noon", "", 400, "BadRequest"),
        ("GET", "/nowhere", "", 404, "NotFound"),
        ("GET", "/model/parse", "", 405, "NotFound"),
    ],
)
async def test_refusals(client: httpx.AsyncClient, method: str, path: str, body: str, status: int, reason: str) -> None:
    answer = await client.request(method, path, content=body)
    told = answer.json()
    assert (answer.status_code, told["reason"], told["status"]) == (status, reason, "failure")
    named = [word for word in ("include_events", "until") if f"?{word}=" in path]
    assert told["details"] == ({"parameter": named[0], "in": "query"} if named else {})


async def test_a_session_ends_with_silence(engine: DialogueEngine) -> None:
    now = [1000.0]
    conversations = Conversations(engine, clock=lambda: now[0])
    await conversations.say("c", '/a{"city": "x"}')
    now[0] += 601
    await conversations.say("c", "/a")
    found = await conversations.tracker("c", Verbosity.ALL)
    assert [event["event"] for event in found["events"]].count("session_started") == 2
    assert found["slots"]["city"] == "x"
