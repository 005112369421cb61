"""Whoever is recused neither sees, counts, finds nor hears of a case; one on the head is not the office's at all."""

import base64
from dataclasses import replace

import pytest

from casework.recusal import SUPERIOR
from casework.report import Mode
from storage.vault.superior_key import new_superior_key
from tests.console.test_cases import _reopened, case_id
from tests.support.desk import Office


@pytest.fixture
async def recused(office: Office) -> Office:
    """Add somebody of the accused unit, and somebody who is named."""
    await office.add("wu", "supervisor", unit="housing__ganjingzi")
    await office.add("zhang", "supervisor", declared_names=("张三",))
    return office


@pytest.mark.parametrize("name", ["wu", "zhang"])
async def test_the_recused_see_nothing_of_it(recused: Office, name: str) -> None:
    hidden = (await recused.submit()).row.id.hex()
    shown = (await recused.submit(accused_unit="某镇政府", accused_unit_id=None, accused_name="李四")).row.id.hex()
    browser = await recused.seated(name)
    for queue in ("all", "new", "open", "unassigned"):
        page = await browser.get(f"/cases?queue={queue}")
        assert "1 case<" in page.text
        assert hidden[:8] not in page.text
        assert shown[:8] in page.text
    assert (await browser.get(f"/cases/{hidden}")).status_code == 404
    assert (await browser.get(f"/cases/go?number={hidden[:8]}")).status_code == 404
    await browser.get("/search")
    found = await browser.post("/search", {"words": "施工许可"})
    assert hidden[:8] not in found.text
    for form in ("note", "reply", "contact", "step", "assign"):
        assert (await browser.post(f"/cases/{hidden}/{form}", {"text": "x", "reason": "x"})).status_code in (404, 409)
    exported = await browser.post("/exports/cases.csv", {"queue": "all"})
    assert hidden[:8] not in exported.text
    assert shown[:8] in exported.text
    assert (await browser.post(f"/cases/{hidden}/file.docx")).status_code == 404


async def test_the_recused_are_no_assignees_and_no_approvers(recused: Office) -> None:
    case = (await recused.submit()).row.id.hex()
    browser = await recused.seated("second")
    page = await browser.get(f"/cases/{case}")
    assert "<option>handler</option>" in page.text
    assert "<option>wu</option>" not in page.text
    assert (await browser.act(case, "assign", to="wu")).status_code == 404
    await browser.act(case, "step", target="accepted")
    await browser.act(case, "step", target="assessing", disposition="held_for_later")
    page = await browser.get(f"/cases/{case}")
    assert "May be approved by: admin" in page.text
    assert "zhang" not in page.text


async def test_who_comes_or_declares_later_is_recused_from_older_cases_too(office: Office) -> None:
    case = (await office.submit()).row.id.hex()
    other = (await office.submit(accused_unit="某镇政府", accused_unit_id=None, accused_name="李四")).row.id.hex()
    await office.add("late", "supervisor", unit="甘井子区住房和城乡建设局")
    late, second = await office.seated("late"), await office.seated("second")
    handler = await office.seated("handler")
    assert "1 case<" in (await late.get("/cases?queue=all")).text
    assert (await late.get(f"/cases/{case}")).status_code == 404
    assert (await late.get(f"/cases/{other}")).status_code == 200
    assert (await second.act(case, "assign", to="late")).status_code == 404
    assert "<option>late</option>" not in (await second.get(f"/cases/{case}")).text
    await second.act(case, "assign", to="handler")
    assert case[:8] in (await handler.get("/cases?queue=all")).text
    await second.get("/accounts")
    assert (await second.post("/accounts/handler/declare", {"declared": "张三"})).status_code == 303
    assert case[:8] not in (await handler.get("/cases?queue=all")).text  # in the session that was open
    assert (await handler.get(f"/cases/{case}")).status_code == 404


async def test_similar_cases_are_those_one_may_see(recused: Office) -> None:
    await recused.submit()
    other = await recused.submit(accused_unit="某镇政府", accused_unit_id=None, accused_name="李四")
    page = await (await recused.seated("wu")).get(f"/cases/{other.row.id.hex()}")
    assert page.status_code == 200
    assert "Perhaps related" not in page.text


async def test_a_report_on_the_head_is_the_superiors_alone(office: Office) -> None:
    keys = new_superior_key()
    profile = office.services.profile
    head = replace(profile.office, heads=("赵六",))
    superior = replace(profile.superior, public_key=base64.b64decode(keys.public_key))
    office = await _reopened(office, replace(profile, office=head, superior=superior))
    submitted = await office.submit(accused_name="赵六", accused_unit="某局", accused_unit_id=None, mode=Mode.ANONYMOUS)
    assert submitted.row.recipient == SUPERIOR
    case = submitted.row.id.hex()
    browser = await office.seated("second")
    assert "0 cases" in (await browser.get("/cases?queue=all")).text
    assert (await browser.get(f"/cases/{case}")).status_code == 404
    assert (await browser.get(f"/cases/go?number={case[:8]}")).status_code == 404
    async with office.store.work() as work:
        assert await work.cases.by_office(case_id(case), office.founder) is None
