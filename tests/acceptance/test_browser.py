"""Whole reports in a real browser, served by the program in a process of its own."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.conftest import Changtong
from tests.browser.conftest import OpenPage, chromium, open_page
from tests.browser.desk import violations
from tests.support.server import Server, serving

__all__ = ["chromium", "open_page"]

pytestmark = pytest.mark.browser

CODE = re.compile(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}")
PHONE = 360
STORY_ZH = "今年3月我们公司到西岗区市场监督管理局办食品经营许可证，窗口的王科长让我交五千元才肯收材料。"
STORY_EN = (
    "In March 2026 our company applied to the Xigang market regulation office for a food licence. Section chief Wang "
    "asked for 5000 yuan before he would take our papers."
)


@pytest.fixture
def server(changtong: Changtong) -> Iterator[Server]:
    with serving(changtong.data) as server:
        yield server


class Chat:
    """What a person does on the page: type and press, and read what was answered last."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def say(self, text: str, answered: str) -> None:
        """Type and send; wait until the newest words of the bot hold `answered`."""
        self.page.fill("#text", text)
        self.page.click(".send")
        self.reads(answered)

    def press(self, title: str, answered: str) -> None:
        self.page.get_by_role("button", name=title, exact=True).last.click()
        self.reads(answered)

    def reads(self, answered: str) -> None:
        """Wait until a bubble of the bot below the person's last words holds `answered`."""
        newest = self.page.locator("#log li.bot:not(:has(~ li.person))")
        expect(newest.filter(has_text=answered).last).to_be_visible()

    def code(self) -> str:
        shown = self.page.locator(".receipt .code").last
        expect(shown).to_have_text(CODE)
        return shown.inner_text()

    def saves(self, title: str, folder: Path) -> bytes:
        """Press a button of the receipt and return the file that it saves."""
        with self.page.expect_download() as saving:
            self.page.locator(".receipt").last.get_by_role("button", name=title).click()
        target = folder / saving.value.suggested_filename
        saving.value.save_as(target)
        return target.read_bytes()

    def fits_the_screen(self) -> None:
        assert self.page.evaluate("document.documentElement.scrollWidth") <= PHONE


def _uploaded(folder: Path, *names: str) -> list[str]:
    for name in names:
        (folder / name).write_bytes(name.encode())
    return [str(folder / name) for name in names]


def _check_receipt(chat: Chat, text: str, picture: str, folder: Path) -> str:
    """Save the receipt both ways; the file and the page tell the same code."""
    code = chat.code()
    assert chat.saves(text, folder).decode() == f"{code}\n"
    assert chat.saves(picture, folder).startswith(b"\x89PNG\r\n")
    return code


def test_a_whole_report_in_chinese_with_javascript(server: Server, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(server.address, width=PHONE)
    chat = Chat(page)
    chat.press("我要举报", "发生了什么事")
    chat.say(STORY_ZH, "我从您的话里读到")
    chat.say("你们会泄露我的信息吗", "加密保存")  # an interruption: answered, and the question stands
    chat.say("说完了", "地区：西岗区")
    chat.say("不是，是中山区", "地区：中山区")  # a change of mind
    assert violations(page) == []
    chat.press("对", "您想怎样举报")
    chat.press("匿名", "什么地方")
    chat.say("区政务大听二楼", "哪一类")  # a typo, put right later
    chat.say("改证据", "录音、文件之类")
    page.click("summary")
    page.set_input_files("#files", _uploaded(tmp_path, "录音.m4a", "照片.jpg"))
    chat.reads("1. 录音.m4a")
    chat.press("删除 录音.m4a", "已删除：录音.m4a")
    chat.press("说完了", "哪一类")
    chat.say("现在就提交", "请看一遍")
    chat.say("把地点改成区政务大厅二楼", "地点：区政务大厅二楼")
    chat.reads("证据：1 个文件")
    chat.fits_the_screen()
    chat.press("提交", "您的查询编码")
    code = _check_receipt(chat, "文件", "图片", tmp_path)
    assert violations(page) == []
    chat.fits_the_screen()
    _reload_and_save(chat, code, "已保存", "不再显示编码", secret="王科长")

    server.restart()
    back = Chat(open_page(server.address, width=PHONE))
    back.say(f"你好，我的编码是：{_messy(code)}。麻烦查一下", "您的举报：已收到")
    back.press("补充材料", "想补充什么")
    back.say("收条还在我手里。", "已交给办公室")
    back.say("说完了", "案件已关闭")
    assert code not in back.page.content()


def test_a_whole_report_in_english_without_javascript(server: Server, open_page: OpenPage, tmp_path: Path) -> None:
    page = open_page(server.address, javascript=False, width=PHONE, language="en-GB", dark=True)
    chat = Chat(page)
    chat.press("Make a report", "What happened")
    chat.say(STORY_EN, "This is what I read")
    chat.say("help", "just answer the question")  # an interruption
    chat.say("done", "District: Xigang")
    chat.say("no, it is Zhongshan", "District: Zhongshan")
    chat.press("Right", "How do you want to report")
    chat.say("anonymuos", "Where did it happen")  # a typo is read
    chat.say("change the evidence", "photos, recordings or papers")
    page.click("summary")
    page.set_input_files("#files", _uploaded(tmp_path, "talk.m4a", "photo.jpg"))
    page.click("#attach button")
    chat.reads("2 file(s) received")
    chat.press("Remove talk.m4a", "Removed: talk.m4a")
    chat.press("That is all", "Where did it happen")
    chat.press("Submit now", "Please read it once more")
    chat.say("change the place to service hall, second floor", "Where: service hall, second floor")
    chat.fits_the_screen()
    chat.press("Submit", "Your tracking code")
    code = _check_receipt(chat, "file", "picture", tmp_path)
    _reload_and_save(chat, code, "Saved", "no longer shown here", secret="Section chief Wang")

    server.restart()
    back = Chat(open_page(server.address, javascript=False, width=PHONE, language="en"))
    back.say(f"my code is {_messy(code)}, any news?", "Your report: Received")
    back.press("Add information", "What would you like to add")
    back.say("I still have the slip of paper.", "is with the office")
    back.press("Done", "The case is closed")
    assert code not in back.page.content()


@pytest.mark.parametrize("javascript", [True, False])
def test_leaving_deletes_at_once(server: Server, open_page: OpenPage, javascript: bool) -> None:
    page = open_page(server.address, javascript=javascript, width=PHONE)
    chat = Chat(page)
    chat.say("/start_report", "发生了什么事")
    chat.say(STORY_ZH, "我从您的话里读到")
    cookies = page.context.cookies()
    page.click(".leave")
    page.wait_for_url("**/page")
    assert page.context.cookies() == []
    for cookie in cookies:
        page.context.add_cookies([{"name": cookie["name"], "value": cookie["value"], "url": server.address}])
    page.goto(server.address)
    assert "王科长" not in page.content()
    chat.say("看看我填了什么", "")
    assert "王科长" not in page.content()


def _reload_and_save(chat: Chat, code: str, saved: str, answer: str, *, secret: str) -> None:
    """After a reload the code still stands there and the report does not; once saved, the code is gone too."""
    chat.page.goto(chat.page.url.split("#")[0].removesuffix("/chat"))
    assert chat.code() == code
    assert secret not in chat.page.content()
    chat.press(saved, answer)
    chat.page.reload()
    assert code not in chat.page.content()


def _messy(code: str) -> str:
    return code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
