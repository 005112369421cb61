"""The use cases, over the store in memory, SQLite and PostgreSQL: whole cases, from the report to the review."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from casework import office as desk
from casework import way_back
from casework.attempts import Attempts
from casework.case import CaseStatus, EntryKind, Priority
from casework.case_life import Details, Disposition, Outcome
from casework.code import generate
from casework.errors import CaseUnknown, CodeUnknown, Conflict, NoCaseOpen, Recused
from casework.ports import CaseQuery, Operator, PersonKey
from casework.report import Contact, FileRef, Mode
from casework.services import Services
from casework.submitting import submit
from casework.turn import Turn, current_turn
from storage import setup
from tests.fakes import FakeClock, FakeOfficeKey, MemoryStore
from tests.support.cases import make_case
from tests.support.stores import make_config, open_for_test
from tests.unit.casework.conftest import DALIAN, NoRanker, make_report, typed

S = CaseStatus
PASSWORDS = ("correct horse battery", "staple horse battery")
PERSON, SUCCESSOR, OTHER = (PersonKey(letter * 32) for letter in (b"p", b"s", b"o"))


@dataclass(frozen=True, kw_only=True)
class Office:
    """Services over some store, and the unlocked keys of two supervisors."""

    services: Services
    keys: tuple[Any, Any]
    work: Any
    clock: FakeClock
    declare: Callable[[str, str], Awaitable[None]]
    """Declare an operator's unit."""

    @asynccontextmanager
    async def turn(self, person: PersonKey = PERSON, successor: PersonKey | None = None) -> AsyncIterator[Turn]:
        """Run a turn of `person` that commits when its block ends well."""
        async with self.work() as work:
            turn = Turn(work=work, person=person, successor=successor or person, channel="web", message_id="1")
            token = current_turn.set(turn)
            try:
                yield turn
                await work.commit()
            finally:
                current_turn.reset(token)


def make_services(store: Any, clock: FakeClock) -> Services:
    return Services(
        profile=DALIAN,
        clock=clock,
        work=store.work,
        ranker=NoRanker(),
        evidence=store.evidence,
        attempts=Attempts(),
    )


@asynccontextmanager
async def in_memory() -> AsyncIterator[Office]:
    clock = FakeClock()
    first, second = (
        Operator(name=name, role="supervisor", state="active", is_key_holder=True, has_logged_in=True)
        for name in ("first", "second")
    )
    store = MemoryStore(clock, [first, second])
    keys = (FakeOfficeKey(operator="first"), FakeOfficeKey(operator="second"))

    async def declare(name: str, unit: str) -> None:
        store.add_operator(replace(store.operators[name], unit=unit))

    yield Office(services=make_services(store, clock), keys=keys, work=store.work, clock=clock, declare=declare)


@asynccontextmanager
async def on_disk(data: Path, url: str) -> AsyncIterator[Office]:
    clock = FakeClock()
    config = make_config(data / "data", url, clock)
    made = await setup(config, terminal=True)
    async with open_for_test(config) as store:
        keys = await two_supervisors(store, made.one_time_password or "")

        async def declare(name: str, unit: str) -> None:
            await store.accounts.declare(keys[0], name, unit=unit, declared_names=())

        yield Office(services=make_services(store, clock), keys=keys, work=store.work, clock=clock, declare=declare)


async def two_supervisors(store: Any, one_time_password: str) -> tuple[Any, Any]:
    """Set the first operator's password and add a second supervisor, who holds the key too."""
    first_name = (await store.accounts.names())[0]
    first = await store.accounts.log_in(first_name, one_time_password)
    first = await store.accounts.set_password(first, PASSWORDS[0])
    given = await store.accounts.add(first, "second", "supervisor")
    second = await store.accounts.set_password(await store.accounts.log_in("second", given), PASSWORDS[1])
    await store.accounts.grant(first, "second")
    second = await store.accounts.log_in("second", PASSWORDS[1])
    return first, second


@pytest.fixture
async def office(database_url: str | None, tmp_path: Path) -> AsyncIterator[Office]:
    opening = in_memory() if database_url is None else on_disk(tmp_path, database_url)
    async with opening as made:
        yield made


