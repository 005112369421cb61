"""The sender and the real server's flood control, which must never have to speak."""

import asyncio
from datetime import timedelta
from functools import partial
from pathlib import Path

from pydantic import SecretStr

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
from tests.telegram.client import TestSide
from tests.telegram.fixtures import bot_api, bot_api_address

__all__ = ["bot_api", "bot_api_address"]

CHATS, EACH = 45, 2


async def test_the_sender_stays_below_every_flood_limit(bot_api: TestSide, tmp_path: Path) -> None:
    """The server's flood control is on: it must never have to speak, and each chat keeps its order."""
    people = [await bot_api.someone("zh") for _ in range(CHATS)]
    for person in people:
        await person.know()
    group = await bot_api.group(people[0])
    house = await TelegramHouse.made(tmp_path / "data")
    settings = Settings(data=house.data, telegram_token=SecretStr(bot_api.token), telegram_api=bot_api.address)
    store, services = await open_office(settings)
    api = Api(options_of(settings, store))
    try:
        await api.start()
        async with store.work() as work:
            for chat in (*(person.chat for person in people), group.chat):
                for number in range(EACH):
                    key = store.person_keys.person(CHANNEL, address_of(int(bot_api.bot["id"]), chat))
                    until = services.clock.now() + timedelta(hours=1)
                    work.outbox.put(say(chat, f"消息 {number}"), person=key, expires_at=until)
            await work.commit()
        leading = partial(lead, store.database, house.data)
        sender = Sender(work=store.work, clock=services.clock, messenger=TelegramMessenger(api), lead=leading)
        sending = asyncio.create_task(sender.run())
        await bot_api.until(lambda stats: stats["counts"].get("sendMessage", 0) >= (CHATS + 1) * EACH, 60.0)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    finally:
        await api.stop()
        await store.close()
    assert (await bot_api.stats())["flood_refusals"] == 0
    assert {call["status"] for call in await bot_api.calls("sendMessage")} == {200}
    for person in people:
        assert [message.text for message in await person.shown()] == [f"消息 {number}" for number in range(EACH)]
