"""A process that polls is killed at random moments: no update is lost, none is answered twice, the order stays."""

import asyncio
import random
from pathlib import Path

from bot.bootstrap import Prepared
from tests.acceptance.telegram_programs import Killer, TelegramHouse, stopped
from tests.dialogues.conftest import prepared
from tests.kill.journey import check_told_once, facts_of
from tests.telegram.client import Someone, TestSide
from tests.telegram.fixtures import bot_api, bot_api_address
from tests.telegram.reporting import to_the_code

__all__ = ["bot_api", "bot_api_address", "prepared"]

SEED = 20_260_315
PERSONS, KILLS = 2, 2
PATIENCE_SECONDS = 90.0


async def journey(person: Someone, number: int) -> str:
    """Tell all at once, waiting for nothing, then tap to the code."""
    await person.start("zh")
    await person.say("/start_report")
    for sentence in facts_of(number):
        await person.say(sentence)
        await asyncio.sleep(0.3)
    await person.say("/done")
    return await to_the_code(person, PATIENCE_SECONDS, quiet=1.0)


async def check_kills(house: TelegramHouse, bot_api: TestSide, processes: int) -> None:
    """Let persons report while processes are killed; each report must be there once, in order."""
    await bot_api.settings(is_flood_on=False)
    servers = [house.server(bot_api) for _ in range(processes)]
    killer = Killer(servers, random.Random(SEED), (0.3, 3.0))
    try:
        await asyncio.gather(*(asyncio.to_thread(server.start) for server in servers))
        people = [await bot_api.someone("zh") for _ in range(PERSONS)]
        journeys = [asyncio.create_task(journey(person, number)) for number, person in enumerate(people)]
        await killer.run(KILLS)
        codes = await asyncio.gather(*journeys)
        assert killer.kills == KILLS
    finally:
        await stopped(servers)
    assert len(set(codes)) == PERSONS
    check_told_once(await house.cases(), PERSONS)


async def test_nothing_is_lost_and_nothing_doubled(prepared: Prepared, bot_api: TestSide, tmp_path: Path) -> None:
    await check_kills(await TelegramHouse.made(tmp_path / "data"), bot_api, 1)
