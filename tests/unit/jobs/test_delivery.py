"""The one sender: what is sent, what is tried again, what is set aside, and how fast."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.posting import (
    ChatChange,
    Gone,
    LeadLike,
    Moved,
    NoAccess,
    NotNow,
    Post,
    Priority,
    Refused,
    Unreached,
    Unsure,
)
from bot.jobs.delivery import DeliveryRules, Sender, wait_after
from bot.jobs.pace import Pace
from tests.fakes import FakeClock, MemoryStore


@dataclass
class FakeMessenger:
    """Sends into a list; `fails` are raised first."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    gate: asyncio.Event | None = None
    pause: float = 0.0

    async def send(self, payload: dict[str, Any]) -> ChatChange | None:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            if self.gate is not None:
                await self.gate.wait()
            if self.fails:
                raise self.fails.pop(0)
            self.sent.append(payload)
        finally:
            self.at_once -= 1
        return None if payload.get("silent") else lambda chat: {**chat, "last": payload["text"]}

    def follow_up(self, payload: dict[str, Any], chat: dict[str, Any]) -> Sequence[Post]:
        if "last" not in chat or payload.get("tidies"):
            return ()
        return [Post(payload={"text": f"tidy {chat['last']}", "tidies": True}, priority=Priority.TIDYING)]

    def may_repeat(self, payload: dict[str, Any]) -> bool:
        return not payload.get("ping")

    def kept_aside(self, payload: dict[str, Any]) -> timedelta:
        return timedelta(hours=0 if payload.get("secret") else 24)

    def pause_after(self, payload: dict[str, Any]) -> float:
        return self.pause

    def moved(self, payload: dict[str, Any], address: str) -> dict[str, Any]:
        return {**payload, "chat": address}


class Held:
    looks = 1_000_000

    async def is_held(self) -> bool:
        self.looks -= 1
        return self.looks >= 0


class World:
    def __init__(self, *, is_led: bool = True, **rules: Any) -> None:
        self.clock = FakeClock()
        self.store = MemoryStore(self.clock)
        self.messenger, self.held, self.is_led, self.leads = FakeMessenger(), Held(), is_led, 0
        self.sender = Sender(
            work=self.store.work,
            clock=self.clock,
            messenger=self.messenger,
            lead=self._lead,
            rules=DeliveryRules(**{"poll_seconds": 0.01, **rules}),
            pace=Pace(in_all_per_second=1000),
        )

    @asynccontextmanager
    async def _lead(self, name: str) -> AsyncIterator[LeadLike | None]:
        self.leads += 1
        yield self.held if self.is_led else None

    async def put(self, text: str, address: str | None = "a", **values: Any) -> None:
        person = self.store.person_keys.person("t", address) if address else None
        async with self.store.work() as work:
            priority = values.pop("priority", 0)
            until = self.clock.now() + timedelta(hours=24)
            work.outbox.put({"text": text, **values}, person=person, expires_at=until, priority=priority)
            await work.commit()
        self.clock.advance(seconds=0.001)

    async def send(self) -> int:
        begun = await self.sender.send_due()
        await self.sender.finish()
        return begun

    @property
    def texts(self) -> list[str]:
        return [payload["text"] for payload in self.messenger.sent]

    @property
    def rows(self) -> list[Any]:
        return list(self.store.tables.outbox.values())

    async def chat(self, address: str = "a") -> dict[str, Any]:
        async with self.store.work() as work:
            return await work.chats.load(self.store.person_keys.person("t", address))


async def test_what_is_sent_is_gone_noted_and_tidied_after() -> None:
    world = World()
    await world.put("one")
    await world.put("two")
    assert await world.send() == 1
    assert await world.chat() == {"last": "one"}
    while await world.send():
        continue
    assert world.texts == ["one", "two", "tidy one"]
    assert world.rows == []
    assert world.sender.counts.sent == 3


async def test_a_row_in_nobodys_queue_is_sent_and_nothing_noted() -> None:
    world = World()
    await world.put("one", None)
    await world.put("two", silent=True)
    assert await world.send() == 2
    assert world.store.tables.chats == {}


