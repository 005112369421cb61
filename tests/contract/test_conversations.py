"""Conversations, replies and the inbox."""

import asyncio
from datetime import date, timedelta

import pytest

from casework.errors import Conflict
from tests.contract.conftest import Ground
from tests.contract.test_receipts import make_file

DAY = timedelta(hours=24)


async def _save(ground: Ground, state: bytes, version: int | None) -> None:
    async with ground.work() as work:
        work.conversations.save(ground.person(), state, version, ground.clock.now() + DAY)
        await work.commit()


async def test_a_conversation_comes_back_with_its_version(ground: Ground) -> None:
    await _save(ground, b"one", None)
    ground.clock.advance(minutes=5)
    await _save(ground, b"two", 1)
    async with ground.work() as work:
        stored = await work.conversations.load(ground.person())
        other = await work.conversations.load(ground.person("other"))
    assert stored is not None
    assert (stored.version, stored.state, stored.updated_at) == (2, b"two", ground.clock.now())
    assert other is None


async def test_what_is_not_committed_is_not_kept(ground: Ground) -> None:
    async with ground.work() as work:
        work.conversations.save(ground.person(), b"lost", None, ground.clock.now() + DAY)
    async with ground.work() as work:
        assert await work.conversations.load(ground.person()) is None


async def test_two_units_that_read_the_same_version_cannot_both_write(ground: Ground) -> None:
    await _save(ground, b"start", None)
    async with ground.work() as one, ground.work() as two:
        for work, state in ((one, b"one"), (two, b"two")):
            stored = await work.conversations.load(ground.person())
            assert stored is not None
            work.conversations.save(ground.person(), state, stored.version, ground.clock.now() + DAY)
        results = await asyncio.gather(one.commit(), two.commit(), return_exceptions=True)
    assert sorted(map(type, results), key=str) == sorted([type(None), Conflict], key=str)


async def test_two_units_cannot_both_begin_a_conversation(ground: Ground) -> None:
    results = await asyncio.gather(_save(ground, b"one", None), _save(ground, b"two", None), return_exceptions=True)
    assert sorted(map(type, results), key=str) == sorted([type(None), Conflict], key=str)


async def test_a_conflict_leaves_nothing_of_its_unit(ground: Ground) -> None:
    await _save(ground, b"start", None)
    key = ground.person_keys.update_key("test", "a", "1")
    async with ground.work() as work:
        work.inbox.mark(key, date(2026, 3, 2))
        work.conversations.save(ground.person(), b"stale", 7, ground.clock.now() + DAY)
        with pytest.raises(Conflict):
            await work.commit()
    async with ground.work() as work:
        assert not await work.inbox.is_marked(key)


async def test_an_expired_conversation_is_still_read_until_it_is_deleted(ground: Ground) -> None:
    await _save(ground, b"old", None)
    ground.clock.advance(hours=24, minutes=10)
    async with ground.work() as work:
        assert await work.conversations.load(ground.person()) is not None


async def test_delete_compares_the_version(ground: Ground) -> None:
    await _save(ground, b"one", None)
    async with ground.work() as work:
        work.conversations.delete(ground.person(), 2)
        with pytest.raises(Conflict):
            await work.commit()
    async with ground.work() as work:
        work.conversations.delete(ground.person(), 1)
        await work.commit()
        assert await work.conversations.load(ground.person()) is None


async def test_a_draft_goes_on_under_the_successor_in_the_transaction_that_ends_the_old_row(ground: Ground) -> None:
    """What a message to the office beside a draft writes: all of it, or nothing."""
    person, successor, file = ground.person(), ground.person("successor"), make_file(1)
    until = ground.clock.now() + DAY
    await _save(ground, b"draft", None)
    async with ground.work() as work:
        work.uploads.put(person, file, until)
        await work.commit()
    for version in (7, 1):
        async with ground.work() as work:
            work.conversations.delete(person, version)
            work.conversations.save(successor, b"carried", None, until)
            work.uploads.drop(person, [file.id])
            work.uploads.put(successor, file, until)
            if version == 7:
                with pytest.raises(Conflict):
                    await work.commit()
                continue
            await work.commit()
    async with ground.work() as work:
        stored = await work.conversations.load(successor)
        assert stored is not None
        assert (stored.version, stored.state) == (1, b"carried")
        assert await work.conversations.load(person) is None
        assert (await work.uploads.of(person), await work.uploads.of(successor)) == ([], [file])


async def test_a_message_is_marked_once(ground: Ground) -> None:
    key = ground.person_keys.update_key("test", "a", "1")
    for expected in (None, Conflict):
        async with ground.work() as work:
            assert await work.inbox.is_marked(key) is (expected is Conflict)
            work.inbox.mark(key, date(2026, 3, 2))
            if expected:
                with pytest.raises(Conflict):
                    await work.commit()
            else:
                await work.commit()


async def test_a_reply_is_kept_until_it_expires_or_its_person_is_forgotten(ground: Ground) -> None:
    one, two = b"1" * 32, b"2" * 32
    async with ground.work() as work:
        work.replies.put(one, ground.person(), b"hello", ground.clock.now() + timedelta(hours=1))
        work.replies.put(two, ground.person("other"), b"other", ground.clock.now() + timedelta(hours=2))
        await work.commit()
    async with ground.work() as work:
        assert await work.replies.get(one) == b"hello"
        work.replies.drop_of(ground.person())
        await work.commit()
    async with ground.work() as work:
        assert await work.replies.get(one) is None
        assert await work.replies.get(two) == b"other"
    ground.clock.advance(hours=2)
    async with ground.work() as work:
        assert await work.replies.get(two) is None


async def test_a_reply_is_replaced(ground: Ground) -> None:
    for payload in (b"one", b"two"):
        async with ground.work() as work:
            work.replies.put(b"k" * 32, ground.person(), payload, ground.clock.now() + DAY)
            await work.commit()
    async with ground.work() as work:
        assert await work.replies.get(b"k" * 32) == b"two"
