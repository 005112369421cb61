"""Hand-offs, sessions, second factors and the replacing of codes on SQLite and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest

from casework.code import generate
from casework.errors import Conflict
from casework.handing_off import Handoff, Said, Speaker, Way
from casework.handoff import Owner, Why
from storage import Store
from storage.retention import destroy_day_keys
from storage.vault.setup import read_trial
from tests.fakes import FakeClock
from tests.support.cases import make_case
from tests.support.stores import fresh_store, log_in, make_config

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
WAY = Way(channel="web", address="a secret of the browser")
ID = b"0123456789abcdef"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=DATABASES)
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Store]:
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""
    async with fresh_store(make_config(tmp_path / "data", url, clock)) as opened:
        yield opened


def make_handoff(clock: FakeClock, **changes: Any) -> Handoff:
    now = clock.now()
    handoff = Handoff(
        id=ID,
        state=Owner.WAITING,
        channel="web",
        language="en",
        reason=Why.ASKED,
        asked_at=now,
        last_at=now,
        expires_at=now + timedelta(days=7),
    )
    return replace(handoff, **changes)


async def begin(store: Store, handoff: Handoff) -> Handoff:
    async with store.work() as work:
        work.handoffs.begin(handoff, WAY, [said("first", handoff)])
        await work.commit()
    return await get(store)


def said(text: str, handoff: Handoff) -> Said:
    return Said(speaker=Speaker.REPORTER, text=text, at=handoff.asked_at)


async def get(store: Store, handoff_id: bytes = ID) -> Handoff:
    async with store.work() as work:
        found = await work.handoffs.get(handoff_id)
    assert found is not None
    return found


async def change(store: Store, handoff: Handoff, *texts: str) -> None:
    async with store.work() as work:
        work.handoffs.change(handoff, [said(text, handoff) for text in texts])
        await work.commit()


async def test_what_is_written_is_read(store: Store, clock: FakeClock) -> None:
    begun = await begin(store, make_handoff(clock))
    assert begun == make_handoff(clock)
    await change(store, replace(begun, unread=1, alerted=True, rating=3), "second", "third")
    key = await log_in(store)
    async with store.work() as work:
        lines = await work.handoffs.lines(begun, key)
        assert await work.handoffs.way(ID) == WAY
        assert [it.id for it in await work.handoffs.live()] == [ID]
    assert [(line.seq, line.text) for line in lines] == [(1, "first"), (2, "second"), (3, "third")]
    after = await get(store)
    assert (after.version, after.unread, after.alerted, after.rating) == (1, 1, True, 3)


async def test_of_two_changes_at_once_one_counts(store: Store, clock: FakeClock) -> None:
    begun = await begin(store, make_handoff(clock))
    claims = [replace(begun, state=Owner.HUMAN, owner=name) for name in ("li", "wu", "chen")]
    done = await asyncio.gather(*(change(store, claim, claim.owner) for claim in claims), return_exceptions=True)
    assert sum(outcome is None for outcome in done) == 1
    assert sum(isinstance(outcome, Conflict) for outcome in done) == 2
    winner = (await get(store)).owner
    async with store.work() as work:
        lines = await work.handoffs.lines(begun, await log_in(store))
    assert [line.text for line in lines] == ["first", winner]


async def test_the_end_takes_the_way_and_days_take_the_rest(store: Store, clock: FakeClock) -> None:
    begun = await begin(store, make_handoff(clock))
    await change(store, replace(begun, state=Owner.CLOSED, ended_at=clock.now()))
    async with store.work() as work:
        assert await work.handoffs.way(ID) is None
        assert await work.handoffs.live() == []
        assert [it.id for it in await work.handoffs.ended(5)] == [ID]
        assert await work.handoffs.drop_expired(clock.now()) == 0
        assert await work.handoffs.drop_expired(clock.now() + timedelta(days=7)) == 1
        assert await work.handoffs.get(ID) is None


async def test_the_way_keeps_its_day_s_key_and_is_sealed_anew(store: Store, clock: FakeClock) -> None:
    begun = await begin(store, make_handoff(clock))
    clock.advance(days=1)
    await destroy_day_keys(store)
    await change(store, begun, "next day")
    clock.advance(days=1)
    await destroy_day_keys(store)
    async with store.work() as work:
        assert await work.handoffs.way(ID) == WAY
    clock.advance(days=2)
    await destroy_day_keys(store)
    async with store.work() as work:
        assert await work.handoffs.way(ID) is None
    await change(store, await get(store), "late")


async def test_a_replaced_code_opens_and_the_old_one_does_not(store: Store) -> None:
    old, fresh = generate(), generate()
    async with store.work() as work:
        work.cases.add(make_case(), old)
        await work.commit()
    async with store.work() as work:
        await work.cases.replace_code(old, fresh)
        await work.commit()
    async with store.work() as work:
        assert await work.cases.by_code(old) is None
        opened = await work.cases.by_code(fresh)
        with pytest.raises(Conflict):
            await work.cases.replace_code(old, generate())
    assert opened is not None
    assert opened.report == make_case().report


async def test_of_two_who_replace_a_code_at_once_one_succeeds(store: Store) -> None:
    old = generate()
    async with store.work() as work:
        work.cases.add(make_case(), old)
        await work.commit()

    async def replaced() -> None:
        async with store.work() as work:
            await work.cases.replace_code(old, generate())
            await asyncio.sleep(0)
            await work.commit()

    done = await asyncio.gather(replaced(), replaced(), return_exceptions=True)
    assert [type(outcome) for outcome in done if outcome is not None] == [Conflict]


async def test_a_session_and_a_second_factor(store: Store, clock: FakeClock) -> None:
    key = await log_in(store)
    secret = await store.desk_sessions.begin(key, "open")
    found = await store.desk_sessions.find(secret)
    assert found is not None
    shared = store.second_factors.new_secret()
    codes = await store.second_factors.enrol(key, shared, pyotp.TOTP(shared).at(clock.now()))
    assert codes is not None
    clock.advance(minutes=1)
    assert await store.accounts.log_in("admin", await _password(store), second=store.second_factors.proof(codes[0]))
    assert await store.desk_sessions.end_all_of("admin") == 1


async def _password(store: Store) -> str:
    trial = read_trial(store.config.data)
    assert trial is not None
    return trial.password


async def test_a_glance_tells_of_live_ones_what_a_page_must_know(store: Store, clock: FakeClock) -> None:
    waiting = await begin(store, make_handoff(clock))
    async with store.work() as work:
        assert await work.handoffs.glances() == [(ID, waiting.version, Owner.WAITING, "", 0, False)]
        work.handoffs.change(replace(waiting, state=Owner.HUMAN, owner="anna", unread=2))
        await work.commit()
    human = await get(store)
    async with store.work() as work:
        assert await work.handoffs.glances() == [(ID, human.version, Owner.HUMAN, "anna", 2, False)]
        work.handoffs.change(replace(human, state=Owner.CLOSED))
        await work.commit()
    async with store.work() as work:
        assert await work.handoffs.glances() == []


async def test_the_bell_rings_once_what_was_written_is_there(store: Store, clock: FakeClock) -> None:
    rung: list[str] = []
    with store.bell.listening(rung.append):
        if store.database.backend == "postgresql":  # listening itself rings: something may have been missed
            await until_it_rings(rung)
        before = len(rung)
        async with store.work() as work:
            work.handoffs.begin(make_handoff(clock), WAY, [])
            assert len(rung) == before
            await work.commit()
        assert rung[before:] == ["changed"]
        async with store.work() as work:
            handoff = await get(store)
            work.handoffs.change(replace(handoff, version=handoff.version + 5))
            before = len(rung)
            with pytest.raises(Conflict):
                await work.commit()
        assert rung[before:] == []
    await store.bell.tell("nobody hears it")
    assert "nobody hears it" not in rung


async def until_it_rings(rung: list[str]) -> None:
    for _ in range(500):
        if rung:
            return
        await asyncio.sleep(0.02)
    raise TimeoutError
