"""Jobs run when they are due, and one that fails stops no other."""

import asyncio
from datetime import time, timedelta

import pytest

from bot.jobs import Job, JobLoop, housekeeping_jobs
from tests.fakes import FakeClock


class Counted:
    """A job's work: counts its runs, fails when told to."""

    def __init__(self) -> None:
        self.runs = 0
        self.is_broken = False
        self.third = asyncio.Event()

    async def __call__(self) -> int:
        self.runs += 1
        if self.runs == 3:
            self.third.set()
        if self.is_broken:
            raise OSError("no space left on device")
        return 3


async def test_a_job_runs_at_once_and_then_every_so_often() -> None:
    clock, work = FakeClock(), Counted()
    loop = JobLoop([Job(name="drop", run=work, every=timedelta(minutes=5))], clock)
    assert await loop.run_due() == {"drop": 3}
    clock.advance(minutes=4)
    assert await loop.run_due() == {}
    clock.advance(minutes=1)
    assert await loop.run_due() == {"drop": 3}


async def test_a_daily_job_waits_for_its_hour() -> None:
    clock, work = FakeClock(), Counted()
    loop = JobLoop([Job(name="settle", run=work, daily_at=time(19, 10))], clock)
    assert await loop.run_due() == {}
    clock.advance(hours=17, minutes=9)
    assert await loop.run_due() == {}
    clock.advance(minutes=1)
    assert await loop.run_due() == {"settle": 3}
    clock.advance(hours=23)
    assert await loop.run_due() == {}
    clock.advance(hours=1)
    assert await loop.run_due() == {"settle": 3}


async def test_a_failing_job_is_tried_again_and_stops_no_other() -> None:
    clock, broken, sound = FakeClock(), Counted(), Counted()
    broken.is_broken = True
    loop = JobLoop([Job(name="broken", run=broken), Job(name="sound", run=sound)], clock)
    assert await loop.run_due() == {"broken": -1, "sound": 3}
    clock.advance(minutes=1)
    broken.is_broken = False
    assert await loop.run_due() == {"broken": 3, "sound": 3}


async def test_in_the_background_until_stopped() -> None:
    work = Counted()
    loop = JobLoop([Job(name="drop", run=work, every=timedelta(0))], FakeClock(), pause=timedelta(milliseconds=1))
    await loop.stop()
    loop.start()
    await asyncio.wait_for(work.third.wait(), 5)
    await loop.stop()
    runs = work.runs
    await asyncio.sleep(0.01)
    assert work.runs == runs


class House:
    """Housekeeping that notes what was called."""

    def __init__(self) -> None:
        self.called: list[str] = []

    async def drop_expired(self) -> int:
        return self._note("drop_expired")

    async def destroy_day_keys(self) -> int:
        return self._note("destroy_day_keys")

    async def sweep_evidence(self) -> int:
        return self._note("sweep_evidence")

    async def checkpoint(self) -> None:
        self._note("checkpoint")

    async def settle(self) -> None:
        self._note("settle")

    async def delete_closed_cases(self) -> int:
        return self._note("delete_closed_cases")

    async def write_trail_head(self) -> None:
        self._note("write_trail_head")

    def _note(self, name: str) -> int:
        self.called.append(name)
        return 1


@pytest.mark.parametrize("hours", [0, 24])
async def test_housekeeping(hours: int) -> None:
    house, clock = House(), FakeClock()
    loop = JobLoop(housekeeping_jobs(house), clock)
    clock.advance(hours=hours)
    done = await loop.run_due()
    assert set(house.called) == set(done)
    assert ("settle" in done) == (hours == 24)
    assert {"drop_expired", "destroy_day_keys", "sweep_evidence", "checkpoint"} <= set(done)