async def test_a_whole_case(office: Office) -> None:
    services, (first, second) = office.services, office.keys
    async with office.turn(successor=SUCCESSOR):
        submitted = await submit(services, make_report(), None, draft_id="d1")
    case_id = submitted.row.id
    async with office.turn(SUCCESSOR):
        assert await way_back.show_code(services) == submitted.code
        repeated = await submit(services, make_report(), None, draft_id="d1")
    assert (repeated.code, repeated.is_repeat, repeated.row) == (submitted.code, True, submitted.row)

    await desk.ask(services, first, case_id, "是哪个窗口？")
    async with office.turn(OTHER) as turn:
        file = FileRef(id="f" * 32, key="a2V5", name="窗口.jpg", size=3)
        turn.work.uploads.put(OTHER, file, office.clock.now() + timedelta(days=1))
    async with office.turn(OTHER):
        shown = await way_back.open_by_code(services, typed(submitted.code))
        assert shown.open_question is not None
        assert shown.open_question.text == "是哪个窗口？"
        await way_back.answer(services, "三号窗口", [file.id])
        shown = await way_back.add_information(services, "还有录音")
    assert shown.status is S.RECEIVED
    async with office.turn(OTHER):
        assert await way_back.view(services) == shown

    opened = await desk.show(services, second, case_id)
    assert [e.text for e in opened.entries if e.author == "reporter" and e.text] == ["三号窗口", "还有录音"]
    assert next(e for e in opened.entries if e.kind is EntryKind.ANSWER).files == (file,)
    await desk.change_status(services, first, case_id, S.ACCEPTED)
    waiting = await desk.change_status(
        services, first, case_id, S.ASSESSING, Details(disposition=Disposition.TALK_OR_LETTER)
    )
    assert waiting.needs == "approval"
    await desk.approve(services, second, case_id)
    await desk.note(services, second, case_id, "已约谈")
    await desk.change_status(
        services, second, case_id, S.CONCLUDED, Details(outcome=Outcome.PARTLY_SUBSTANTIATED, text="已整改")
    )
    await desk.approve(services, first, case_id)
    async with office.turn(OTHER):
        assert {"rate", "review"} <= (await way_back.view(services)).allowed
        await way_back.rate(services, 2)
        shown = await way_back.request_review(services, "没有问过我")
    assert shown.status is S.REOPEN_REQUESTED
    assert EntryKind.NOTE not in {e.kind for e in shown.history}
    assert [row.status for row in await desk.list_cases(services, first)] == [S.REOPEN_REQUESTED]


async def test_becoming_named_retaliation_and_withdrawal(office: Office) -> None:
    services, (first, _) = office.services, office.keys
    async with office.turn():
        submitted = await submit(services, make_report(), None, draft_id="d1")
    contact = Contact(name="李四", contact="13900000000")
    async with office.turn():
        await way_back.open_by_code(services, typed(submitted.code))
        await way_back.become_named(services, contact)
        await way_back.report_retaliation(services, "我被调离岗位")
    assert await desk.contact(services, first, submitted.row.id, reason="核实") == contact
    row = (await desk.list_cases(services, first))[0]
    assert (row.mode, row.priority, row.received_at) == (Mode.REAL_NAME, Priority.HIGH, None)
    async with office.turn():
        await way_back.withdraw(services, "不想继续")
        with pytest.raises(NoCaseOpen):
            await way_back.view(services)
    async with office.turn():
        with pytest.raises(CodeUnknown):
            await way_back.open_by_code(services, typed(submitted.code))
    await desk.change_status(services, first, submitted.row.id, S.ACCEPTED, Details(reason="公共利益"))
    async with office.turn():
        with pytest.raises(CodeUnknown):
            await way_back.open_by_code(services, typed(submitted.code))


async def test_two_acts_at_once_conflict_and_nothing_is_lost(office: Office) -> None:
    services, (first, _) = office.services, office.keys
    submitted = await submit(services, make_report(), None, draft_id="d1")

    async def add_while_the_office_writes() -> None:
        async with office.turn():
            await way_back.open_by_code(services, typed(submitted.code))
            await way_back.add_information(services, "第一")
            token = current_turn.set(None)
            await desk.note(services, first, submitted.row.id, "同时")
            current_turn.reset(token)

    with pytest.raises(Conflict):
        await add_while_the_office_writes()
    async with office.turn():
        await way_back.open_by_code(services, typed(submitted.code))
        shown = await way_back.add_information(services, "第一")
    assert [e.text for e in shown.history if e.kind is EntryKind.ADDITION] == ["第一"]
    opened = await desk.show(services, first, submitted.row.id)
    assert {"第一", "同时"} <= {e.text for e in opened.entries}


