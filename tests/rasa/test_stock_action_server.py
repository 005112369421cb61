"""The stock action server on our actions, in our environment: what a Rasa server with channels of its own calls."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from actions.registry import build_actions
from bot.bootstrap import Prepared, set_up
from bot.dialogue.files import Problems
from bot.dialogue.project import read_project
from bot.settings import HOUSE, Settings
from tests.dialogues.conftest import CACHE
from tests.support.ports import free_port

STARTS_WITHIN_SECONDS = 120.0
DOMAIN = read_project(HOUSE / "nlu_data", Problems()).domain.data


SDK = ("-m", "rasa_sdk", "--actions", "actions", "--port")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("stock") / "data"
    asyncio.run(set_up(Settings(data=data), is_terminal=False))
    (data / "cache").symlink_to(CACHE)
    return data


@contextmanager
def serving(data: Path, *words: str) -> Iterator[httpx.Client]:
    """Run a command whose last word is to be a port; give a client of it."""
    port = free_port()
    environment = {**os.environ, "CHANGTONG_DATA": str(data), "SANIC_HOST": "127.0.0.1"}
    quiet = subprocess.DEVNULL
    command = [sys.executable, *words, str(port)]
    with (
        subprocess.Popen(command, cwd=HOUSE, env=environment, stdout=quiet, stderr=quiet) as process,
        httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60) as client,
    ):
        try:
            _wait(process, client)
            yield client
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def server(data: Path) -> Iterator[httpx.Client]:
    with serving(data, *SDK) as client:
        yield client


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


def test_our_command_serves_the_actions_and_the_understanding_beside_them(prepared: Prepared, data: Path) -> None:
    port = free_port()
    with serving(data, "-m", "bot", "actions", "--understanding-port", str(port), "--port") as client:
        answered = call(client, "action_show_code", {}, intent={"name": "show_code", "confidence": 1.0})
        parsed = httpx.post(f"http://127.0.0.1:{port}/model/parse", json={"text": "我要举报"}, trust_env=False)
    assert answered["responses"][0]["response"] == "utter_code_gone"
    assert parsed.json()["intent"]["name"] == "start_report"
