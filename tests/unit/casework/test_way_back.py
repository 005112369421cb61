from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest

from casework import office
from casework.case import CaseKind, CaseStatus, EntryKind, Priority
from casework.case_life import Details, Disposition, Outcome
from casework.code import CodeFinding
from casework.errors import (
    CodeMistyped,
    CodeUnknown,
    CodeWait,
    NoCaseOpen,
    NothingAsked,
    ReasonRequired,
    TransitionRefused,
)
from casework.ports import PersonKey
from casework.report import Contact, FileRef, Mode
from casework.services import Services
from casework.submitting import Submitted, send_message, submit
from casework.way_back import (
    CaseView,
    add_information,
    answer,
    become_named,
    close,
    forget,
    open_by_code,
    rate,
    report_retaliation,
    request_review,
    saved,
    show_code,
    view,
    withdraw,
)
from tests.fakes import FakeClock, FakeOfficeKey, MemoryStore
from tests.unit.casework.conftest import PERSON, InTurn, make_operator, make_report, typed

KEY = FakeOfficeKey(operator="founder")
SECOND = FakeOfficeKey(operator="second")
OTHER = PersonKey(b"o" * 32)
UNKNOWN = typed("AAAAA-AAAAA-AAAAA-AAAAA")
S = CaseStatus


@pytest.fixture
async def submitted(services: Services, store: MemoryStore) -> Submitted:
    store.add_operator(make_operator("second"))
    return await submit(services, make_report(), None, draft_id="d1")


@pytest.fixture
async def opened(services: Services, submitted: Submitted, in_turn: InTurn) -> Submitted:
    async with in_turn():
        await open_by_code(services, typed(submitted.code))
    return submitted


async def conclude(services: Services, submitted: Submitted) -> None:
    case_id = submitted.row.id
    await office.change_status(services, KEY, case_id, S.ACCEPTED)
    details = Details(disposition=Disposition.TALK_OR_LETTER)
    await office.change_status(services, KEY, case_id, S.ASSESSING, details)
    await office.approve(services, SECOND, case_id)
    details = Details(outcome=Outcome.SUBSTANTIATED, text="已责令整改")
    await office.change_status(services, KEY, case_id, S.CONCLUDED, details)
    await office.approve(services, SECOND, case_id)


async def test_the_code_opens_the_case(services: Services, submitted: Submitted, in_turn: InTurn) -> None:
    async with in_turn():
        shown = await open_by_code(services, typed(submitted.code))
        assert await view(services) == shown
    assert (shown.kind, shown.status, shown.language) == (CaseKind.REPORT, S.RECEIVED, "zh")
    assert (shown.title, shown.open_question) == ("施工许可拖延三个月", None)
    assert shown.next_deadline == ("first_check", date(2026, 3, 23))
    assert shown.allowed == {"add_info", "retaliation", "named", "withdraw"}
    assert [e.status for e in shown.history] == [S.RECEIVED]


async def test_a_mistyped_code_is_told_and_never_counted(
    services: Services, submitted: Submitted, in_turn: InTurn
) -> None:
    mistyped = CodeFinding(kind="mistyped", code="AAAA", start=0, end=4)
    async with in_turn():
        for _ in range(15):
            with pytest.raises(CodeMistyped):
                await open_by_code(services, mistyped)
        assert (await open_by_code(services, typed(submitted.code))).status is S.RECEIVED


async def test_ten_unknown_codes_in_an_hour_ask_this_conversation_alone_to_wait(
    services: Services, submitted: Submitted, clock: FakeClock, in_turn: InTurn
) -> None:
    async with in_turn():
        for _ in range(10):
            with pytest.raises(CodeUnknown):
                await open_by_code(services, UNKNOWN)
        with pytest.raises(CodeWait) as waiting:
            await open_by_code(services, typed(submitted.code))
        assert waiting.value.minutes == 60
    async with in_turn(OTHER):
        await open_by_code(services, typed(submitted.code))
    clock.advance(minutes=60)
    async with in_turn():
        await open_by_code(services, typed(submitted.code))


async def test_the_session_ends_fifteen_minutes_after_its_last_use(
    services: Services, opened: Submitted, clock: FakeClock, in_turn: InTurn
) -> None:
    for _ in range(2):
        clock.advance(minutes=14)
        async with in_turn():
            await view(services)
    clock.advance(minutes=15)
    async with in_turn():
        with pytest.raises(NoCaseOpen):
            await view(services)