async def test_the_session_and_the_receipt_expire(office: Office) -> None:
    services = office.services
    async with office.turn():
        submitted = await submit(services, make_report(), None, draft_id="d1")
    async with office.turn():
        await way_back.open_by_code(services, typed(submitted.code))
    office.clock.advance(minutes=15)
    async with office.turn():
        with pytest.raises(NoCaseOpen):
            await way_back.view(services)
        assert await way_back.show_code(services) == submitted.code
    office.clock.advance(minutes=45)
    async with office.turn():
        assert await way_back.show_code(services) is None


async def test_forget_leaves_the_case_alone(office: Office) -> None:
    services, (first, _) = office.services, office.keys
    async with office.turn():
        submitted = await submit(services, make_report(), None, draft_id="d1")
    async with office.turn():
        await way_back.open_by_code(services, typed(submitted.code))
    async with office.turn():
        await way_back.forget(services)
    async with office.turn():
        assert await way_back.show_code(services) is None
        with pytest.raises(NoCaseOpen):
            await way_back.view(services)
        await way_back.open_by_code(services, typed(submitted.code))
    assert (await desk.show(services, first, submitted.row.id)).status is S.RECEIVED


async def test_acts_and_refusals_stand_in_the_trail(office: Office) -> None:
    services, (first, _) = office.services, office.keys
    report = make_report(facts="窗口人员second当时在场")
    submitted = await submit(services, report, None, draft_id="d1")
    await desk.list_cases(services, first)
    await desk.contact(services, first, submitted.row.id, reason="核实")
    with pytest.raises(CaseUnknown):
        await desk.show(services, first, type(submitted.row.id)(b"?" * 16))
    async with office.work() as work:
        entries = [(e.act, e.detail, e.case_ref) for e in await work.trail.entries(10)]
    assert entries[:2] == [("contact", "核实", submitted.row.id.hex()), ("list", "", "")]


async def test_the_recused_see_nothing(office: Office) -> None:
    services, (first, second) = office.services, office.keys
    await office.declare("second", "housing__ganjingzi")
    submitted = await submit(services, make_report(), None, draft_id="d1")
    assert await desk.list_cases(services, second) == []
    assert len(await desk.list_cases(services, first)) == 1
    with pytest.raises(Recused):
        await desk.show(services, second, submitted.row.id)


async def test_any_of_250_cases_is_listed_paged_and_found(office: Office) -> None:
    services, (first, _) = office.services, office.keys
    cases = [make_case() for _ in range(250)]
    async with office.work() as work:
        for case in cases:
            work.cases.add(case, generate())
        await work.commit()
    ids = {case.id for case in cases}
    assert {row.id for row in await desk.list_cases(services, first, CaseQuery(limit=None))} == ids
    pages = [await desk.page_of_cases(services, first, CaseQuery(offset=start, limit=100)) for start in (0, 100, 200)]
    assert [(len(page.rows), page.has_more) for page in pages] == [(100, True), (100, True), (50, False)]
    assert {row.id for page in pages for row in page.rows} == ids
    for case in (cases[0], cases[120], cases[249]):
        assert [row.id for row in await desk.find_cases(services, first, case.id.hex()[:16])] == [case.id]


async def test_a_list_seals_what_time_did(office: Office) -> None:
    services, (first, _) = office.services, office.keys
    async with office.turn():
        submitted = await submit(services, make_report(), None, draft_id="d1")
    await desk.ask(services, first, submitted.row.id, "是哪天？")
    office.clock.advance(days=31)
    [row] = await desk.list_cases(services, first)
    async with office.work() as work:
        kept = await work.cases.row(submitted.row.id)
    assert kept is not None
    assert (kept.status, kept.due_on) == (S.RECEIVED, row.due_on)
    async with office.turn():
        shown = await way_back.open_by_code(services, typed(submitted.code))
    assert [e.status for e in shown.history if e.kind is EntryKind.STATUS] == [S.RECEIVED, S.INFO_REQUESTED, S.RECEIVED]
