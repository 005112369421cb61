"""The page itself in a real browser, over conversations that echo; the real conversation is in tests/acceptance."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Route, expect

from bot.channels.web import WebOptions, create_app
from tests.browser.conftest import OpenPage, served
from tests.browser.desk import violations
from tests.fakes.conversations import CODE, EchoConversations

pytestmark = pytest.mark.browser


@pytest.fixture
def echo() -> EchoConversations:
    return EchoConversations()


@pytest.fixture
def url(echo: EchoConversations) -> Iterator[str]:
    with served(create_app(echo, WebOptions(city={"zh": "大连市", "en": "Dalian"}))) as address:
        yield address


def complaints_of(page: Page) -> list[str]:
    """Collect what the browser complains of: script errors, refused resources."""
    complaints: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def test_talking_with_javascript_by_keyboard_alone(url: str, open_page: OpenPage, echo: EchoConversations) -> None:
    page = open_page(url)
    complaints = complaints_of(page)
    page.reload()
    page.locator("#text").focus()
    page.keyboard.type("第一行")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("第二行")
    page.keyboard.press("Enter")
    expect(page.locator("#log li.bot").last).to_contain_text("echo 第一行")
    assert echo.heard[-1].text == "第一行\n第二行"
    expect(page.locator(".choices")).to_have_count(1)
    page.locator(".choices button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#log li.bot").last).to_contain_text("echo b2")
    assert echo.heard[-1].tap == "b2"
    assert complaints == []


def test_talking_without_javascript(url: str, open_page: OpenPage, echo: EchoConversations) -> None:
    page = open_page(url, javascript=False)
    page.fill("#text", "没有脚本")
    page.click(".send")
    expect(page.locator("#log")).to_contain_text("echo 没有脚本")
    page.click(".choices button")
    expect(page.locator("#log")).to_contain_text("echo b2")
    page.fill("#text", "submit")
    page.click(".send")
    expect(page.locator(".code")).to_have_text(CODE)
    expect(page.locator(".receipt img")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_files_go_up_and_are_told(
    url: str, open_page: OpenPage, echo: EchoConversations, javascript: bool, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("files") / "发票.txt"
    file.write_bytes(b"hello")
    page = open_page(url, javascript=javascript)
    page.click("summary")
    page.set_input_files("#files", str(file))
    if not javascript:
        page.click("#attach button")
    expect(page.locator("#log")).to_contain_text("echo files 1")
    assert (list(echo.files.values()), echo.names) == ([b"hello"], ["发票.txt"])


@pytest.mark.parametrize("how", ["button", "escape twice", "without javascript"])
def test_leaving_now(url: str, open_page: OpenPage, echo: EchoConversations, how: str) -> None:
    page = open_page(url, javascript=how != "without javascript")
    page.fill("#text", "x")
    page.click(".send")
    expect(page.locator("#log")).to_contain_text("echo x")
    if how == "escape twice":
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
    else:
        page.click(".leave")
    page.wait_for_url("**/page")
    assert len(echo.left) == 1
    assert page.context.cookies() == []
    assert "畅通" not in page.content()


def test_an_open_page_hides_what_was_said_after_half_an_hour(url: str, open_page: OpenPage) -> None:
    page = open_page(url)
    page.clock.install()
    page.reload()
    page.fill("#text", "王某收了钱")
    page.click(".send")
    expect(page.locator("#log")).to_contain_text("echo 王某收了钱")
    page.clock.fast_forward("29:00")
    expect(page.locator("#log")).to_contain_text("echo 王某收了钱")
    page.clock.fast_forward("02:00")
    expect(page.locator("#log li")).to_have_count(1)
    assert "王某" not in page.content()
    expect(page.locator("#log")).to_contain_text("已经隐藏")
    page.fill("#text", "继续")
    page.click(".send")
    expect(page.locator("#log li.bot").last).to_contain_text("echo 继续")


def test_what_was_written_stays_when_sending_fails(url: str, open_page: OpenPage, echo: EchoConversations) -> None:
    page = open_page(url)
    page.fill("#text", "x")
    page.click(".send")
    expect(page.locator("#log")).to_contain_text("echo x")
    page.context.set_offline(True)
    page.fill("#text", "很重要的话")
    page.click(".send")
    expect(page.locator("#text")).to_have_value("很重要的话")
    page.context.set_offline(False)
    page.click(".send")
    expect(page.locator("#log")).to_contain_text("echo 很重要的话")
    expect(page.locator("#log li.person")).to_have_count(2)


def test_a_press_whose_answer_was_lost_is_the_same_message_when_pressed_again(
    url: str, open_page: OpenPage, echo: EchoConversations
) -> None:
    page = open_page(url)
    page.fill("#text", "x")
    page.click(".send")
    expect(page.locator("#log")).to_contain_text("echo x")

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/api/chat/messages", lose)
    page.click(".choices button")
    expect(page.locator("#status")).to_contain_text("没有发出去")
    page.unroute("**/api/chat/messages")
    page.click(".choices button")
    expect(page.locator("#log li.bot").last).to_contain_text("echo b2")
    assert [(heard.tap, heard.message_id) for heard in echo.heard[1:]] == [("b2", echo.heard[-1].message_id)] * 2


def test_a_second_tab_sees_what_is_said_in_the_first(url: str, open_page: OpenPage) -> None:
    first = open_page(url)
    first.fill("#text", "x")
    first.click(".send")
    expect(first.locator("#log")).to_contain_text("echo x")
    second = first.context.new_page()
    with second.expect_response("**/api/chat/events**"):
        second.goto(url)
    first.fill("#text", "hello there")
    first.click(".send")
    expect(second.locator("#log")).to_contain_text("echo hello there")


@pytest.mark.parametrize("width", [320, 390, 1200])
@pytest.mark.parametrize("dark", [True, False])
def test_nothing_is_wider_than_the_screen_and_everything_can_be_pressed(
    url: str, open_page: OpenPage, width: int, dark: bool
) -> None:
    page = open_page(url, width=width, dark=dark)
    page.fill("#text", "很长的一句话没有空格" * 30)
    page.click(".send")
    page.fill("#text", "submit")
    page.click(".send")
    expect(page.locator(".code")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for button in page.locator("button:visible").all():
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 40
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(20, 23, 27)") == dark


def test_every_control_has_a_name(url: str, open_page: OpenPage) -> None:
    page = open_page(url, language="en")
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('button, a[href], textarea, input:not([type=hidden])')].filter((one) =>
            !(one.textContent.trim() || one.labels?.length || one.getAttribute('aria-label'))).length"""
    )
    assert nameless == 0
    assert page.locator("html").get_attribute("lang") == "en"
    expect(page.get_by_role("log")).to_be_visible()


@pytest.mark.parametrize("dark", [False, True])
def test_axe_finds_nothing(url: str, open_page: OpenPage, dark: bool) -> None:
    page = open_page(url, width=360, dark=dark)
    assert violations(page) == []
    page.fill("#text", "我要举报")
    page.click(".send")
    expect(page.locator("#log li.bot").last.locator(".bubble")).to_contain_text("echo 我要举报")
    assert violations(page) == []
