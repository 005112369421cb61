"""In a messenger: nothing of who somebody is in files, logs or cases; no tie from chat to case; forgetting at once."""

import contextlib
import io
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import Connection, select

from bot.bootstrap import App, Prepared, build
from bot.channels.telegram.address import address_of
from bot.channels.telegram.messenger import TelegramMessenger
from bot.clock import SystemClock
from bot.messenger import CHANNEL, build_telegram
from bot.settings import Settings
from casework import office
from casework.case import CaseId
from storage import setup
from storage.models import Base
from tests.dialogues.conftest import prepared  # noqa: F401  # the same interpreter, loaded once
from tests.privacy.conftest import PLANTED, STORY, talkative
from tests.privacy.test_no_link import CASE_SIDE, PERSON_SIDE, rows
from tests.privacy.test_traces import spellings
from tests.support.stores import log_in, make_config
from tests.telegram.client import SentFile, Someone, TestSide
from tests.telegram.fixtures import bot_api, bot_api_address  # noqa: F401
from tests.telegram.reporting import submit

NAME, USERNAME = "司空踏月紫", "magnolia_runner_77"


@dataclass(kw_only=True)
class Chat:
    """A report in Telegram with a watch and a question of the office; the channel still runs."""

    app: App
    person: Someone
    side: TestSide
    code: str
    logs: io.StringIO
    files: list[Path]

    @property
    def key(self) -> Any:
        address = address_of(int(self.side.token.partition(":")[0]), self.person.id)
        return self.app.store.person_keys.person(CHANNEL, address)

    @property
    def secrets(self) -> list[str]:
        """What only Telegram may know, what was written, and what opens."""
        return [
            NAME,
            USERNAME,
            str(self.person.id),
            self.side.token,
            self.code,
            self.code.replace("-", ""),
            *PLANTED[:2],
        ]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def chat(
    request: pytest.FixtureRequest,
    prepared: Prepared,  # noqa: F811
    bot_api: TestSide,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Chat]:
    monkeypatch.setattr(TelegramMessenger, "pause_after", lambda *_: 0.0)
    await bot_api.settings(is_flood_on=False)
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    data = tmp_path / "data"
    settings = Settings(
        data=data, database_url=url, telegram_token=SecretStr(bot_api.token), telegram_api=bot_api.address
    )
    config = make_config(data, url or "")
    clock, logs = SystemClock(config.profile.zone), io.StringIO()
    await setup(config, terminal=False)
    app = await build(settings, clock=clock, prepared=prepared)
    telegram = build_telegram(app)
    with contextlib.redirect_stderr(logs), contextlib.redirect_stdout(logs), talkative():
        telegram.start()
        person = await bot_api.someone("zh", first_name=NAME, username=USERNAME)
        await person.start()
        await person.hears("我要举报")
        code = await submit(person, telling=[STORY])
        await person.say("提醒我")
        await person.hears("要，提醒我")
        await person.tap("要，提醒我")
        await person.hears("不带任何内容")
        await ask_by_office(app)
        folders = [data, *([request.getfixturevalue("postgres_server").data] if url else [])]
        yield Chat(app=app, person=person, side=bot_api, code=code, logs=logs, files=folders)
        await telegram.stop()
        await app.close()


async def ask_by_office(app: App) -> CaseId:
    """Ask the reporter something as the first operator."""
    key = await log_in(app.store)
    (row,) = await office.list_cases(app.services, key)
    await office.ask(app.services, key, row.id, "哪一天？")
    return row.id


async def test_nothing_of_who_it_is_stands_in_files_logs_or_the_case(chat: Chat) -> None:
    await chat.person.send(SentFile(name=PLANTED[5], content=b"%PDF-1.4 " + PLANTED[6].encode() * 20))
    await chat.person.quiet(1.0)
    if chat.app.settings.database_url is not None:
        await chat.app.store.database.outside_transaction(["CHECKPOINT"])
    assert found_in_files(chat) == []
    logs = chat.logs.getvalue()
    assert "telegram.started" in logs
    words = (*chat.secrets, chat.key.hex())
    assert [word for word in words if re.search(rf"(?<!\d){re.escape(word)}(?!\d)", logs)] == []
    shown = await shown_to_the_office(chat)
    assert "哪一天" in shown
    assert [word for word in (NAME, USERNAME, str(chat.person.id), "first_name") if word in shown] == []


