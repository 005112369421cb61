import logging
from dataclasses import replace

import pytest

from casework.case import CaseKind, CaseStatus, EntryKind, Priority
from casework.code import is_valid
from casework.errors import CodeUnknown, IntakeClosed, ReportOnHead
from casework.report import Contact, FileRef, Mode
from casework.services import Services
from casework.submitting import send_message, submit
from casework.way_back import show_code
from tests.fakes import FakeClock, MemoryStore
from tests.unit.casework.conftest import DALIAN, PERSON, SUCCESSOR, InTurn, make_operator, make_report

CONTACT = Contact(name="李四", contact="13900000000")


async def test_an_anonymous_report_has_a_day_and_no_time(
    services: Services, store: MemoryStore, in_turn: InTurn
) -> None:
    async with in_turn() as turn:
        submitted = await submit(services, make_report(), None, draft_id="d1")
        assert (turn.submitted, turn.issued_code) == (True, submitted.code)
    assert is_valid(submitted.code)
    assert not submitted.is_repeat
    row = store.tables.cases[submitted.row.id].row
    assert (row.kind, row.status, row.mode, row.recipient) == ("report", "received", "anonymous", "office")
    assert (row.category, row.region, row.reporter_kind) == ("shirking_delay", "ganjingzi", "enterprise")
    assert (row.day, row.received_at, row.due_on) == (store.clock.today(), None, submitted.due_on)
    entries = store.tables.cases[row.id].entries
    assert [(e.kind, e.status, e.at) for e in entries] == [(EntryKind.STATUS, CaseStatus.RECEIVED, None)]


async def test_a_named_report_keeps_its_time_and_contact(services: Services, store: MemoryStore) -> None:
    submitted = await submit(services, make_report(mode=Mode.UNIT_NAME), CONTACT, draft_id="d1")
    case = store.tables.cases[submitted.row.id]
    assert (case.row.received_at, case.contact, case.row.mode) == (store.clock.now(), CONTACT, Mode.UNIT_NAME)


@pytest.mark.parametrize(("mode", "contact"), [(Mode.ANONYMOUS, CONTACT), (Mode.REAL_NAME, None)])
async def test_without_name_or_contact_nothing_of_a_person_is_kept(
    services: Services, store: MemoryStore, mode: Mode, contact: Contact | None
) -> None:
    submitted = await submit(services, make_report(mode=mode), contact, draft_id="d1")
    case = store.tables.cases[submitted.row.id]
    assert case.contact is None
    assert case.report is not None
    assert (case.row.mode, case.report.mode, case.row.received_at) == (Mode.ANONYMOUS, Mode.ANONYMOUS, None)


async def test_the_same_draft_gets_the_same_code(services: Services, store: MemoryStore, in_turn: InTurn) -> None:
    first = await submit(services, make_report(), None, draft_id="d1")
    async with in_turn() as turn:
        second = await submit(services, make_report(), None, draft_id="d1")
        assert turn.issued_code == first.code
    assert (second.code, second.row, second.due_on) == (first.code, first.row, first.due_on)
    assert second.is_repeat
    assert len(store.tables.cases) == 1
    other = await submit(services, make_report(), None, draft_id="d2")
    assert other.code != first.code


async def test_a_draft_that_was_withdrawn_since_is_not_submitted_again(services: Services, store: MemoryStore) -> None:
    first = await submit(services, make_report(), None, draft_id="d1")
    case = store.tables.cases[first.row.id]
    store.tables.cases[case.id] = replace(case, row=replace(case.row, status=CaseStatus.WITHDRAWN))
    with pytest.raises(CodeUnknown):
        await submit(services, make_report(), None, draft_id="d1")
    assert len(store.tables.cases) == 1


