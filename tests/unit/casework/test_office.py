from dataclasses import replace
from datetime import date

import pytest

from casework import office
from casework.case import CaseId, CaseStatus, EntryKind, Part
from casework.case_life import Actor, Details, Disposition, Outcome, shared_entries
from casework.deadlines import Level
from casework.errors import (
    CaseUnknown,
    NotPermitted,
    ProposalMissing,
    ReasonRequired,
    Recused,
    TransitionRefused,
)
from casework.ports import CaseQuery
from casework.report import Contact, Mode
from casework.services import Services
from casework.submitting import Submitted, send_message, submit
from casework.way_back import add_information, open_by_code, withdraw
from tests.fakes import FakeClock, FakeOfficeKey, MemoryStore
from tests.unit.casework.conftest import DALIAN, InTurn, make_operator, make_report, typed

S = CaseStatus
FOUNDER, SECOND = FakeOfficeKey(operator="founder"), FakeOfficeKey(operator="second")
HANDLER, INTAKE, LI = (FakeOfficeKey(operator=name) for name in ("handler", "intake", "li"))
CONTACT = Contact(name="李四", contact="13900000000")
PRELIMINARY = Details(disposition=Disposition.PRELIMINARY_VERIFICATION)
SUBSTANTIATED = Details(outcome=Outcome.SUBSTANTIATED, text="已责令整改")


@pytest.fixture
async def case(services: Services, store: MemoryStore) -> Submitted:
    store.add_operator(make_operator("second"))
    store.add_operator(make_operator("handler", role="handler"))
    store.add_operator(make_operator("intake", role="intake"))
    store.add_operator(make_operator("li", unit="housing__ganjingzi"))
    return await submit(services, make_report(mode=Mode.REAL_NAME), CONTACT, draft_id="d1")


def acts(store: MemoryStore) -> list[tuple[str, str, str]]:
    return [(entry.actor, entry.act, entry.detail) for entry in store.tables.trail]


async def test_list_and_show_stand_in_the_trail(services: Services, store: MemoryStore, case: Submitted) -> None:
    assert [row.id for row in await office.list_cases(services, FOUNDER)] == [case.row.id]
    shown = await office.show(services, FOUNDER, case.row.id)
    assert shown.report is not None
    assert shown.report.accused_name == "张三"
    assert shown.contact is None
    assert acts(store) == [("founder", "list", ""), ("founder", "show", "")]
    assert store.tables.trail[1].case_ref == case.row.id.hex()


async def test_a_list_can_be_narrowed(services: Services, case: Submitted) -> None:
    query = CaseQuery(status=[S.ACCEPTED])
    assert await office.list_cases(services, FOUNDER, query) == []
    await office.change_status(services, FOUNDER, case.row.id, S.ACCEPTED)
    assert len(await office.list_cases(services, FOUNDER, query)) == 1


async def test_the_recused_neither_see_nor_open_it(services: Services, store: MemoryStore, case: Submitted) -> None:
    assert await office.list_cases(services, LI) == []
    assert await office.due(services, LI, on_time_too=True) == []
    with pytest.raises(Recused):
        await office.show(services, LI, case.row.id)
    assert acts(store)[-1] == ("li", "show", "refused: Recused")
    with pytest.raises(Recused):
        await office.assign(services, FOUNDER, case.row.id, "li")


async def test_handlers_work_what_is_assigned_to_them(services: Services, case: Submitted) -> None:
    assert await office.list_cases(services, HANDLER) == []
    with pytest.raises(NotPermitted):
        await office.show(services, HANDLER, case.row.id)
    given = await office.assign(services, FOUNDER, case.row.id, "handler")
    assert office.assigned_to(given) == "handler"
    assert [row.id for row in await office.list_cases(services, HANDLER)] == [case.row.id]
    await office.show(services, HANDLER, case.row.id)
    await office.assign(services, FOUNDER, case.row.id, "second")
    with pytest.raises(NotPermitted):
        await office.show(services, HANDLER, case.row.id)
    for nobody in ("intake", "ghost"):
        with pytest.raises(NotPermitted):
            await office.assign(services, FOUNDER, case.row.id, nobody)


async def test_intake_answers_messages_alone(services: Services, case: Submitted) -> None:
    sent = await send_message(services, "何时上班？", language="zh", draft_id="m1")
    assert [row.id for row in await office.list_cases(services, INTAKE)] == [sent.row.id]
    with pytest.raises(NotPermitted):
        await office.show(services, INTAKE, case.row.id)
    answered = await office.reply(services, INTAKE, sent.row.id, "八点半")
    assert answered.status is S.CONCLUDED
    assert (await office.reply(services, INTAKE, sent.row.id, "周末休息")).status is S.CONCLUDED
    with pytest.raises(TransitionRefused):
        await office.ask(services, FOUNDER, sent.row.id, "？")


