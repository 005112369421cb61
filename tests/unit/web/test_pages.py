import logging
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from bot.channels.web import WebOptions, create_app
from tests.fakes.conversations import CODE, EchoConversations

OPTIONS = WebOptions(
    city={"zh": "大连市", "en": "Dalian"},
    phone="(0411) 12388",
    website="www.example.org",
    address={"zh": "某路", "en": "A Road"},
)


@pytest.fixture
def echo() -> EchoConversations:
    return EchoConversations()


@pytest.fixture
def browser(echo: EchoConversations) -> Iterator[TestClient]:
    with TestClient(create_app(echo, OPTIONS), raise_server_exceptions=False) as client:
        client.headers["accept-language"] = "zh-CN"
        yield client


def message_id(page: str) -> str:
    found = re.search(r'id="say".*?name="message_id" value="([^"]+)"', page, re.S)
    assert found
    return str(found.group(1))


def say(browser: TestClient, text: str) -> str:
    page = browser.get("/").text
    return browser.post("/chat", data={"message_id": message_id(page), "text": text}).text


def test_a_new_visitor_sees_the_greeting_and_no_cookie_is_set(browser: TestClient, echo: EchoConversations) -> None:
    answer = browser.get("/")
    assert "What happened?" in answer.text
    assert 'lang="zh-Hans"' in answer.text
    assert "set-cookie" not in answer.headers
    assert echo.heard == []


def test_the_page_speaks_the_language_asked_for(browser: TestClient) -> None:
    assert 'lang="en"' in browser.get("/?lang=en").text
    assert ">Send<" in browser.get("/", headers={"accept-language": "en-GB,zh;q=0.5"}).text
    assert ">发送<" in browser.get("/?lang=xx", headers={"accept-language": "fr"}).text


def test_without_javascript_a_text_is_posted_and_the_conversation_shown(
    browser: TestClient, echo: EchoConversations
) -> None:
    page = say(browser, "局长<b>张某</b>")
    assert "echo 局长&lt;b&gt;张某&lt;/b&gt;" in page
    assert "<b>张某" not in page
    assert echo.heard[0].greeted
    assert echo.heard[0].channel == "web"


def test_a_button_is_pressed_without_javascript_and_only_the_last_ones_are_drawn(
    browser: TestClient, echo: EchoConversations
) -> None:
    page = say(browser, "one")
    assert page.count('name="tap"') == 1
    page = browser.post("/chat", data={"message_id": "12345678", "tap": "b2"}).text
    assert echo.heard[-1].tap == "b2"
    assert page.count('name="tap"') == 1


def test_the_cookie_is_a_session_secret_that_scripts_cannot_read(echo: EchoConversations) -> None:
    with TestClient(create_app(echo, OPTIONS)) as browser:
        cookie = browser.post("/chat", data={"message_id": "12345678", "text": "x"}, follow_redirects=False).headers
    written = cookie["set-cookie"]
    assert re.match(r"chat=[\w-]{43};", written)
    assert "HttpOnly" in written
    assert "SameSite=strict" in written
    assert "Max-Age" not in written
    assert "expires" not in written.lower()


def test_on_https_cookies_are_host_bound(echo: EchoConversations) -> None:
    app = create_app(echo, WebOptions(is_https=True))
    with TestClient(app, base_url="https://testserver") as browser:
        answer = browser.post("/chat", data={"message_id": "12345678", "text": "x"}, follow_redirects=False)
    assert "__Host-chat=" in answer.headers["set-cookie"]
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age=" in answer.headers["strict-transport-security"]


def test_a_made_up_cookie_is_replaced(browser: TestClient, echo: EchoConversations) -> None:
    browser.cookies.set("chat", "short")
    browser.post("/chat", data={"message_id": "12345678", "text": "x"})
    assert echo.heard[0].greeted
    assert len(echo.heard[0].address) == 43


def test_who_is_forgotten_is_told_so_and_comes_back_as_a_stranger(browser: TestClient, echo: EchoConversations) -> None:
    say(browser, "one")
    page = say(browser, "forget")
    assert "forgotten" in page
    assert dict(browser.cookies) == {}
    say(browser, "two")
    assert (echo.heard[-1].greeted, echo.heard[-1].returning) == (True, False)


def test_the_receipt_is_shown_at_once_and_the_cookie_replaced(browser: TestClient, echo: EchoConversations) -> None:
    say(browser, "one")
    before = browser.cookies["chat"]
    page = say(browser, "submit")
    assert CODE in page
    assert "data:image/png;base64," in page
    assert browser.cookies["chat"] != before
    again = browser.get("/").text
    assert CODE in again, "a reload still shows it while the receipt lives"
    assert 'value="/done"' in again
    assert 'value="/start_report"' in again


