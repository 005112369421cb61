"""The desk in a real browser: log-in with a second factor, a case by keyboard alone, every page at two sizes, axe."""

import io
import re
from pathlib import Path

import pyotp
import pytest
from docx import Document
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.desk import enter, in_thread, violations
from tests.browser.test_page import complaints_of
from tests.support.desk import PASSPHRASE, Office

pytestmark = pytest.mark.browser


def test_the_first_log_in_sets_up_everything(url: str, office: Office, open_page: OpenPage) -> None:
    one_time = in_thread(office.store.accounts.add(office.founder, "wang", "auditor"))
    page = open_page(f"{url}/desk/", language="en")
    complaints = complaints_of(page)
    page.fill("[name=name]", "wang")
    page.fill("[name=passphrase]", one_time)
    page.click("button.primary")
    expect(page.locator("h1")).to_have_text("Choose a passphrase")
    assert violations(page) == []
    page.fill("[name=passphrase]", PASSPHRASE)
    page.fill("[name=again]", PASSPHRASE)
    page.click("button.primary")
    expect(page.locator(".qr img")).to_be_visible()
    assert violations(page) == []
    page.click("summary")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.fill("[name=code]", pyotp.TOTP(secret).at(office.clock.now()))
    page.click("button.primary")
    expect(page.locator(".codes li")).to_have_count(10)
    assert violations(page) == []
    page.click("a.primary")
    expect(page.locator("h1")).to_contain_text("Audit trail")
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert cookies["desk"]["httpOnly"]
    assert cookies["desk"]["sameSite"] == "Strict"
    assert complaints == []


def test_a_case_by_keyboard_alone(url: str, office: Office, case: str, open_page: OpenPage) -> None:
    page = open_page(f"{url}/desk/log-in", language="en", width=1440)
    enter(page, url, office, "second")
    complaints = complaints_of(page)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Permit sent back four times")
    page.keyboard.press("n")
    page.keyboard.type("Called the window.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".timeline")).to_contain_text("Called the window.")
    page.keyboard.press("q")
    page.keyboard.type("Which day was it?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".chips")).to_contain_text("Information requested")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/desk/cases")
    expect(page.locator(".list")).to_contain_text("Waiting for reporter")
    page.wait_for_load_state()
    page.keyboard.press("/")
    expect(page.locator("#number")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("s")
    page.wait_for_url("**/desk/search")
    expect(page.locator("#words")).to_be_focused()
    page.keyboard.type("nowhere four")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("Nothing found")
    page.locator("#words").fill("permit four")
    page.keyboard.press("Enter")
    expect(page.locator(".hits")).to_contain_text("Permit sent back four times")
    assert complaints == []


def test_from_receipt_to_the_case_file(url: str, office: Office, case: str, open_page: OpenPage) -> None:
    first = open_page(f"{url}/desk/log-in", language="en", width=1440)
    enter(first, url, office, "second")
    _step(first, url, case, "Accept", text="In hand.")
    _step(first, url, case, "Decide on a disposition", disposition="preliminary_verification")
    expect(first.locator(".banner")).to_contain_text("Proposed by second")
    in_thread(office.add("third", "supervisor"))
    other = open_page(f"{url}/desk/log-in", language="en", width=1440)
    enter(other, url, office, "third")
    other.goto(f"{url}/desk/cases/{case}")
    other.get_by_role("button", name="Approve").click()
    expect(other.locator(".done")).to_contain_text("Approved")
    _step(other, url, case, "Conclude", outcome="substantiated", text="Put right.")
    first.goto(f"{url}/desk/cases/{case}")
    first.get_by_role("button", name="Approve").click()
    expect(first.locator(".chips")).to_contain_text("Concluded")
    with first.expect_download() as download:
        first.get_by_role("button", name="Case file (DOCX)").click()
    document = Document(io.BytesIO(Path(download.value.path()).read_bytes()))
    assert any("Put right." in paragraph.text for paragraph in document.paragraphs)


def test_words_of_a_case_leave_only_when_they_can_arrive(
    url: str, office: Office, case: str, open_page: OpenPage
) -> None:
    page = open_page(f"{url}/desk/log-in", language="en", width=1440)
    enter(page, url, office, "second")
    page.goto(f"{url}/desk/cases/{case}")
    page.fill("#text-reply", "A long answer.")
    send = page.locator("#reply button")
    page.context.set_offline(True)
    send.click()
    expect(page.locator(".unsent")).to_contain_text("connection is away")
    page.context.set_offline(False)
    page.context.clear_cookies()
    send.click()
    expect(page.locator(".unsent")).to_contain_text("session has ended")
    beside = page.context.new_page()
    enter(beside, url, office, "second")  # another session, another token
    send.click()
    expect(page.locator(".timeline")).to_contain_text("A long answer.")


def _step(page: Page, url: str, case: str, title: str, **values: str) -> None:
    page.goto(f"{url}/desk/cases/{case}")
    step = page.locator("details.do", has=page.locator("summary", has_text=re.compile(f"^{title}")))
    step.locator("summary").click()
    for name, value in values.items():
        field = step.locator(f"[name={name}]")
        if name in ("disposition", "outcome"):
            field.select_option(value)
        else:
            field.fill(value)
    step.locator("button.primary").click()
    expect(page.locator(".done")).to_be_visible()


def test_the_recused_find_nothing(url: str, office: Office, open_page: OpenPage) -> None:
    in_thread(office.add("wu", "supervisor", unit="housing__ganjingzi"))
    case = in_thread(office.submit(title="Permit sent back four times")).row.id.hex()
    page = open_page(f"{url}/desk/log-in", language="en")
    enter(page, url, office, "wu")
    expect(page.locator(".empty")).to_be_visible()
    page.goto(f"{url}/desk/search")
    page.fill("#words", "permit")
    page.keyboard.press("Enter")
    expect(page.locator("#progress")).to_contain_text("Nothing found")
    page.goto(f"{url}/desk/cases/{case}")
    expect(page.locator("[role=alert]")).to_contain_text("nothing here that you may see")


def test_without_scripts_everything_works(url: str, office: Office, case: str, open_page: OpenPage) -> None:
    page = open_page(f"{url}/desk/log-in", javascript=False, language="en")
    enter(page, url, office, "second")
    page.goto(f"{url}/desk/cases/{case}")
    page.fill("#text-reply", "We have it.")
    page.click(".composer .reply button.primary")
    expect(page.locator(".timeline")).to_contain_text("We have it.")
    page.goto(f"{url}/desk/search")
    page.fill("#words", "permit four")
    page.click(".searchbox button")
    expect(page.locator(".hits")).to_contain_text("Permit sent back four times")


def test_controls_are_large_enough_for_a_thumb(url: str, office: Office, case: str, open_page: OpenPage) -> None:
    page = open_page(f"{url}/desk/log-in", width=360, language="en")
    enter(page, url, office, "second")
    page.goto(f"{url}/desk/cases/{case}")
    for button in page.locator("main button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 24