async def test_a_session_is_one_person_s(services: Services, opened: Submitted, in_turn: InTurn) -> None:
    async with in_turn(OTHER):
        with pytest.raises(NoCaseOpen):
            await view(services)


async def test_done_closes_the_session(services: Services, opened: Submitted, in_turn: InTurn) -> None:
    async with in_turn():
        await close(services)
        with pytest.raises(NoCaseOpen):
            await view(services)
    async with in_turn():
        with pytest.raises(NoCaseOpen):
            await add_information(services, "还有")


async def test_without_a_turn_there_is_no_way_back(services: Services, submitted: Submitted) -> None:
    with pytest.raises(RuntimeError, match="turn"):
        await open_by_code(services, typed(submitted.code))


async def test_a_question_is_answered_with_files(
    services: Services, opened: Submitted, store: MemoryStore, clock: FakeClock, in_turn: InTurn
) -> None:
    async with in_turn():
        with pytest.raises(NothingAsked):
            await answer(services, "什么")
    await office.ask(services, KEY, opened.row.id, "是哪个窗口？")
    photo = FileRef(id="f1", key="k", name="窗口.jpg", size=3)
    async with in_turn() as turn:
        turn.work.uploads.put(PERSON, photo, clock.now().replace(year=2027))
    async with in_turn():
        shown = await view(services)
        assert shown.status is S.INFO_REQUESTED
        assert shown.open_question is not None
        assert shown.open_question.text == "是哪个窗口？"
        assert "answer" in shown.allowed
        with pytest.raises(ReasonRequired):
            await answer(services, "  ", ["unknown"])
        shown = await answer(services, "三号窗口", ["f1", "unknown"])
        assert await view(services) == shown
    assert (shown.status, shown.open_question) == (S.RECEIVED, None)
    said = next(e for e in shown.history if e.kind is EntryKind.ANSWER)
    assert (said.text, said.files, said.at, said.author) == ("三号窗口", (photo,), None, "reporter")
    async with store.work() as work:
        assert await work.uploads.of(PERSON) == []


async def test_an_answer_while_the_case_is_worked_leaves_its_status(
    services: Services, opened: Submitted, in_turn: InTurn
) -> None:
    await office.change_status(services, KEY, opened.row.id, S.ACCEPTED)
    await office.ask(services, KEY, opened.row.id, "几号？")
    async with in_turn():
        shown = await answer(services, "三号")
    assert (shown.status, shown.open_question) == (S.ACCEPTED, None)


async def test_a_question_left_alone_is_given_up_without_a_trace_of_looking(
    services: Services, opened: Submitted, store: MemoryStore, clock: FakeClock, in_turn: InTurn
) -> None:
    await office.ask(services, KEY, opened.row.id, "是哪个窗口？")
    clock.advance(days=30)
    before = store.tables.cases[opened.row.id]
    async with in_turn():
        shown = await open_by_code(services, typed(opened.code))
    assert (shown.status, shown.open_question) == (S.RECEIVED, None)
    assert store.tables.cases[opened.row.id] == before
    async with in_turn():
        with pytest.raises(NothingAsked):
            await answer(services, "三号窗口")
        await add_information(services, "三号窗口")
    assert store.tables.cases[opened.row.id].status is S.RECEIVED


async def test_anything_may_be_added_text_or_files(services: Services, opened: Submitted, in_turn: InTurn) -> None:
    async with in_turn():
        with pytest.raises(ReasonRequired):
            await add_information(services, " ")
        await add_information(services, "第一")
        shown = await add_information(services, "第二")
    assert [e.text for e in shown.history if e.kind is EntryKind.ADDITION] == ["第一", "第二"]
    async with in_turn():
        assert await view(services) == shown


async def test_a_result_is_rated_once(services: Services, opened: Submitted, in_turn: InTurn) -> None:
    async with in_turn():
        with pytest.raises(TransitionRefused):
            await rate(services, 5)
        with pytest.raises(ValueError, match="1 to 5"):
            await rate(services, 6)
    await conclude(services, opened)
    async with in_turn():
        shown = await view(services)
        assert {"rate", "review"} <= shown.allowed
        assert shown.next_deadline == ("rating", date(2026, 3, 16))
        shown = await rate(services, 2, "太慢")
        assert shown.status is S.FEEDBACK_GIVEN
        with pytest.raises(TransitionRefused):
            await rate(services, 5)
    rating = next(e for e in shown.history if e.kind is EntryKind.RATING)
    assert (rating.data, rating.text) == ({"stars": 2}, "太慢")


