"""Actions at a URL."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.dialogue import FOREIGN, DialogueEngine
from bot.dialogue.actions import InProcess
from bot.dialogue.endpoint import AtUrl
from bot.dialogue.files import Problems
from bot.dialogue.opening import Deaf
from bot.dialogue.project import check_project, engine_of, read_project
from tests.unit.dialogue.projects import Talk, write_project

DOMAIN = """
intents: [act]
slots: {s: {type: text, influence_conversation: false, mappings: [{type: custom}]}}
responses:
  utter_p: [{text: "p {x}"}]
  utter_default: [{text: DEFAULT}]
  utter_action_failed: [{text: sorry}]
actions: [action_do]
"""
RULES = "rules:\n  - {rule: r, steps: [{intent: act}, {action: action_do}]}\n"
Answer = Callable[[httpx.Request], httpx.Response]


def engine(folder: Path, answer: Answer) -> DialogueEngine:
    write_project(folder, domain=DOMAIN, rules=RULES)
    problems = Problems(is_strict=False)
    project = read_project(folder, problems)
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    server = AtUrl("http://actions/webhook", project.domain, client=client)
    check_project(project, server, FOREIGN, problems)
    assert not problems.refusals
    return engine_of(project, server, Deaf(), FOREIGN, problems)


async def test_the_webhook_protocol(tmp_path: Path) -> None:
    seen: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(json.loads(request.content))
        events = [{"event": "slot", "name": "s", "value": "v", "timestamp": None}]
        return httpx.Response(200, json={"events": events, "responses": [{"response": "utter_p", "x": 1}]})

    talk = Talk(engine(tmp_path, answer))
    assert await talk.texts("/act") == ["p 1"]
    assert talk.set_slots == {"s": "v"}
    (call,) = seen
    assert (call["next_action"], call["sender_id"], call["version"]) == ("action_do", "c1", "3.6.21")
    assert call["tracker"]["latest_message"]["intent"]["name"] == "act"
    assert call["domain"]["intents"] == ["act"]


async def test_a_rejection_lets_the_next_best_speak(tmp_path: Path) -> None:
    told = {"action_name": "action_do", "error": "not now"}
    talk = Talk(engine(tmp_path, lambda _: httpx.Response(400, json=told)))
    assert await talk.texts("/act") == ["DEFAULT"]


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(500),
        httpx.Response(200, text="no JSON"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"events": [1]}),
        httpx.Response(400, json={"error": "?"}),
    ],
    ids=["error", "no JSON", "no mapping", "no events", "no rejection"],
)
async def test_what_cannot_be_used_ends_with_an_apology(tmp_path: Path, response: httpx.Response) -> None:
    spoken = await Talk(engine(tmp_path, lambda _: response)).say("/act")
    assert ([m.text for m in spoken.messages], spoken.has_failed) == (["sorry"], True)


async def test_a_server_that_is_away_ends_with_an_apology(tmp_path: Path) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("away", request=request)

    assert await Talk(engine(tmp_path, away)).texts("/act") == ["sorry"]


async def test_closes_its_client(tmp_path: Path) -> None:
    write_project(tmp_path, domain=DOMAIN, rules=RULES)
    domain = read_project(tmp_path, Problems(is_strict=False)).domain
    server = AtUrl("http://actions/webhook", domain)
    await server.close()
    assert server.names == {"action_do"}
    assert InProcess([], domain).names == frozenset()
