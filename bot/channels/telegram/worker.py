"""Works through the durable inbox: a chat at a time in its order, many chats at once."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import structlog

from bot.channels.posting import Batch, DeliveryInbox
from bot.channels.telegram.answering import Answering
from bot.channels.telegram.options import TelegramOptions
from bot.channels.telegram.reading import Piece, read_update

RENEW_SECONDS = 5.0
MOST_ATTEMPTS = 5
LONGEST_ALBUM_WAIT = 10

_log = structlog.get_logger(__name__)


class Worker:
    """Claims what waits and has it answered; what fails is tried again, five times at most."""

    def __init__(self, inbox: DeliveryInbox, answering: Answering, options: TelegramOptions) -> None:
        self._inbox, self._answering, self._options = inbox, answering, options
        self._woken = asyncio.Event()
        self._at_work: dict[asyncio.Task[None], Batch] = {}

    def wake(self) -> None:
        """Look at the inbox now."""
        self._woken.set()

    async def run(self) -> None:
        """Work until cancelled; what is being answered then is finished or, after some seconds, broken off."""
        renewing = asyncio.create_task(self._renew())
        try:
            while True:
                started = await self._claim_safely()
                if not started:
                    await self._rest()
        finally:
            renewing.cancel()
            if self._at_work:
                await asyncio.wait(self._at_work, timeout=5)

    async def _claim_safely(self) -> int:
        try:
            return await self.claim()
        except Exception:  # the channel's edge: a database that is away comes back
            _log.exception("telegram.claim_failed")
            await asyncio.sleep(1)
            return 0

    async def claim(self) -> int:
        """Begin to answer chats as far as there is room; return how many were begun."""
        room = self._options.chats_at_once - len(self._at_work)
        self._woken.clear()
        batches = await self._inbox.claim(room) if room > 0 else []
        for batch in batches:
            task = asyncio.create_task(self._work(batch))
            self._at_work[task] = batch
            task.add_done_callback(self._done)
        return len(batches)

    def _done(self, task: "asyncio.Task[None]") -> None:
        self._at_work.pop(task, None)
        self._woken.set()

    async def finish(self) -> None:
        """Wait for the chats at work."""
        while self._at_work:
            await asyncio.wait(self._at_work)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(self._options.poll_inbox_seconds):
                await self._woken.wait()
        except TimeoutError:
            pass

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            if self._at_work:
                try:
                    await self._inbox.renew(list(self._at_work.values()))
                except Exception:  # the channel's edge: whoever takes the chat over finds what is answered already
                    _log.exception("telegram.renewal_failed")

    async def _work(self, batch: Batch) -> None:
        attempts = max(one.attempts for one in batch.waiting)
        try:
            pieces = await self._whole_albums(batch)
            await self._answering.answer(pieces, is_last_try=attempts >= MOST_ATTEMPTS)
            await self._inbox.give_back(batch)
        except Exception:  # the channel's edge: the rest of this chat is tried again
            _log.exception("telegram.chat_failed", attempts=attempts)
            after = timedelta(seconds=0.5 * 2**attempts)
            try:
                await self._inbox.give_back(batch, after=after)
            except Exception:  # the lease ends by itself
                _log.exception("telegram.chat_not_given_back")

    async def _whole_albums(self, batch: Batch) -> list[Piece]:
        """Read the batch; while its last piece is of an album, wait until nothing more of it comes."""
        pieces = in_order([read_update(one.raw) for one in batch.waiting])
        quiet = self._options.album_quiet.total_seconds()
        for _ in range(LONGEST_ALBUM_WAIT):
            if not pieces or pieces[-1].album is None:
                break
            await asyncio.sleep(quiet)
            more = await self._inbox.more(batch)
            if not more:
                break
            batch.waiting += more
            pieces = in_order([*pieces, *(read_update(one.raw) for one in more)])
        return pieces


def in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """Sort as Telegram numbers them, whatever order they came in."""
    return sorted(pieces, key=lambda piece: piece.update_id)
