"""Which manner and which actions a command opens a project with."""

import asyncio
import io
import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.dialogue import RASA, Said
from bot.dialogue.__main__ import main
from bot.dialogue.errors import ProjectRefused
from bot.dialogue.opening import Choice, Opened, open_project
from bot.dialogue.project_actions import has_actions
from bot.dialogue.values import FOREIGN
from bot.rasa import listening
from tests.support.ports import free_port
from tests.unit.dialogue.projects import write_project

DOMAIN = """
intents: [a]
slots:
  city: {type: text, influence_conversation: false, mappings: [{type: custom}]}
responses:
  utter_p: [{text: "p {city}"}]
actions: [action_x]
"""
APOLOGY = "  utter_action_failed: [{text: sorry}]\n"
RULES = "rules:\n  - {rule: r, steps: [{intent: a}, {action: action_x}, {action: utter_p}]}\n"
OWN = """
from rasa_sdk import Action
class Here(Action):
    def name(self): return "action_x"
    def run(self, dispatcher, tracker, domain): return []
"""


@pytest.fixture
def choice(tmp_path: Path) -> Choice:
    write_project(tmp_path, domain=DOMAIN, rules=RULES)
    return Choice(project=tmp_path, cache=tmp_path / "cache", ear="tests.unit.dialogue.test_command:small_ear")


def opened(choice: Choice) -> Opened:
    return open_project(choice, lambda fraction, step: None)


def bring_actions(project: Path, name: str = "actions") -> None:
    (project / f"{name}.py").write_text(OWN, encoding="utf-8")


def name_endpoint(project: Path, url: str) -> None:
    (project / "endpoints.yml").write_text(f"action_endpoint: {{url: '{url}'}}\n", encoding="utf-8")


@pytest.fixture
def answered() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/webhook"


def test_actions_are_called_where_the_files_say_if_somebody_answers(choice: Choice, answered: str) -> None:
    bring_actions(choice.project)
    name_endpoint(choice.project, answered)
    assert opened(choice).actions_at == answered


def test_without_an_answer_the_projects_own_run_here(choice: Choice, monkeypatch: pytest.MonkeyPatch) -> None:
    bring_actions(choice.project, "actions_of_this_test")
    monkeypatch.setattr("bot.dialogue.opening.DEFAULT_MODULE", "actions_of_this_test")
    monkeypatch.setattr("bot.dialogue.opening.has_actions", partial(has_actions, module="actions_of_this_test"))
    name_endpoint(choice.project, f"http://127.0.0.1:{free_port()}/webhook")
    assert opened(choice).actions_at == "actions_of_this_test"


def test_nobody_answers_and_nothing_is_here_it_is_still_the_url(choice: Choice) -> None:
    url = f"http://127.0.0.1:{free_port()}/webhook"
    name_endpoint(choice.project, url)
    assert opened(choice).actions_at == url


def test_the_command_line_decides_over_the_files(choice: Choice, answered: str) -> None:
    name_endpoint(choice.project, answered)
    assert opened(replace(choice, action_url="http://127.0.0.1:1/webhook")).actions_at == "http://127.0.0.1:1/webhook"


def test_without_any_actions_what_needs_them_is_refused(choice: Choice) -> None:
    with pytest.raises(ProjectRefused, match="action 'action_x' does not exist"):
        opened(choice)


async def test_an_action_runs_at_the_url(choice: Choice) -> None:
    calls: list[dict[str, Any]] = []

    async def webhook(request: Request) -> JSONResponse:
        calls.append(json.loads(await request.body()))
        event = {"event": "slot", "name": "city", "value": "x"}
        return JSONResponse({"events": [event], "responses": [{"text": "from there"}]})

    port = free_port()
    name_endpoint(choice.project, f"http://127.0.0.1:{port}/webhook")
    async with listening(Starlette(routes=[Route("/webhook", webhook, methods=["POST"])]), port):
        engine = opened(choice).engine
        spoken = await engine.say(engine.new("c"), Said(text="/a", is_payload=True), "web")
        await engine.close()
    assert [message.text for message in spoken.messages] == ["from there", "p x"]
    assert (calls[0]["next_action"], calls[0]["sender_id"], calls[0]["version"]) == ("action_x", "c", "3.6.21")
    assert calls[0]["domain"]["actions"] == ["action_x"]


def test_like_rasa_switches_every_improvement_off(choice: Choice) -> None:
    name_endpoint(choice.project, "http://127.0.0.1:1/webhook")
    assert opened(replace(choice, is_like_rasa=True)).engine.manner == RASA
    assert opened(choice).engine.manner == replace(FOREIGN, apologises=False), "there are no words to apologise with"
    write_project(choice.project, domain=DOMAIN.replace("actions:", f"{APOLOGY}actions:"), rules=RULES)
    assert opened(choice).engine.manner == FOREIGN


@pytest.mark.parametrize(("is_like_rasa", "said"), [(True, ["p None"]), (False, ["sorry"])])
async def test_a_failing_action_is_silence_or_an_apology(is_like_rasa: bool, said: list[str], choice: Choice) -> None:
    name_endpoint(choice.project, f"http://127.0.0.1:{free_port()}/webhook")
    write_project(choice.project, domain=DOMAIN.replace("actions:", f"{APOLOGY}actions:"), rules=RULES)
    engine = opened(replace(choice, is_like_rasa=is_like_rasa)).engine
    spoken = await engine.say(engine.new("c"), Said(text="/a", is_payload=True), "web")
    await engine.close()
    assert [message.text for message in spoken.messages] == said


TALKS = """
- {name: one, language: en, turns: [{say: one, has: from there}]}
- {name: another, language: en, turns: [{say: one, has: from there}]}
"""


async def test_tests_run_their_actions_at_the_url_too(choice: Choice) -> None:
    """Two conversations in one loop, whose connection the second one finds open."""
    seen: list[str] = []

    async def webhook(request: Request) -> JSONResponse:
        seen.append(str(json.loads(await request.body())["sender_id"]))
        return JSONResponse({"events": [], "responses": [{"text": "from there"}]})

    port = free_port()
    name_endpoint(choice.project, f"http://127.0.0.1:{port}/webhook")
    (choice.project / "tests").mkdir()
    (choice.project / "tests" / "talk.yml").write_text(TALKS, encoding="utf-8")
    words = ["test", "--project", str(choice.project), "--interpreter", choice.ear, "--cache", str(choice.cache)]
    out = io.StringIO()
    async with listening(Starlette(routes=[Route("/webhook", webhook, methods=["POST"])]), port):
        assert await asyncio.to_thread(main, words, out) == 0, out.getvalue()
    assert len(set(seen)) == 2
