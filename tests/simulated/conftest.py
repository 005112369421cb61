"""One program for all reporters; each has an address of their own."""

import asyncio
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bootstrap import App, Prepared, build
from bot.settings import Settings
from tests.dialogues.conftest import folder, prepared
from tests.dialogues.in_process import InProcess
from tests.fakes import FakeClock
from tests.simulated.personas import Steady
from tests.simulated.reporter import Course, converse

__all__ = ["folder", "prepared"]

_RECEIVED = {"zh": "已收到", "en": "Received"}


class Arrival:
    """Lets reporters come, one after the other, to one program opened on a loop of its own."""

    def __init__(self, prepared: Prepared, data: Path) -> None:
        self._runner = asyncio.Runner()
        self._clock = FakeClock()
        self._app: App | None = None
        self._prepared, self._data = prepared, data
        self._courses: dict[tuple[str, str, int], Course] = {}

    def play(self, persona: type[Steady], language: str, seed: int) -> Course:
        """Play one conversation, once; the code it ends with must open the case."""
        key = (persona.__name__, language, seed)
        if key not in self._courses:
            self._courses[key] = self.play_anew(persona, language, seed)
        return self._courses[key]

    def play_anew(self, persona: type[Steady], language: str, seed: int) -> Course:
        chance = random.Random(f"{persona.__name__}{seed}")
        return self._runner.run(self._played(persona(language, chance), language))

    async def _played(self, persona: Steady, language: str) -> Course:
        talker = InProcess(build=self._built, clock=self._clock, language=language)
        course = await converse(persona, talker)
        if course.code is not None:
            opened = await talker.say(course.code)
            told = " ".join(message.text for message in opened.messages)
            assert _RECEIVED[opened.language or language] in told, course.told()
        return course

    async def _built(self) -> App:
        if self._app is None:
            self._app = await build(Settings(data=self._data), clock=self._clock, prepared=self._prepared)
        return self._app

    def end(self) -> None:
        if self._app is not None:
            self._runner.run(self._app.close())
        self._runner.close()


@pytest.fixture(scope="module")
def arrival(prepared: Prepared, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Arrival]:
    data = tmp_path_factory.mktemp("simulated") / "data"
    shutil.copytree(folder, data)
    arrival = Arrival(prepared, data)
    yield arrival
    arrival.end()
