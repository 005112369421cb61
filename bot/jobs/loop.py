"""The loop that runs what happens without a message."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog

from casework.ports import Clock

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Job:
    """Runs `run` every `every`, or once a day at `daily_at` (UTC). `run` returns how many things it did."""

    name: str
    run: Callable[[], Awaitable[int]]
    every: timedelta = timedelta(minutes=1)
    daily_at: time | None = None

    def next_after(self, moment: datetime) -> datetime:
        """Return when it is due next, once it ran at `moment`."""
        if self.daily_at is None:
            return moment + self.every
        today = datetime.combine(moment.date(), self.daily_at, tzinfo=moment.tzinfo)
        return today if today > moment else today + timedelta(days=1)


class JobLoop:
    """Runs due jobs one after the other; one that fails is logged and tried again at its next time."""

    def __init__(self, jobs: Sequence[Job], clock: Clock, *, pause: timedelta = timedelta(seconds=15)) -> None:
        self._jobs, self._clock, self._pause = tuple(jobs), clock, pause
        now = clock.now()
        self._due = {job.name: now if job.daily_at is None else job.next_after(now) for job in self._jobs}
        self._task: asyncio.Task[None] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(job.name for job in self._jobs)

    async def run_due(self) -> dict[str, int]:
        """Run what is due; return what was done by name, -1 for a job that failed."""
        done: dict[str, int] = {}
        for job in self._jobs:
            now = self._clock.now()
            if self._due[job.name] <= now:
                self._due[job.name] = job.next_after(now)
                done[job.name] = await self._run(job)
        return done

    async def _run(self, job: Job) -> int:
        try:
            count = await job.run()
        except Exception:
            _log.exception("job_failed", job=job.name)
            return -1
        if count:
            _log.info("job_done", job=job.name, count=count)
        return count

    def start(self) -> None:
        """Run in the background until `stop`."""
        self._task = asyncio.create_task(self._forever())

    async def _forever(self) -> None:
        while True:
            await self.run_due()
            await asyncio.sleep(self._pause.total_seconds())

    async def stop(self) -> None:
        """End the loop; a job in the middle of its work is broken off (each commits by itself)."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
            self._task = None
