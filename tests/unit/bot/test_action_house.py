"""The turn that a stock action server gives every action."""

import asyncio
from pathlib import Path

import pytest

from bot.action_house import CHANNEL, ActionHouse, open_house
from bot.bootstrap import open_office, set_up
from bot.settings import Settings
from casework.errors import IntakeClosed
from casework.submitting import send_message
from casework.turn import current_turn
from tests.fakes import FakeClock


@pytest.fixture
def data(tmp_path: Path) -> Path:
    asyncio.run(set_up(Settings(data=tmp_path / "data"), is_terminal=False))
    return tmp_path / "data"


async def test_what_is_submitted_in_a_turn_is_kept_and_not_twice(data: Path) -> None:
    house = ActionHouse(*await open_office(Settings(data=data), clock=FakeClock()))
    try:
        codes = []
        for _ in range(2):
            async with house.turn("abc", {"text": "hello", "message_id": "m1"}, None):
                turn = current_turn.get()
                assert turn is not None
                assert (turn.channel, turn.message_id) == (CHANNEL, "m1")
                codes.append((await send_message(house.services, "a word", language="en", draft_id="d")).code)
        assert codes[0] == codes[1]
        async with house.turn("abc", {"text": codes[0]}, "code_given"):
            turn = current_turn.get()
            assert turn is not None
            assert turn.code is not None
            assert turn.code.code == codes[0]
        assert current_turn.get() is None
    finally:
        await house._store.close()


async def test_a_turn_that_fails_keeps_nothing(data: Path) -> None:
    house = ActionHouse(*await open_office(Settings(data=data), clock=FakeClock()))
    try:
        with pytest.raises(IntakeClosed):
            await _failing(house)
        async with house._store.work() as work:
            assert await work.receipts.by_draft("d") is None
    finally:
        await house._store.close()


async def _failing(house: ActionHouse) -> None:
    async with house.turn("abc", {}, None):
        await send_message(house.services, "a word", language="en", draft_id="d")
        raise IntakeClosed


async def test_forgetting_drops_what_is_kept_of_the_person(data: Path) -> None:
    house = ActionHouse(*await open_office(Settings(data=data), clock=FakeClock()))
    try:
        async with house.turn("abc", {}, None):
            await send_message(house.services, "a word", language="en", draft_id="d")
        async with house.turn("abc", {}, None):
            turn = current_turn.get()
            assert turn is not None
            turn.forget = True
        async with house._store.work() as work:
            assert await work.receipts.by_draft("d") is None
    finally:
        await house._store.close()


async def test_opens_what_the_environment_names_inside_a_running_loop(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHANGTONG_DATA", str(data))
    house = open_house()
    async with house._store.work() as work:
        assert await work.receipts.by_draft("nothing") is None
    await house._store.close()


async def test_tells_why_it_cannot_be_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANGTONG_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(Exception, match="setup"):
        open_house()
