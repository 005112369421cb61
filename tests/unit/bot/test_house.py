"""The jobs on a real store: what has had its time is gone afterwards, also from the disk."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.bootstrap import open_office, set_up
from bot.house import StoreHouse
from bot.jobs import JobLoop, housekeeping_jobs
from bot.settings import Settings
from casework.ports import PersonKey
from storage import Store
from tests.fakes import FakeClock

PERSON = PersonKey(b"p" * 32)


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[tuple[Store, FakeClock]]:
    clock, settings = FakeClock(), Settings(data=tmp_path / "data")
    await set_up(settings, is_terminal=False, clock=clock)
    store, _ = await open_office(settings, clock=clock)
    yield store, clock
    await store.close()


async def _chunks() -> AsyncIterator[bytes]:
    yield b"photo"


async def test_a_day_later_nothing_of_the_person_is_left(opened: tuple[Store, FakeClock]) -> None:
    store, clock = opened
    file = await store.evidence.seal(_chunks(), name="a.jpg", media_type="", limit_bytes=100)
    async with store.work() as work:
        expires_at = clock.now() + timedelta(hours=24)
        work.conversations.save(PERSON, b"state", None, expires_at)
        work.uploads.put(PERSON, file, expires_at)
        work.inbox.mark(b"u" * 32, clock.today())
        await work.commit()
    loop = JobLoop(housekeeping_jobs(StoreHouse(store)), clock)
    assert (await loop.run_due())["drop_expired"] == 0
    keys, evidence = store.config.data / "keys" / "day", store.config.evidence_folder
    day_key = next(keys.iterdir()).name
    for path in evidence.glob("*/*"):
        os.utime(path, (0, 0))
    clock.advance(hours=24)
    done = await loop.run_due()
    assert -1 not in done.values()
    assert done["drop_expired"] == 2
    assert done["sweep_evidence"] == 1
    assert not [path for path in evidence.glob("*/*") if path.is_file()]
    clock.advance(hours=25)
    await loop.run_due()
    assert day_key not in {path.name for path in keys.iterdir()}
    async with store.work() as work:
        assert await work.conversations.load(PERSON) is None


async def test_the_night_settles_and_writes_the_trail_s_head(opened: tuple[Store, FakeClock]) -> None:
    store, clock = opened
    loop = JobLoop(housekeeping_jobs(StoreHouse(store)), clock)
    clock.advance(hours=20)
    done = await loop.run_due()
    assert (done["settle"], done["write_trail_head"]) == (0, 0)