async def test_the_receipt_belongs_to_the_successor_for_an_hour(
    services: Services, clock: FakeClock, in_turn: InTurn
) -> None:
    async with in_turn(successor=SUCCESSOR):
        submitted = await submit(services, make_report(), None, draft_id="d1")
    async with in_turn(PERSON):
        assert await show_code(services) is None
    clock.advance(minutes=59)
    async with in_turn(SUCCESSOR):
        assert await show_code(services) == submitted.code
    clock.advance(minutes=1)
    async with in_turn(SUCCESSOR):
        assert await show_code(services) is None


async def test_uploads_that_the_report_refers_to_leave_the_draft(
    services: Services, store: MemoryStore, clock: FakeClock, in_turn: InTurn
) -> None:
    kept, other = (FileRef(id=name, key="k", name=f"{name}.jpg", size=1) for name in ("a", "b"))
    async with in_turn() as turn:
        for file in (kept, other):
            turn.work.uploads.put(PERSON, file, clock.now().replace(year=2027))
    async with in_turn():
        submitted = await submit(services, make_report(files=(kept,)), None, draft_id="d1")
    async with store.work() as work:
        assert await work.uploads.of(PERSON) == [other]
    report = store.tables.cases[submitted.row.id].report
    assert report is not None
    assert report.files == (kept,)


async def test_intake_is_closed_while_nobody_could_read(services: Services, store: MemoryStore) -> None:
    store.operators.clear()
    store.add_operator(make_operator("new", has_logged_in=False))
    with pytest.raises(IntakeClosed):
        await submit(services, make_report(), None, draft_id="d1")
    with pytest.raises(IntakeClosed):
        await send_message(services, "你好", language="zh", draft_id="d2")
    trial = replace(services, is_trial=True)
    assert (await submit(trial, make_report(), None, draft_id="d1")).code
    assert (await send_message(trial, "你好", language="zh", draft_id="d2")).code


async def test_recusal_is_decided_at_submission(services: Services, store: MemoryStore) -> None:
    store.add_operator(make_operator("li", unit="housing__ganjingzi"))
    submitted = await submit(services, make_report(), None, draft_id="d1")
    assert store.tables.cases[submitted.row.id].recusal == ("li",)


async def test_a_report_on_the_head_is_sealed_above_or_not_taken(services: Services, store: MemoryStore) -> None:
    report = make_report(accused_unit_id=None, accused_unit="大连市纪委", accused_post="书记")
    with pytest.raises(ReportOnHead):
        await submit(services, report, None, draft_id="d1")
    assert store.tables.cases == {}
    assert store.tables.receipts == {}
    superior = replace(DALIAN.superior, public_key=b"k" * 32)
    store.operators.clear()  # nobody of this office needs to be able to read it
    above = replace(services, profile=replace(DALIAN, superior=superior))
    assert (await submit(above, report, None, draft_id="d1")).row.recipient == "superior"


async def test_retaliation_is_of_high_priority_from_the_start(services: Services) -> None:
    submitted = await submit(services, make_report(category="retaliation"), None, draft_id="d1")
    assert submitted.row.priority is Priority.HIGH


async def test_a_message_is_a_case_with_its_own_code(services: Services, store: MemoryStore, in_turn: InTurn) -> None:
    async with in_turn() as turn:
        submitted = await send_message(services, " 请问何时上班？ ", language="zh", draft_id="m1")
        assert turn.submitted
    async with in_turn():
        assert (await send_message(services, "请问何时上班？", language="zh", draft_id="m1")).is_repeat
    case = store.tables.cases[submitted.row.id]
    assert (case.row.kind, case.row.mode, case.report) == (CaseKind.MESSAGE, Mode.ANONYMOUS, None)
    assert [(e.kind, e.text) for e in case.entries] == [(EntryKind.ADDITION, "请问何时上班？"), (EntryKind.STATUS, "")]
    assert case.entries[0].data == {"language": "zh"}
    assert all(entry.at is None for entry in case.entries)


async def test_no_repr_or_log_shows_the_code(services: Services, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        submitted = await submit(services, make_report(), CONTACT, draft_id="d1")
    assert submitted.code not in repr(submitted)
    assert submitted.code not in caplog.text
