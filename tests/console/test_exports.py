"""What leaves the desk, opened by the libraries that people open it with."""

import csv
import io

import pytest
from docx import Document
from openpyxl.reader.excel import load_workbook

from console.exports.rows import harmless
from tests.support.desk import Office

FORMULA = '=HYPERLINK("http://evil.test","x")'


async def test_the_case_file_holds_what_was_told_and_no_note(office: Office) -> None:
    case = (await office.submit(title=FORMULA, accused_name="unknown")).row.id.hex()
    browser = await office.seated("second")
    await browser.act(case, "note", text="SECRET NOTE")
    await browser.act(case, "reply", text="We have it.")
    await browser.act(case, "step", target="accepted")
    await browser.act(case, "step", target="assessing", disposition="preliminary_verification", text="INNER GROUNDS")
    answer = await browser.post(f"/cases/{case}/file.docx")
    assert answer.headers["content-disposition"].startswith("attachment")
    document = Document(io.BytesIO(answer.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    text = "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])
    for expected in ("We have it.", "窗口以材料不全为由", FORMULA, "甘井子区住建局", "Accepted"):
        assert expected in text
    assert "not known" in cells
    assert "unknown" not in text
    for hidden in ("SECRET NOTE", "INNER GROUNDS", "李四", "13900000000", "second"):
        assert hidden not in text


async def test_the_ledger_is_text_in_every_cell(office: Office) -> None:
    await office.submit(title=FORMULA)
    await office.submit(title="plain")
    browser = await office.seated("second")
    await browser.get("/cases")
    answer = await browser.post("/exports/ledger.xlsx", {"queue": "all"})
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    rows = list(sheet.iter_rows())
    assert len(rows) == 3
    titles = {row[4].value for row in rows[1:]}
    assert titles == {FORMULA, "plain"}
    assert {cell.data_type for row in rows for cell in row if cell.value} == {"s"}
    assert sheet.freeze_panes == "A2"


async def test_the_list_runs_nothing_in_a_spreadsheet(office: Office) -> None:
    for title in (FORMULA, "+1", "@x", "-2", "\u3000=1+1", "fine"):
        await office.submit(title=title)
    browser = await office.seated("second")
    await browser.get("/cases")
    answer = await browser.post("/exports/cases.csv", {"queue": "all", "region": "ganjingzi"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][0] == "Case"
    titles = {row[4] for row in rows[1:]}
    assert titles == {f"'{FORMULA}", "'+1", "'@x", "'-2", "'\u3000=1+1", "fine"} or titles == {
        f"'{FORMULA}", "'+1", "'@x", "'-2", "'=1+1", "fine"
    }  # fmt: skip
    nothing = await browser.post("/exports/cases.csv", {"queue": "all", "region": "xigang"})
    assert len(list(csv.reader(io.StringIO(nothing.text)))) == 1


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@a", "\t=1", " =1", "＝1", "\r=1", "\u00a0=1"])
def test_what_begins_like_a_formula_is_marked(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "a=1", "2026-03-02", "李四"])
def test_all_else_stays(cell: str) -> None:
    assert harmless(cell) == cell


async def test_every_export_stands_in_the_trail(office: Office, case: str) -> None:
    browser = await office.seated("second")
    await browser.get("/cases")
    await browser.post(f"/cases/{case}/file.docx")
    await browser.post("/exports/ledger.xlsx", {"queue": "all"})
    await browser.post("/exports/cases.csv", {"queue": "new"})
    auditor = await office.seated("auditor")
    page = await auditor.get("/trail")
    async with office.store.work() as work:
        exported = [(it.case_ref, it.detail) for it in await work.trail.entries() if it.act == "export"]
    assert exported == [("", "list: 1 cases"), ("", "ledger: 1 cases"), (case, "case file")]
    assert "Exported" in page.text
    assert "all sound" in page.text
    assert "<small>ledger: 1 cases</small>" in page.text


async def test_the_trail_is_read_in_the_readers_words(office: Office, case: str) -> None:
    browser = await office.seated("second")
    await browser.act(case, "step", target="accepted")
    await browser.act(case, "assign", to="handler")
    await (await office.seated("intake")).get(f"/cases/{case}")
    await office.browser().log_in("nobody-of-us", code="1")
    auditor = await office.seated("auditor")
    for language, words in (
        ("en", ("Accepted", "handler", "refused: not this role", "unknown name")),
        ("zh", ("已受理", "handler", "拒绝：该角色", "没有这个账号")),
    ):
        await auditor.post("/language", {"language": language})
        page = (await auditor.get("/trail")).text
        assert [word for word in words if f"<small>{word}" not in page] == []


async def test_the_trail_can_be_narrowed(office: Office, case: str) -> None:
    browser = await office.seated("second")
    await browser.get(f"/cases/{case}")
    auditor = await office.seated("auditor")
    for query in (f"case={case[:8]}", "actor=second", f"day={office.clock.today()}"):
        page = await auditor.get(f"/trail?{query}")
        assert "Opened the case" in page.text
    assert "Opened the case" not in (await auditor.get("/trail?actor=handler")).text
