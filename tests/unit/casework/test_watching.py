"""Watches: made on request, opened with the case, ended by "forget me"; reports of a day are counted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from casework import watching, way_back
from casework.attempts import Submissions
from casework.case import Part
from casework.errors import CaseUnreadable, NoCaseOpen, TooManyReports
from casework.office import ask, note
from casework.report import Contact, Mode
from casework.services import Services
from casework.submitting import Submitted, submit
from casework.turn import Turn
from casework.watching import LONGEST_DELAY, SHORTEST_DELAY, can_watch, some_time_after, watchers_of
from tests.fakes import FakeClock, FakeOfficeKey, MemoryStore
from tests.unit.casework.conftest import PERSON, SUCCESSOR, InTurn, make_report, typed

KEY = FakeOfficeKey()


@dataclass
class FakePinger:
    pings: list[tuple[str, str, str]] = field(default_factory=list)

    async def ping(self, channel: str, address: str, language: str) -> None:
        self.pings.append((channel, address, language))


@pytest.fixture
def pinger() -> FakePinger:
    return FakePinger()


@pytest.fixture
def services(services: Services, pinger: FakePinger) -> Services:
    return replace(services, pinger=pinger)


@pytest.fixture
def chat(in_turn: InTurn) -> Any:
    """Turns of a chat in a messenger."""

    @asynccontextmanager
    async def turn(**values: Any) -> AsyncIterator[Turn]:
        async with in_turn(**values) as running:
            running.channel, running.address = "telegram", "7/42"
            yield running

    return turn


async def submitted(services: Services, chat: Any, **changes: Any) -> Submitted:
    async with chat():
        return await submit(services, make_report(follow_up="chat", **changes), None, draft_id="d1")


async def test_who_asks_for_it_in_the_report_is_watched(services: Services, store: MemoryStore, chat: Any) -> None:
    made = await submitted(services, chat)
    assert made.watched_until == store.clock.today() + timedelta(days=180)
    (watch,) = store.tables.watches.values()
    assert (watch.person, watch.address) == (PERSON, {"channel": "telegram", "address": "7/42", "language": "zh"})
    case = store.tables.cases[made.row.id]
    (noted,) = [entry for entry in case.entries if entry.part is Part.OFFICE]
    assert list(noted.data) == ["watch"]
    assert noted.at is None


async def test_elsewhere_and_without_the_wish_nothing_is_watched(
    services: Services, store: MemoryStore, in_turn: InTurn, chat: Any
) -> None:
    async with in_turn():
        assert not can_watch()
        assert await watching.watch(services, "zh") is None
        made = await submit(services, make_report(follow_up="chat"), None, draft_id="d1")
    async with chat():
        other = await submit(services, make_report(), None, draft_id="d2")
    assert (made.watched_until, other.watched_until, store.tables.watches) == (None, None, {})
    assert not can_watch()
    assert not await watching.stop(services)


async def test_an_open_case_or_a_live_receipt_can_be_watched_later(
    services: Services, store: MemoryStore, chat: Any
) -> None:
    async with chat():
        made = await submit(services, make_report(), None, draft_id="d1")
    async with chat():
        assert await watching.watch(services, "zh") is not None
    async with chat():
        await way_back.saved(services)
    async with chat():
        with pytest.raises(NoCaseOpen):
            await watching.watch(services, "zh")
    async with chat():
        await way_back.open_by_code(services, typed(made.code))
    async with chat():
        assert await watching.watch(services, "en") is not None
    assert len(store.tables.watches) == 2


async def test_news_of_the_office_pings_and_a_note_does_not(services: Services, pinger: FakePinger, chat: Any) -> None:
    made = await submitted(services, chat)
    await note(services, KEY, made.row.id, "for us alone")
    assert pinger.pings == []
    await ask(services, KEY, made.row.id, "哪一天？")
    assert pinger.pings == [("telegram", "7/42", "zh")]


async def test_without_a_pinger_nothing_is_opened(services: Services, chat: Any) -> None:
    made = await submitted(services, chat)
    quiet = replace(services, pinger=None)
    await ask(quiet, KEY, made.row.id, "哪一天？")
    await watching.ping(quiet, watching.Watched(channel="telegram", address="7/42", language="zh"))


async def test_what_ended_or_cannot_be_opened_is_left_out(
    services: Services, store: MemoryStore, chat: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await submitted(services, chat)
    async with store.work() as work:
        case = await work.cases.by_office(made.row.id, KEY)
        assert case is not None
        today = store.clock.today()
        assert [repr(one) for one in await watchers_of(work, case, KEY, today)] == ["Watched(…)"]
        assert await watchers_of(work, case, KEY, today + timedelta(days=181)) == []

        async def refuse(*_: Any) -> None:
            raise CaseUnreadable

        monkeypatch.setattr(work.watches, "open", refuse)
        assert await watchers_of(work, case, KEY, today) == []


async def test_a_chat_can_stop_all_its_watches(services: Services, store: MemoryStore, chat: Any) -> None:
    await submitted(services, chat)
    async with chat():
        assert await watching.stop(services)
    async with chat():
        assert not await watching.stop(services)
    assert store.tables.watches == {}


def test_a_ping_leaves_at_a_random_time_within_hours(clock: FakeClock) -> None:
    waits = {some_time_after(clock.now()) - clock.now() for _ in range(50)}
    assert len(waits) > 10
    assert all(SHORTEST_DELAY <= wait <= LONGEST_DELAY for wait in waits)


async def test_a_person_hands_in_five_reports_a_day(services: Services, clock: FakeClock, in_turn: InTurn) -> None:
    contact = Contact(name="李四", contact="13900000000")
    for number in range(5):
        async with in_turn(successor=SUCCESSOR):
            await submit(services, make_report(mode=Mode.REAL_NAME), contact, draft_id=f"d{number}")
    for person in (PERSON, SUCCESSOR):
        async with in_turn(person=person):
            with pytest.raises(TooManyReports, match="5 today"):
                await submit(services, make_report(), None, draft_id="d6")
    await submit(services, make_report(), None, draft_id="d7")
    clock.advance(days=1)
    async with in_turn():
        await submit(services, make_report(), None, draft_id="d6")


def test_a_draft_that_is_handed_in_again_counts_once(clock: FakeClock) -> None:
    counted = Submissions()
    for _ in range(3):
        counted.count(PERSON, "d1", limit=1, today=clock.today())
    with pytest.raises(TooManyReports):
        counted.count(PERSON, "d2", limit=1, today=clock.today())
    counted.carry_over(SUCCESSOR, PERSON)
    counted.count(SUCCESSOR, "d2", limit=1, today=clock.today())
