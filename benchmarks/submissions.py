"""The use case `submit`, sealed and on the disk, by several at once."""

import asyncio
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from benchmarks.figures import Figure, at_least, at_most, of_runs, percentile
from benchmarks.houses import databases, office
from benchmarks.reports import report
from casework.errors import CaseworkError
from casework.services import Services
from casework.submitting import submit

TOPIC = "submissions"
AT_ONCE = (1, 8, 64)


@dataclass
class Measured:
    """Seconds a report, the codes given, and how often one was refused."""

    seconds: list[float] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)
    refused: int = 0
    total: float = 0.0


async def measure(count: int = 960, runs: int = 3) -> list[Figure]:
    """Submit `count` reports a run, at 1, 8 and 64 at once, on each database."""
    figures = []
    with databases() as urls:
        for name, url in urls.items():
            async with office(url) as (_, services):
                await submit_many(services, count=64, at_once=8)
                for at_once in AT_ONCE:
                    measured = [await submit_many(services, count=count, at_once=at_once) for _ in range(runs)]
                    figures += _of(f"{name}, {at_once} at once", measured, has_goal=at_once == max(AT_ONCE))
    return figures


def _of(where: str, measured: Sequence[Measured], *, has_goal: bool) -> list[Figure]:
    rates = [len(one.codes) / one.total for one in measured]
    p95 = [percentile(one.seconds, 95) * 1e3 for one in measured]
    refused = float(sum(one.refused for one in measured))
    return [
        of_runs(TOPIC, where, rates, "reports/s", at_least(300) if has_goal else None),
        of_runs(TOPIC, f"{where}, p95", p95, "ms"),
        Figure(topic=TOPIC, name=f"{where}, refused", value=refused, unit="", goal=at_most(0) if has_goal else None),
    ]


async def submit_many(services: Services, *, count: int, at_once: int) -> Measured:
    """Submit `count` different reports from `at_once` tasks."""
    measured, numbers = Measured(), iter(range(count))
    begun = time.perf_counter()
    await asyncio.gather(*(_submit_next(services, numbers, measured) for _ in range(at_once)))
    measured.total = time.perf_counter() - begun
    if len(measured.codes) + measured.refused != count:
        raise RuntimeError(f"{len(measured.codes)} codes and {measured.refused} refusals for {count} reports")
    return measured


async def _submit_next(services: Services, numbers: Iterator[int], measured: Measured) -> None:
    for number in numbers:
        begun = time.perf_counter()
        try:
            submitted = await submit(services, report(number), None, draft_id=secrets.token_urlsafe(16))
        except CaseworkError:
            measured.refused += 1
        else:
            measured.codes.add(submitted.code)
            measured.seconds.append(time.perf_counter() - begun)