async def test_chats_are_sent_to_at_once_as_far_as_allowed() -> None:
    world = World(most_at_once=3)
    world.messenger.gate = asyncio.Event()
    for number in range(5):
        await world.put("x", str(number))
    assert await world.sender.send_due() == 3
    await asyncio.sleep(0.05)
    assert await world.sender.send_due() == 0
    world.messenger.gate.set()
    await world.sender.finish()
    assert world.messenger.most_at_once == 3
    assert await world.send() == 2


async def test_a_claim_waits_for_several_places_but_not_for_calls_that_nobody_answers() -> None:
    world = World(most_at_once=6, claimed_together=4, poll_seconds=0.05)
    world.messenger.gate = asyncio.Event()
    for number in range(4):
        await world.put("x", str(number))
    assert await world.sender.send_due() == 4
    await world.put("y", "y")
    assert await world.sender.send_due() == 0
    await asyncio.sleep(0.06)
    assert await world.sender.send_due() == 1
    world.messenger.gate.set()
    await world.sender.finish()
    await world.put("z", "z")
    assert await world.sender.send_due() == 1
    await world.sender.finish()


async def test_a_chat_rests_between_two_messages() -> None:
    world = World()
    world.messenger.pause = 60.0
    await world.put("one")
    await world.put("two")
    await world.put("other", "b")
    await world.send()
    assert await world.send() == 0
    assert world.texts == ["one", "other"]


async def test_flood_control_holds_its_chat_alone_and_is_no_attempt() -> None:
    world = World()
    world.messenger.fails = [NotNow(5)]
    await world.put("one")
    await world.put("other", "b")
    await world.send()
    assert await world.send() == 0
    (row,) = world.rows
    assert (row.attempts, row.state, world.sender.counts.told_to_wait) == (0, "ready", 1)
    assert row.not_before == row.queued_at + (row.not_before - row.queued_at)
    world.clock.advance(seconds=6)
    world.sender._pace._rests.clear()
    await world.send()
    assert world.texts == ["other", "one"]


async def test_flood_control_holds_what_is_more_urgent_for_the_same_chat_too() -> None:
    world = World()
    world.messenger.fails = [NotNow(5)]
    await world.put("ping", ping=True, priority=2)
    await world.send()
    await world.put("answer")
    assert await world.send() == 0
    world.sender._pace._rests.clear()
    await world.send()
    assert world.texts == ["answer"]


async def test_flood_control_without_a_chat_is_waited_for_too() -> None:
    world = World()
    world.messenger.fails = [NotNow(5)]
    await world.put("one", None)
    await world.send()
    assert await world.send() == 0


@pytest.mark.parametrize("failure", [Unsure, Unreached])
async def test_answers_are_sent_again_when_nobody_knows(failure: type[Exception]) -> None:
    world = World()
    world.messenger.fails = [failure(), failure()]
    await world.put("one")
    await world.send()
    assert await world.send() == 0
    for seconds in (1.1, 2.1):
        world.clock.advance(seconds=seconds)
        await world.send()
    assert world.texts == ["one"]
    assert world.sender.counts.again == 2


async def test_a_ping_is_not_sent_again_unless_it_surely_did_not_arrive() -> None:
    world = World()
    world.messenger.fails = [Unreached(), Unsure()]
    await world.put("ping", ping=True)
    await world.send()
    assert len(world.rows) == 1
    world.clock.advance(minutes=5.1)
    await world.send()
    assert (world.rows, world.texts, world.sender.counts.dropped) == ([], [], 1)


async def test_a_ping_that_a_dead_sender_had_is_dropped() -> None:
    world = World()
    await world.put("ping", ping=True)
    await world.put("answer", "b")
    async with world.store.work() as work:
        assert len(await work.outbox.claim(b"dead", timedelta(seconds=1))) == 2
    world.clock.advance(seconds=2)
    await world.send()
    assert (world.rows, world.texts, world.sender.counts.dropped) == ([], ["answer"], 1)


async def test_what_is_refused_is_parked_and_holds_nobody_up() -> None:
    world = World()
    world.messenger.fails = [Refused()]
    await world.put("bad")
    await world.put("good")
    await world.send()
    await world.send()
    (parked,) = world.rows
    assert (parked.state, parked.expires_at, world.texts) == (
        "parked",
        world.clock.now() + timedelta(hours=24),
        ["good"],
    )


