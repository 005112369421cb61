"""Transcripts over the web API: the same conversations as in process and on the terminal."""

import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.bootstrap import App, Prepared, build
from bot.settings import Settings
from tests.acceptance.web_talker import WebTalker
from tests.dialogues.conftest import folder, prepared
from tests.dialogues.runner import Run, Transcript, read_transcripts
from tests.fakes import FakeClock

__all__ = ["folder", "prepared"]

DIALOGUES = Path(__file__).parents[1] / "dialogues"
EVERY = 4
"""One in four transcripts of each file."""


def _fits(transcript: Transcript) -> bool:
    """Leave out those about what a stranger hears first: here the page has greeted before the first word.

    And who taps a language on the greeting after that word: the page has taken the greeting's buttons away.
    """
    first, second = (*transcript.turns, {})[:2]
    is_about_greeting = bool({"utter_welcome", "utter_welcome_brief", "utter_emergency"} & set(first.get("bot", ())))
    tap = str(second.get("tap", ""))
    return not is_about_greeting and tap not in ("中文", "English") and not tap.startswith("/change_language{")


CHOSEN = [
    pytest.param(transcript, id=f"{path.stem}:{transcript.name}")
    for path in sorted(DIALOGUES.glob("*.yml"))
    for transcript in list(filter(_fits, read_transcripts(path)))[::EVERY]
]


@pytest.fixture
async def talker(prepared: Prepared, folder: Path, tmp_path: Path) -> AsyncIterator[Callable[[str], WebTalker]]:
    """Return what makes a talker in a language, on a fresh data folder."""
    made: list[WebTalker] = []
    data, clock = tmp_path / "data", FakeClock()
    shutil.copytree(folder, data)

    async def built() -> App:
        return await build(Settings(data=data), clock=clock, prepared=prepared)

    def make(language: str) -> WebTalker:
        made.append(WebTalker(build=built, clock=clock, language=language))
        return made[-1]

    yield make
    for one in made:
        await one.close()


@pytest.mark.parametrize("transcript", CHOSEN)
async def test_transcript(transcript: Transcript, talker: Callable[[str], WebTalker]) -> None:
    await Run(transcript, talker(transcript.language)).play()
