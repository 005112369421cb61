"""Fixtures of the messenger's transcripts: a program on a fresh trial folder, bound to a stand-in without pauses."""

import os
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet
from pydantic import SecretStr

from bot.bootstrap import App, Prepared, build
from bot.settings import Settings
from tests.acceptance.telegram_talker import TelegramTalker
from tests.dialogues.runner import Transcript, read_transcripts
from tests.fakes import FakeClock
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
    return not any("utter_channel_web" in turn.get("bot", ()) and "has" in turn for turn in transcript.turns)
