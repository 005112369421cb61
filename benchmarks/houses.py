"""Whole programs and stores on data folders of their own, gone afterwards."""

import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.bootstrap import App, Prepared, build, open_office, prepare, set_up
from bot.clock import SystemClock
from bot.collecting import keep_for_good
from bot.settings import Settings
from casework.profile import load_profile
from casework.services import Services
from storage import Store
from tests.support.postgres import PostgresMissing, private_server

MODELS = Path(__file__).parents[1] / ".pytest_cache" / "changtong-models"
"""Trained models, shared with the tests."""


@contextmanager
def folder() -> Iterator[Path]:
    """Give an empty folder on the disk that is measured (TMPDIR chooses it)."""
    with TemporaryDirectory(prefix="changtong-bench-") as name:
        yield Path(name)


async def prepared() -> Prepared:
    """Read the profile and load the interpreter, trained when the tests have not done so."""
    return await prepare(Settings(), cache=MODELS)


@asynccontextmanager
async def app(parts: Prepared) -> AsyncIterator[App]:
    """Open the whole program on a fresh SQLite folder."""
    with folder() as data:
        settings = Settings(data=data)
        await set_up(settings, is_terminal=False)
        made = await build(settings, prepared=parts)
        keep_for_good()  # as the program does
        try:
            yield made
        finally:
            await made.close()


@asynccontextmanager
async def office(url: str | None = None) -> AsyncIterator[tuple[Store, Services]]:
    """Open a fresh store with the use cases; `url` None means SQLite."""
    with folder() as data:
        settings = Settings(data=data, database_url=url)  # type: ignore[arg-type]  # pydantic makes it secret
        await set_up(settings, is_terminal=False)
        async with opened(settings) as parts:
            yield parts


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple[Store, Services]]:
    """Open a store that was set up."""
    profile = load_profile(settings.profile)
    store, services = await open_office(settings, profile=profile, clock=SystemClock(profile.zone))
    try:
        yield store, services
    finally:
        await store.close()


@contextmanager
def databases() -> Iterator[dict[str, str | None]]:
    """Give the URLs to measure: SQLite, and a private durable PostgreSQL where one is installed."""
    before = os.environ.get("CHANGTONG_TEST_PG_DURABLE")
    os.environ["CHANGTONG_TEST_PG_DURABLE"] = "1"
    try:
        with private_server() as server:
            yield {"SQLite": None, "PostgreSQL": server.fresh_url()}
    except PostgresMissing:
        yield {"SQLite": None}
    finally:
        if before is None:
            del os.environ["CHANGTONG_TEST_PG_DURABLE"]
        else:
            os.environ["CHANGTONG_TEST_PG_DURABLE"] = before
