"""A report begun in Telegram and followed up in the web chat with its code, and the other way round."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.bootstrap import Prepared, open_office
from bot.settings import Settings
from casework import office
from tests.acceptance.telegram_house import Bound, bound, side_of
from tests.acceptance.telegram_programs import PASSWORD
from tests.dialogues.conftest import prepared
from tests.support.web_client import WebClient
from tests.telegram.client import TestSide
from tests.telegram.fixtures import bot_api_address
from tests.telegram.reporting import STORIES, report

__all__ = ["bot_api_address", "prepared"]

QUESTION, ANSWER = "请问是哪一天？", "3月12日上午。"


@pytest.fixture(scope="module")
def running(prepared: Prepared, bot_api_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bound]:
    data = tmp_path_factory.mktemp("telegram") / "data"
    with bound(bot_api_address, data, is_flood_on=False) as running:
        yield running


@pytest.fixture
async def side(running: Bound) -> AsyncIterator[TestSide]:
    async with side_of(running) as side:
        yield side


async def _asked(data: Path, code: str) -> None:
    """The office asks its question in the case of this code."""
    store, services = await open_office(Settings(data=data))
    try:
        session = await store.accounts.log_in("admin", PASSWORD)
        async with store.work() as work:
            case = await work.cases.by_code(code)
        assert case is not None
        await office.ask(services, session, case.row.id, QUESTION)
    finally:
        await store.close()


async def test_from_telegram_to_the_web(side: TestSide, running: Bound) -> None:
    person = await side.someone("zh")
    code = await report(person)
    await _asked(running.house.data, code)
    page = WebClient(running.server.address)
    await asyncio.to_thread(page.say, f"查询 {code.lower()}")
    assert QUESTION in page.said()
    await asyncio.to_thread(page.tap, "回答办公室的提问")
    await asyncio.to_thread(page.say, ANSWER)
    cases = await running.house.cases()
    assert [entry.text for case in cases for entry in case.entries if entry.text == ANSWER] == [ANSWER]
    channels = {
        case.report.channel for case in cases if case.report and case.report.facts.startswith(STORIES["zh"][:9])
    }
    assert "telegram" in channels


async def test_from_the_web_to_telegram(side: TestSide, running: Bound) -> None:
    page = WebClient(running.server.address)
    for step in ("/start_report", STORIES["zh"], "/done"):
        await asyncio.to_thread(page.say, step)
    for title in ("对", "匿名", "现在就提交", "提交"):
        await asyncio.to_thread(page.tap, title)
    code = page.code()
    assert code is not None, page.said()
    await _asked(running.house.data, code)
    person = await side.someone("zh")
    await person.start("have_code")
    await person.hears("编码")
    await person.quiet(0.3)
    await person.say(code.replace("-", " "))
    await person.hears(QUESTION)
    await person.tap("回答办公室的提问")
    await person.quiet(1.0)
    await person.say("就在三月。")
    await person.quiet(1.0)
    assert any(entry.text == "就在三月。" for case in await running.house.cases() for entry in case.entries)
    kept = [message for message in await person.messages() if code in message.text and message.is_by_bot]
    assert not kept