@pytest.mark.parametrize("changes", [{"role": "admin"}, {"role": "auditor"}, {"state": "disabled"}])
async def test_who_reads_no_case(
    services: Services, store: MemoryStore, case: Submitted, changes: dict[str, str]
) -> None:
    store.add_operator(make_operator("zhao", **changes))
    key = FakeOfficeKey(operator="zhao")
    with pytest.raises(NotPermitted):
        await office.list_cases(services, key)
    with pytest.raises(NotPermitted):
        await office.show(services, key, case.row.id)
    assert [detail for actor, _, detail in acts(store) if actor == "zhao"] == ["refused: NotPermitted"] * 2


async def test_an_operator_without_an_account_may_nothing(services: Services, case: Submitted) -> None:
    with pytest.raises(NotPermitted):
        await office.list_cases(services, FakeOfficeKey(operator="ghost"))


async def test_unknown_cases_and_the_superior_s_look_alike(services: Services, store: MemoryStore) -> None:
    superior = replace(DALIAN.superior, public_key=b"k" * 32)
    above = replace(services, profile=replace(DALIAN, superior=superior))
    report = make_report(accused_unit_id=None, accused_unit="大连市纪委", accused_post="书记")
    hidden = await submit(above, report, None, draft_id="d9")
    assert await office.list_cases(services, FOUNDER) == []
    for case_id in (hidden.row.id, CaseId(b"?" * 16)):
        with pytest.raises(CaseUnknown):
            await office.show(services, FOUNDER, case_id)


async def test_the_contact_is_opened_with_a_reason(services: Services, store: MemoryStore, case: Submitted) -> None:
    with pytest.raises(ReasonRequired):
        await office.contact(services, FOUNDER, case.row.id, reason=" ")
    assert acts(store) == []
    assert await office.contact(services, FOUNDER, case.row.id, reason="电话核实") == CONTACT
    assert acts(store) == [("founder", "contact", "电话核实")]


async def test_asking_waits_for_the_answer_only_before_a_decision(services: Services, case: Submitted) -> None:
    asked = await office.ask(services, FOUNDER, case.row.id, "是哪天？")
    assert (asked.status, asked.row.due_on) == (S.INFO_REQUESTED, date(2026, 4, 1))
    again = await office.ask(services, FOUNDER, case.row.id, "哪个窗口？")
    assert again.status is S.INFO_REQUESTED
    with pytest.raises(ReasonRequired):
        await office.ask(services, FOUNDER, case.row.id, " ")


async def test_nobody_is_asked_in_a_closed_case(services: Services, case: Submitted) -> None:
    details = Details(reason="属于法院管辖", channel="人民法院")
    closed = await office.change_status(services, FOUNDER, case.row.id, S.NOT_ACCEPTED, details)
    assert (closed.needs, closed.case.row.due_on) == (None, None)
    with pytest.raises(TransitionRefused):
        await office.ask(services, FOUNDER, case.row.id, "？")
    told = shared_entries(closed.case.entries)[-1]
    assert told.data == {"reason": "属于法院管辖", "channel": "人民法院", "from": "received"}
    assert (await office.reply(services, FOUNDER, case.row.id, "补充说明")).status is S.NOT_ACCEPTED


async def test_notes_are_for_the_office(services: Services, case: Submitted, in_turn: InTurn) -> None:
    noted = await office.note(services, FOUNDER, case.row.id, "与去年案件相似")
    assert (noted.entries[-1].part, noted.entries[-1].data) == (Part.OFFICE, {"by": "founder"})
    async with in_turn():
        shown = await open_by_code(services, typed(case.code))
    assert EntryKind.NOTE not in {entry.kind for entry in shown.history}


async def test_who_spoke_is_not_told_to_the_reporter(services: Services, case: Submitted, in_turn: InTurn) -> None:
    await office.change_status(services, FOUNDER, case.row.id, S.ACCEPTED)
    await office.change_status(services, FOUNDER, case.row.id, S.ASSESSING, PRELIMINARY)
    await office.approve(services, SECOND, case.row.id)
    await office.reply(services, FOUNDER, case.row.id, "在办")
    async with in_turn():
        shown = await open_by_code(services, typed(case.code))
    assert "founder" not in str([entry.data for entry in shown.history])
    assert "second" not in str([entry.data for entry in shown.history])


async def test_a_disposition_waits_for_a_second_person(services: Services, case: Submitted) -> None:
    await office.change_status(services, FOUNDER, case.row.id, S.ACCEPTED)
    proposed = await office.change_status(services, FOUNDER, case.row.id, S.ASSESSING, PRELIMINARY)
    assert (proposed.needs, proposed.approvers, proposed.case.status) == ("approval", ("second",), S.ACCEPTED)
    with pytest.raises(ProposalMissing):
        await office.approve(services, FOUNDER, case.row.id)
    with pytest.raises(NotPermitted):
        await office.approve(services, HANDLER, case.row.id)
    approved = await office.approve(services, SECOND, case.row.id)
    assert approved.status is S.ASSESSING
    last = approved.entries[-1]
    assert (last.part, last.data["by"], last.data["approved_by"]) == (Part.OFFICE, "founder", "second")
    with pytest.raises(ProposalMissing):
        await office.approve(services, SECOND, case.row.id)


