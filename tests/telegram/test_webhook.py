"""Webhooks of the stand-in: a queue a chat, another a person for taps, the next only after a 2xx, secret and tries."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from aiohttp import ClientSession, web

from tests.telegram.client import Json, Someone, TestSide
from tests.telegram.fixtures import bot_api, bot_api_address

__all__ = ["bot_api", "bot_api_address"]

SECRET = "a-secret"


@dataclass
class Receiver:
    """A bot's address: notes what comes; `statuses` are given in turn to each text, then 200."""

    got: list[Json] = field(default_factory=list)
    statuses: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    holds: asyncio.Event | None = None
    url: str = ""

    async def take(self, request: web.Request) -> web.Response:
        assert request.headers["X-Telegram-Bot-Api-Secret-Token"] == SECRET
        update = await request.json()
        self.got.append(update)
        if self.holds is not None and "message" in update:
            await self.holds.wait()
        waiting = self.statuses[update.get("message", {}).get("text", "")]
        return web.Response(status=waiting.pop(0) if waiting else 200)

    @property
    def texts(self) -> list[str]:
        return [update["message"]["text"] if "message" in update else "tap" for update in self.got]


@pytest.fixture
async def receiver(bot_api: TestSide) -> AsyncIterator[Receiver]:
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hook", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    await bot_api.settings(is_flood_on=False, backoff_scale=0.02)
    yield receiver
    await _call(bot_api, "deleteWebhook")
    await runner.cleanup()


async def _call(side: TestSide, method: str, **parameters: object) -> Json:
    async with (
        ClientSession() as session,
        session.post(f"{side.address}/bot{side.token}/{method}", json=parameters) as a,
    ):
        answer: Json = await a.json()
        return answer


async def _hook(side: TestSide, receiver: Receiver) -> None:
    answer = await _call(side, "setWebhook", url=receiver.url, secret_token=SECRET, max_connections=10)
    assert answer == {"ok": True, "result": True}


async def _started(side: TestSide) -> Someone:
    person = await side.someone()
    await person.start()
    return person


async def _taken(side: TestSide, count: int) -> None:
    await side.until(lambda stats: stats["webhook_delivered"] >= count and stats["waiting"] == 0)


async def test_one_after_the_other_again_until_taken(bot_api: TestSide, receiver: Receiver) -> None:
    receiver.statuses["一"] = [500, 502, 403]
    person = await _started(bot_api)
    for text in ("一", "二"):
        await person.say(text)
    await _hook(bot_api, receiver)
    await _taken(bot_api, 3)
    assert receiver.texts == ["/start", "一", "一", "一", "一", "二"]
    stats = await bot_api.stats()
    assert stats["webhook_failures"] == 3
    info = (await _call(bot_api, "getWebhookInfo"))["result"]
    assert (info["url"], info["pending_update_count"]) == (receiver.url, 0)
    assert "403" in info["last_error_message"]


async def test_a_held_message_holds_back_its_chat_alone_and_no_tap(bot_api: TestSide, receiver: Receiver) -> None:
    person, other = await _started(bot_api), await _started(bot_api)
    await _hook(bot_api, receiver)
    await _taken(bot_api, 2)
    keyboard = {"inline_keyboard": [[{"text": "好", "callback_data": "ok"}]]}
    await _call(bot_api, "sendMessage", chat_id=person.chat, text="?", reply_markup=keyboard)
    receiver.holds = asyncio.Event()
    await person.say("held")
    await person.say("after it")
    await person.tap("好")
    await other.say("other")
    await bot_api.until(lambda _: len(receiver.got) >= 5)
    await asyncio.sleep(0.1)
    assert sorted(receiver.texts[2:]) == ["held", "other", "tap"]
    receiver.holds.set()
    await _taken(bot_api, 6)
    assert receiver.texts[-1] == "after it"


async def test_lost_answers_and_old_updates_come_again(bot_api: TestSide, receiver: Receiver) -> None:
    await bot_api.settings(lost_share=0.5)
    await _hook(bot_api, receiver)
    person = await _started(bot_api)
    for number in range(20):
        await person.say(str(number))
    await _taken(bot_api, 21)
    assert len(receiver.got) > 21
    assert list(dict.fromkeys(receiver.texts)) == ["/start", *map(str, range(20))]
    await bot_api.settings(lost_share=0.0)
    before = len(receiver.got)
    assert await bot_api.do("again", update_id=receiver.got[0]["update_id"])
    await bot_api.until(lambda _: len(receiver.got) > before)
    assert receiver.got[-1] == receiver.got[0]


async def test_polling_beside_a_webhook_is_refused(bot_api: TestSide, receiver: Receiver) -> None:
    await _hook(bot_api, receiver)
    answer = await _call(bot_api, "getUpdates")
    assert answer["error_code"] == 409
    assert "webhook is active" in answer["description"]


async def test_an_address_that_is_down_gets_it_later(bot_api: TestSide, receiver: Receiver) -> None:
    url, receiver.url = receiver.url, "http://127.0.0.1:9/hook"
    await _hook(bot_api, receiver)
    await _started(bot_api)
    await bot_api.until(lambda stats: stats["webhook_failures"] >= 2)
    receiver.url = url
    await _hook(bot_api, receiver)
    await _taken(bot_api, 1)
    assert receiver.texts == ["/start"]


async def test_a_tap_expires_before_a_message(bot_api: TestSide, receiver: Receiver) -> None:
    person = await _started(bot_api)
    keyboard = {"inline_keyboard": [[{"text": "好", "callback_data": "ok"}]]}
    await _call(bot_api, "sendMessage", chat_id=person.chat, text="?", reply_markup=keyboard)
    await person.tap("好")
    await bot_api.do("advance", seconds=151)
    await _hook(bot_api, receiver)
    await _taken(bot_api, 1)
    assert receiver.texts == ["/start"]
    await person.say("late")
    await _taken(bot_api, 2)
    await bot_api.do("advance", seconds=24 * 3600)
    assert (await bot_api.stats())["waiting"] == 0


async def test_a_bad_secret_is_refused(bot_api: TestSide) -> None:
    answer = await _call(bot_api, "setWebhook", url="https://x.example/", secret_token="not allowed!")
    assert answer["error_code"] == 400
