"""Working through the durable inbox."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.posting import Batch, Delivery
from bot.channels.telegram.worker import Worker, in_order
from tests.unit.telegram.world import ADDRESS, BOT_ID, World, file_update, piece, text_update


def worker_of(world: World) -> Worker:
    return Worker(world.inbox, world.answering, world.options)


async def keep(world: World, *raws: bytes, address: str = ADDRESS) -> None:
    await world.inbox.keep([Delivery(address=address, message_id=piece(raw).id, raw=raw) for raw in raws])
    world.clock.advance(seconds=0.01)


async def work(worker: Worker) -> int:
    begun = await worker.claim()
    await worker.finish()
    return begun


async def test_a_chat_is_answered_in_the_order_telegram_gave_whatever_came_first() -> None:
    world = World()
    one, two = text_update("one"), text_update("two")
    await keep(world, two, one)
    assert await work(worker_of(world)) == 1
    assert [said.text for said in world.heard] == ["one", "two"]
    assert world.store.tables.updates == {}
    assert len(world.store.tables.inbox) == 2
    assert await work(worker_of(world)) == 0


async def test_many_chats_are_answered_at_once_as_far_as_there_is_room() -> None:
    world = World(chats_at_once=2)
    for chat in (1, 2, 3):
        await keep(world, text_update("x", chat=chat), address=f"{BOT_ID}/{chat}")
    worker = worker_of(world)
    assert await worker.claim() == 2
    assert await worker.claim() == 0
    await worker.finish()
    assert await work(worker) == 1


async def test_an_album_is_waited_for() -> None:
    world = World(album_quiet=timedelta(seconds=0.02))
    await keep(world, file_update("a.pdf", media_group_id="g"))
    worker = worker_of(world)
    await worker.claim()
    await asyncio.sleep(0.005)
    await keep(world, file_update("b.pdf", media_group_id="g"))
    await worker.finish()
    (files,) = world.heard
    assert len(files.also) == 1


async def test_what_fails_is_tried_again_later_and_given_up_after_five_times() -> None:
    world = World()
    await keep(world, text_update("crash"))
    worker = worker_of(world)
    for attempt in range(1, 5):
        assert await work(worker) == 1
        assert await work(worker) == 0
        world.clock.advance(seconds=0.5 * 2**attempt + 0.1)
    assert await work(worker) == 1
    assert len(world.said) == 1
    assert world.store.tables.updates == {}


class Failing:
    """An inbox whose named calls fail."""

    def __init__(self, inner: Any, *names: str) -> None:
        self._inner, self._names = inner, names
        self.called: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.called.append(name)
        if name in self._names:
            raise OSError
        return getattr(self._inner, name)


async def test_who_cannot_give_a_chat_back_lets_the_lease_end() -> None:
    world = World()
    await keep(world, text_update("crash"))
    worker = Worker(Failing(world.inbox, "give_back"), world.answering, world.options)
    assert await work(worker) == 1
    assert len(world.store.tables.updates) == 1
    world.clock.advance(seconds=31)
    assert len(await world.inbox.claim(5)) == 1


async def test_the_loop_lives_through_a_database_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    real = asyncio.sleep

    async def short(seconds: float) -> None:
        await real(min(seconds, 0.005))

    world = World(poll_inbox_seconds=0.01)
    failing = Failing(world.inbox, "claim", "renew")
    worker = Worker(failing, world.answering, world.options)
    monkeypatch.setattr("bot.channels.telegram.worker.RENEW_SECONDS", 0.001)
    monkeypatch.setattr("bot.channels.telegram.worker.asyncio.sleep", short)
    running = asyncio.create_task(worker.run())
    await real(0.03)
    worker._at_work[asyncio.create_task(real(0.05))] = Batch(chat=b"x", waiting=[])
    await real(0.03)
    failing._names = ()
    await keep(world, text_update("hello"))
    worker.wake()
    await real(0.1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert "renew" in failing.called
    assert [said.text for said in world.heard] == ["hello"]


def test_pieces_stand_in_the_order_of_their_numbers() -> None:
    one, two = piece(text_update("a")), piece(text_update("b"))
    assert in_order([two, one]) == [one, two]