async def test_a_secret_that_is_refused_is_kept_no_longer() -> None:
    world = World()
    world.messenger.fails = [Refused()]
    await world.put("code", secret=True)
    await world.send()
    assert [row.expires_at for row in world.rows] == [world.clock.now()]


async def test_what_fails_ten_times_is_parked() -> None:
    world = World()
    world.messenger.fails = [Unsure()] * 10
    await world.put("bad")
    for _ in range(10):
        await world.send()
        world.clock.advance(minutes=6)
    assert [row.state for row in world.rows] == ["parked"]
    assert world.sender.counts.parked == 1


async def test_who_is_gone_is_forgotten() -> None:
    world = World()
    person = world.store.person_keys.person("t", "a")
    async with world.store.work() as work:
        work.chats.change(person, lambda _: {"last": "x"}, expires_at=world.clock.now())
        await work.watches.put(person, {}, world.clock.today())
        await work.commit()
    world.messenger.fails = [Gone()]
    await world.put("one")
    await world.put("two")
    await world.send()
    assert (world.rows, world.store.tables.chats, world.store.tables.watches) == ([], {}, {})
    world.messenger.fails = [Gone()]
    await world.put("one", None)
    await world.send()
    assert world.rows == []


async def test_a_chat_that_moved_is_written_to_at_its_new_address() -> None:
    world = World()
    world.messenger.fails = [Moved("-100")]
    await world.put("one")
    await world.send()
    await world.send()
    assert world.messenger.sent == [{"text": "one", "chat": "-100"}]


async def test_without_access_everything_waits() -> None:
    world = World()
    world.messenger.fails = [NoAccess()]
    await world.put("one")
    await world.put("two", "b")
    await world.sender.send_due()
    await world.sender.finish()
    world.clock.advance(minutes=1)
    assert await world.send() == 0
    assert all(row.attempts == 0 for row in world.rows if row.state == "ready")


async def test_an_error_that_nobody_foresaw_leaves_the_row_to_its_lease() -> None:
    world = World()
    world.messenger.fails = [RuntimeError()]
    await world.put("one")
    await world.send()
    assert [row.state for row in world.rows] == ["sending"]
    world.clock.advance(seconds=91)
    await world.send()
    assert world.texts == ["one"]


async def test_a_lost_lease_is_the_others_to_settle() -> None:
    world = World()
    world.messenger.gate = asyncio.Event()
    await world.put("one")
    await world.sender.send_due()
    world.clock.advance(seconds=91)
    async with world.store.work() as work:
        assert len(await work.outbox.claim(b"other", timedelta(minutes=1))) == 1
    world.messenger.gate.set()
    await world.sender.finish()
    assert [row.owner for row in world.rows] == [b"other"]


async def test_it_runs_until_cancelled_and_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(poll_seconds=5.0)
    running = asyncio.create_task(world.sender.run())
    await asyncio.sleep(0.02)
    await world.put("one")
    world.sender.wake()
    async with asyncio.timeout(5):
        while not world.texts:  # noqa: ASYNC110 - the fake signals nobody
            await asyncio.sleep(0.005)
    world.messenger.gate = asyncio.Event()
    await world.put("two", "b")
    world.sender.wake()
    await asyncio.sleep(0.02)
    running.cancel()
    asyncio.get_running_loop().call_later(0.02, world.messenger.gate.set)
    with pytest.raises(asyncio.CancelledError):
        await running
    assert world.texts == ["one", "two"]


async def test_who_loses_the_lead_stops_and_tries_to_lead_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        await real(min(seconds, 0.001))

    monkeypatch.setattr("bot.jobs.delivery.asyncio.sleep", sleep)
    monkeypatch.setattr("bot.jobs.delivery.LEAD_CHECK_SECONDS", 0.0)
    world = World()
    world.held.looks = 2
    running = asyncio.create_task(world.sender.run())
    await real(0.1)
    world.is_led = False
    await real(0.05)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert world.leads > 2


