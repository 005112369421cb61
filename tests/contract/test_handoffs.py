"""Hand-offs: begun, changed against their version, found in order, and the way back to the person."""

import secrets
from dataclasses import replace
from datetime import timedelta

import pytest

from casework.errors import Conflict
from casework.handing_off import Handoff, Said, Speaker, Way
from casework.handoff import Owner, Why
from tests.contract.conftest import Ground

WAY = Way(channel="telegram", address="7/42")


def made(ground: Ground, **changes: object) -> Handoff:
    now = ground.clock.now()
    handoff = Handoff(
        id=secrets.token_bytes(16), state=Owner.WAITING, channel="telegram", language="zh", reason=Why.ASKED,
        asked_at=now, last_at=now, expires_at=now + timedelta(days=7),
    )  # fmt: skip
    return replace(handoff, **changes)  # type: ignore[arg-type]


def line(ground: Ground, text: str) -> Said:
    return Said(speaker=Speaker.REPORTER, text=text, at=ground.clock.now())


async def begin(ground: Ground, handoff: Handoff, *texts: str) -> None:
    async with ground.work() as work:
        work.handoffs.begin(handoff, WAY, [line(ground, text) for text in texts])
        await work.commit()


async def test_a_handoff_is_read_by_the_office_and_knows_the_way(ground: Ground) -> None:
    handoff = made(ground)
    await begin(ground, handoff, "一", "二")
    async with ground.work() as work:
        assert await work.handoffs.get(handoff.id) == handoff
        lines = await work.handoffs.lines(handoff, ground.office_key)
        assert [(said.text, said.seq) for said in lines] == [("一", 1), ("二", 2)]
        assert await work.handoffs.way(handoff.id) == WAY
        assert await work.handoffs.get(b"x" * 16) is None
        assert await work.handoffs.way(b"x" * 16) is None


async def test_a_change_needs_the_version_that_was_read(ground: Ground) -> None:
    handoff = made(ground)
    await begin(ground, handoff)
    async with ground.work() as work:
        work.handoffs.change(replace(handoff, state=Owner.HUMAN, owner="wang"), [line(ground, "三")])
        await work.commit()
    async with ground.work() as work:
        found = await work.handoffs.get(handoff.id)
        assert found is not None
        assert (found.version, found.state, found.owner) == (1, Owner.HUMAN, "wang")
        work.handoffs.change(replace(handoff, owner="li"))
        with pytest.raises(Conflict):
            await work.commit()


async def test_what_ended_has_no_way_and_stands_apart(ground: Ground) -> None:
    first = made(ground)
    ground.clock.advance(minutes=1)
    second, held = made(ground), made(ground, state=Owner.HUMAN, owner="wang")
    for handoff in (second, held, first):
        await begin(ground, handoff)
    async with ground.work() as work:
        assert [handoff.id for handoff in await work.handoffs.live()] == [first.id, second.id, held.id]
        work.handoffs.change(replace(first, state=Owner.CLOSED, ended_at=ground.clock.now()))
        await work.commit()
    async with ground.work() as work:
        assert [handoff.id for handoff in await work.handoffs.live()] == [second.id, held.id]
        assert [handoff.id for handoff in await work.handoffs.ended(10)] == [first.id]
        assert await work.handoffs.way(first.id) is None


async def test_handoffs_go_after_their_days(ground: Ground) -> None:
    handoff = made(ground)
    await begin(ground, handoff, "一")
    async with ground.work() as work:
        assert await work.handoffs.drop_expired(ground.clock.now()) == 0
        assert await work.handoffs.drop_expired(ground.clock.now() + timedelta(days=7)) == 1
    async with ground.work() as work:
        assert await work.handoffs.get(handoff.id) is None
