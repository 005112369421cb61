"""What a real Chromium keeps of whole journeys in its profile: nothing of what was told, sent or given as a code."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.acceptance.conftest import Changtong
from tests.acceptance.conftest import changtong as changtong
from tests.acceptance.test_browser import Chat
from tests.browser.conftest import ARGUMENTS
from tests.dialogues.conftest import prepared as prepared  # the same interpreter, loaded once
from tests.privacy.test_hundred_journeys import HAN, LATIN
from tests.privacy.test_traces import spellings
from tests.support.server import serving
from tests.unit.storage.cleaning import planted

pytestmark = pytest.mark.browser
CONTROL = "sphinxwarble55"
"""A word that a page of the same site is made to keep: the search must find it."""
STORIES = (
    f"沙河口区城管局的人天天来店里罚款不给票据，罚了六次共九千元，带头的人叫{HAN}柠樱。",
    f"庄河市自然资源局的窗口推来推去，等了九十天，最后让去找{LATIN}418，材料又退回来了。",
)
_STORES = """async () => ({
  local: Object.keys(localStorage), session: Object.keys(sessionStorage),
  databases: (await indexedDB.databases()).map(it => it.name), caches: await caches.keys(),
})"""


@dataclass
class Kept:
    """A closed profile, the codes that were shown, and what the page's stores held while it was open."""

    profile: Path
    codes: list[str]
    stores: list[dict[str, list[str]]]
    addresses: set[str]


@pytest.fixture
def kept(changtong: Changtong, tmp_path: Path) -> Kept:
    """Let two persons use one browser, the second leaving in haste; close it."""
    path = shutil.which("chromium")
    assert path is not None, "chromium is not installed; .ci/run installs it"
    found = Kept(profile=tmp_path / "profile", codes=[], stores=[], addresses=set())
    with serving(changtong.data) as server, sync_playwright() as playwright:
        options = {"executable_path": path, "args": ARGUMENTS, "locale": "zh-CN"}
        context = playwright.chromium.launch_persistent_context(str(found.profile), **options)  # type: ignore[arg-type]
        page = _page(context, found)
        page.goto(server.address)
        for number, story in enumerate(STORIES):
            _journey(page, story, found, tmp_path / f"{HAN}{number}.jpg")
        page.evaluate(f"localStorage.setItem('control', '{CONTROL}')")
        context.close()
    return found


def _page(context: BrowserContext, found: Kept) -> Page:
    page = context.pages[0]
    page.set_default_timeout(30_000)
    context.on("request", lambda request: found.addresses.add(request.url))
    return page


def _journey(page: Page, story: str, found: Kept, picture: Path) -> None:
    picture.write_bytes(planted.jpeg())
    chat = Chat(page)
    chat.press("我要举报", "发生了什么事")
    chat.say(story, "还有要补充的")
    chat.say("说完了", "对吗")
    chat.press("对", "您想怎样举报")
    chat.press("匿名", "？")
    page.locator("summary").first.click()
    page.set_input_files("#files", str(picture))
    page.locator("dialog.cover .send").click()
    page.locator("#log li.person", has_text=picture.name).wait_for()
    page.fill("#text", "现在就提交")
    page.click(".send")
    page.locator("#log li.bot", has_text=re.compile("请看一遍|可能让人认出")).last.wait_for()
    if page.get_by_role("button", name="全部保留", exact=True).count():
        chat.press("全部保留", "请看一遍")
    chat.press("提交", "您的查询编码")
    found.codes.append(chat.code())
    chat.press("已保存", "不再显示编码")
    chat.say(found.codes[-1], "您的举报：已收到")
    chat.press("补充材料", "想补充什么")
    chat.say(f"他们昨天又来了，带头的还是{HAN}栾檀", "交给办公室")
    found.stores.append(page.evaluate(_STORES))
    chat.say("说完了", "案件已关闭")


def _needles(codes: list[str]) -> list[bytes]:
    words = (HAN, LATIN, planted.MARK, *codes, *(code.replace("-", "") for code in codes))
    return [spelled for word in words for spelled in spellings(word)]


def _found(profile: Path, needles: list[bytes]) -> list[str]:
    files = [path for path in profile.rglob("*") if path.is_file() and not path.is_symlink()]
    assert len(files) > 20
    contents = ((path, path.read_bytes()) for path in files)
    return [f"{path.relative_to(profile)}: {n!r}" for path, content in contents for n in needles if n in content]


def test_no_file_of_the_profile_holds_a_word_a_file_name_or_a_code(kept: Kept) -> None:
    assert len(kept.codes) == len(STORIES)
    assert _found(kept.profile, _needles(kept.codes)) == []
    assert _found(kept.profile, list(spellings(CONTROL))) != []  # the search can fail
    empty: dict[str, list[str]] = {"local": [], "session": [], "databases": [], "caches": []}
    assert kept.stores == [empty] * len(STORIES)
    assert kept.addresses
    words = (HAN, LATIN, *kept.codes)
    assert [address for address in kept.addresses if any(word in address for word in words)] == []
