"""Cases: added, opened by code and by the office, changed, listed."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest

from casework.case import Case, CaseId, CaseKind, CaseStatus, EntryKind, Part, Priority
from casework.code import generate
from casework.errors import Conflict
from casework.ports import CaseQuery, TrailEntry, TrailQuery
from casework.report import Contact, FileRef
from tests.contract.conftest import Ground
from tests.support.cases import make_case, make_entry

NOTE = make_entry(seq=2, kind=EntryKind.NOTE, part=Part.OFFICE, author="office", text="内部记录")
ADDITION = make_entry(seq=2, kind=EntryKind.ADDITION, author="reporter", text="补充材料")


async def _add(ground: Ground, case: Case) -> str:
    code = generate()
    async with ground.work() as work:
        work.cases.add(case, code)
        await work.commit()
    return code


async def _by_code(ground: Ground, code: str) -> Case:
    async with ground.work() as work:
        case = await work.cases.by_code(code)
    assert case is not None
    return case


async def _by_office(ground: Ground, case: Case) -> Case:
    async with ground.work() as work:
        opened = await work.cases.by_office(case.id, ground.office_key)
    assert opened is not None
    return opened


async def _save(ground: Ground, case: Case) -> None:
    async with ground.work() as work:
        work.cases.save(case)
        await work.commit()


async def test_a_code_opens_the_shared_part_in_any_spelling(ground: Ground) -> None:
    case = make_case(
        contact=Contact(name="李四"), recusal=("anna",), entries=(make_entry(status=CaseStatus.RECEIVED), NOTE)
    )
    code = await _add(ground, case)
    for spelling in (code, code.lower().replace("-", " "), code.replace("0", "O")):
        opened = await _by_code(ground, spelling)
        assert opened == replace(case, contact=None, recusal=(), entries=case.entries[:1])


async def test_the_office_opens_the_shared_and_the_office_part(ground: Ground) -> None:
    case = make_case(
        contact=Contact(name="李四"), recusal=("anna",), entries=(make_entry(status=CaseStatus.RECEIVED), NOTE)
    )
    await _add(ground, case)
    opened = await _by_office(ground, case)
    assert opened == replace(case, contact=None)


async def test_the_contact_is_opened_apart(ground: Ground) -> None:
    named, anonymous = make_case(contact=Contact(name="李四", contact="13900000000")), make_case()
    await _add(ground, named)
    await _add(ground, anonymous)
    async with ground.work() as work:
        assert await work.cases.contact(named.id, ground.office_key) == named.contact
        assert await work.cases.contact(anonymous.id, ground.office_key) is None
        assert await work.cases.contact(make_case().id, ground.office_key) is None


async def test_unknown_and_withdrawn_look_alike(ground: Ground) -> None:
    code = await _add(ground, make_case())
    opened = await _by_code(ground, code)
    await _save(ground, replace(opened, row=replace(opened.row, status=CaseStatus.WITHDRAWN)))
    async with ground.work() as work:
        assert await work.cases.by_code(code) is None
        assert await work.cases.by_code(generate()) is None
        assert await work.cases.by_office(make_case().id, ground.office_key) is None


async def test_a_message_has_no_report(ground: Ground) -> None:
    entry = make_entry(kind=EntryKind.ADDITION, author="reporter", text="请问如何补充材料?")
    case = make_case(report=None, entries=(entry,), row={"kind": CaseKind.MESSAGE})
    code = await _add(ground, case)
    assert await _by_code(ground, code) == case


async def test_what_the_reporter_adds_by_code_is_read_by_both(ground: Ground) -> None:
    case = make_case()
    code = await _add(ground, case)
    opened = await _by_code(ground, code)
    changed = replace(opened, entries=(*opened.entries, ADDITION), row=replace(opened.row, priority=Priority.HIGH))
    await _save(ground, changed)
    for again in (await _by_code(ground, code), await _by_office(ground, case)):
        assert again.entries == (*case.entries, ADDITION)
        assert again.row == replace(case.row, version=1, priority=Priority.HIGH)


async def test_what_the_office_notes_is_not_read_by_code(ground: Ground) -> None:
    case = make_case(recusal=("anna",))
    code = await _add(ground, case)
    opened = await _by_office(ground, case)
    await _save(ground, replace(opened, entries=(*opened.entries, NOTE)))
    assert (await _by_office(ground, case)).entries == (*case.entries, NOTE)
    assert (await _by_office(ground, case)).recusal == ("anna",)
    assert (await _by_code(ground, code)).entries == case.entries


async def test_a_code_replaces_the_contact_and_writes_to_the_office_without_reading_either(ground: Ground) -> None:
    case = make_case(contact=Contact(name="李四"), recusal=("anna",))
    code = await _add(ground, case)
    opened = await _by_code(ground, code)
    await _save(ground, replace(opened, contact=Contact(name="王五"), entries=(*opened.entries, NOTE)))
    async with ground.work() as work:
        assert await work.cases.contact(case.id, ground.office_key) == Contact(name="王五")
    by_office = await _by_office(ground, case)
    assert by_office.entries == (*case.entries, NOTE)
    assert by_office.recusal == ("anna",)
    assert (await _by_code(ground, code)).entries == case.entries


async def test_two_who_opened_the_same_version_cannot_both_save(ground: Ground) -> None:
    case = make_case()
    code = await _add(ground, case)
    one, two = await _by_code(ground, code), await _by_office(ground, case)
    results = await asyncio.gather(
        _save(ground, replace(one, entries=(*one.entries, ADDITION))),
        _save(ground, replace(two, entries=(*two.entries, NOTE))),
        return_exceptions=True,
    )
    assert sorted(map(type, results), key=str) == sorted([type(None), Conflict], key=str)


async def test_a_unit_reads_back_what_it_added_and_saved(ground: Ground) -> None:
    case, code = make_case(recusal=("anna",)), generate()
    async with ground.work() as work:
        work.cases.add(case, code)
        found = await work.cases.by_code(code)
        assert found == replace(case, recusal=())
        await work.commit()
    async with ground.work() as work:
        opened = await work.cases.by_code(code)
        assert opened is not None
        work.cases.save(replace(opened, entries=(*opened.entries, ADDITION)))
        again = await work.cases.by_code(code)
        assert again is not None
        assert again.entries == (*case.entries, ADDITION)


async def test_a_case_changed_in_the_turn_that_added_it_is_added_as_changed(ground: Ground) -> None:
    case, code = make_case(contact=Contact(name="李四"), recusal=("anna",)), generate()
    async with ground.work() as work:
        work.cases.add(case, code)
        opened = await work.cases.by_code(code)
        assert opened is not None
        work.cases.save(replace(opened, entries=(*opened.entries, ADDITION)))
        await work.commit()
    by_office = await _by_office(ground, case)
    assert (by_office.entries, by_office.recusal) == ((*case.entries, ADDITION), ("anna",))
    async with ground.work() as work:
        assert await work.cases.contact(case.id, ground.office_key) == Contact(name="李四")


async def test_the_office_reads_back_what_it_saved(ground: Ground) -> None:
    case = make_case()
    await _add(ground, case)
    async with ground.work() as work:
        opened = await work.cases.by_office(case.id, ground.office_key)
        assert opened is not None
        work.cases.save(replace(opened, entries=(*opened.entries, NOTE)))
        again = await work.cases.by_office(case.id, ground.office_key)
        assert again is not None
        assert again.entries == (*case.entries, NOTE)


async def test_a_new_case_starts_at_version_0(ground: Ground) -> None:
    async with ground.work() as work:
        with pytest.raises(ValueError, match="version"):
            work.cases.add(make_case(row={"version": 1}), generate())


async def test_files_and_times_come_back(ground: Ground) -> None:
    file = FileRef(id="0" * 32, key="a2V5", name="合同.pdf", size=9, media_type="application/pdf")
    entry = make_entry(author="office", at=ground.clock.now(), files=(file,), data={"stars": 4})
    case = make_case(entries=(entry,), row={"received_at": ground.clock.now()})
    code = await _add(ground, case)
    assert await _by_code(ground, code) == case


async def test_rows_come_most_urgent_first(ground: Ground) -> None:
    rows = [
        {"due_on": date(2026, 3, 9)},
        {"due_on": None},
        {"due_on": date(2026, 3, 9), "day": date(2026, 3, 1)},
        {"due_on": date(2026, 4, 9), "priority": Priority.HIGH},
    ]
    cases = [make_case(row=row) for row in rows]
    for case in cases:
        await _add(ground, case)
    async with ground.work() as work:
        listed = await work.cases.rows(CaseQuery())
        first = await work.cases.row(cases[0].id)
        nothing = await work.cases.row(make_case().id)
    assert listed == [cases[3].row, cases[2].row, cases[0].row, cases[1].row]
    assert (first, nothing) == (cases[0].row, None)


async def test_rows_are_filtered(ground: Ground) -> None:
    message = make_case(report=None, row={"kind": CaseKind.MESSAGE, "due_on": date(2026, 3, 4)})
    accepted = make_case(row={"status": CaseStatus.ACCEPTED})
    for case in (message, accepted):
        await _add(ground, case)
    async with ground.work() as work:
        assert await work.cases.rows(CaseQuery(kind="message")) == [message.row]
        assert await work.cases.rows(CaseQuery(status=[CaseStatus.ACCEPTED])) == [accepted.row]
        assert await work.cases.rows(CaseQuery(status=[])) == []
        assert await work.cases.rows(CaseQuery(due_before=date(2026, 3, 5))) == [message.row]
        assert await work.cases.rows(CaseQuery(limit=1)) == [message.row]


async def test_rows_are_found_by_the_first_digits_of_their_id(ground: Ground) -> None:
    ids = [bytes.fromhex(start.ljust(32, end)) for start, end in (("abcd", "0"), ("abcd", "f"), ("abce", "0"))]
    for case_id in ids:
        await _add(ground, make_case(row={"id": CaseId(case_id)}))
    async with ground.work() as work:
        found = {
            prefix: {row.id for row in await work.cases.rows(CaseQuery(id_prefix=prefix))}
            for prefix in ("a", "abcd", "abcdf", ids[2].hex(), "abcf")
        }
    assert found == {"a": set(ids), "abcd": set(ids[:2]), "abcdf": {ids[1]}, ids[2].hex(): {ids[2]}, "abcf": set()}


async def test_rows_come_in_pages(ground: Ground) -> None:
    for _ in range(5):
        await _add(ground, make_case())
    async with ground.work() as work:
        everything = await work.cases.rows(CaseQuery(limit=None))
        pages = [await work.cases.rows(CaseQuery(offset=start, limit=2)) for start in (0, 2, 4, 6)]
        rest = await work.cases.rows(CaseQuery(offset=3, limit=None))
    assert [len(page) for page in pages] == [2, 2, 1, 0]
    assert [row for page in pages for row in page] == everything
    assert rest == everything[3:]


async def test_64_at_once_are_all_taken(ground: Ground) -> None:
    codes = await asyncio.gather(*(_add(ground, make_case()) for _ in range(64)))
    async with ground.work() as work:
        assert len(await work.cases.rows(CaseQuery(limit=100))) == 64
        assert all([await work.cases.by_code(code) for code in codes])


async def test_the_trail_is_read_newest_first_and_is_sound(ground: Ground) -> None:
    async with ground.work() as work:
        before = await work.trail.verify()
    entries = [
        TrailEntry(at=ground.clock.now(), actor="anna", act=act, case_ref="00" * 16, detail="原因") for act in "abc"
    ]
    for entry in entries:
        async with ground.work() as work:
            work.trail.append(entry)
            await work.commit()
    async with ground.work() as work:
        assert (await work.trail.entries(2)) == [entries[2], entries[1]]
        assert await work.trail.verify() == before + 3


async def test_the_trail_is_searched(ground: Ground) -> None:
    now = ground.clock.now()
    later = now + timedelta(days=1)
    anna = TrailEntry(at=now, actor="anna", act="show", case_ref="ab" * 16)
    bert = TrailEntry(at=later, actor="bert", act="show", case_ref="ac" * 16)
    odd = TrailEntry(at=later, actor="bert", act="list", detail="%_")
    async with ground.work() as work:
        for entry in (anna, bert, odd):
            work.trail.append(entry)
        await work.commit()
    queries = {
        TrailQuery(actor="anna"): [anna],
        TrailQuery(case_prefix="a"): [bert, anna],
        TrailQuery(case_prefix="ab"): [anna],
        TrailQuery(case_prefix="%"): [],
        TrailQuery(since=later): [odd, bert],
        TrailQuery(actor="anna", until=later): [anna],
        TrailQuery(limit=1): [odd],
        TrailQuery(offset=1, limit=2): [bert, anna],
    }
    async with ground.work() as work:
        assert {query: await work.trail.find(query) for query in queries} == queries


async def test_somebody_can_read_after_a_log_in(ground: Ground) -> None:
    async with ground.work() as work:
        operators = await work.operators.all()
        assert [operator.is_key_holder for operator in operators] == [True]
        assert await work.operators.get(operators[0].name) == operators[0]
        assert await work.operators.get("nobody") is None
        assert await work.operators.can_read()


async def test_stamps_change_with_every_case_added_and_saved(ground: Ground) -> None:
    async with ground.work() as work:
        assert await work.cases.stamps() == frozenset()
    case = make_case()
    await _add(ground, case)
    async with ground.work() as work:
        added = await work.cases.stamps()
    opened = await _by_office(ground, case)
    await _save(ground, replace(opened, entries=(*opened.entries, NOTE)))
    async with ground.work() as work:
        saved = await work.cases.stamps()
        (row,) = await work.cases.rows(CaseQuery())
    assert {case_id for case_id, _ in added | saved} == {case.id}
    assert saved == {(case.id, row.version)}
    assert saved != added
