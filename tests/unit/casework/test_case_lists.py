"""Lists: any of many cases is found, pages count what may be seen, one sealed case does not hide the others."""

from dataclasses import replace

import pytest

from casework import office
from casework.case import Case, CaseId, CaseStatus
from casework.case_life import Details
from casework.case_lists import find_cases, page_of_cases
from casework.errors import CaseUnreadable, Conflict, NotPermitted
from casework.ports import CaseQuery, OfficeKey
from casework.services import Services
from casework.submitting import Submitted, send_message, submit
from tests.fakes import FakeClock, FakeOfficeKey, MemoryStore
from tests.fakes.memory import MemoryCases, MemoryWork
from tests.support.cases import make_case
from tests.unit.casework.conftest import make_operator, make_report

S = CaseStatus
FOUNDER, LI, INTAKE = (FakeOfficeKey(operator=name) for name in ("founder", "li", "intake"))


async def _filled(store: MemoryStore, count: int) -> list[Case]:
    store.add_operator(make_operator("li"))
    cases = [make_case(recusal=("li",) if number % 2 else ()) for number in range(count)]
    async with store.work() as work:
        for number, case in enumerate(cases):
            work.cases.add(case, f"{number:020}")
        await work.commit()
    return cases


async def test_any_of_250_cases_is_listed_and_found(services: Services, store: MemoryStore) -> None:
    cases = await _filled(store, 250)
    everything = await office.list_cases(services, FOUNDER, CaseQuery(limit=None))
    assert {row.id for row in everything} == {case.id for case in cases}
    assert len(await office.list_cases(services, FOUNDER)) == 100
    for case in cases[::50]:
        assert [row.id for row in await find_cases(services, FOUNDER, case.id.hex()[:20].upper())] == [case.id]


async def test_pages_count_what_may_be_seen(services: Services, store: MemoryStore) -> None:
    await _filled(store, 250)
    pages = [await page_of_cases(services, LI, CaseQuery(offset=start, limit=50)) for start in (0, 50, 100, 150)]
    assert [len(page.rows) for page in pages] == [50, 50, 25, 0]
    assert [page.has_more for page in pages] == [True, True, False, False]
    assert len({row.id for page in pages for row in page.rows}) == 125


