"""The stock action server on our actions, in our environment: what a Rasa server with channels of its own calls."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from actions.registry import build_actions
from bot.bootstrap import set_up
from bot.dialogue.files import Problems
from bot.dialogue.project import read_project
from bot.settings import HOUSE, Settings
from tests.support.server import free_port

STARTS_WITHIN_SECONDS = 120.0
DOMAIN = read_project(HOUSE / "nlu_data", Problems()).domain.data


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    data, port = tmp_path_factory.mktemp("stock") / "data", free_port()
    asyncio.run(set_up(Settings(data=data), is_terminal=False))
    environment = {**os.environ, "CHANGTONG_DATA": str(data), "SANIC_HOST": "127.0.0.1"}
    command = [sys.executable, "-m", "rasa_sdk", "--actions", "actions", "--port", str(port)]
    with (
        subprocess.Popen(
            command, cwd=HOUSE, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client,
    ):
        try:
            _wait(process, client)
            yield client
        finally:
            process.terminate()


def _wait(process: "subprocess.Popen[bytes]", client: httpx.Client) -> None:
    until = time.monotonic() + STARTS_WITHIN_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            client.get("/health").raise_for_status()
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise AssertionError("the action server did not start")


def call(server: httpx.Client, action: str, slots: dict[str, Any], **message: Any) -> Any:
    said = {"text": "/x", "entities": [], **message}
    tracker = {
        "sender_id": "c0ffee",
        "slots": {"language": "en", **slots},
        "latest_message": said,
        "events": [{"event": "user", "text": "/x", "message_id": "m"}],
        "paused": False,
        "followup_action": None,
        "active_loop": {},
        "latest_action_name": "action_listen",
    }
    body = {"next_action": action, "sender_id": "c0ffee", "tracker": tracker, "domain": DOMAIN, "version": "3.21.1"}
    return server.post("/webhook", json=body).raise_for_status().json()


def test_serves_all_our_actions(server: httpx.Client) -> None:
    served = {one["name"] for one in server.get("/actions").json()}
    assert {action.name() for action in build_actions(None)} <= served  # type: ignore[arg-type]


def test_an_action_reaches_its_use_cases_in_a_turn_of_its_own(server: httpx.Client) -> None:
    """No receipt of this person is there: the action looked for one in the store."""
    answered = call(server, "action_show_code", {}, intent={"name": "show_code", "confidence": 1.0})
    assert answered["responses"][0]["response"] == "utter_code_gone"
