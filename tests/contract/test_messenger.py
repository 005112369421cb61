"""What a messenger delivered, what is to be sent, and what is noted of a chat."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from casework.errors import Conflict
from storage.repositories.updates import Delivered
from tests.contract.conftest import Ground

LEASE = timedelta(seconds=30)
DAY = timedelta(hours=24)


def delivered(ground: Ground, number: int, address: str = "a") -> Delivered:
    key = ground.person_keys.update_key("test", address, str(number))
    return Delivered(update_key=key, person=ground.person(address), raw=f"update {number}".encode())


async def store(ground: Ground, *updates: Delivered) -> int:
    ground.clock.advance(seconds=0.001)
    async with ground.work() as work:
        return len(await work.updates.store(updates))


async def claim(ground: Ground, owner: bytes, persons: int = 20) -> list[list[bytes]]:
    async with ground.work() as work:
        return [[one.raw for one in batch] for batch in await work.updates.claim(owner, LEASE, persons)]


async def answer(ground: Ground, update: Delivered) -> None:
    async with ground.work() as work:
        work.inbox.mark(update.update_key, ground.clock.today())
        work.updates.drop(update.update_key)
        await work.commit()


async def test_an_update_is_stored_once_and_never_after_it_was_answered(ground: Ground) -> None:
    one, two = delivered(ground, 1), delivered(ground, 2)
    assert await store(ground, one, one, two) == 2
    assert await store(ground, one) == 0
    await answer(ground, one)
    assert await store(ground, one, two, delivered(ground, 3)) == 1
    assert await claim(ground, b"me") == [[b"update 2", b"update 3"]]


async def test_two_stores_of_one_update_keep_one(ground: Ground) -> None:
    one = delivered(ground, 1)
    results = await asyncio.gather(store(ground, one), store(ground, one), return_exceptions=True)
    assert all(isinstance(result, Conflict) or result in (0, 1) for result in results)
    assert [result for result in results if result == 1] == [1]
    assert await claim(ground, b"me") == [[b"update 1"]]


async def test_one_process_has_a_persons_updates_at_a_time(ground: Ground) -> None:
    await store(ground, delivered(ground, 1), delivered(ground, 2, "b"))
    first, second = await asyncio.gather(claim(ground, b"1"), claim(ground, b"2"))
    assert sorted([*first, *second]) == [[b"update 1"], [b"update 2"]]
    await store(ground, delivered(ground, 3))
    assert await claim(ground, b"1") == []
    async with ground.work() as work:
        assert not await work.updates.claim(b"2", LEASE)
        assert await work.updates.is_any_waiting()
    ground.clock.advance(seconds=31)
    assert sorted(await claim(ground, b"2")) == [[b"update 1", b"update 3"], [b"update 2"]]


async def test_the_owner_takes_what_came_meanwhile_and_renews(ground: Ground) -> None:
    await store(ground, delivered(ground, 1))
    assert await claim(ground, b"me") == [[b"update 1"]]
    await store(ground, delivered(ground, 2))
    async with ground.work() as work:
        more = await work.updates.more(b"me", ground.person(), LEASE)
        assert [(one.raw, one.attempts) for one in more] == [(b"update 2", 1)]
        ground.clock.advance(seconds=20)
        await work.updates.renew(b"me", [ground.person()], LEASE)
    ground.clock.advance(seconds=20)
    assert await claim(ground, b"other") == []


async def test_what_is_given_back_waits_as_long_as_told(ground: Ground) -> None:
    await store(ground, delivered(ground, 1))
    await claim(ground, b"me")
    async with ground.work() as work:
        await work.updates.give_back(b"me", ground.person(), after=timedelta(seconds=5))
    assert await claim(ground, b"other") == []
    ground.clock.advance(seconds=6)
    async with ground.work() as work:
        ((one,),) = await work.updates.claim(b"other", LEASE)
        assert one.attempts == 2
        await work.updates.give_back(b"other", ground.person())
    assert await claim(ground, b"third") == [[b"update 1"]]


async def test_persons_are_claimed_in_the_order_they_wait(ground: Ground) -> None:
    for number, address in enumerate("abc"):
        await store(ground, delivered(ground, number, address))
        ground.clock.advance(seconds=1)
    assert await claim(ground, b"me", persons=2) == [[b"update 0"], [b"update 1"]]
    async with ground.work() as work:
        work.updates.drop_of(ground.person("c"))
        await work.commit()
        assert not await work.updates.is_any_waiting()


async def put(ground: Ground, text: str, address: str | None = "a", **values: Any) -> None:
    async with ground.work() as work:
        person = ground.person(address) if address else None
        work.outbox.put({"text": text}, person=person, expires_at=ground.clock.now() + DAY, **values)
        await work.commit()
    ground.clock.advance(seconds=0.001)


async def claimed(ground: Ground, owner: bytes = b"me", **values: Any) -> list[Any]:
    async with ground.work() as work:
        return [(row.payload["text"], row) for row in await work.outbox.claim(owner, LEASE, **values)]


async def test_of_one_person_the_first_leaves_and_then_the_next(ground: Ground) -> None:
    async with ground.work() as work:
        for text in ("one", "two"):
            work.outbox.put({"text": text}, person=ground.person(), expires_at=ground.clock.now() + DAY)
        await work.commit()
    await put(ground, "other", "b")
    rows = await claimed(ground)
    assert sorted(text for text, _ in rows) == ["one", "other"]
    assert await claimed(ground) == []
    async with ground.work() as work:
        work.outbox.sent(dict(rows)["one"].id, b"me")
        await work.commit()
    assert [text for text, _ in await claimed(ground)] == ["two"]


async def test_answers_go_before_pings_and_broadcasts(ground: Ground) -> None:
    await put(ground, "broadcast", "a", priority=2)
    await put(ground, "ping", "b", priority=1)
    await put(ground, "answer", "c")
    assert [text for text, _ in await claimed(ground, limit=2)] == ["answer", "ping"]
    assert [text for text, _ in await claimed(ground, without=[ground.person("b")])] == ["broadcast"]


async def test_a_row_that_waits_holds_the_next_and_a_parked_one_does_not(ground: Ground) -> None:
    await put(ground, "one")
    await put(ground, "two")
    ((_, one),) = await claimed(ground)
    async with ground.work() as work:
        work.outbox.again(one.id, b"me", ground.clock.now() + timedelta(seconds=10), counts=False)
        await work.commit()
    assert await claimed(ground) == []
    ground.clock.advance(seconds=11)
    ((text, one),) = await claimed(ground)
    assert (text, one.attempts) == ("one", 1)
    async with ground.work() as work:
        work.outbox.park(one.id, b"me", ground.clock.now() + DAY)
        await work.commit()
    assert [text for text, _ in await claimed(ground)] == ["two"]
    ground.clock.advance(minutes=1)
    async with ground.work() as work:
        assert await work.outbox.is_any_waiting()
        work.outbox.drop_of(ground.person())
        await work.commit()
        assert not await work.outbox.is_any_waiting()


async def test_the_next_sender_takes_over_at_once(ground: Ground) -> None:
    await put(ground, "one")
    ((_, first),) = await claimed(ground, b"1")
    async with ground.work() as work:
        await work.outbox.take_over(b"1")
    assert await claimed(ground, b"2") == []
    async with ground.work() as work:
        await work.outbox.take_over(b"2")
    ((_, second),) = await claimed(ground, b"2")
    assert (second.id, second.attempts) == (first.id, 2)


async def test_who_lost_the_lease_cannot_finish(ground: Ground) -> None:
    await put(ground, "one")
    ((_, first),) = await claimed(ground, b"1")
    ground.clock.advance(seconds=31)
    ((_, second),) = await claimed(ground, b"2")
    assert (second.id, second.attempts) == (first.id, 2)
    async with ground.work() as work:
        work.outbox.sent(first.id, b"1")
        with pytest.raises(Conflict):
            await work.commit()


async def test_what_is_noted_of_a_chat_goes_with_the_conversation(ground: Ground) -> None:
    person, later = ground.person(), ground.clock.now() + DAY
    async with ground.work() as work:
        work.conversations.save(person, b"state", None, later)
        work.chats.change(person, lambda chat: {**chat, "ids": [1]}, expires_at=later)
        await work.commit()
    async with ground.work() as work:
        work.chats.change(person, lambda chat: {"ids": [*chat["ids"], 2]}, expires_at=later)
        work.conversations.save(person, b"newer", 1, later)
        await work.commit()
    async with ground.work() as work:
        assert await work.chats.load(person) == {"ids": [1, 2]}
        work.conversations.delete(person, 2)
        await work.commit()
    async with ground.work() as work:
        assert await work.chats.load(person) == {}


async def test_a_note_without_a_conversation_begins_a_row_without_a_state(ground: Ground) -> None:
    person, later = ground.person(), ground.clock.now() + DAY
    async with ground.work() as work:
        work.chats.change(person, lambda chat: {"ids": [1]}, expires_at=later)
        await work.commit()
    async with ground.work() as work:
        stored = await work.conversations.load(person)
        assert stored is not None
        assert (stored.version, stored.state) == (1, b"")
        work.chats.change(person, lambda chat: {}, expires_at=later)
        work.chats.change(ground.person("b"), lambda chat: {}, expires_at=later)
        await work.commit()
    async with ground.work() as work:
        assert await work.chats.load(person) == {}
        assert await work.conversations.load(ground.person("b")) is None


async def test_a_watch_opens_with_the_offices_key_until_it_ends(ground: Ground) -> None:
    today, person = ground.clock.today(), ground.person()
    async with ground.work() as work:
        watch_id = await work.watches.put(person, {"address": "1/2"}, today)
        other = await work.watches.put(ground.person("b"), {"address": "1/3"}, today)
        await work.commit()
    async with ground.work() as work:
        assert await work.watches.open(watch_id, ground.office_key, today) == {"address": "1/2"}
        assert await work.watches.open(watch_id, ground.office_key, today + timedelta(days=1)) is None
        assert await work.watches.count_of(person) == 1
        work.watches.drop_of(person)
        await work.commit()
    async with ground.work() as work:
        assert await work.watches.count_of(person) == 0
        assert await work.watches.open(watch_id, ground.office_key, today) is None
        assert await work.watches.open(other, ground.office_key, today) is not None


async def test_it_is_known_whether_a_ping_waits(ground: Ground) -> None:
    await put(ground, "ping", priority=2)
    async with ground.work() as work:
        assert await work.outbox.has_waiting(ground.person(), 2)
        assert not await work.outbox.has_waiting(ground.person(), 1)
        assert not await work.outbox.has_waiting(ground.person("b"), 2)