def test_the_receipt_can_be_saved_as_text_and_picture_by_post_only(
    browser: TestClient, echo: EchoConversations
) -> None:
    say(browser, "submit")
    saved = browser.post("/receipt.txt")
    assert saved.text == f"{CODE}\n"
    assert "attachment" in saved.headers["content-disposition"]
    assert browser.post("/receipt.png").content.startswith(b"\x89PNG")
    assert browser.get("/receipt.txt").status_code == 405
    echo.codes.clear()
    assert browser.post("/receipt.txt").status_code == 404


def test_leaving_deletes_and_clears_what_the_browser_keeps(browser: TestClient, echo: EchoConversations) -> None:
    say(browser, "one")
    secret = browser.cookies["chat"]
    answer = browser.post("/leave", follow_redirects=False)
    assert echo.left == [secret]
    assert '"cookies"' in answer.headers["clear-site-data"]
    assert answer.headers["location"] == "/page"
    page = browser.get("/page").text
    assert "畅通" not in page
    assert "report" not in page


def test_files_are_sent_by_a_form(browser: TestClient, echo: EchoConversations) -> None:
    say(browser, "one")
    files = [("files", ("发票 1.pdf", b"a" * 900, "application/pdf")), ("files", ("b.txt", b"b" * 10, "text/plain"))]
    browser.post("/files", files=files, data={"message_id": "12345678"})
    assert sorted(map(len, echo.files.values())) == [10, 900]
    assert echo.names == ["发票 1.pdf", "b.txt"]
    assert len(echo.heard[-1].files) == 2


@pytest.mark.parametrize(("content", "reason"), [(b"x" * 1001, "too_large"), (b"", "empty")])
def test_a_refused_file_is_told_in_the_conversation(
    browser: TestClient, echo: EchoConversations, content: bytes, reason: str
) -> None:
    browser.post("/files", files=[("files", ("a", content, "text/plain"))], data={"message_id": "12345678"})
    assert echo.heard[-1].refused == reason
    assert echo.files == {}


def test_a_form_that_is_none_and_one_cut_short_are_refused_kindly(browser: TestClient) -> None:
    assert browser.post("/files", content=b"x", headers={"content-type": "text/plain"}).status_code == 400
    broken = {"content-type": "multipart/form-data; boundary=b"}
    assert browser.post("/files", content=b"no boundary here", headers=broken).status_code == 400


def test_a_failure_gives_back_what_was_written_and_logs_no_word(
    browser: TestClient, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = browser.post("/chat", data={"message_id": "12345678", "text": "crash"})
    assert answer.status_code == 500
    assert ">crash</textarea>" in answer.text
    assert 'value="12345678"' in answer.text, "sent again under the same id"
    assert "(0411) 12388" in answer.text
    printed = capsys.readouterr()
    assert "secret words" not in caplog.text + printed.out + printed.err


def test_a_post_from_another_site_is_refused(browser: TestClient, echo: EchoConversations) -> None:
    data = {"message_id": "12345678", "text": "x"}
    assert browser.post("/chat", data=data, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert browser.post("/chat", data=data, headers={"origin": "http://evil.example"}).status_code == 403
    assert browser.post("/leave", headers={"sec-fetch-site": "same-site"}).status_code == 403
    assert echo.heard == []
    assert browser.post("/chat", data=data, headers={"origin": "http://testserver"}).status_code == 200


def test_every_answer_has_the_headers(browser: TestClient) -> None:
    for path in ("/", "/nowhere", "/page"):
        headers = browser.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["cache-control"] == "no-store"
        assert headers["referrer-policy"] == "no-referrer"
    assert "max-age" in browser.get("/static/chat.css").headers["cache-control"]


def test_pages_hold_no_inline_script_and_no_style() -> None:
    with TestClient(create_app(EchoConversations(), OPTIONS)) as browser:
        page = browser.get("/").text
    assert not re.search(r"<script(?! src=)|\son\w+=|\sstyle=|<style", page)


def test_a_form_without_an_id_and_an_unknown_page(browser: TestClient, echo: EchoConversations) -> None:
    assert browser.post("/chat", data={"text": "x"}).status_code == 400
    assert browser.get("/nowhere").status_code == 404
    assert echo.heard == []


def test_a_body_too_long_is_answered_clearly(browser: TestClient, echo: EchoConversations) -> None:
    answer = browser.post("/chat", data={"message_id": "12345678", "text": "字" * 500_000})
    assert answer.status_code in (400, 413)
    assert echo.heard == []