async def test_a_late_rating_is_taken_too(
    services: Services, opened: Submitted, clock: FakeClock, in_turn: InTurn
) -> None:
    await conclude(services, opened)
    clock.advance(days=20)
    async with in_turn():
        await open_by_code(services, typed(opened.code))
        assert (await view(services)).status is S.FEEDBACK_GIVEN
        shown = await rate(services, 4)
    assert (shown.status, "rate" in shown.allowed) == (S.FEEDBACK_GIVEN, False)


@pytest.mark.parametrize("is_rated", [True, False])
async def test_a_review_needs_a_reason(services: Services, opened: Submitted, in_turn: InTurn, is_rated: bool) -> None:
    async with in_turn():
        with pytest.raises(TransitionRefused):
            await request_review(services, "不服")
    await conclude(services, opened)
    async with in_turn():
        if is_rated:
            await rate(services, 1)
        with pytest.raises(ReasonRequired):
            await request_review(services, " ")
        shown = await request_review(services, "没有问过我")
    assert shown.status is S.REOPEN_REQUESTED
    assert shown.history[-2].text == "没有问过我"
    assert shown.history[-2].kind is EntryKind.REVIEW


async def test_retaliation_makes_the_case_urgent(
    services: Services, opened: Submitted, store: MemoryStore, in_turn: InTurn
) -> None:
    async with in_turn():
        with pytest.raises(ReasonRequired):
            await report_retaliation(services, "")
        shown = await report_retaliation(services, "我被调离岗位")
    assert shown.next_deadline == ("retaliation", date(2026, 3, 9))
    row = store.tables.cases[opened.row.id].row
    assert (row.priority, row.due_on) == (Priority.HIGH, date(2026, 3, 9))


async def test_an_anonymous_reporter_gives_a_name(
    services: Services, opened: Submitted, store: MemoryStore, clock: FakeClock, in_turn: InTurn
) -> None:
    clock.advance(days=7)
    person = Contact(name="李四", contact="13900000000")
    async with in_turn():
        await open_by_code(services, typed(opened.code))
        for lacking in (Contact(contact="1"), Contact(name="李四")):
            with pytest.raises(ReasonRequired):
                await become_named(services, lacking)
        shown = await become_named(services, person)
    assert shown.next_deadline == ("acceptance", date(2026, 3, 30))
    case = store.tables.cases[opened.row.id]
    assert (case.row.mode, case.contact, case.row.received_at) == (Mode.REAL_NAME, person, None)
    assert "李四" not in repr(shown)
    async with in_turn():
        unit = Contact(organisation="某公司", contact="a@b.cn")
        shown = await become_named(services, unit)
    assert store.tables.cases[opened.row.id].row.mode is Mode.UNIT_NAME
    assert store.tables.cases[opened.row.id].contact == unit
    assert shown.next_deadline == ("acceptance", date(2026, 3, 30))
    assert shown.history[-1].at is not None


async def test_a_withdrawn_case_looks_unknown(
    services: Services, opened: Submitted, store: MemoryStore, in_turn: InTurn
) -> None:
    async with in_turn():
        shown = await withdraw(services, "不想继续")
        assert (shown.status, shown.allowed) == (S.WITHDRAWN, frozenset())
        with pytest.raises(NoCaseOpen):
            await view(services)
    async with in_turn():
        with pytest.raises(CodeUnknown):
            await open_by_code(services, typed(opened.code))
    entries = store.tables.cases[opened.row.id].entries
    assert [(e.kind, e.text) for e in entries[-2:]] == [(EntryKind.WITHDRAWAL, "不想继续"), (EntryKind.STATUS, "")]
    await office.change_status(services, KEY, opened.row.id, S.ACCEPTED, Details(reason="涉及公共利益"))
    async with in_turn():
        with pytest.raises(CodeUnknown):
            await open_by_code(services, typed(opened.code))


