"""What is pushed to the open pages of one person: each page has a short queue of its own, in memory."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

Event = dict[str, Any]
MAX_WAITING = 50
MAX_PAGES_OF_ONE = 8


class Pushes:
    """Pages listening, by a hash of the address. A page that does not read is dropped, never waited for."""

    def __init__(self) -> None:
        self._pages: dict[str, list[asyncio.Queue[Event | None]]] = {}
        self._addresses: dict[str, str] = {}

    def push(self, address: str, event: Event, *, besides: str | None = None) -> None:
        """Hand `event` to the person's open pages, but for the page named `besides`, which has its answer."""
        for queue in self._pages.get(name_of(address), ()):
            if queue.qsize() < MAX_WAITING:
                queue.put_nowait(event | {"besides": besides})

    def address_of(self, name: str) -> str | None:
        """Return the address of a page that listens here, by its name."""
        return self._addresses.get(name)

    def close(self) -> None:
        """End all streams (the server stops)."""
        for queues in self._pages.values():
            for queue in queues:
                queue.put_nowait(None)

    @contextmanager
    def listen(self, address: str) -> Iterator["asyncio.Queue[Event | None]"]:
        """Give a queue that receives events until the context is left."""
        key, queue = name_of(address), asyncio.Queue[Event | None]()
        queues = self._pages.setdefault(key, [])
        self._addresses[key] = address
        if len(queues) >= MAX_PAGES_OF_ONE:
            queues.pop(0).put_nowait(None)
        queues.append(queue)
        try:
            yield queue
        finally:
            if queue in queues:
                queues.remove(queue)
            if not queues:
                self._pages.pop(key, None)
                self._addresses.pop(key, None)


async def events(queue: "asyncio.Queue[Event | None]", beat_seconds: float) -> AsyncIterator[Event | None]:
    """Yield events as they come, None when nothing came for `beat_seconds`; ends when the queue is closed."""
    while True:
        try:
            event = await asyncio.wait_for(queue.get(), beat_seconds)
        except TimeoutError:
            yield None
            continue
        if event is None:
            return
        yield event


def name_of(address: str) -> str:
    """Name a person's pages between processes: a hash that nothing stored carries."""
    return hashlib.sha256(b"page " + address.encode()).hexdigest()[:32]