async def test_a_proposal_is_put_aside_with_a_reason(services: Services, case: Submitted) -> None:
    with pytest.raises(ProposalMissing):
        await office.decline(services, SECOND, case.row.id, "再查")
    await office.change_status(services, FOUNDER, case.row.id, S.ACCEPTED)
    await office.change_status(services, FOUNDER, case.row.id, S.ASSESSING, PRELIMINARY)
    with pytest.raises(ReasonRequired):
        await office.decline(services, SECOND, case.row.id, "")
    declined = await office.decline(services, SECOND, case.row.id, "再查")
    assert declined.status is S.ACCEPTED
    with pytest.raises(ProposalMissing):
        await office.approve(services, SECOND, case.row.id)


async def test_an_office_of_one_is_told_what_it_needs(services: Services, store: MemoryStore, case: Submitted) -> None:
    del store.operators["second"]
    await office.change_status(services, FOUNDER, case.row.id, S.ACCEPTED)
    proposed = await office.change_status(services, FOUNDER, case.row.id, S.ASSESSING, PRELIMINARY)
    assert (proposed.needs, proposed.approvers) == ("second_supervisor", ())
    store.add_operator(make_operator("second"))
    assert (await office.approve(services, SECOND, case.row.id)).status is S.ASSESSING


async def test_a_proposal_must_be_a_step_and_whole(services: Services, case: Submitted) -> None:
    with pytest.raises(TransitionRefused):
        await office.change_status(services, FOUNDER, case.row.id, S.CONCLUDED, SUBSTANTIATED)
    await office.change_status(services, FOUNDER, case.row.id, S.ACCEPTED)
    with pytest.raises(ReasonRequired):
        await office.change_status(services, FOUNDER, case.row.id, S.ASSESSING)
    with pytest.raises(TransitionRefused):
        await office.change_status(services, FOUNDER, case.row.id, S.WITHDRAWN)


async def test_the_time_to_conclude_is_prolonged_once(services: Services, case: Submitted) -> None:
    with pytest.raises(TransitionRefused):
        await office.extend(services, FOUNDER, case.row.id, "案情复杂")
    await office.change_status(services, FOUNDER, case.row.id, S.ACCEPTED)
    with pytest.raises(ReasonRequired):
        await office.extend(services, FOUNDER, case.row.id, "")
    assert (await office.extend(services, FOUNDER, case.row.id, "案情复杂")).needs == "approval"
    extended = await office.approve(services, SECOND, case.row.id)
    assert (extended.row.due_on, extended.status) == (date(2026, 5, 31), S.ACCEPTED)
    assert shared_entries(extended.entries)[-1].text == "案情复杂"
    with pytest.raises(TransitionRefused):
        await office.extend(services, FOUNDER, case.row.id, "还是复杂")


async def test_the_desk_asks_the_table_what_is_possible(services: Services, case: Submitted) -> None:
    found = await office.possible_steps(services, FOUNDER, case.row.id)
    assert {step.target for step in found} == {S.ACCEPTED, S.NOT_ACCEPTED, S.INFO_REQUESTED, S.TRANSFERRED}
    assert all(step.may_be_taken_by(Actor.OFFICE) for step in found)


async def test_what_is_due_comes_worst_first(services: Services, case: Submitted, clock: FakeClock) -> None:
    clock.advance(days=14)
    assert await office.due(services, FOUNDER) == []
    assert [d.deadline.name for d in await office.due(services, FOUNDER, on_time_too=True)] == ["acceptance"]
    clock.advance(days=3)
    await send_message(services, "何时上班？", language="zh", draft_id="m1")
    clock.advance(days=5)
    found = [(due.deadline.name, due.level) for due in await office.due(services, FOUNDER)]
    assert found == [("acceptance", Level.OVERDUE), ("reply", Level.DUE_SOON)]


async def test_time_s_step_is_sealed_with_the_next_act(
    services: Services, store: MemoryStore, case: Submitted, clock: FakeClock
) -> None:
    await office.ask(services, FOUNDER, case.row.id, "是哪天？")
    clock.advance(days=31)
    assert (await office.show(services, FOUNDER, case.row.id)).status is S.RECEIVED
    await office.change_status(services, FOUNDER, case.row.id, S.ACCEPTED)
    told = [e.status for e in shared_entries(store.tables.cases[case.row.id].entries) if e.kind is EntryKind.STATUS]
    assert told == [S.RECEIVED, S.INFO_REQUESTED, S.RECEIVED, S.ACCEPTED]


async def test_a_withdrawn_case_is_not_written_to(services: Services, case: Submitted, in_turn: InTurn) -> None:
    await office.assign(services, FOUNDER, case.row.id, "handler")
    async with in_turn():
        await open_by_code(services, typed(case.code))
        await add_information(services, "对了")
        await withdraw(services)
    with pytest.raises(TransitionRefused):
        await office.reply(services, FOUNDER, case.row.id, "您好")
    with pytest.raises(TransitionRefused):
        await office.change_status(services, HANDLER, case.row.id, S.ACCEPTED, Details(reason="x"))
    went_on = await office.change_status(services, FOUNDER, case.row.id, S.ACCEPTED, Details(reason="公共利益"))
    assert went_on.case.status is S.ACCEPTED