async def test_a_case_withdrawn_elsewhere_ends_this_session(
    services: Services, opened: Submitted, in_turn: InTurn
) -> None:
    async with in_turn(OTHER):
        await open_by_code(services, typed(opened.code))
        await withdraw(services)
    async with in_turn():
        with pytest.raises(NoCaseOpen):
            await view(services)


async def test_a_concluded_case_is_not_withdrawn(services: Services, opened: Submitted, in_turn: InTurn) -> None:
    await conclude(services, opened)
    async with in_turn():
        with pytest.raises(TransitionRefused):
            await withdraw(services)


ACTS: list[Callable[[Services], Awaitable[Any]]] = [
    lambda services: add_information(services, "x"),
    lambda services: answer(services, "x"),
    lambda services: rate(services, 3),
    lambda services: request_review(services, "x"),
    lambda services: report_retaliation(services, "x"),
    lambda services: become_named(services, Contact(name="x", contact="1")),
    lambda services: withdraw(services),
]


@pytest.mark.parametrize("act", ACTS)
async def test_every_act_needs_an_open_case(
    services: Services, submitted: Submitted, in_turn: InTurn, act: Callable[[Services], Awaitable[Any]]
) -> None:
    async with in_turn():
        with pytest.raises(NoCaseOpen):
            await act(services)


async def test_an_anonymous_reporter_s_acts_keep_no_time(
    services: Services, opened: Submitted, store: MemoryStore, in_turn: InTurn
) -> None:
    async with in_turn():
        await add_information(services, "一")
        await report_retaliation(services, "二")
    await conclude(services, opened)
    async with in_turn():
        await rate(services, 1)
        await request_review(services, "三")
    entries = store.tables.cases[opened.row.id].entries
    assert all(e.at is None for e in entries if e.author != "office")
    assert all(e.at is not None for e in entries if e.author == "office")


async def test_a_message_is_answered_by_its_code(services: Services, in_turn: InTurn) -> None:
    sent = await send_message(services, "When are you open?", language="en", draft_id="m1")
    async with in_turn():
        shown = await open_by_code(services, typed(sent.code))
        assert (shown.kind, shown.language) == (CaseKind.MESSAGE, "en")
        assert shown.allowed == {"add_info", "withdraw"}
        assert shown.next_deadline == ("reply", date(2026, 3, 9))
        with pytest.raises(TransitionRefused):
            await report_retaliation(services, "x")
    await office.reply(services, KEY, sent.row.id, "From 8:30.")
    async with in_turn():
        shown = await view(services)
        assert shown.status is S.CONCLUDED
        assert [e.text for e in shown.history if e.kind is EntryKind.OFFICE_REPLY] == ["From 8:30."]
        again = await add_information(services, "And on Saturdays?")
    assert again.status is S.RECEIVED


async def test_the_code_is_shown_again_until_it_is_saved(services: Services, in_turn: InTurn) -> None:
    async with in_turn():
        submitted = await submit(services, make_report(), None, draft_id="d1")
        assert await show_code(services) == submitted.code
    async with in_turn() as turn:
        assert await show_code(services) == submitted.code
        assert turn.issued_code == submitted.code
        await saved(services)
    async with in_turn() as turn:
        assert await show_code(services) is None
        assert turn.issued_code is None


async def test_forget_leaves_nothing_of_the_person(
    services: Services, store: MemoryStore, clock: FakeClock, in_turn: InTurn
) -> None:
    async with in_turn() as turn:
        submitted = await submit(services, make_report(), None, draft_id="d1")
        turn.work.uploads.put(PERSON, FileRef(id="f", key="k", name="n", size=1), clock.now().replace(year=2027))
        await open_by_code(services, typed(submitted.code))
    async with in_turn() as turn:
        await forget(services)
        assert turn.forget
    tables = store.tables
    assert (tables.receipts, tables.case_sessions, tables.uploads) == ({}, {}, {})
    assert submitted.row.id in tables.cases


async def test_forget_with_nothing_there(services: Services, in_turn: InTurn) -> None:
    async with in_turn() as turn:
        await forget(services)
        assert turn.forget


def test_a_view_hides_what_was_written() -> None:
    shown = CaseView(kind=CaseKind.REPORT, status=S.RECEIVED, history=(), title="标题")
    assert "标题" not in repr(shown)
