"""`python -m benchmarks [TOPIC …] [--full] [--runs N] [--json FILE]`."""

import argparse
import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import structlog
from rich.console import Console

from benchmarks import conversations, desk, houses, lookups, machine, sizes, starting, submissions, telegram
from benchmarks.figures import Figure, as_data, show
from benchmarks.redaction import topic as redaction

_LONGEST_WAIT = 300
Measuring = Callable[[argparse.Namespace], Awaitable[list[Figure]]]


async def _conversations(chosen: argparse.Namespace) -> list[Figure]:
    return await conversations.measure(await houses.prepared(), runs=chosen.runs)


async def _start(chosen: argparse.Namespace) -> list[Figure]:
    return await asyncio.to_thread(starting.measure, chosen.runs)


async def _submissions(chosen: argparse.Namespace) -> list[Figure]:
    return await submissions.measure(runs=chosen.runs)


async def _lookups(chosen: argparse.Namespace) -> list[Figure]:
    return await lookups.measure(is_full=chosen.full, runs=chosen.runs)


async def _sizes(_: argparse.Namespace) -> list[Figure]:
    return await sizes.measure()


async def _redaction(chosen: argparse.Namespace) -> list[Figure]:
    return await asyncio.to_thread(redaction.figures, chosen.runs)


async def _telegram(chosen: argparse.Namespace) -> list[Figure]:
    return await telegram.measure(chosen)


async def _desk(chosen: argparse.Namespace) -> list[Figure]:
    return await desk.measure(runs=chosen.runs)


TOPICS: dict[str, Measuring] = {
    "start": _start,
    "conversations": _conversations,
    "submissions": _submissions,
    "lookups": _lookups,
    "sizes": _sizes,
    "desk": _desk,
    "telegram": _telegram,
    "redaction": _redaction,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the topics asked for, all by default; print a table each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("topics", nargs="*", metavar="TOPIC", help=f"of {', '.join(TOPICS)}; all by default")
    parser.add_argument("--full", action="store_true", help="also a million cases: some minutes and 6 GB of disk")
    parser.add_argument("--runs", type=int, default=3, help="repetitions of each figure (3)")
    parser.add_argument("--quiet", type=float, metavar="LOAD", help="first wait, at most 5 minutes, for that load")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    chosen = parser.parse_args(arguments)
    if unknown := [topic for topic in chosen.topics if topic not in TOPICS]:
        parser.error(f"no such topic: {', '.join(unknown)}")
    figures = asyncio.run(_measure(chosen, Console()))
    if chosen.json:
        chosen.json.write_text(json.dumps(as_data(figures), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


async def _measure(chosen: argparse.Namespace, console: Console) -> list[Figure]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with houses.folder() as data:
        figures = await asyncio.to_thread(machine.measure, data)
    show(console, f"machine, {time.strftime('%Y-%m-%d %H:%M')}", figures)
    for topic in chosen.topics or TOPICS:
        await _until_quiet(chosen.quiet)
        measured = await TOPICS[topic](chosen)
        show(console, f"{topic} (load now {os.getloadavg()[0]:.1f})", measured)
        figures += measured
    return figures


async def _until_quiet(load: float | None) -> None:
    for _ in range(_LONGEST_WAIT):
        if load is None or os.getloadavg()[0] <= load:
            return
        await asyncio.sleep(1)


if __name__ == "__main__":
    main()
