"""What a conversation in Telegram is beside its words: menus, links, albums, edits, groups, deletions, privacy."""

from collections.abc import AsyncIterator, Iterator

import pytest

from bot.bootstrap import Prepared
from tests.acceptance.telegram_house import Bound, bound, side_of
from tests.dialogues.conftest import prepared
from tests.telegram.client import Seen, SentFile, Someone, TestSide
from tests.telegram.fixtures import bot_api_address
from tests.telegram.reporting import CODE, STORIES, report, to_the_code
from tests.unit.storage.cleaning import planted

__all__ = ["bot_api_address", "prepared"]

FIRST_NAME, USERNAME = "Zebulon", "zebulon_quux"


@pytest.fixture(scope="module")
def running(prepared: Prepared, bot_api_address: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bound]:
    data = tmp_path_factory.mktemp("telegram") / "data"
    with bound(bot_api_address, data, is_flood_on=False) as running:
        yield running


@pytest.fixture
async def side(running: Bound) -> AsyncIterator[TestSide]:
    async with side_of(running) as side:
        yield side


async def someone(side: TestSide, language: str = "zh") -> Someone:
    return await side.someone(language, first_name=FIRST_NAME, username=USERNAME)


def _has_menu(message: Seen) -> bool:
    return "我要举报" in message.titles or "Make a report" in message.titles


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_first_words_say_what_telegram_keeps(side: TestSide, language: str) -> None:
    person = await someone(side, language)
    await person.start()
    await person.hears(_has_menu)
    words = "\n".join(message.text for message in await person.shown())
    assert "Telegram" in words
    if language == "zh":
        assert "翻墙" in words or "网络工具" in words or "访问" in words
    else:
        assert "mainland China" in words


async def test_menus_stand_in_both_languages(side: TestSide) -> None:
    await side.until(lambda stats: stats["counts"].get("deleteMyCommands", 0) > 0)  # the last that the start does
    listed = await side.do("commands")
    for language in ("zh", "en"):
        menus = [menu for menu in listed if menu["language_code"] == language]
        assert [menu["scope"] for menu in menus] == ['{"type": "all_private_chats"}'], listed
        names = {command["command"] for command in menus[0]["commands"]}
        assert {"start_report", "query_status", "help", "forget_me"} <= names


async def test_a_report_with_album_voice_and_place_reaches_the_office(side: TestSide, running: Bound) -> None:
    """Photos, a file with a caption, a voice message and a place are in the case, named as the person named them."""
    person = await someone(side)
    await person.start("zh")
    await person.hears(_has_menu)
    await person.say("/start_report")
    await person.hears("发生了什么事")
    await person.say(f"{STORIES['zh']}，卷宗相册")
    await person.hears(lambda message: bool(message.buttons))
    photos = [SentFile(kind="photo", content=planted.jpeg()) for _ in range(3)]
    await person.send(*photos)
    await person.hears(lambda message: "3" in message.text)
    document = SentFile(name="合同.pdf", content=planted.pdf(), declared_type="application/pdf")
    await person.send(document, caption="这是当时签的合同，卷宗相册的附件")
    await person.hears("4")
    await person.quiet(1.0)
    await person.send(SentFile(kind="voice", content=planted.ogg(), declared_type="audio/ogg"))
    await person.quiet(1.0)
    await person.send_place(38.914, 121.615)
    await person.quiet(1.0)
    await person.say("/done")
    await to_the_code(person, quiet=0.5)
    case = next(case for case in await running.house.cases() if case.report and "卷宗相册" in case.report.facts)
    assert case.report is not None
    names = [file.name for file in case.report.files]
    assert "合同.pdf" in names
    assert len(names) == 6
    assert "合同" in case.report.facts or any("合同" in (entry.text or "") for entry in case.entries)


async def test_a_file_that_is_too_large_is_refused_kindly(side: TestSide) -> None:
    person = await someone(side)
    await person.start("zh")
    await person.hears(_has_menu)
    await person.say("/start_report")
    await person.hears("发生了什么事")
    await person.send(SentFile(kind="video", name="long.mp4", size=21 * 1024 * 1024))
    await person.hears("太大")
    assert not [call for call in await side.calls("getFile") if call["status"] != 200]


async def test_stickers_and_edits_are_answered_sensibly(side: TestSide) -> None:
    person = await someone(side)
    await person.start("zh")
    await person.hears(_has_menu)
    await person.send(SentFile(kind="sticker"))
    await person.hears("看不懂")
    [said] = await person.say("/help")
    await person.quiet(0.8)
    await person.edit(said, "/help 改了")
    await person.hears("改了之前")


async def test_in_a_group_it_takes_no_reports(side: TestSide, running: Bound) -> None:
    before = len(await running.house.cases())
    person = await someone(side)
    group = await side.group(person)
    declined = await group.hears("https://t.me/")
    assert "private" in declined.text
    await group.say("/start_report")
    await group.say(f"/start_report {STORIES['zh']}")
    assert not [message for message in await group.quiet(1.5) if "发生了什么事" in message.text]
    assert len(await running.house.cases()) == before


async def test_the_receipt_is_protected_and_both_sides_can_be_deleted(side: TestSide) -> None:
    person = await someone(side)
    code = await report(person)
    receipt = next(message for message in await person.messages() if code in message.text)
    assert receipt.is_protected
    unprotected = [m for m in await person.messages() if m.is_by_bot and CODE.search(m.text) and not m.is_protected]
    assert not unprotected
    await person.hears("删除这些消息")
    await person.tap("删除这些消息")
    await person.hears("抄好了，删除")
    await person.tap("抄好了，删除")
    await person.hears("已请 Telegram 删除")
    await person.standing(lambda left: not any(code in message.text or not message.is_by_bot for message in left))


async def test_forget_me_deletes_and_says_so(side: TestSide) -> None:
    person = await someone(side)
    await person.start("zh")
    await person.hears(_has_menu)
    await person.say("/start_report")
    await person.say(STORIES["zh"])
    await person.hears("对")
    await person.say("/forget_me")
    asked = await person.hears(lambda message: any("删" in title for title in message.titles))
    await person.tap(next(title for title in asked.titles if "删" in title))
    await person.hears("已删除")
    await person.standing(lambda left: not any("甘井子" in message.text for message in left))


async def test_who_blocks_is_forgotten_and_may_come_back(side: TestSide) -> None:
    person = await someone(side)
    await person.start("zh")
    await person.hears(_has_menu)
    await person.block()
    await side.until(lambda stats: stats["waiting"] == 0)
    await person.unblock()
    await person.say("你好")
    await person.hears(lambda message: bool(message.text))


async def test_a_malformed_update_stops_nobody(side: TestSide) -> None:
    person = await someone(side)
    await side.do("raw", body={"update_id": 5, "message": {"text": "no chat"}}, queue=1)
    await side.do("raw", body={"update_id": 6, "unheard_of": {}}, queue=2)
    await person.start("zh")
    await person.hears(_has_menu)


async def test_nothing_of_a_person_stands_in_the_log(side: TestSide, running: Bound) -> None:
    """Runs last: everything above was logged at level info."""
    person = await someone(side)
    code = await report(person)
    marked = await person.hears("✓ 提交", 60)  # the answered question keeps what was chosen, without its buttons
    assert marked.earlier
    assert not marked.buttons
    log = running.server.log.read_text(encoding="utf-8")
    for secret in (side.token, side.token.partition(":")[2], FIRST_NAME, USERNAME, str(person.id), code, "甘井子"):
        assert secret not in log, secret
    assert "telegram.started" in log
