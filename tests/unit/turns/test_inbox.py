"""The durable inbox, and replies of a channel that pushes: posted in the turn's own commit."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.messages import Incoming, Reply
from bot.channels.posting import Delivery, Post, Priority
from bot.turns import DurableInbox, TurnProcessor
from bot.turns.memory import decode, encode
from bot.turns.ports import TurnWork
from casework import code as codes
from casework.errors import Conflict
from casework.handing_off import Handoff, Way
from casework.handoff import Owner, Why
from casework.ports import PersonKey
from tests.fakes import FakeClock, MemoryStore
from tests.unit.turns.conftest import World, names


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore(FakeClock())


@pytest.fixture
def inbox(store: MemoryStore) -> DurableInbox:
    return make_inbox(store)


def make_inbox(store: MemoryStore) -> DurableInbox:
    return DurableInbox("m", store.work, store.person_keys, store.clock, kept=timedelta(hours=24))


def delivery(number: int, address: str = "1/a") -> Delivery:
    return Delivery(address=address, message_id=str(number), raw=f"raw {number}".encode())


async def test_what_is_kept_is_claimed_and_closed_once(store: MemoryStore, inbox: DurableInbox) -> None:
    one, two = delivery(1), delivery(2)
    assert await inbox.keep([one, two, one]) == [one, two]
    assert await inbox.keep([one]) == []
    (batch,) = await inbox.claim(5)
    assert [(w.raw, w.attempts) for w in batch.waiting] == [(b"raw 1", 1), (b"raw 2", 1)]
    assert await inbox.claim(5) == []
    post = Post(payload={"text": "sorry"}, priority=Priority.PING, kept=timedelta(hours=1))
    await inbox.close("1/a", ["1", "2"], [post])
    await inbox.close("1/a", ["1", "2"], [post])
    (row,) = store.tables.outbox.values()
    assert (row.payload, row.priority, row.expires_at) == ({"text": "sorry"}, 2, store.clock.now() + timedelta(hours=1))
    assert store.tables.updates == {}
    assert await inbox.keep([one, two]) == []


async def test_another_process_that_stored_it_just_now_is_no_error(
    store: MemoryStore, inbox: DurableInbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tries = store.work, [Conflict("x"), Conflict("x"), None]

    class Racing:
        def __init__(self, updates: Any) -> None:
            self._updates = updates

        async def store(self, delivered: Any) -> set[bytes]:
            if (error := tries.pop(0)) is not None:
                raise error
            found: set[bytes] = await self._updates.store(delivered)
            return found

    def work() -> Any:
        context = real()

        class Opened:
            async def __aenter__(self) -> Any:
                opened = await context.__aenter__()
                opened.updates = Racing(opened.updates)  # type: ignore[assignment]
                return opened

            async def __aexit__(self, *info: Any) -> None:
                await context.__aexit__(*info)

        return Opened()

    monkeypatch.setattr(inbox, "_work", work)
    assert await inbox.keep([delivery(1)]) == [delivery(1)]
    tries += [Conflict("x")] * 4
    with pytest.raises(Conflict):
        await inbox.keep([delivery(2)])


async def test_a_chat_is_renewed_given_back_and_added_to(store: MemoryStore, inbox: DurableInbox) -> None:
    await inbox.keep([delivery(1)])
    (batch,) = await inbox.claim(5)
    await inbox.keep([delivery(2)])
    assert [w.raw for w in await inbox.more(batch)] == [b"raw 2"]
    store.clock.advance(seconds=12)  # type: ignore[attr-defined]
    await inbox.renew([batch])
    store.clock.advance(seconds=12)  # type: ignore[attr-defined]
    other = make_inbox(store)
    assert await other.claim(5) == []
    await inbox.give_back(batch, after=timedelta(seconds=5))
    assert await other.claim(5) == []
    store.clock.advance(seconds=6)  # type: ignore[attr-defined]
    assert len(await other.claim(5)) == 1


async def test_what_is_noted_of_a_chat_is_forgotten_with_its_address(store: MemoryStore, inbox: DurableInbox) -> None:
    await inbox.note("1/a", lambda chat: {**chat, "ids": [1]})
    assert await inbox.chat("1/a") == {"ids": [1]}
    await inbox.close("1/a", [], [Post(payload={})])
    await inbox.forget_address("1/a")
    assert (await inbox.chat("1/a"), store.tables.outbox) == ({}, {})


class Recorder:
    """An outlet that posts each message."""

    def __init__(self) -> None:
        self.heard: list[Any] = []

    def show_typing(self, work: TurnWork, address: str) -> None:
        raise NotImplementedError

    async def collect(self, work: TurnWork, person: PersonKey, heard: Any, reply: Reply) -> None:
        self.heard.append(heard)
        for message in reply.messages:
            later = FakeClock().now() + timedelta(hours=1)
            work.outbox.put({"text": message.text}, person=person, expires_at=later)


@pytest.fixture
def pushing(world: World) -> tuple[World, Recorder]:
    outlet = Recorder()
    world.channel, world.address = "m", "1/a"
    world.processor = TurnProcessor(
        dialogue=world.dialogue,
        work=world.store.work,
        keys=world.store.person_keys,
        clock=world.clock,
        codes=codes,
        evidence=world.store.evidence,
        rules=world.rules,
        outlets={"m": outlet},
    )
    return world, outlet


async def test_a_turn_posts_its_reply_and_ends_its_updates_in_one_commit(pushing: tuple[World, Recorder]) -> None:
    world, outlet = pushing
    inbox = make_inbox(world.store)
    inbox._channel = "m"
    await inbox.keep([delivery(1), delivery(2)])
    said = world.incoming("hello", message_id="2", also=("1",), note={"messages": [7]})
    reply = await world.processor.handle(said)
    assert reply.is_posted
    assert len(world.store.tables.outbox) == len(reply.messages) > 0
    assert (world.store.tables.updates, world.store.tables.replies) == ({}, {})
    assert outlet.heard[0].notes == ({"messages": [7]},)
    again = await world.processor.handle(said)
    assert (again.is_repeat, again.messages) == (True, ())
    assert len(world.store.tables.outbox) == len(reply.messages)
    assert await world.processor.is_answered("m", "1/a", "1")
    assert not await world.processor.is_answered("m", "1/a", "3")


async def test_a_row_without_a_state_is_a_conversation_that_begins(pushing: tuple[World, Recorder]) -> None:
    world, _ = pushing
    await DurableInbox("m", world.store.work, world.store.person_keys, world.clock, kept=timedelta(hours=24)).note(
        "1/a", lambda _: {"ids": [1]}
    )
    first = await world.say("/greet")
    fresh = await world.say("/greet", address="1/b")
    assert names(first) == names(fresh)
    assert await world.processor.visible("m", "1/c") == ()


async def test_a_link_may_change_the_language_of_a_conversation(pushing: tuple[World, Recorder]) -> None:
    world, _ = pushing
    await world.say("hello")
    said = Incoming(channel="m", address="1/a", message_id="x", wish="en")
    await world.processor.handle(said)
    assert world.dialogue.heard[-1].text.startswith("/change_language")


async def test_who_cannot_be_written_to_any_more_ends_the_handoff_and_keeps_the_draft(
    pushing: tuple[World, Recorder],
) -> None:
    world, _ = pushing
    await world.processor.lose("m", "1/a")
    await world.say("hello")
    await world.processor.lose("m", "1/a")
    now, handoff_id = world.clock.now(), b"h" * 16
    handoff = Handoff(
        id=handoff_id, state=Owner.WAITING, channel="m", language="zh", reason=Why.ASKED, asked_at=now, last_at=now,
        expires_at=now + timedelta(days=7),
    )  # fmt: skip
    person = world.store.person_keys.person("m", "1/a")
    async with world.store.work() as work:
        stored = await work.conversations.load(person)
        assert stored is not None
        memory = replace(decode(stored.state), handoff=handoff_id)
        work.conversations.save(person, encode(memory), stored.version, now + timedelta(hours=24))
        work.handoffs.begin(handoff, Way(channel="m", address="1/a"), [])
        await work.commit()
    await world.processor.lose("m", "1/a")
    assert not world.store.tables.handoffs[handoff_id].is_live
    assert world.store.tables.ways == {}
    assert world.conversations == 1
