"""The one sender of a deployment: claims rows of the outbox, sends them at the messenger's pace, settles failures."""

import asyncio
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.channels.posting import (
    ChatChange,
    Gone,
    Lead,
    LeadLike,
    Messenger,
    Moved,
    NoAccess,
    NotNow,
    Refused,
    SendFailed,
    Unreached,
)
from bot.jobs.pace import Pace
from bot.jobs.ports import OutboxWork, OutboxWorkFactory
from bot.outbox import Outbox, Outgoing
from casework.errors import Conflict
from casework.ports import Clock

LEASE = timedelta(seconds=90)
"""Longer than a call and its wait for a place can take."""

MOST_ATTEMPTS = 10
KEPT = timedelta(hours=24)
LONGEST_WAIT = timedelta(minutes=5)
SHORTEST_REST_SECONDS = 0.04
"""With many chats some rest always ends just now; looking each time would keep the database busy."""

LEAD_CHECK_SECONDS = 10.0
ACCESS_PAUSE_SECONDS = 30.0

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class DeliveryRules:
    """`most_at_once`: calls in flight. `poll_seconds`: how often an empty outbox is looked at.

    `claimed_together`: a claim is a transaction and finds its time between two calls: it waits for so many free places,
    but no longer than `poll_seconds`, since calls that nobody answers keep theirs.
    """

    most_at_once: int = 12
    claimed_together: int = 4
    poll_seconds: float = 0.25


@dataclass(kw_only=True)
class DeliveryCounts:
    """What happened since the start, for metrics and tests; numbers alone."""

    sent: int = 0
    again: int = 0
    parked: int = 0
    dropped: int = 0
    told_to_wait: int = 0


