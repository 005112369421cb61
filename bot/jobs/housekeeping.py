"""The jobs that end what has had its time."""

from collections.abc import Awaitable, Callable
from datetime import time, timedelta

from bot.jobs.loop import Job
from bot.jobs.ports import Housekeeping

_NIGHT = time(19, 10)
"""UTC: ten past three in the morning in China, when the fewest write."""


def housekeeping_jobs(house: Housekeeping) -> list[Job]:
    """Return the store's jobs; each runs at the start of the program too, unless it belongs into the night."""
    return [
        Job(name="drop_expired", run=house.drop_expired, every=timedelta(minutes=1)),
        Job(name="destroy_day_keys", run=house.destroy_day_keys, every=timedelta(minutes=10)),
        Job(name="sweep_evidence", run=house.sweep_evidence, every=timedelta(hours=1)),
        Job(name="checkpoint", run=_silent(house.checkpoint), every=timedelta(hours=1)),
        Job(name="delete_closed_cases", run=house.delete_closed_cases, daily_at=_NIGHT),
        Job(name="settle", run=_silent(house.settle), daily_at=_NIGHT),
        Job(name="write_trail_head", run=_silent(house.write_trail_head), daily_at=_NIGHT),
    ]


def _silent(run: Callable[[], Awaitable[None]]) -> Callable[[], Awaitable[int]]:
    async def counted() -> int:
        await run()
        return 0

    return counted
