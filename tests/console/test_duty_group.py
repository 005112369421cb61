"""The office's group in Telegram is pointed to the desk: that somebody waits, and nothing else, at Telegram's pace."""

from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.bootstrap import Prepared
from bot.messenger import build_telegram
from bot.settings import Settings
from casework import handing_off
from tests.console.program import Program, open_program
from tests.console.test_handoff import live, sent
from tests.dialogues.conftest import prepared  # the same interpreter, loaded once
from tests.telegram.client import TestSide
from tests.telegram.fixtures import bot_api_address

__all__ = ["bot_api_address", "prepared"]

TOKEN, GROUP = f"123456:{'x' * 35}", -100200300


async def wait(program: Program) -> None:
    reporter = program.reporter()
    await reporter.say("/ask_human")
    await reporter.tap("Wait for a person")


async def test_the_newest_pointer_alone_waits_and_says_nothing_of_the_person(
    prepared: Prepared, tmp_path: Path
) -> None:
    async with open_program(tmp_path, prepared, telegram_token=TOKEN, telegram_duty_group=GROUP) as program:
        for _ in range(3):
            await wait(program)
        (pointer,) = await sent(program)
        assert pointer == {"do": "ping", "chat": GROUP, "text": "有人在等待人工答复，请到工作台查看。"}
        program.office.clock.advance(minutes=6)
        assert (await handing_off.tend(program.app.services)).alerts == 3
        (pointer,) = await sent(program)
        assert "等待太久" in pointer["text"]
        assert (await handing_off.tend(program.app.services)).alerts == 0
        assert await sent(program) == []


async def test_danger_is_told_as_such(prepared: Prepared, tmp_path: Path) -> None:
    async with open_program(tmp_path, prepared, telegram_token=TOKEN, telegram_duty_group=GROUP) as program:
        reporter = program.reporter()
        await reporter.say("I am afraid they will kill me tonight")
        await reporter.tap("A person")
        await reporter.tap("Wait for a person")
        assert "危险" in (await sent(program))[-1]["text"]


async def test_without_a_group_nothing_is_sent(prepared: Prepared, tmp_path: Path) -> None:
    async with open_program(tmp_path, prepared, telegram_token=TOKEN) as program:
        assert program.app.services.team is None
        await wait(program)
        assert await sent(program) == []


async def test_the_group_hears_it_at_telegram_s_pace(prepared: Prepared, tmp_path: Path, bot_api_address: str) -> None:
    async with TestSide(bot_api_address) as side:
        await side.reset(is_flood_on=True)
        group = await side.group(await side.someone())
        settings = {
            "telegram_token": SecretStr(side.token),
            "telegram_api": side.address,
            "telegram_duty_group": group.chat,
        }
        async with open_program(tmp_path, prepared, **settings) as program:
            telegram = build_telegram(program.app)
            telegram.start()
            try:
                await group.hears("https://t.me/")  # what the bot says in every group
                for number in range(1, 4):
                    await wait(program)
                    await side.until(lambda stats, n=number: stats["counts"].get("sendMessage", 0) > n)  # type: ignore[misc]
            finally:
                await telegram.stop()
            handoffs = [handoff.id.hex() for handoff in await live(program)]
        calls = await side.calls("sendMessage")
        assert await side.errors() == []
    assert [call["status"] for call in calls] == [200] * 4  # no 429
    assert {str(call["parameters"]["chat_id"]) for call in calls} == {str(group.chat)}
    assert {call["parameters"]["text"] for call in calls[1:]} == {"有人在等待人工答复，请到工作台查看。"}
    assert len(handoffs) == 3
    assert not any(handoff in str(calls) for handoff in handoffs)
    gaps = [after["at"] - before["at"] for before, after in pairwise(calls)]
    assert min(gaps) > 60 / 20 - 0.05, gaps


def test_the_id_of_a_person_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Settings(data=tmp_path, telegram_duty_group=4242)