def found_in_files(chat: Chat) -> list[tuple[str, bytes]]:
    """Look for every spelling in every file; a short number stands in many by chance."""
    words = [word for word in (*chat.secrets, *PLANTED[5:7]) if len(word) > 7 or not word.isdigit()]
    needles = [spelled for word in words for spelled in spellings(word)]
    files = [path for folder in chat.files for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 4
    contents = [(path.name, content) for path in files if (content := read(path)) is not None]
    return [(name, needle) for name, content in contents for needle in needles if needle in content]


def read(path: Path) -> bytes | None:
    """Return a file's content; None for one that PostgreSQL has deleted meanwhile."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


async def shown_to_the_office(chat: Chat) -> str:
    key = await log_in(chat.app.store)
    (row,) = await office.list_cases(chat.app.services, key)
    case = await office.show(chat.app.services, key, row.id)
    entries = [(entry.text, entry.data, entry.author) for entry in case.entries]
    return f"{case.report.as_dict() if case.report else ''} {entries}"


async def test_no_value_joins_the_chat_and_the_case_and_every_code_is_protected(chat: Chat) -> None:
    person = {v for _, _, v in await rows(chat.app, PERSON_SIDE) if isinstance(v, bytes) and len(v) >= 4}
    case = {v for _, _, v in await rows(chat.app, CASE_SIDE) if isinstance(v, bytes) and len(v) >= 4}
    assert person
    assert person & case == set()
    assert not [1 for mine in person for theirs in case if mine in theirs]
    with_code = [message for message in await chat.person.messages() if chat.code in message.text]
    assert with_code
    assert all(message.is_protected for message in with_code)


async def test_a_watch_names_no_chat_and_its_ping_leaves_some_time_later(chat: Chat) -> None:
    tables = {table for table, _, value in await rows(chat.app, PERSON_SIDE) if value == chat.key}
    assert "watches" not in tables
    async with chat.app.store.work() as work:
        assert await work.watches.count_of(chat.key) == 1
        assert await work.outbox.has_waiting(chat.key, 2)

    def waits(connection: Connection) -> list[Any]:
        outbox = Base.metadata.tables["outbox"]
        return list(connection.execute(select(outbox.c.not_before, outbox.c.queued_at).where(outbox.c.urgency == 2)))

    ((leaves_at, queued_at),) = await chat.app.store.database.read(waits)
    assert 600 <= (leaves_at - queued_at).total_seconds() <= 3 * 3600


async def test_forgetting_deletes_every_row_of_the_chat_and_the_chat_itself_at_once(chat: Chat) -> None:
    await chat.person.say("/forget_me")
    await chat.person.hears("是，全部删除")
    await chat.person.tap("是，全部删除")
    await chat.person.hears("留下的提醒地址")
    await chat.person.standing(lambda left: len(left) <= 2)
    await chat.person.quiet(1.5)
    left = {table for table, _, value in await rows(chat.app, PERSON_SIDE) if value == chat.key}
    assert left == set()
    async with chat.app.store.work() as work:
        assert await work.watches.count_of(chat.key) == 0
    messages = await chat.person.messages()
    standing = [message for message in messages if not message.is_deleted]
    assert len(messages) > 8
    assert len(standing) <= 2
    assert not any(chat.code in message.text for message in standing)


async def test_who_blocks_the_bot_leaves_no_address(chat: Chat) -> None:
    await chat.person.block()
    async with chat.app.store.work() as work:
        for _ in range(100):
            if await work.watches.count_of(chat.key) == 0:
                break
            await chat.side.do("wait", chat=chat.person.chat, after=10_000, seconds=0.1)
        assert await work.watches.count_of(chat.key) == 0
        assert not await work.outbox.has_waiting(chat.key, 2)
        assert await work.chats.load(chat.key) == {}
