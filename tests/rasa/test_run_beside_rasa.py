"""`changtong run --rasa`: a whole report over the web chat while the server beside it is started anew in the middle.

With the real Rasa where its environment is (`make rasa`), always with what stands in for it.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
import pytest

from bot.bootstrap import Prepared
from casework.profile import load_profile
from storage import StoreConfig, setup
from tests.dialogues.conftest import CACHE
from tests.fakes import FakeClock
from tests.kill.conftest import House
from tests.kill.journey import check_told_once, facts_of
from tests.rasa.server import started, stood_in
from tests.support.ports import free_port
from tests.support.server import Server, serving
from tests.support.stores import CHEAP, PROFILE
from tests.support.web_client import WebClient

KIND_WORDS = "之前的内容都还在"
CHANNELS = ("changtong", "rest")


@dataclass
class Neighbour:
    """The server beside the program. It keeps conversations in memory alone: started anew, it knows nothing."""

    open: Callable[[], AbstractContextManager[str]]
    url: str
    actions_port: int
    _running: ExitStack = field(default_factory=ExitStack)

    def start(self) -> None:
        self._running.enter_context(self.open())

    def stop(self) -> None:
        self._running.close()


@pytest.fixture(params=["stand-in", "rasa"])
def neighbour(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Neighbour]:
    port = free_port()
    if request.param == "rasa":
        folder, actions_port, _ = request.getfixturevalue("project")
        opened = partial(started, folder, port)
    else:
        actions_port = free_port()
        opened = partial(stood_in, tmp_path, port, actions_port)
    made = Neighbour(open=opened, url=f"http://127.0.0.1:{port}", actions_port=actions_port)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def house(prepared: Prepared, tmp_path: Path) -> House:
    data, profile = tmp_path / "data", load_profile(PROFILE)
    config = StoreConfig(url="", data=data, profile=profile, clock=FakeClock(), argon_cost=CHEAP)
    asyncio.run(setup(config, terminal=False))
    (data / "cache").symlink_to(CACHE)
    return House(data=data, database_url="")


def beside(house: House, neighbour: Neighbour, channel: str) -> AbstractContextManager[Server]:
    ports = ("--actions-port", str(neighbour.actions_port), "--understanding-port", str(free_port()))
    return serving(house.data, options=("--rasa", neighbour.url, "--rasa-channel", channel, *ports))


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_whole_report_with_the_server_started_anew(channel: str, neighbour: Neighbour, house: House) -> None:
    first, second, third = facts_of(0)
    with beside(house, neighbour, channel) as server:
        assert "anonymity does not hold" in server.log.read_text()
        person = WebClient(server.address)
        person.say("/start_report")
        person.say(first)
        neighbour.stop()
        away = person.say(second)
        assert KIND_WORDS in person.said()
        assert away["state"]["active_loop"] == "report_form", "the draft is where it was"
        neighbour.start()
        person.say(second)
        assert person.last["state"]["active_loop"] == "report_form"
        person.say(third)
        person.say("/done")
        person.tap("对")
        neighbour.stop()
        neighbour.start()
        person.tap("匿名")
        person.tap("现在就提交")
        code = submitted_twice(person)
        assert person.say(f"查询 {code}")["state"]["active_loop"] is None
    check_told_once(asyncio.run(house.cases()), journeys=1)


def submitted_twice(person: WebClient) -> str:
    """Submit with one message that is posted twice; return the code, which is the same."""
    before, message = dict(person.cookies), person.tapping("提交")
    person.post(message)
    code, said = person.code(), person.last["messages"]
    again = person.send(message, before).json()
    assert again["is_repeat"]
    assert again["messages"] == said
    assert code is not None, said
    return code


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("neighbour", ["stand-in"], indirect=True)
def test_an_answer_that_is_lost_submits_nothing_and_then_once(channel: str, neighbour: Neighbour, house: House) -> None:
    with beside(house, neighbour, channel) as server:
        person = WebClient(server.address)
        for text in ("/start_report", *facts_of(0), "/done"):
            person.say(text)
        for title in ("对", "匿名", "现在就提交"):
            person.tap(title)
        submitting = person.last
        httpx.post(f"{neighbour.url}/lose", trust_env=False).raise_for_status()
        person.tap("提交")
        assert person.code() is None
        assert KIND_WORDS in person.said()
        assert asyncio.run(house.cases()) == []
        person.last = submitting
        submitted_twice(person)
    check_told_once(asyncio.run(house.cases()), journeys=1)
