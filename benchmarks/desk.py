"""The desk under load: 50 operators at once, 500 waiting conversations, 300 cases; and a word's way to an open page."""

import asyncio
import secrets
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx2

from casework import handing_off
from casework.handoff import Why
from casework.ports import PersonKey
from casework.turn import Turn, current_turn
from console.live import Watch
from tests.support.desk import Office, open_office

OPERATORS, CONVERSATIONS, CASES = 50, 500, 300
ROUNDS, WORDS = 4, 60
PATHS = ("/cases", "/cases?queue=mine", "/chats", "/chats/list", "/chats/{chat}", "/cases/{case}")


async def measure() -> dict[str, float]:
    """Return p95 in milliseconds by what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_office(Path(folder) / "data") as office:
            chats = [await _waiting(office) for _ in range(CONVERSATIONS)]
            cases = [(await office.submit(title=f"case {n}")).row.id.hex() for n in range(CASES)]
            clients = await _operators(office)
            figures = {path: await _pages(clients, path, chats, cases) for path in PATHS}
            figures["from the reporter to the desk"] = await _words(office, chats)
    return figures


async def _waiting(office: Office) -> bytes:
    async with office.store.work() as work:
        person = PersonKey(secrets.token_bytes(32))
        turn = Turn(
            work=work, person=person, successor=person, channel="web", message_id="1", address=secrets.token_hex(16)
        )
        token = current_turn.set(turn)
        try:
            waiting = await handing_off.ask(office.services, language="en", reason=Why.ASKED)
            await work.commit()
        finally:
            current_turn.reset(token)
    return waiting.handoff_id


async def _operators(office: Office) -> list[httpx2.AsyncClient]:
    """Return a client for each open session; all are of one account, which is the same work for the server."""
    key = await office.store.accounts.log_in("second", "gleaming otter borrows nine umbrellas")
    clients = []
    for _ in range(OPERATORS):
        secret = await office.store.desk_sessions.begin(key, "open")
        transport: Any = httpx2.ASGITransport(office.app)
        clients.append(httpx2.AsyncClient(transport=transport, base_url="http://desk.test", cookies={"desk": secret}))
    return clients


async def _pages(clients: list[httpx2.AsyncClient], path: str, chats: list[bytes], cases: list[str]) -> float:
    """Ask for a page as operators do: each looks at one every five seconds, so ten a second come in."""
    times: list[float] = []

    async def look(client: httpx2.AsyncClient, number: int) -> None:
        address = path.format(chat=chats[number % len(chats)].hex(), case=cases[number % len(cases)])
        begun = time.perf_counter()
        answer = await client.get(f"/desk{address}")
        times.append((time.perf_counter() - begun) * 1000)
        assert answer.status_code == 200, (address, answer.status_code)

    for client in clients:
        await look(client, 0)
    times.clear()
    await _paced([lambda c=c, n=n: look(c, n) for n, c in enumerate(clients * ROUNDS)], 0.1)  # type: ignore[misc]
    return p95(times)


async def _paced(works: list[Callable[[], Awaitable[None]]], seconds: float) -> None:
    tasks = []
    for work in works:
        tasks.append(asyncio.ensure_future(work()))
        await asyncio.sleep(seconds)
    await asyncio.gather(*tasks)


async def _words(office: Office, chats: list[bytes]) -> float:
    """Measure from the commit of a reporter's words to the moment an open page is told."""
    watch, times = Watch(office.services.work), []
    boards = watch.boards()
    await anext(boards)
    for chat in chats[:WORDS]:
        begun = time.perf_counter()
        async with office.store.work() as work:
            await handing_off.hear(work, chat, "a word", office.clock.now())
            await work.commit()
        await anext(boards)
        times.append((time.perf_counter() - begun) * 1000)
    await boards.aclose()
    await watch.close()
    return p95(times)


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def main() -> None:
    for what, milliseconds in asyncio.run(measure()).items():
        print(f"{what:32} p95 {milliseconds:7.1f} ms")


if __name__ == "__main__":
    main()
