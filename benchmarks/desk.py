"""The desk under load: 50 operators with live pages, 500 waiting conversations, 300 cases; a word's way to a page.

Browsers are clients in this process, so that their processor time (1 to 2 ms a page) is in the figures. Meanwhile
reporters go on writing, and every word wakes all fifty open pages.
"""

import asyncio
import contextlib
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from benchmarks.figures import Figure, at_most, of_runs, percentile
from casework import handing_off
from casework.errors import Conflict
from console.live import Change, Watch
from tests.support.desk import Office, open_office

TOPIC = "desk"
OPERATORS, CONVERSATIONS, CASES = 50, 500, 300
PAGES, WORDS = 100, 60
PAGES_A_SECOND = 10
"""Each operator opens a page every five seconds."""

WORDS_A_SECOND = 4
"""Each waiting reporter writes every two minutes."""

PATHS = {
    "list of cases": "/cases",
    "own cases": "/cases?queue=mine",
    "a case": "/cases/{case}",
    "conversations": "/chats",
    "list of conversations alone": "/chats/list",
    "a conversation": "/chats/{chat}",
}


@dataclass(kw_only=True)
class _House:
    """A full office, its open pages and who uses them."""

    office: Office
    chats: list[bytes]
    cases: list[str]
    clients: list[httpx2.AsyncClient]
    first_list: list[float]


async def measure(runs: int = 3) -> list[Figure]:
    """Measure every page and the way of a word, `runs` times in one office."""
    async with _full_house() as house, _live_pages(house), _reporters(house):
        pages = {what: [await _pages(house, path) for _ in range(runs)] for what, path in PATHS.items()}
        words = [await _words(house) for _ in range(runs)]
    return [
        *(of_runs(TOPIC, f"{what}, p95", [percentile(one, 95) for one in times], "ms", at_most(100))
          for what, times in pages.items()),
        of_runs(TOPIC, "all pages, p50", [percentile(_all(pages, run), 50) for run in range(runs)], "ms"),
        of_runs(TOPIC, "all pages, p95", [percentile(_all(pages, run), 95) for run in range(runs)], "ms", at_most(100)),
        of_runs(TOPIC, "from a reporter's word to the open page, p95", [percentile(it, 95) for it in words], "ms",
                at_most(300)),
        Figure(topic=TOPIC, name="first list after a log-in: 300 cases opened, p50", unit="ms",
               value=percentile(house.first_list, 50), best=min(house.first_list), runs=len(house.first_list)),
    ]  # fmt: skip


def _all(pages: dict[str, list[list[float]]], run: int) -> list[float]:
    return [milliseconds for runs in pages.values() for milliseconds in runs[run]]


@asynccontextmanager
async def _full_house() -> AsyncIterator[_House]:
    with tempfile.TemporaryDirectory() as folder:
        async with open_office(Path(folder) / "data") as office:
            chats = [await office.wait_for_a_person() for _ in range(CONVERSATIONS)]
            cases = [(await office.submit(title=f"case {n}")).row.id.hex() for n in range(CASES)]
            clients, first_list = await _operators(office)
            yield _House(office=office, chats=chats, cases=cases, clients=clients, first_list=first_list)


async def _operators(office: Office) -> tuple[list[httpx2.AsyncClient], list[float]]:
    """Return a client for each open session; all are of one account, which is the same work for the server."""
    key = await office.store.accounts.log_in("second", "gleaming otter borrows nine umbrellas")
    clients, first_list = [], []
    for _ in range(OPERATORS):
        secret = await office.store.desk_sessions.begin(key, "open")
        transport: Any = httpx2.ASGITransport(office.app)
        client = httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies={"desk": secret})
        first_list.append(await _timed(client, "/cases"))
        clients.append(client)
    return clients, first_list


async def _timed(client: httpx2.AsyncClient, address: str) -> float:
    begun = time.perf_counter()
    answer = await client.get(f"/desk{address}")
    if answer.status_code != 200:
        raise RuntimeError(f"{address}: {answer.status_code}")
    return (time.perf_counter() - begun) * 1000


@asynccontextmanager
async def _live_pages(house: _House) -> AsyncIterator[None]:
    """Keep a stream open for each operator, which is written as the desk writes it."""
    watch: Watch = house.office.app.state.watch

    async def follow() -> None:
        async for change in watch.changes():
            if isinstance(change, Change):
                change.as_json("second")

    with _running([follow() for _ in house.clients]):
        yield
    await watch.close()


@asynccontextmanager
async def _reporters(house: _House) -> AsyncIterator[None]:
    async def write() -> None:
        while True:
            with contextlib.suppress(Conflict):  # an operator moved it just now: a turn would be run again
                await _say(house.office, secrets.choice(house.chats[WORDS:]))
            await asyncio.sleep(1 / WORDS_A_SECOND)

    with _running([write()]):
        yield


@contextlib.contextmanager
def _running(works: Sequence[Any]) -> Iterator[None]:
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def _pages(house: _House, path: str) -> list[float]:
    """Ask for a page as operators do, ten a second in all; returns milliseconds."""
    times: list[float] = []

    async def look(number: int) -> None:
        chat, case = house.chats[number % len(house.chats)], house.cases[number % len(house.cases)]
        client = house.clients[number % len(house.clients)]
        times.append(await _timed(client, path.format(chat=chat.hex(), case=case)))

    await _paced([lambda n=n: look(n) for n in range(PAGES)], 1 / PAGES_A_SECOND)  # type: ignore[misc]
    return times


async def _paced(works: Sequence[Callable[[], Awaitable[None]]], seconds: float) -> None:
    tasks = []
    for work in works:
        tasks.append(asyncio.ensure_future(work()))
        await asyncio.sleep(seconds)
    await asyncio.gather(*tasks)


async def _words(house: _House) -> list[float]:
    """Measure from a reporter's words to the transcript that an open page has asked for after it was told."""
    watch, client, times = house.office.app.state.watch, house.clients[0], []
    changes = watch.changes()
    await anext(changes)
    for chat in house.chats[:WORDS]:
        begun = time.perf_counter()
        await _say(house.office, chat)
        await _told(changes, chat)
        await _timed(client, f"/chats/{chat.hex()}/lines")
        times.append((time.perf_counter() - begun) * 1000)
        await asyncio.sleep(0.05)
    await changes.aclose()
    return times


async def _told(changes: AsyncIterator[Any], chat: bytes) -> None:
    async for change in changes:
        if isinstance(change, Change) and chat.hex() in change.changed:
            return


async def _say(office: Office, chat: bytes) -> None:
    async with office.store.work() as work:
        await handing_off.hear(work, chat, "a word", office.clock.now())
        await work.commit()
