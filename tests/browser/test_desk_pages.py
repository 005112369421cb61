"""Every page of the desk at two sizes, light and dark: it fits, and axe finds nothing."""

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from casework.report import FileRef
from console.views import TEMPLATES
from tests.browser.conftest import OpenPage
from tests.browser.desk import enter, in_thread, violations
from tests.support.desk import Office

pytestmark = pytest.mark.browser

FRAGMENTS = {"base.html", "shell.html", "outside.html", "macros.html", "chatlist.html", "chatlines.html"}
FIRST_LOG_IN = {"passphrase.html", "second_factor.html", "recovery_codes.html"}
"""Seen, with axe, where the first log-in is tested."""

PAGES = (
    "/cases", "/cases?queue=overdue", "/search", "/reports/new", "/accounts", "/about/permissions", "/keys", "/me",
    "/chats", "/nowhere",
)  # fmt: skip


@pytest.fixture
def drawn(office: Office) -> set[str]:
    """Return the names of the templates that pages were drawn from."""
    templates = office.app.state.templates
    names: set[str] = set()
    get_template = templates.get_template

    def noted(name: str, *more: Any, **options: Any) -> Any:
        names.add(name)
        return get_template(name, *more, **options)

    templates.get_template = noted
    return names


def look(page: Page, where: str, found: dict[str, list[str]]) -> None:
    width = page.viewport_size["width"] if page.viewport_size else 0
    wide = page.evaluate("document.documentElement.scrollWidth")
    complained = violations(page) + ([f"{wide} px wide"] if wide > width else [])
    if complained:
        found[where] = complained


def enter_report(page: Page, url: str) -> None:
    """Fill the form for a report by letter in, and send it."""
    page.goto(f"{url}/desk/reports/new")
    for name, value in {
        "channel": "letter",
        "mode": "anonymous",
        "region": "ganjingzi",
        "category": "inaction",
    }.items():
        page.locator(f"[name={name}]").first.select_option(value)
    page.fill("[name=title]", "Permit sent back")
    page.fill("[name=facts]", "The window sent my permit back four times, each time for another reason.")
    page.locator("main form button.primary").first.click()
    expect(page.locator("main .code, main code").first).to_be_visible()


async def a_picture(office: Office) -> FileRef:
    from PIL import Image

    stored = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(stored, "JPEG")

    async def chunks() -> AsyncIterator[bytes]:
        yield stored.getvalue()

    return await office.store.evidence.seal(chunks(), name="a.jpg", media_type="image/jpeg", limit_bytes=10_000_000)


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1440, False)])
def test_every_page_fits_and_axe_finds_nothing(
    url: str, office: Office, case: str, drawn: set[str], open_page: OpenPage, width: int, dark: bool
) -> None:
    in_thread(office.submit(category="retaliation", title="很长的标题没有空格" * 5))
    picture = in_thread(a_picture(office))
    shown = in_thread(office.submit(files=(picture,))).row.id.hex()
    chat = in_thread(office.wait_for_a_person()).hex()
    office.clock.advance(days=40)
    found: dict[str, list[str]] = {}
    page = open_page(f"{url}/desk/log-in", width=width, dark=dark, language="zh-CN" if dark else "en")
    look(page, "/log-in", found)
    enter(page, url, office, "second")
    paths = (*PAGES, f"/cases/{case}", f"/cases/{shown}/files/{picture.id}", f"/chats/{chat}")
    for path in paths:
        page.goto(f"{url}/desk{path}")
        look(page, path, found)
    page.goto(f"{url}/desk/cases/{case}")
    page.locator("form[action$='/draft']").evaluate("form => form.requestSubmit()")
    page.wait_for_url("**/draft")
    look(page, "the draft of an announcement", found)
    enter_report(page, url)
    look(page, "/reports/new, sent", found)
    auditor = open_page(f"{url}/desk/log-in", width=width, dark=dark, language="zh-CN" if dark else "en")
    enter(auditor, url, office, "auditor")
    auditor.goto(f"{url}/desk/trail")
    look(auditor, "/trail", found)
    assert found == {}
    assert drawn >= {path.name for path in TEMPLATES.glob("*.html")} - FRAGMENTS - FIRST_LOG_IN