class Sender:
    """Sends until stopped. `wake` spares waiting for the next look at the outbox."""

    def __init__(
        self,
        *,
        work: OutboxWorkFactory,
        clock: Clock,
        messenger: Messenger,
        lead: Lead,
        pace: Pace | None = None,
        rules: DeliveryRules | None = None,
    ) -> None:
        self._work, self._clock, self._messenger, self._lead = work, clock, messenger, lead
        self._pace, self._rules = pace or Pace(), rules or DeliveryRules()
        self._owner = secrets.token_bytes(16)
        self._woken = asyncio.Event()
        self._in_flight: set[asyncio.Task[None]] = set()
        self._paused_until = self._looked_at = 0.0
        self.counts = DeliveryCounts()

    def wake(self) -> None:
        """Look at the outbox now."""
        self._woken.set()

    async def run(self) -> None:
        """Send whenever this process is the one that sends; ends by cancellation, letting calls under way finish."""
        try:
            while True:
                try:
                    async with self._lead("sender") as led:
                        if led is not None:
                            await self._send_while(led)
                except Exception:  # the job's edge: a database that is away comes back
                    _log.exception("delivery.lead_failed")
                await asyncio.sleep(2)
        finally:
            if self._in_flight:
                await asyncio.wait(self._in_flight, timeout=5)

    async def _send_while(self, led: LeadLike) -> None:
        loop = asyncio.get_running_loop()
        checked, has_begun = loop.time(), False
        while True:
            if loop.time() - checked > LEAD_CHECK_SECONDS:
                if not await led.is_held():
                    return
                checked = loop.time()
            try:
                if not has_begun:
                    await self._take_over()
                    has_begun = True
                started = await self.send_due()
            except Exception:  # the job's edge: a database that is away comes back
                _log.exception("delivery.claim_failed")
                started = 0
                await asyncio.sleep(1)
            if not started:
                await self._rest()

    async def _take_over(self) -> None:
        """Whoever sent before is gone, or its lead would be held: nobody waits for the end of its leases."""
        async with self._work() as work:
            await work.outbox.take_over(self._owner)

    async def _rest(self) -> None:
        """Wait until woken, a call ended, a chat may be written to again, or it is time to look."""
        self._woken.clear()
        seconds = max(SHORTEST_REST_SECONDS, min(self._rules.poll_seconds, self._pace.next_end()))
        woken = asyncio.ensure_future(self._woken.wait())
        await asyncio.wait({woken, *self._in_flight}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        woken.cancel()

    async def send_due(self) -> int:
        """Claim what may leave now and begin to send it; return how many were begun."""
        free, now = self._free(), asyncio.get_running_loop().time()
        if free <= 0 or now < self._paused_until:
            return 0
        self._looked_at = now
        async with self._work() as work:
            if not await work.outbox.is_any_waiting():
                return 0
            rows = await work.outbox.claim(self._owner, LEASE, free, without=self._pace.resting())
        for row in rows:
            task = asyncio.create_task(self._send(row))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)
        return len(rows)

    def _free(self) -> int:
        """Return how many rows may be claimed now; none while the places that got free are few and fresh."""
        free = self._rules.most_at_once - len(self._in_flight)
        is_late = asyncio.get_running_loop().time() >= self._looked_at + self._rules.poll_seconds
        wanted = min(self._rules.claimed_together, self._rules.most_at_once)
        return free if free >= wanted or is_late else 0

    async def finish(self) -> None:
        """Wait for the calls under way."""
        while self._in_flight:
            await asyncio.wait(self._in_flight)

    async def _send(self, row: Outgoing) -> None:
        try:
            await self._send_now(row, await self._pace.wait())
        except Exception:  # the job's edge: the row's lease ends and it is tried again
            _log.exception("delivery.send_failed")

    async def _send_now(self, row: Outgoing, left_at: float) -> None:
        if row.attempts > 1 and not self._messenger.may_repeat(row.payload):
            await self._drop(row)  # a sender that died had it: nobody knows whether it arrived
            return
        failure: SendFailed | None = None
        change: ChatChange | None = None
        try:
            change = await self._messenger.send(row.payload)
        except SendFailed as error:
            failure = error
        self._pace.answered(left_at)
        if row.person is not None:  # before the row is settled: then the next of this chat may be claimed
            self._pace.rest(row.person, self._messenger.pause_after(row.payload))
        await (self._settle(row, failure) if failure is not None else self._note_sent(row, change))

    async def _note_sent(self, row: Outgoing, change: ChatChange | None) -> None:
        self.counts.sent += 1
        async with self._work() as work:
            work.outbox.sent(row.id, self._owner)
            if row.person is not None and change is not None:
                now, noted = self._clock.now(), await work.chats.load(row.person)
                work.chats.change(row.person, change, expires_at=now + KEPT)
                for post in self._messenger.follow_up(row.payload, noted):
                    expires_at = now + post.kept
                    work.outbox.put(post.payload, person=row.person, expires_at=expires_at, priority=post.priority)
            await self._commit(work)

    async def _settle(self, row: Outgoing, failure: SendFailed) -> None:
        """Decide what becomes of a row that was not sent, or not surely."""
        _log.info("delivery.not_sent", why=type(failure).__name__, attempts=row.attempts)
        async with self._work() as work:
            if isinstance(failure, Gone):
                self._forget(work, row)
            elif isinstance(failure, Moved):
                self._readdress(work, row, failure)
            elif isinstance(failure, Refused):
                self._park(work.outbox, row)
            elif isinstance(failure, NotNow | NoAccess):
                self._later(work.outbox, row, failure)
            else:
                self._again(work.outbox, row, failure)
            await self._commit(work)

    def _forget(self, work: OutboxWork, row: Outgoing) -> None:
        self.counts.dropped += 1
        if row.person is None:
            work.outbox.sent(row.id, self._owner)
            return
        work.outbox.drop_of(row.person)
        work.chats.change(row.person, lambda _: {}, expires_at=self._clock.now())
        work.watches.drop_of(row.person)

    def _readdress(self, work: OutboxWork, row: Outgoing, failure: Moved) -> None:
        work.outbox.sent(row.id, self._owner)
        payload = self._messenger.moved(row.payload, failure.address)
        if row.attempts < MOST_ATTEMPTS:
            work.outbox.put(payload, person=row.person, expires_at=self._clock.now() + KEPT, priority=row.priority)

    def _park(self, outbox: Outbox, row: Outgoing) -> None:
        self.counts.parked += 1
        _log.warning("delivery.parked", attempts=row.attempts)
        outbox.park(row.id, self._owner, self._clock.now() + self._messenger.kept_aside(row.payload))

    def _later(self, outbox: Outbox, row: Outgoing, failure: SendFailed) -> None:
        """Not the row's fault: it was no attempt."""
        seconds = failure.seconds if isinstance(failure, NotNow) else ACCESS_PAUSE_SECONDS
        if isinstance(failure, NotNow):
            self.counts.told_to_wait += 1
            if row.person is not None:
                self._pace.rest(row.person, seconds)
        else:
            self._paused_until = asyncio.get_running_loop().time() + seconds
            _log.error("delivery.no_access")
        outbox.again(row.id, self._owner, self._clock.now() + timedelta(seconds=seconds), counts=False)

    async def _drop(self, row: Outgoing) -> None:
        self.counts.dropped += 1
        async with self._work() as work:
            work.outbox.sent(row.id, self._owner)
            await self._commit(work)

    def _again(self, outbox: Outbox, row: Outgoing, failure: SendFailed) -> None:
        may_repeat = self._messenger.may_repeat(row.payload)
        if not isinstance(failure, Unreached) and not may_repeat:
            self.counts.dropped += 1
            outbox.sent(row.id, self._owner)
        elif not may_repeat:
            outbox.again(row.id, self._owner, self._clock.now() + LONGEST_WAIT, counts=False)
        elif row.attempts >= MOST_ATTEMPTS:
            self._park(outbox, row)
        else:
            self.counts.again += 1
            outbox.again(row.id, self._owner, self._clock.now() + wait_after(row.attempts))

    async def _commit(self, work: OutboxWork) -> None:
        with suppress(Conflict):  # the lease was lost: whoever has the row deals with it
            await work.commit()
        self.wake()


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: 1, 2, 4 … seconds, five minutes at most."""
    return min(timedelta(seconds=2 ** min(attempts - 1, 10)), LONGEST_WAIT)
