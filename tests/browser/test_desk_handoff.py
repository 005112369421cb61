"""A reporter's page and the operators' pages side by side: handed off, claimed by one of two, answered, and back."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from bot.bootstrap import Prepared
from bot.cli.talking import web_app
from bot.desk import WithDesk, parts_of
from console import DeskOptions, create_desk
from console.pages.chats import MOST_SHOWN
from tests.browser.conftest import OpenPage
from tests.browser.desk import enter, in_thread, opened, served_beside, violations
from tests.console.program import Program, open_program
from tests.dialogues.conftest import prepared  # noqa: F401  # the same interpreter, loaded once

pytestmark = pytest.mark.browser


@pytest.fixture
def program(prepared: Prepared, tmp_path: Path) -> Iterator[Program]:  # noqa: F811
    with opened(open_program(tmp_path, prepared)) as made:
        yield made


@pytest.fixture
def url(program: Program) -> Iterator[str]:
    app = program.app
    whole = WithDesk(app, web_app(app))
    parts = parts_of(app.store, app.services, app.conversations, whole.push)
    object.__setattr__(whole, "_desk", create_desk(parts, DeskOptions(default_language="en")))
    with served_beside(whole) as address:
        yield address


def say(page: Page, text: str) -> None:
    page.fill("#text", text)
    page.click(".send")
    expect(page.locator("#text")).to_have_value("")


def test_there_and_back(program: Program, url: str, open_page: OpenPage) -> None:
    reporter = open_page(url, language="en-GB")
    say(reporter, "The housing office in Ganjingzi keeps sending my permit back, for three months now")
    expect(reporter.locator("#log li.bot").last).to_be_visible()
    say(reporter, "/ask_human")
    reporter.get_by_role("button", name="Wait for a person").click()
    reporter.get_by_role("button", name="Show nothing").click()
    expect(reporter.locator("#log")).to_contain_text("you are number 1")

    first = open_page(f"{url}/desk/log-in", language="en", width=1440)
    enter(first, url, program.office, "second")
    second = open_page(f"{url}/desk/log-in", language="en", width=1440)
    enter(second, url, program.office, "intake")
    for page in (first, second):
        page.goto(f"{url}/desk/chats")
        expect(page.locator("[data-live]")).to_have_text("1")
        page.locator(".chatlist li a").first.click()
        expect(page.locator("#claim")).to_be_visible()
        assert violations(page) == []
    _claimed_by_one(first, second)
    expect(reporter.locator("#log")).to_contain_text("is here now")
    say(reporter, "Does my boss learn of it?")
    expect(first.locator("#lines")).to_contain_text("Does my boss learn of it?")
    first.locator(".canned button", has_text="Protection").click()
    first.keyboard.press("Control+Enter")
    expect(reporter.locator("#log")).to_contain_text("[Office] Only those who work the case")
    first.fill("#answer", "frightened")
    first.click(".noting")
    expect(first.locator("#lines .l-note")).to_contain_text("frightened")
    _typed_while_sending(first)
    assert violations(first) == []
    first.get_by_role("button", name="Back to the bot", exact=True).click()
    expect(first.locator(".done")).to_have_text("The bot has it again.")  # and no page drawn anew instead
    expect(reporter.locator("#log")).to_contain_text("the bot answers you again")
    expect(reporter.locator("#log")).not_to_contain_text("frightened")
    reporter.reload()
    expect(reporter.locator("#log")).to_contain_text("[Office] Only those who work the case")
    address = next(cookie["value"] for cookie in reporter.context.cookies() if cookie["name"] == "chat")
    lines = in_thread(program.app.conversations.visible("web", address))
    assert any("the bot answers you again" in line.message.text for line in lines)


def _claimed_by_one(first: Page, second: Page) -> None:
    """Open pages follow who has the conversation, and leave alone what is being typed; an old page is refused."""
    beside = first.context.new_page()
    beside.goto(second.url)
    beside.fill("#answer", "half a note")
    second.route("**/lines", lambda route: route.abort())  # a page that did not hear of it in time
    first.click("#claim")
    expect(first.locator(".done")).to_be_visible()
    expect(beside.locator("#told")).to_contain_text("changed hands")
    expect(beside.locator("#answer")).to_have_value("half a note")
    beside.close()
    second.click("#claim")
    expect(second.locator("main [role=alert]")).to_contain_text("somebody else was faster")
    second.unroute("**/lines")
    second.click("main a.button")
    expect(second.locator(".talkhead .chip")).to_have_text("In conversation")
    expect(second.locator("#claim")).to_have_count(0)


def _typed_while_sending(page: Page) -> None:
    """Whoever writes on while something is on its way, or the connection is away, loses nothing."""
    page.fill("#answer", "one")
    page.evaluate(
        """() => { const say = document.getElementById("say"), box = document.getElementById("answer");
        say.requestSubmit(say.querySelector(".noting")); box.value = "two";
        say.requestSubmit(say.querySelector(".noting")); box.value = "thr"; }"""
    )
    expect(page.locator("#lines .l-note")).to_have_text(
        [re.compile("frightened"), re.compile("one"), re.compile("two")]
    )
    expect(page.locator("#answer")).to_have_value("thr")
    page.context.set_offline(True)
    page.click(".noting")
    expect(page.locator("#told")).to_contain_text("Not sent")
    expect(page.locator("#answer")).to_have_value("thr")
    page.context.set_offline(False)
    kept = page.context.cookies()
    page.context.clear_cookies()  # as after half an hour, or a log-out elsewhere
    page.click("#say .primary")
    expect(page.locator("#told")).to_contain_text("session has ended")
    expect(page.locator("#answer")).to_have_value("thr")
    expect(page.locator("#lines .l-note")).to_have_count(3)
    page.context.add_cookies(kept)  # type: ignore[arg-type]  # what was read may be written
    page.click(".noting")
    expect(page.locator("#lines .l-note").last).to_contain_text("thr")
    expect(page.locator("#told")).to_contain_text("They see")
    expect(page.locator("#answer")).to_have_value("")


@pytest.mark.parametrize("width", [360, 1440])
def test_eighty_conversations_fit(program: Program, url: str, open_page: OpenPage, width: int) -> None:
    in_thread(_many(program, 80))
    page = open_page(f"{url}/desk/log-in", language="en", width=width)
    enter(page, url, program.office, "second")
    page.goto(f"{url}/desk/chats")
    expect(page.locator(".chatlist li")).to_have_count(MOST_SHOWN)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#claim")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert violations(page) == []


def test_signs_and_a_suggestion(program: Program, url: str, open_page: OpenPage) -> None:
    reporter = open_page(url, language="en-GB", width=390)
    for text in (
        "The housing office in Ganjingzi keeps sending my permit back, for three months now",
        "yes",
        "anonymous",
    ):
        say(reporter, text)
    say(reporter, "skip")
    expect(reporter.locator("#log li.bot").last).to_contain_text("Whom do you report?")
    say(reporter, "/ask_human")
    reporter.get_by_role("button", name="Wait for a person").click()
    reporter.get_by_role("button", name="Show nothing").click()
    expect(reporter.locator("#log")).to_contain_text("you are number 1")
    desk = open_page(f"{url}/desk/log-in", language="en", width=1440)
    enter(desk, url, program.office, "second")
    desk.goto(f"{url}/desk/chats")
    desk.locator(".chatlist li a").first.click()
    desk.click("#claim")
    expect(reporter.locator("#log")).to_contain_text("is here now")
    expect(desk.locator("#answer")).to_be_visible()
    expect(desk.locator("[data-live][data-on]")).to_be_attached()
    reporter.locator("#text").press_sequentially("Hel")
    expect(desk.locator("#sign")).to_have_text("The reporter is writing…")
    say(reporter, "Hello, is this safe?")
    expect(reporter.locator("#sign")).to_have_text("The office has read it.")
    desk.locator("#answer").press_sequentially("Ye")
    expect(reporter.locator("#sign")).to_have_text("The office is writing…")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#sign")).to_have_text("The reporter has read it.")
    desk.fill("#answer", "Sent by the mouse.")
    desk.get_by_role("button", name="Send", exact=True).click()
    expect(reporter.locator("#log")).to_contain_text("[Office] Sent by the mouse.")
    desk.locator("#suggest summary").click()
    desk.fill("#suggestion", "Wang Qiang")
    assert violations(desk) == []
    desk.get_by_role("button", name="Send it to be confirmed").click()
    expect(reporter.locator("#log")).to_contain_text("Wang Qiang")
    reporter.get_by_role("button", name="Take this answer", exact=True).click()
    expect(reporter.locator("#log")).to_contain_text("It stands in your report now")
    expect(desk.locator("#lines")).to_contain_text("The reporter took the suggested answer: who is reported")
    expect(desk.locator("#suggest summary")).to_have_text("Suggest an answer: the post of who is reported")
    desk.fill("#suggestion", "section chief")
    desk.get_by_role("button", name="Send it to be confirmed").click()
    expect(reporter.locator("#log")).to_contain_text("section chief")
    for width in (390, 1440):
        desk.set_viewport_size({"width": width, "height": 900})
        assert desk.evaluate("document.documentElement.scrollWidth") <= width


async def _many(program: Program, count: int) -> None:
    for _ in range(count):
        reporter = program.reporter()
        await reporter.say("/ask_human")
        await reporter.tap("Wait for a person")
