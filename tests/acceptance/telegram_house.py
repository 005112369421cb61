"""What the tests of the messenger share: programs in this process or their own, bound to a stand-in."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from pydantic import SecretStr

from bot.bootstrap import App, Prepared, build
from bot.settings import Settings
from tests.acceptance.telegram_programs import TelegramHouse
from tests.acceptance.telegram_talker import TelegramTalker
from tests.dialogues.runner import Transcript, read_transcripts
from tests.fakes import FakeClock
from tests.support.server import Server
from tests.telegram.client import TestSide

DIALOGUES = Path(__file__).parents[1] / "dialogues"
MakeTalker = Callable[..., TelegramTalker]


@pytest.fixture
async def telegram_talker(
    prepared: Prepared, folder: Path, tmp_path: Path, bot_api: TestSide
) -> AsyncIterator[MakeTalker]:
    """Return what makes a talker in a language, by polling or by webhook, on a fresh data folder."""
    await bot_api.settings(is_flood_on=False)
    made: list[TelegramTalker] = []
    data, clock = tmp_path / "data", FakeClock()
    shutil.copytree(folder, data)
    settings = Settings(data=data, telegram_token=SecretStr(bot_api.token), telegram_api=bot_api.address)

    async def built() -> App:
        return await build(settings, clock=clock, prepared=prepared)

    def make(language: str, *, is_webhook: bool = False) -> TelegramTalker:
        made.append(TelegramTalker(build=built, clock=clock, language=language, side=bot_api, is_webhook=is_webhook))
        return made[-1]

    yield make
    for one in made:
        await one.close()


def chosen(every: int, first: int) -> list[ParameterSet]:
    """Return one in `every` transcripts of each file; all of them when CHANGTONG_ALL_TRANSCRIPTS is set."""
    step, begin = (1, 0) if os.environ.get("CHANGTONG_ALL_TRANSCRIPTS") else (every, first)
    return [
        pytest.param(transcript, id=f"{path.stem}:{transcript.name}")
        for path in sorted(DIALOGUES.glob("*.yml"))
        for transcript in list(filter(_fits, read_transcripts(path)))[begin::step]
    ]


def _fits(transcript: Transcript) -> bool:
    """Leave out those about what the web chat says of itself: this channel has its own words, tested by themselves."""
    of_channel = {"utter_channel_web", "utter_welcome_brief", "utter_done_forget"}
    return not any(of_channel & set(turn.get("bot", ())) and "has" in turn for turn in transcript.turns)


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
