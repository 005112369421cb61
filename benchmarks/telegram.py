"""The messenger against a stand-in Bot API server with its flood control on: the sender's pace, and a crowd."""

import argparse
import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from pydantic import SecretStr

from benchmarks.figures import Figure, Goal, at_least, at_most, percentile
from benchmarks.houses import folder
from bot.bootstrap import open_office
from bot.channels.telegram.address import address_of
from bot.channels.telegram.api import Api
from bot.channels.telegram.messenger import TelegramMessenger
from bot.channels.telegram.payloads import say
from bot.jobs.delivery import Sender
from bot.messenger import CHANNEL, options_of
from bot.settings import Settings
from storage.leadership import lead
from tests.acceptance.telegram_programs import TelegramHouse
from tests.telegram.client import Someone, TestSide
from tests.telegram.process import standing_in
from tests.telegram.reporting import STORIES, report

TOPIC = "telegram"
CHATS, EACH = 200, 6
PERSONS = 200
PATIENCE_SECONDS = 900.0
_SENDING = frozenset({"sendMessage", "editMessageText", "editMessageReplyMarkup", "sendDocument", "sendPhoto"})


async def measure(chosen: argparse.Namespace) -> list[Figure]:
    """Measure the sender alone, then `PERSONS` persons who report at once through a program of its own."""
    with standing_in() as address:
        async with TestSide(address) as side:
            return [*await _sender(side), *await _crowd(side, PERSONS)]


async def _sender(side: TestSide, chats: int = CHATS, each: int = EACH) -> list[Figure]:
    """Send `each` messages to every one of `chats` chats out of a filled outbox."""
    await side.reset()
    people = [await _known(side) for _ in range(chats)]
    with folder() as name:
        house = await TelegramHouse.made(name / "data")
        settings = Settings(data=house.data, telegram_token=SecretStr(side.token), telegram_api=side.address)
        store, services = await open_office(settings)
        try:
            async with store.work() as work:
                for number in range(each):
                    for person in people:
                        key = store.person_keys.person(CHANNEL, address_of(int(side.bot["id"]), person.chat))
                        expires_at = services.clock.now() + timedelta(hours=1)
                        work.outbox.put(say(person.chat, f"消息 {number}"), person=key, expires_at=expires_at)
                await work.commit()
            await _sent(side, store, services.clock, settings, chats * each)
        finally:
            await store.close()
    return await _pace_figures(side, "sender alone", chats * each)


async def _known(side: TestSide) -> Someone:
    person = await side.someone("zh")
    await person.know()
    return person


async def _sent(side: TestSide, store: Any, clock: Any, settings: Settings, count: int) -> None:
    api = Api(options_of(settings, store))
    await api.start()
    leading = partial(lead, store.database, store.config.data)
    sender = Sender(work=store.work, clock=clock, messenger=TelegramMessenger(api), lead=leading)
    running = asyncio.create_task(sender.run())
    try:
        await side.until(lambda stats: stats["counts"].get("sendMessage", 0) >= count, PATIENCE_SECONDS)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await api.stop()


async def _crowd(side: TestSide, persons: int) -> list[Figure]:
    """Let `persons` complete a report at once; each code must open its case afterwards."""
    await side.reset()
    people = [await side.someone("zh") for _ in range(persons)]
    with folder() as name:
        house = await TelegramHouse.made(name / "data")
        server = house.server(side)
        try:
            await asyncio.to_thread(server.start)
            begun = time.perf_counter()
            ended = await asyncio.gather(*(_one(person, number) for number, person in enumerate(people)))
            total = time.perf_counter() - begun
        finally:
            await asyncio.to_thread(server.stop)
        valid = await _valid(house, [code for code, _ in ended])
    seconds = [took for _, took in ended]
    return [
        Figure(topic=TOPIC, name=f"{persons} persons at once, codes that open a case", value=valid, unit="",
               goal=at_least(persons)),
        Figure(topic=TOPIC, name="all reports", value=total, unit="s"),
        Figure(topic=TOPIC, name="a report, p50", value=percentile(seconds, 50), unit="s"),
        Figure(topic=TOPIC, name="a report, p95", value=percentile(seconds, 95), unit="s"),
        *await _pace_figures(side, f"{persons} persons", None),
    ]  # fmt: skip


async def _one(person: Someone, number: int) -> tuple[str, float]:
    begun = time.perf_counter()
    code = await report(person, telling=(f"{STORIES['zh']}编号{number}。",), within=PATIENCE_SECONDS)
    return code, time.perf_counter() - begun


async def _valid(house: TelegramHouse, codes: Sequence[str]) -> int:
    store, _ = await open_office(Settings(data=house.data))
    try:
        opened = set()
        for code in set(codes):
            async with store.work() as work:
                case = await work.cases.by_code(code)
            if case is not None:
                opened.add(case.row.id)
        return len(opened)
    finally:
        await store.close()


async def _pace_figures(side: TestSide, where: str, count: int | None) -> list[Figure]:
    """Say how fast messages left over the middle nine tenths of the time, and how often the server said 429."""
    calls = [call for call in await side.calls() if call["method"] in _SENDING]
    times = sorted(call["at"] for call in calls if call["status"] == 200)
    refused = sum(call["status"] == 429 for call in calls)
    goal: Goal | None = at_least(29) if count is not None else None
    return [
        Figure(topic=TOPIC, name=f"{where}, sustained", value=sustained(times), unit="messages/s", goal=goal),
        Figure(topic=TOPIC, name=f"{where}, messages", value=len(times), unit=""),
        Figure(topic=TOPIC, name=f"{where}, answers 429", value=refused, unit="", goal=at_most(0)),
    ]


def sustained(times: Sequence[float]) -> float:
    """Return the rate between the twentieth and the nineteen twentieths of the sorted times, per second."""
    if len(times) < 40:
        return 0.0
    cut = len(times) // 20
    middle = times[cut:-cut]
    return (len(middle) - 1) / (middle[-1] - middle[0])
