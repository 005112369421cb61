"""What the tests of the messenger share: programs in this process or their own, bound to a stand-in."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from _pytest.mark import ParameterSet
from pydantic import SecretStr

from bot.bootstrap import App, Prepared, build
from bot.dialogue.transcripts import listed
from bot.messenger import CHANNEL
from bot.settings import Settings
from tests.acceptance.telegram_programs import TelegramHouse
from tests.acceptance.telegram_talker import TelegramProgram, TelegramTalker
from tests.dialogues.runner import Run, Transcript, read_transcripts
from tests.fakes import FakeClock
from tests.support.server import Server
from tests.telegram.client import TestSide

DIALOGUES = Path(__file__).parents[1] / "dialogues"

NOT_HERE = {
    ("talk_en", "a draft goes on beside a message to the office"): "nothing but the code succeeds a conversation here",
    ("talk_en", "a draft beside a message survives a restart"): "nothing but the code succeeds a conversation here",
    ("talk_zh", "给办公室留言，没写完的举报接着写"): "nothing but the code succeeds a conversation here",
    ("talk_en", "buttons of old, pings, and finishing where nothing is open"): "this channel can write first",
    ("talk_zh", "buttons of old, pings, and finishing where nothing is open"): "this channel can write first",
}
"""What only the web chat can do, or only this channel, and why; `dialogues/telegram` tells how it goes here."""

OF_CHANNEL = frozenset({"utter_channel_web", "utter_welcome_brief"})
OWN_WORDS = {
    "One thing first": "Telegram knows who you are",
    "先说一句": "Telegram 知道您是谁",
    "whoever controls the server": "Whoever controls the server",
}
"""What the web chat says of itself and a transcript expects, with what is expected here instead."""


def _in_its_words(transcript: Transcript) -> Transcript:
    """Expect this channel's words where a transcript expects the web chat's about itself."""
    turns = [
        {**turn, "has": [OWN_WORDS.get(fragment, fragment) for fragment in listed(turn["has"])]}
        if "has" in turn and any(name in OF_CHANNEL for name in listed(turn.get("bot")))
        else turn
        for turn in transcript.turns
    ]
    return replace(transcript, turns=turns)


@asynccontextmanager
async def program(
    address: str, prepared: Prepared, folder: Path, data: Path, *, is_webhook: bool = False
) -> AsyncIterator[TelegramProgram]:
    """Give a program, by polling or by webhook, on a fresh data folder: conversations follow each other with it."""
    shutil.copytree(folder, data)
    clock = FakeClock()
    async with TestSide(address) as side:
        await side.reset(is_flood_on=False)
        settings = Settings(data=data, telegram_token=SecretStr(side.token), telegram_api=side.address)

        async def built() -> App:
            return await build(settings, clock=clock, prepared=prepared)

        made = TelegramProgram(build=built, clock=clock, side=side, is_webhook=is_webhook)
        try:
            yield made
        finally:
            await made.close()


async def play(transcript: Transcript, program: TelegramProgram, *, is_own: bool) -> None:
    """Play one transcript with somebody new; no call may break the schema. `is_own`: written for this channel."""
    await program.back_to_the_beginning()
    talker = TelegramTalker(program=program, language=transcript.language, is_like_web=not is_own)
    await Run(transcript if is_own else _in_its_words(transcript), talker).play()
    errors = await program.side.do("clear_errors")
    assert not errors, errors


def chosen(*, reports: bool) -> list[ParameterSet]:
    """Return the transcripts that can be played here: of the report form, or all others with this channel's own."""
    return [
        pytest.param(transcript, is_own, id=f"{path.parent.name}:{path.stem}:{transcript.name}")
        for is_own, folder in ((False, DIALOGUES), (True, DIALOGUES / CHANNEL))
        for path in sorted(folder.glob("*.yml"))
        for transcript in read_transcripts(path)
        if path.stem.startswith("report") is reports and (path.stem, transcript.name) not in NOT_HERE
    ]


@dataclass(frozen=True, kw_only=True)
class Bound:
    """A running program and the stand-in that it speaks with."""

    address: str
    token: str
    house: TelegramHouse
    server: Server


@contextmanager
def bound(address: str, data: Path, **settings: object) -> Iterator[Bound]:
    """Run a program that polls, for several tests: nobody resets the stand-in between them."""
    house, token, server = asyncio.run(_begun(address, data, settings))
    try:
        server.start()
        yield Bound(address=address, token=token, house=house, server=server)
    finally:
        server.stop()


async def _begun(address: str, data: Path, settings: dict[str, object]) -> tuple[TelegramHouse, str, Server]:
    async with TestSide(address) as side:
        token = await side.reset()
        await side.settings(**settings)
        house = await TelegramHouse.made(data)
        return house, token, house.server(side)


@asynccontextmanager
async def side_of(bound: Bound) -> AsyncIterator[TestSide]:
    """Give one test's side of it; fails at the end when a call broke the schema or was not built."""
    async with TestSide(bound.address) as side:
        side.token = bound.token
        yield side
        errors = await side.do("clear_errors")
        assert not errors, errors


def running_program(*, is_webhook: bool = False, is_waited_for: bool = False) -> Any:
    """Return the fixture `running`: one program for all tests of a module, begun before the first if waited for."""

    @pytest_asyncio.fixture(loop_scope="module", scope="module", name="running")
    async def fixture(
        bot_api_address: str, prepared: Prepared, folder: Path, tmp_path_factory: pytest.TempPathFactory
    ) -> AsyncIterator[TelegramProgram]:
        data = tmp_path_factory.mktemp("telegram") / "data"
        async with program(bot_api_address, prepared, folder, data, is_webhook=is_webhook) as running:
            if is_waited_for:
                await running.running()
            yield running

    return fixture
