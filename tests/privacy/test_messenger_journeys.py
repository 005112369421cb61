"""Journeys in Telegram over the stand-in: names, user names, chat ids, file names and pictures' notes stay nowhere."""

import asyncio
import contextlib
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.bootstrap import Prepared, build
from bot.channels.telegram.messenger import TelegramMessenger
from bot.clock import SystemClock
from bot.messenger import build_telegram
from bot.settings import Settings
from storage import setup
from tests.dialogues.conftest import prepared  # noqa: F401  # the same interpreter, loaded once
from tests.privacy.conftest import talkative
from tests.privacy.test_hundred_journeys import HAN, LATIN
from tests.privacy.test_traces import spellings
from tests.support.stores import make_config
from tests.telegram.client import SentFile, Someone, TestSide
from tests.telegram.fixtures import bot_api, bot_api_address  # noqa: F401
from tests.telegram.reporting import submit
from tests.unit.storage.cleaning import planted

STORIES = (
    f"沙河口区城管局的人天天来店里罚款不给票据，罚了六次共九千元，带头的人叫{HAN}柠樱。",
    f"庄河市自然资源局的窗口推来推去，等了九十天，最后让去找{LATIN}418，材料又退回来了。",
    f"普兰店区市场监管局收费不开票，一共六千元，还说找{HAN}栾檀也没有用。",
)


@dataclass(kw_only=True)
class Travelled:
    """What the journeys left, the channel still running."""

    people: list[Someone]
    codes: list[str]
    side: TestSide
    data: Path
    logs: str
    counts: dict[str, int]


@pytest.fixture
async def travelled(
    prepared: Prepared,  # noqa: F811
    bot_api: TestSide,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Travelled]:
    monkeypatch.setattr(TelegramMessenger, "pause_after", lambda *_: 0.0)
    await bot_api.settings(is_flood_on=False)
    data, logs = tmp_path / "data", io.StringIO()
    settings = Settings(data=data, telegram_token=SecretStr(bot_api.token), telegram_api=bot_api.address)
    config = make_config(data, "")
    await setup(config, terminal=False)
    app = await build(settings, clock=SystemClock(config.profile.zone), prepared=prepared)
    telegram = build_telegram(app)
    sender: Any = telegram._sender
    with contextlib.redirect_stderr(logs), contextlib.redirect_stdout(logs), talkative():
        telegram.start()
        try:
            people = [await bot_api.someone("zh", first_name=f"{HAN}{n}", username=f"{LATIN}_{n}") for n in range(3)]
            codes = await asyncio.gather(*(_journey(one, story) for one, story in zip(people, STORIES, strict=True)))
            await app.jobs.run_due()
            counts = dict(vars(sender.counts))
            yield Travelled(
                people=people, codes=list(codes), side=bot_api, data=data, logs=logs.getvalue(), counts=counts
            )
        finally:
            await telegram.stop()
            await app.close()


async def _journey(person: Someone, story: str) -> str:
    """Report with a planted picture; come back by code and add a word."""
    await person.start()
    await person.hears("我要举报")
    await person.send(SentFile(name=f"{LATIN}{HAN}.jpg", content=planted.jpeg(), declared_type="image/jpeg"))
    code = await submit(person, telling=[story])
    await person.say(code)
    await person.hears("已收到")
    await person.say(f"补充材料：他们昨天又来了，带头的还是{HAN}椋桤")
    await person.quiet(1.0)
    return code


async def test_no_file_and_no_log_holds_who_they_are_or_what_they_said(travelled: Travelled) -> None:
    words = [HAN, LATIN, planted.MARK, travelled.side.token]
    for code in travelled.codes:
        words += [code, code.replace("-", "")]
    needles = [spelled for word in words for spelled in spellings(word)]
    files = [path for path in travelled.data.rglob("*") if path.is_file()]
    assert len(files) > 4
    assert [(path.name, n) for path in files for n in needles if n in path.read_bytes()] == []
    assert "telegram.started" in travelled.logs
    ids = [str(person.id) for person in travelled.people]
    assert [w for w in (*words, *ids) if re.search(rf"(?<!\d){re.escape(w)}(?!\d)", travelled.logs)] == []


async def test_what_is_counted_of_them_are_numbers_alone(travelled: Travelled) -> None:
    assert travelled.counts["sent"] > len(travelled.people)
    assert all(type(value) is int for value in travelled.counts.values())
    ids = {person.id for person in travelled.people}
    assert ids & set(travelled.counts.values()) == set()