async def test_a_lead_that_cannot_be_asked_for_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    real, tries = asyncio.sleep, [OSError(), OSError()]

    async def sleep(seconds: float) -> None:
        await real(min(seconds, 0.001))

    @asynccontextmanager
    async def lead(name: str) -> AsyncIterator[LeadLike | None]:
        if tries:
            raise tries.pop()
        yield Held()

    monkeypatch.setattr("bot.jobs.delivery.asyncio.sleep", sleep)
    world = World()
    monkeypatch.setattr(world.sender, "_lead", lead)
    await world.put("one")
    running = asyncio.create_task(world.sender.run())
    async with asyncio.timeout(5):
        while not world.texts:
            await real(0.005)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        await real(min(seconds, 0.001))

    world = World()
    monkeypatch.setattr("bot.jobs.delivery.asyncio.sleep", sleep)
    work = world.store.work
    away = [True]

    @asynccontextmanager
    async def failing() -> AsyncIterator[Any]:
        if away:
            raise OSError
        async with work() as opened:
            yield opened

    monkeypatch.setattr(world.sender, "_work", failing)
    await world.put("one")
    running = asyncio.create_task(world.sender.run())
    await real(0.02)
    away.clear()
    await real(0.1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert world.texts == ["one"]


def test_waits_double_up_to_five_minutes() -> None:
    assert [wait_after(n).total_seconds() for n in (1, 2, 3, 9, 30)] == [1, 2, 4, 256, 300]


class Times:
    """A clock that moves by sleeping."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_no_second_has_more_than_thirty_and_hardly_fewer() -> None:
    times, left = Times(), []
    pace = Pace(clock=times, sleep=times.sleep)  # type: ignore[arg-type]
    for _ in range(300):
        await pace.wait()
        left.append(times.now)
    assert all(later - earlier > 1.0 for earlier, later in zip(left, left[30:], strict=False))
    assert 300 / (left[-1] - left[0]) > 29


async def test_what_was_held_up_on_its_way_counts_from_its_answer() -> None:
    times = Times()
    pace = Pace(clock=times, sleep=times.sleep)  # type: ignore[arg-type]
    quick = await pace.wait()
    times.now += 0.02
    pace.answered(quick)
    held_up = [await pace.wait() for _ in range(12)]
    times.now += 3
    for left_at in held_up:
        pace.answered(left_at)
    answered, left = times.now - 0.02, []
    for _ in range(19):
        await pace.wait()
        left.append(times.now)
    assert left[17] < answered + 1 < left[18]


async def test_however_long_the_ways_no_second_of_the_receiver_has_more_than_thirty() -> None:
    """Calls arrive some milliseconds after they left and are answered some later: that is all the sender learns."""
    times, dice = Times(), random.Random(7)
    pace = Pace(clock=times, sleep=times.sleep)  # type: ignore[arg-type]
    under_way: list[tuple[float, float]] = []
    arrived: list[float] = []
    for _ in range(600):
        left_at = await pace.wait()
        arrived.append(times.now + dice.uniform(0.002, 0.006) + (0.05 if dice.random() < 0.1 else 0.0))
        under_way.append((arrived[-1] + dice.uniform(0.001, 0.004), left_at))
        later, now = [], times.now + 0.02
        for answered_at, left in sorted(under_way):
            if answered_at > now:
                later.append((answered_at, left))
                continue
            times.now = max(times.now, answered_at)
            pace.answered(left)
        under_way = later
    arrived.sort()
    assert min(after - before for before, after in zip(arrived, arrived[30:], strict=False)) >= 1.0
    assert 600 / (arrived[-1] - arrived[0]) > 29


async def test_after_a_rest_there_is_no_burst() -> None:
    times = Times()
    pace = Pace(clock=times, sleep=times.sleep)  # type: ignore[arg-type]
    await pace.wait()
    times.now += 60
    begun = times.now
    for _ in range(10):
        await pace.wait()
    assert times.now - begun > 0.2


def test_a_chat_rests_as_long_as_the_longest_says() -> None:
    times = Times()
    pace = Pace(clock=times)
    assert (pace.resting(), pace.next_end()) == ([], 1.0)
    pace.rest(b"a", 5)
    pace.rest(b"a", 1)
    pace.rest(b"b", 2)
    assert (pace.resting(), pace.next_end()) == ([b"a", b"b"], 2.0)
    times.now += 3
    assert pace.resting() == [b"a"]
    times.now += 3
    assert pace.resting() == []
