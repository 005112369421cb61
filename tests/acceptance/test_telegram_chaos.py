"""Reports go through while the way to Telegram is bad: 429, 502, time-outs, lost answers, blocked persons, restarts."""

import asyncio
from pathlib import Path
from typing import Any

from bot.bootstrap import Prepared
from tests.acceptance.telegram_programs import TelegramHouse, stopped
from tests.dialogues.conftest import prepared
from tests.kill.journey import check_told_once, facts_of
from tests.telegram.client import Someone, TestSide
from tests.telegram.fixtures import bot_api, bot_api_address
from tests.telegram.reporting import CODE, to_the_code

__all__ = ["bot_api", "bot_api_address", "prepared"]

PERSONS = 2
PATIENCE_SECONDS = 90.0
FAULTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("bad_gateway", {"share": 0.05}),
    ("too_many", {"share": 0.05, "retry_after": 1}),
    ("lost_answer", {"method": "sendMessage", "share": 0.05}),
    ("silent_after", {"method": "sendMessage", "times": 1, "seconds": 25}),
)


async def journey(person: Someone, number: int) -> str:
    await person.start("zh")
    for sentence in ("/start_report", *facts_of(number), "/done"):
        await person.say(sentence)
    return await to_the_code(person, PATIENCE_SECONDS, quiet=0.5)


async def _leaver(side: TestSide) -> Someone:
    """Somebody who blocks the bot in the middle of a story."""
    person = await side.someone("zh")
    await person.start("zh")
    await person.hears(lambda message: bool(message.buttons), PATIENCE_SECONDS)
    await person.say("/start_report")
    await person.block()
    return person


async def test_reports_go_through(prepared: Prepared, bot_api: TestSide, tmp_path: Path) -> None:
    await bot_api.settings(is_flood_on=False)
    house = await TelegramHouse.made(tmp_path / "data")
    server = house.server(bot_api)
    try:
        await asyncio.to_thread(server.start)
        for kind, about in FAULTS:
            await bot_api.fault(kind, **{"times": None, **about})
        people = [await bot_api.someone("zh") for _ in range(PERSONS)]
        journeys = [asyncio.create_task(journey(person, number)) for number, person in enumerate(people)]
        leaver = await _leaver(bot_api)
        await asyncio.to_thread(server.restart)
        codes = await asyncio.gather(*journeys)
        assert await bot_api.do("clear_faults") >= len(FAULTS)
        await leaver.unblock()
        await leaver.say("你好")
        await leaver.hears(lambda message: bool(message.text), PATIENCE_SECONDS)
        for person, code in zip(people, codes, strict=True):
            await _comes_back(person, code)
    finally:
        await stopped([server])
    assert len(set(codes)) == PERSONS
    check_told_once(await house.cases(), PERSONS)


async def _comes_back(person: Someone, code: str) -> None:
    """The code opens the case from the same chat, and its receipt was protected however often it was sent."""
    receipts = [message for message in await person.messages() if message.is_by_bot and CODE.search(message.text)]
    assert all(message.is_protected for message in receipts)
    await person.quiet(0.5)
    await person.say(code)
    await person.hears("已收到", PATIENCE_SECONDS)
