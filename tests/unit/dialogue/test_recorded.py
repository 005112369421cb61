"""What the real Rasa 3.6.21 answered to some 270 more small projects, asked over our HTTP API.

Recorded by `deploy/rasa/record.py`: written by hand for corners of slots, forms, loops, responses, payloads, stories
and events from outside, and made at random from the same constructs.
"""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.dialogue import RASA, ProjectRefused, load_project
from bot.dialogue.opening import Deaf
from bot.dialogue.service import create_app
from tests.unit.dialogue.projects import write_project

CASES = [json.loads(line) for line in Path(__file__).with_name("recorded.jsonl").read_text("utf-8").splitlines()]


def test_names_are_unique() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", [pytest.param(case, id=case["name"]) for case in CASES])
async def test_answers_as_rasa_over_http(case: dict[str, Any], tmp_path: Path) -> None:
    write_project(tmp_path, config=case["config"], domain=case["domain"], rules=case["rules"])
    if "refused" in case:
        with pytest.raises(ProjectRefused) as refused:
            load_project(tmp_path, actions=[], interpreter=Deaf(), manner=RASA)
        assert all(problem.line > 0 for problem in refused.value.problems)
        return
    engine = load_project(tmp_path, actions=[], interpreter=Deaf(), manner=RASA)
    transport = httpx.ASGITransport(app=create_app(engine, ("small", "0")))
    async with httpx.AsyncClient(transport=transport, base_url="http://rasa") as client:
        for turn in case["turns"]:
            assert await answered(client, turn) == (turn.get("bot"), turn["slots"], turn["active_loop"]), turn


async def answered(client: httpx.AsyncClient, turn: dict[str, Any]) -> tuple[Any, dict[str, Any], str | None]:
    """Say the message, or put the event in; return what was answered, the slots and the loop."""
    messages = None
    if "event" in turn:
        (await client.post("/conversations/c/tracker/events", json=turn["event"])).raise_for_status()
    else:
        said = await client.post("/webhooks/rest/webhook", json={"sender": "c", "message": turn["user"]})
        messages = [{key: value for key, value in one.items() if key != "recipient_id"} for one in said.json()]
    tracker = (await client.get("/conversations/c/tracker?include_events=NONE")).json()
    slots = {name: value for name, value in tracker["slots"].items() if value is not None}
    return messages, slots, tracker["active_loop"].get("name")
