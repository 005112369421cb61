"""Two processes behind one webhook, on one PostgreSQL: killed, given updates twice, late and side by side."""

import asyncio
import random
from pathlib import Path

import pytest

from bot.bootstrap import Prepared
from tests.acceptance.telegram_programs import Balancer, Killer, TelegramHouse, balanced, stopped
from tests.dialogues.conftest import prepared
from tests.kill.journey import check_told_once, facts_of
from tests.support.ports import free_port
from tests.support.server import Server
from tests.telegram.client import Someone, TestSide
from tests.telegram.fixtures import bot_api, bot_api_address
from tests.telegram.reporting import to_the_code

__all__ = ["bot_api", "bot_api_address", "prepared"]

SEED = 20_260_316
PERSONS, KILLS = 2, 2
PATIENCE_SECONDS = 90.0
LOST_SHARE = 0.2
"""Of the bot's answers 200 so many are lost on the way: those updates are delivered again."""


async def journey(person: Someone, number: int) -> str:
    """Tell all at once, a stale tap racing the words, then tap to the code."""
    await person.start("zh")
    greeting = await person.hears(lambda message: "English" in message.titles, PATIENCE_SECONDS)
    await person.say("/start_report")
    first, *others = facts_of(number)
    await asyncio.gather(person.say(first), person.tap("中文", message_id=greeting.id))
    for sentence in others:
        await person.say(sentence)
        await asyncio.sleep(0.2)
    await person.say("/done")
    return await to_the_code(person, PATIENCE_SECONDS, quiet=1.0)


async def _deliver_old_ones(side: TestSide, dice: random.Random) -> None:
    """Every now and then deliver an update again that was confirmed long ago, beside its chat's queue."""
    while True:
        await asyncio.sleep(0.4)
        updates = await side.do("updates")
        if updates:
            await side.do("again", update_id=dice.choice(updates)["body"]["update_id"])


async def _started(house: TelegramHouse, side: TestSide, balancer: Balancer) -> list[Server]:
    servers = [house.server(side, balancer.url, port) for port in balancer.ports]
    await asyncio.gather(*(asyncio.to_thread(server.start) for server in servers))
    await side.until(lambda stats: bool(stats["webhook_url"]), PATIENCE_SECONDS)
    return servers


@pytest.mark.postgres
async def test_two_processes_lose_and_double_nothing(
    prepared: Prepared, bot_api: TestSide, tmp_path: Path, postgres_url: str
) -> None:
    await bot_api.settings(is_flood_on=False, backoff_scale=0.1, lost_share=LOST_SHARE)
    house = await TelegramHouse.made(tmp_path / "data", postgres_url)
    dice, servers = random.Random(SEED), list[Server]()
    async with balanced([free_port(), free_port()]) as balancer:
        try:
            servers = await _started(house, bot_api, balancer)
            old_ones = asyncio.create_task(_deliver_old_ones(bot_api, dice))
            people = [await bot_api.someone("zh") for _ in range(PERSONS)]
            journeys = [asyncio.create_task(journey(person, number)) for number, person in enumerate(people)]
            await Killer(servers, dice, (0.5, 3.0)).run(KILLS)
            codes = await asyncio.gather(*journeys)
            old_ones.cancel()
            stats = await bot_api.stats()
        finally:
            await stopped(servers)
            await bot_api.reset()
    assert stats["webhook_delivered"] > len({*codes})
    assert len(set(codes)) == PERSONS
    check_told_once(await house.cases(), PERSONS)
