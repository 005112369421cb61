"""The real program for transcripts: the data folder is set up once and copied, the interpreter is loaded once."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.bootstrap import App, Prepared, build, prepare, set_up
from bot.dialogue.files import Problems
from bot.dialogue.project import read_project
from bot.dialogue.yaml_cache import CACHE_NAME, YamlCache
from bot.settings import Settings
from tests.dialogues.in_process import InProcess
from tests.fakes import FakeClock

CACHE = Path(__file__).parents[2] / ".pytest_cache" / "changtong-models"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """Load profile and interpreter once; the trained model is kept between runs under the hash of its data."""
    settings = Settings(data=tmp_path_factory.mktemp("prepared"))
    return asyncio.run(prepare(settings, cache=CACHE))


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Set a trial folder up once, the files of the dialogue read: reading them anew takes most of a test."""
    data = tmp_path_factory.mktemp("folder")
    settings = Settings(data=data)
    asyncio.run(set_up(settings, is_terminal=False, clock=FakeClock()))
    read_project(Path(settings.nlu_data), Problems(), YamlCache(settings.cache / CACHE_NAME))
    return data


@pytest.fixture
async def talker(prepared: Prepared, folder: Path, tmp_path: Path) -> AsyncIterator[Callable[[str], InProcess]]:
    """Return what makes a talker in a language, each on a data folder of its own."""
    made: list[InProcess] = []

    def make(language: str) -> InProcess:
        data, clock = tmp_path / f"data{len(made)}", FakeClock()
        shutil.copytree(folder, data)

        async def built() -> App:
            return await build(Settings(data=data), clock=clock, prepared=prepared)

        made.append(InProcess(build=built, clock=clock, language=language))
        return made[-1]

    yield make
    for one in made:
        await one.close()