async def test_one_unreadable_case_does_not_hide_the_others(
    services: Services, store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = await _filled(store, 3)
    by_office = MemoryCases.by_office

    async def unreadable(self: MemoryCases, case_id: CaseId, key: OfficeKey) -> Case | None:
        if case_id == cases[0].id:
            raise CaseUnreadable
        return await by_office(self, case_id, key)

    monkeypatch.setattr(MemoryCases, "by_office", unreadable)
    page = await page_of_cases(services, FOUNDER, CaseQuery())
    assert {row.id for row in page.rows} == {cases[1].id, cases[2].id}
    assert page.unreadable == (cases[0].id,)
    assert len(await office.due(services, FOUNDER, on_time_too=True)) == 2
    assert [row.id for row in await find_cases(services, FOUNDER, cases[0].id.hex())] == [cases[0].id]
    with pytest.raises(CaseUnreadable):
        await office.show(services, FOUNDER, cases[0].id)


async def test_a_prefix_is_hexadecimal_and_four_digits_or_more(services: Services, store: MemoryStore) -> None:
    [case] = await _filled(store, 1)
    whole = case.id.hex()
    for wanted in ("", whole[:3], "zzzz", "%%%%", whole + "0", "ffff" if whole[:4] != "ffff" else "0000"):
        assert await find_cases(services, FOUNDER, wanted) == ()
    assert len(await find_cases(services, FOUNDER, f" {whole[:4]} ")) == 1


async def test_what_is_hidden_is_not_found_and_that_it_was_asked_for_is_recorded(
    services: Services, store: MemoryStore
) -> None:
    cases = await _filled(store, 2)
    assert await find_cases(services, LI, cases[1].id.hex()) == ()
    assert await find_cases(services, LI, cases[0].id.hex()) != ()
    [entry] = store.tables.trail
    assert (entry.actor, entry.act, entry.detail) == ("li", "show", "refused: Recused")
    assert entry.case_ref == cases[1].id.hex()


async def test_who_reads_no_case_finds_none(services: Services, store: MemoryStore) -> None:
    store.add_operator(make_operator("zhao", role="auditor"))
    with pytest.raises(NotPermitted):
        await find_cases(services, FakeOfficeKey(operator="zhao"), "abcd")
    assert [entry.detail for entry in store.tables.trail] == ["refused: NotPermitted"]


async def test_a_list_seals_the_steps_of_time(services: Services, store: MemoryStore, clock: FakeClock) -> None:
    submitted = await _asked(services)
    clock.advance(days=31)
    [row] = await office.list_cases(services, FOUNDER)
    assert row.status is S.RECEIVED
    kept = store.tables.cases[submitted.row.id]
    assert (kept.row.status, kept.row.due_on, kept.entries[-1].author) == (S.RECEIVED, row.due_on, "system")
    assert await office.list_cases(services, FOUNDER, CaseQuery(status=[S.INFO_REQUESTED])) == []
    assert store.tables.cases[submitted.row.id] == kept


async def test_a_filter_goes_by_the_status_of_today(services: Services, clock: FakeClock) -> None:
    await _asked(services)
    clock.advance(days=31)
    assert await office.list_cases(services, FOUNDER, CaseQuery(status=[S.INFO_REQUESTED])) == []


async def test_a_step_of_time_gives_way_to_who_writes_now(
    services: Services, store: MemoryStore, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted = await _asked(services)
    clock.advance(days=31)
    commit = MemoryWork.commit

    async def busy(self: MemoryWork) -> None:
        if self._writes.operations and self._writes.view().cases[submitted.row.id].status is S.RECEIVED:
            raise Conflict("case")
        await commit(self)

    monkeypatch.setattr(MemoryWork, "commit", busy)
    [row] = await office.list_cases(services, FOUNDER)
    assert row.status is S.RECEIVED
    assert store.tables.cases[submitted.row.id].status is S.INFO_REQUESTED


async def _asked(services: Services) -> Submitted:
    submitted = await submit(services, make_report(), None, draft_id="d1")
    await office.ask(services, FOUNDER, submitted.row.id, "是哪天？")
    return submitted


async def test_due_looks_at_all_that_may_be_due(services: Services, store: MemoryStore, clock: FakeClock) -> None:
    cases = await _filled(store, 230)
    clock.advance(days=20)
    assert {case.row.id for case in await office.due(services, FOUNDER)} == {case.id for case in cases}


async def test_an_opened_case_says_what_can_be_done(services: Services, store: MemoryStore) -> None:
    store.add_operator(make_operator("intake", role="intake"))
    store.add_operator(make_operator("handler", role="handler"))
    submitted = await submit(services, make_report(), None, draft_id="d1")
    opened = await office.open_case(services, FOUNDER, submitted.row.id)
    assert {step.target for step in opened.steps} == {S.ACCEPTED, S.NOT_ACCEPTED, S.INFO_REQUESTED, S.TRANSFERRED}
    assert {str(act) for act in opened.acts} == {
        "ask",
        "assign",
        "export",
        "link",
        "note",
        "prioritise",
        "reply",
        "transfer",
    }
    assert [str(clock.name) for clock in opened.deadlines] == ["first_check"]
    message = await send_message(services, "何时上班？", language="zh", draft_id="m1")
    seen = await office.open_case(services, INTAKE, message.row.id)
    assert (seen.steps, {str(act) for act in seen.acts}) == ((), {"reply", "note"})


async def test_the_right_channel_is_told_in_the_reporter_s_language(services: Services) -> None:
    for language, words in (("zh", "人民法院"), ("en", "people's court")):
        report = replace(make_report(), language=language)
        submitted = await submit(services, report, None, draft_id=f"d-{language}")
        details = Details(reason="诉讼中", channel="court")
        closed = await office.change_status(services, FOUNDER, submitted.row.id, S.NOT_ACCEPTED, details)
        told = [e.data["channel"] for e in closed.case.entries if "channel" in e.data]
        assert all(words in text for text in told)
        assert told
