"""Actions as a stock rasa-sdk server builds them: without arguments, pickled, with use cases got at the first call."""

import pickle
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import speaking
from actions.registry import build_actions
from actions.speaking import DomainDict, ServiceAction, house
from casework.services import Services
from casework.turn import Turn, current_turn

ASKED = "code_given"
DOMAIN: DomainDict = {"intents": [], "entities": [], "slots": {}, "responses": {}, "forms": {}, "actions": []}


def tracker(text: str = "hello") -> Tracker:
    said = {"event": "user", "text": text, "message_id": "m7"}
    return Tracker("abc", {"requested_slot": ASKED}, {"text": text}, [said], False, None, {}, "action_listen")


class SmallHouse:
    """Notes the turns that are opened."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.turns: list[tuple[str, dict[str, Any], str | None]] = []

    @asynccontextmanager
    async def turn(self, sender_id: str, message: dict[str, Any], asked: str | None) -> AsyncIterator[None]:
        self.turns.append((sender_id, message, asked))
        yield


@pytest.fixture
def small_house(monkeypatch: pytest.MonkeyPatch) -> SmallHouse:
    made = SmallHouse(object.__new__(Services))
    monkeypatch.setattr(speaking, "_small_house", lambda: made, raising=False)
    monkeypatch.setenv(speaking.HOUSE_SETTING, "actions.speaking:_small_house")
    house.cache_clear()
    return made


@pytest.fixture(autouse=True)
def _no_house_stays() -> Any:
    yield
    house.cache_clear()


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> type[ServiceAction]:
    class Named(ServiceAction):
        def name(self) -> str:
            return "action_named"

        async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Any:
            return [{"event": "slot", "name": "services", "value": self.services is not None}]

    return Named


def test_a_stock_server_registers_every_action_of_the_project() -> None:
    """In a process of its own: the stock executor makes one of every Action alive, those of other tests too."""
    script = (
        "from rasa_sdk.executor import ActionExecutor; executor = ActionExecutor(); "
        "executor.register_package('actions'); print(*executor.actions)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=120)
    assert {action.name() for action in build_actions(None)} <= set(done.stdout.split())  # type: ignore[arg-type]


def test_every_action_is_pickled_without_its_services() -> None:
    for action in build_actions(None):  # type: ignore[arg-type]
        copied = pickle.loads(pickle.dumps(action))  # noqa: S301 made on the spot
        assert copied.name() == action.name()


def test_a_pattern_for_actions_cannot_be_made() -> None:
    class Pattern(ServiceAction):
        kind: str

        def name(self) -> str:
            return self.kind

    with pytest.raises(TypeError, match="abstract"):
        Pattern()


async def test_alone_an_action_gets_a_turn_and_the_houses_use_cases(
    named: type[ServiceAction], small_house: SmallHouse
) -> None:
    events = await named().run(CollectingDispatcher(), tracker(), DOMAIN)
    assert events == [{"event": "slot", "name": "services", "value": True}]
    assert small_house.turns == [("abc", {"text": "hello", "message_id": "m7"}, ASKED)]


async def test_with_use_cases_or_in_a_turn_no_other_turn_is_opened(
    named: type[ServiceAction], small_house: SmallHouse
) -> None:
    await named(small_house.services).run(CollectingDispatcher(), tracker(), DOMAIN)
    token = current_turn.set(object.__new__(Turn))
    try:
        await named().run(CollectingDispatcher(), tracker(), DOMAIN)
    finally:
        current_turn.reset(token)
    assert small_house.turns == []


async def test_what_the_environment_names_must_have_use_cases(
    named: type[ServiceAction], small_house: SmallHouse
) -> None:
    small_house.services = None  # type: ignore[assignment]
    with pytest.raises(TypeError, match="expected Services"):
        await named().run(CollectingDispatcher(), tracker(), DOMAIN)
