"""Delivers updates to the bot's address: one at a time a queue, the next only after a 2xx."""

import asyncio
import random
from dataclasses import dataclass, field

import aiohttp

from tests.telegram.updates import Queue, Updates, Waiting

_LONGEST_WAIT_SECONDS = 60.0
_ANSWER_SECONDS = 60.0


@dataclass
class Delivery:
    """How deliveries go: `backoff_scale` shortens the waits (0, 2, 4 … 60 s) before another try.

    `lost_share`: of the answers 2xx so many get lost on the way, and the update is delivered again.
    """

    backoff_scale: float = 1.0
    lost_share: float = 0.0
    latency_seconds: float = 0.0


@dataclass
class Webhook:
    """The address that is set, if any, and one task for each queue that has something."""

    updates: Updates
    delivery: Delivery
    url: str = ""
    secret: str | None = None
    most_at_once: int = 40
    failures: int = 0
    delivered: int = 0
    last_error: tuple[float, str] | None = None
    bad_answers: list[str] = field(default_factory=list)
    _tasks: dict[Queue, "asyncio.Task[None]"] = field(default_factory=dict)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(40))
    _session: aiohttp.ClientSession | None = None
    _dice: random.Random = field(default_factory=lambda: random.Random(11))

    async def set(self, url: str, secret: str | None, most_at_once: int) -> None:
        await self.stop()
        self.url, self.secret, self.most_at_once = url, secret, most_at_once
        self._slots = asyncio.Semaphore(most_at_once)
        self.woken()

    async def stop(self) -> None:
        """Take the address away; what waits is kept."""
        self.url = ""
        tasks = list(self._tasks.values())
        self._tasks.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None

    def woken(self) -> None:
        """Begin on every queue that has something and nobody on it."""
        if not self.url:
            return
        for queue in {update.queue for update in self.updates.current()} - self._tasks.keys():
            self._tasks[queue] = asyncio.create_task(self._drain(queue))

    async def _drain(self, queue: Queue) -> None:
        tries = 0
        while (update := self._first(queue)) is not None:
            if await self._is_taken(update):
                self.updates.drop(update)
                tries = 0
                continue
            tries += 1
            await asyncio.sleep(self.delivery.backoff_scale * _wait_seconds(tries))
        self._tasks.pop(queue, None)

    def _first(self, queue: Queue) -> Waiting | None:
        return next((update for update in self.updates.current() if update.queue == queue), None)

    async def _is_taken(self, update: Waiting) -> bool:
        async with self._slots:
            await asyncio.sleep(self.delivery.latency_seconds)
            status, problem = await self._post(update)
        is_taken = 200 <= status < 300
        if not is_taken:
            self.failures += 1
            self.last_error = (self.updates.now(), problem)
        elif self.delivery.lost_share and self._dice.random() < self.delivery.lost_share:
            return False
        self.delivered += is_taken
        return is_taken

    async def _post(self, update: Waiting) -> tuple[int, str]:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        try:
            async with self._client().post(self.url, json=update.body, headers=headers) as answer:
                body = await answer.read()
                if b'"method"' in body:
                    self.bad_answers.append("a webhook answered with a method: not built")
                return answer.status, f"Wrong response from the webhook: {answer.status} {answer.reason}"
        except TimeoutError:
            return 0, "Read timeout expired"
        except aiohttp.ClientError as error:
            return 0, f"Connection failed: {type(error).__name__}"

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            timeout = aiohttp.ClientTimeout(total=_ANSWER_SECONDS)
            self._session = aiohttp.ClientSession(timeout=timeout, connector=aiohttp.TCPConnector(limit=0))
        return self._session


def _wait_seconds(tries: int) -> float:
    return 0.0 if tries <= 1 else min(2.0 ** (tries - 1), _LONGEST_WAIT_SECONDS)
