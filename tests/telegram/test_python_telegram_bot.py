"""The stand-in, driven by the library that the bot uses: what a bot can do, and what it is refused."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    ReplyParameters,
    Update,
)
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TimedOut,
)
from telegram.request import HTTPXRequest

from tests.telegram.client import ImpossibleAct, SentFile, Someone, TestSide
from tests.telegram.fixtures import bot_api, bot_api_address

__all__ = ["bot_api", "bot_api_address"]

KEYBOARD = InlineKeyboardMarkup(
    [[InlineKeyboardButton("是", callback_data="yes"), InlineKeyboardButton("否", callback_data="no")]]
)


@pytest.fixture
async def bot(bot_api: TestSide, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")  # else reading `retry_after` warns
    async with a_bot(bot_api) as bot:
        yield bot


def a_bot(side: TestSide, token: str | None = None) -> Bot:
    request = HTTPXRequest(read_timeout=3)
    return Bot(
        token or side.token,
        base_url=f"{side.address}/bot",
        base_file_url=f"{side.address}/file/bot",
        request=request,
        get_updates_request=HTTPXRequest(read_timeout=8),
    )


@pytest.fixture
async def person(bot_api: TestSide) -> Someone:
    await bot_api.settings(is_flood_on=False)
    person = await bot_api.someone("zh", first_name="阿达", username="ada_1")
    await person.start()
    return person


async def _updates(bot: Bot, offset: int | None = None) -> tuple[Update, ...]:
    return await bot.get_updates(offset=offset, timeout=1)


async def test_a_wrong_token_is_refused(bot_api: TestSide) -> None:
    with pytest.raises(InvalidToken):
        async with a_bot(bot_api, "1:wrong"):
            pass


async def test_updates_stay_until_they_are_confirmed(bot: Bot, person: Someone) -> None:
    await person.say("窗口不受理")
    start, text = await _updates(bot)
    assert start.message is not None
    assert text.message is not None
    assert (start.message.text, text.message.text) == ("/start", "窗口不受理")
    assert start.message.entities[0].type == "bot_command"
    assert text.message.from_user is not None
    assert text.message.from_user.username == "ada_1"
    assert await _updates(bot) == (start, text)
    assert await _updates(bot, text.update_id) == (text,)
    assert await _updates(bot, text.update_id + 1) == ()


async def test_a_long_poll_wakes(bot: Bot, bot_api: TestSide, person: Someone) -> None:
    [first] = await _updates(bot)
    polling = asyncio.create_task(bot.get_updates(offset=first.update_id + 1, timeout=5))
    await bot_api.until(lambda stats: stats["polls"] == 2)
    await person.say("在吗")
    [update] = await polling
    assert update.update_id == first.update_id + 1


async def test_a_second_poller_ends_the_first(bot: Bot, bot_api: TestSide) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=5))
    await bot_api.until(lambda stats: stats["polls"] == 1)
    async with a_bot(bot_api) as other:
        second = asyncio.create_task(other.get_updates(timeout=1))
        with pytest.raises(Conflict):
            await first
        assert await second == ()
    assert (await bot_api.stats())["poll_conflicts"] == 1


async def test_unwanted_kinds_are_left_out_and_ids_may_be_drawn_anew(
    bot: Bot, bot_api: TestSide, person: Someone
) -> None:
    [first] = await bot.get_updates(allowed_updates=["message"])
    await person.block()
    await person.unblock()
    await bot_api.do("renumber", next_id=77)
    await person.say("还在")
    again, update = await bot.get_updates(offset=first.update_id + 1, allowed_updates=["message"])
    assert (again.update_id, update.update_id) == (first.update_id, 77)


async def test_texts_buttons_and_taps(bot: Bot, bot_api: TestSide, person: Someone) -> None:
    sent = await bot.send_message(
        person.chat, "<b>对吗</b>？", parse_mode=ParseMode.HTML, reply_markup=KEYBOARD, protect_content=True
    )
    assert (sent.text, sent.has_protected_content) == ("对吗？", True)
    heard = await person.hears("对吗")
    assert heard.titles == ["是", "否"]
    assert heard.is_protected
    with pytest.raises(ImpossibleAct, match="no button 'Maybe'"):
        await person.tap("Maybe")
    await person.tap("是")
    query = (await _updates(bot))[-1].callback_query
    assert query is not None
    assert query.data == "yes"
    assert (await bot_api.stats())["unanswered"] == [query.id]
    assert await query.answer()
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await query.answer()
    await bot.edit_message_reply_markup(chat_id=person.chat, message_id=sent.message_id, reply_markup=None)
    with pytest.raises(ImpossibleAct):
        await person.tap("否")


async def test_edits_and_deletions(bot: Bot, person: Someone) -> None:
    sent = await bot.send_message(person.chat, "一", reply_markup=KEYBOARD)
    await bot.edit_message_text("二", chat_id=person.chat, message_id=sent.message_id)
    with pytest.raises(BadRequest, match="not modified"):
        await bot.edit_message_text("二", chat_id=person.chat, message_id=sent.message_id)
    [own] = await person.say("我的")
    with pytest.raises(BadRequest, match="can't be edited"):
        await bot.edit_message_text("x", chat_id=person.chat, message_id=own)
    with pytest.raises(BadRequest, match="to edit not found"):
        await bot.edit_message_text("x", chat_id=person.chat, message_id=999)
    assert await bot.delete_messages(person.chat, [sent.message_id, own, 999])
    with pytest.raises(BadRequest, match="to delete not found"):
        await bot.delete_message(person.chat, own)
    messages = {message.id: message for message in await person.messages()}
    assert messages[sent.message_id].is_deleted
    assert messages[own].is_deleted
    assert [old["text"] for old in messages[sent.message_id].earlier] == ["一"]


async def test_old_messages_stay(bot: Bot, bot_api: TestSide, person: Someone) -> None:
    sent = await bot.send_message(person.chat, "旧")
    await bot_api.do("advance", seconds=48 * 3600 + 1)
    with pytest.raises(BadRequest, match="can't be deleted"):
        await bot.delete_message(person.chat, sent.message_id)
    await bot.delete_messages(person.chat, [sent.message_id])
    assert [message.text for message in await person.shown()] == ["旧"]


@pytest.mark.parametrize(
    ("text", "keyboard", "words"),
    [
        (" ", None, "text is empty"),
        ("长" * 4097, None, "too long"),
        ("x", InlineKeyboardMarkup([[InlineKeyboardButton("按", callback_data="按" * 22)]]), "BUTTON_DATA_INVALID"),
        ("x", InlineKeyboardMarkup([[InlineKeyboardButton("按")]]), "inline keyboard"),
    ],
)
async def test_limits(bot: Bot, person: Someone, text: str, keyboard: InlineKeyboardMarkup | None, words: str) -> None:
    with pytest.raises(BadRequest, match=f"(?i){words}"):
        await bot.send_message(person.chat, text, reply_markup=keyboard)


async def test_answers_to_messages(bot: Bot, person: Someone) -> None:
    [asked] = await person.say("问")
    sent = await bot.send_message(person.chat, "答", reply_parameters=ReplyParameters(asked))
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "问"
    with pytest.raises(BadRequest, match="replied not found"):
        await bot.send_message(person.chat, "答", reply_parameters=ReplyParameters(999))


async def test_files_both_ways(bot: Bot, person: Someone) -> None:
    await person.send(SentFile(name="证据.pdf", content=b"%PDF-1", declared_type="application/pdf"), caption="合同")
    message = (await _updates(bot))[-1].message
    assert message is not None
    assert message.document is not None
    assert (message.document.file_name, message.caption) == ("证据.pdf", "合同")
    file = await bot.get_file(message.document.file_id)
    assert "证据" not in (file.file_path or "")
    assert await file.download_as_bytearray() == b"%PDF-1"
    sent = await bot.send_document(person.chat, b"code", filename="code.txt", caption="收好", protect_content=True)
    assert sent.document is not None
    again = await bot.send_document(person.chat, sent.document.file_id)
    assert again.document is not None
    assert again.document.file_name == "code.txt"
    for sending in (
        bot.send_photo(person.chat, b"jpg"),
        bot.send_voice(person.chat, b"ogg"),
        bot.send_video(person.chat, b"mp4"),
    ):
        assert (await sending).effective_attachment


async def test_a_link_ages_and_large_files_are_refused(bot: Bot, bot_api: TestSide, person: Someone) -> None:
    await person.send(SentFile(kind="video", name="long.mp4", size=20 * 1024 * 1024 + 1))
    await person.send(SentFile(kind="voice", declared_type="audio/ogg"))
    large, voice = (update.message for update in (await _updates(bot))[-2:])
    assert large is not None
    assert voice is not None
    assert large.video is not None
    assert voice.voice is not None
    with pytest.raises(BadRequest, match=r"(?i)file is too big"):
        await bot.get_file(large.video.file_id)
    file = await bot.get_file(voice.voice.file_id)
    await bot_api.do("advance", seconds=3601)
    with pytest.raises(InvalidToken):  # what the library makes of a 404
        await file.download_as_bytearray()


async def test_albums_both_ways(bot: Bot, person: Someone) -> None:
    await person.send(*[SentFile(kind="photo", content=bytes([n + 1])) for n in range(3)], caption="三张")
    messages = [update.message for update in (await _updates(bot))[-3:]]
    assert len({message.media_group_id for message in messages if message}) == 1
    assert [message.caption for message in messages if message] == ["三张", None, None]
    sent = await bot.send_media_group(person.chat, [InputMediaPhoto(b"a"), InputMediaPhoto(b"b", caption="二")])
    assert len({message.media_group_id for message in sent}) == 1
    with pytest.raises(BadRequest, match="2 to 10"):
        await bot.send_media_group(person.chat, [InputMediaDocument(b"a")])


async def test_what_else_people_send(bot: Bot, person: Someone) -> None:
    await person.send(SentFile(kind="sticker"))
    await person.send_place(38.91, 121.6)
    [said] = await person.say("错字")
    await person.edit(said, "改了")
    await person.say("长" * 5000)
    updates = (await _updates(bot))[1:]
    sticker, place, _, edited, head, tail = updates
    assert sticker.message is not None
    assert sticker.message.sticker is not None
    assert place.message is not None
    assert place.message.location is not None
    assert edited.edited_message is not None
    assert edited.edited_message.text == "改了"
    assert head.message is not None
    assert tail.message is not None
    assert (len(head.message.text or ""), len(tail.message.text or "")) == (4096, 904)


async def test_who_never_came_or_has_gone_gets_nothing(bot: Bot, bot_api: TestSide, person: Someone) -> None:
    stranger = await bot_api.someone()
    with pytest.raises(Forbidden, match="can't initiate"):
        await bot.send_message(stranger.chat, "x")
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(5, "x")
    await person.block()
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(person.chat, "x")
    with pytest.raises(ImpossibleAct, match="blocked"):
        await person.say("x")
    await person.unblock()
    members = [update.my_chat_member for update in await _updates(bot) if update.my_chat_member]
    assert [member.new_chat_member.status for member in members] == ["kicked", "member"]


async def test_flood_control_says_how_long(bot: Bot, bot_api: TestSide, person: Someone) -> None:
    await bot_api.settings(is_flood_on=True)
    await bot.send_message(person.chat, "一")
    with pytest.raises(RetryAfter) as refused:
        await bot.send_message(person.chat, "二")
    assert refused.value.retry_after == timedelta(seconds=1)
    await asyncio.sleep(1)
    await bot.send_message(person.chat, "三")
    assert (await bot_api.stats())["flood_refusals"] == 1


async def test_faults(bot: Bot, bot_api: TestSide, person: Someone) -> None:
    await bot_api.fault("bad_gateway", "sendMessage")
    with pytest.raises(NetworkError, match="Bad Gateway"):
        await bot.send_message(person.chat, "502")
    await bot_api.fault("too_many", "sendMessage", retry_after=7)
    with pytest.raises(RetryAfter):
        await bot.send_message(person.chat, "429")
    await bot_api.fault("silent_before", seconds=4)
    with pytest.raises(TimedOut):
        await bot.send_message(person.chat, "not done", read_timeout=0.3)
    await bot_api.fault("silent_after", chat=person.chat, seconds=4)
    with pytest.raises(TimedOut):
        await bot.send_message(person.chat, "done unheard", read_timeout=0.3)
    await bot_api.fault("lost_answer", "sendMessage")
    with pytest.raises(NetworkError):
        await bot.send_message(person.chat, "done and lost")
    await bot.send_message(person.chat, "heard")
    assert [message.text for message in await person.shown()] == ["done unheard", "done and lost", "heard"]
    assert await bot_api.do("clear_faults") == 5
    statuses = [call["status"] for call in await bot_api.calls("sendMessage")]
    assert sorted(statuses) == [0, 0, 200, 200, 429, 502]


async def test_a_group_that_moves(bot: Bot, bot_api: TestSide, person: Someone) -> None:
    group = await bot_api.group(person, kind="group")
    await group.say("大家好")  # not for the bot
    await group.say("/start@other and more")
    new = await bot_api.do("migrate", chat=group.chat)
    with pytest.raises(ChatMigrated) as moved:
        await bot.send_message(group.chat, "x")
    assert moved.value.new_chat_id == new["id"]
    assert await bot.send_message(new["id"], "x")
    texts = [update.message.text for update in await _updates(bot) if update.message and update.message.text]
    assert texts == ["/start", "/start@other and more"]
    assert await bot.leave_chat(new["id"])
    with pytest.raises(Forbidden, match="kicked from the supergroup"):
        await bot.send_message(new["id"], "x")


async def test_topics(bot: Bot, bot_api: TestSide, person: Someone) -> None:
    forum = await bot_api.group(person, is_forum=True)
    topic = await bot.create_forum_topic(forum.chat, "DL-2026-0001")
    thread = topic.message_thread_id
    sent = await bot.send_message(forum.chat, "有新情况", message_thread_id=thread)
    assert sent.is_topic_message
    assert await bot.edit_forum_topic(forum.chat, thread, name="DL-2026-0001 ✓")
    assert await bot.close_forum_topic(forum.chat, thread)
    with pytest.raises(BadRequest, match=r"(?i)topic_closed"):
        await bot.send_message(forum.chat, "x", message_thread_id=thread)
    with pytest.raises(BadRequest, match=r"(?i)topic_not_modified"):
        await bot.close_forum_topic(forum.chat, thread)
    assert await bot.reopen_forum_topic(forum.chat, thread)
    assert await bot.delete_forum_topic(forum.chat, thread)
    with pytest.raises(BadRequest, match="thread not found"):
        await bot.send_message(forum.chat, "x", message_thread_id=thread)
    with pytest.raises(BadRequest, match="not a forum"):
        await bot.create_forum_topic(person.chat, "x")


async def test_menus_and_profile(bot: Bot, bot_api: TestSide) -> None:
    scope = BotCommandScopeAllPrivateChats()
    assert await bot.set_my_commands([BotCommand("help", "帮助")], scope=scope, language_code="zh")
    assert await bot.get_my_commands(scope=scope, language_code="zh") == (BotCommand("help", "帮助"),)
    assert await bot.get_my_commands(scope=scope, language_code="en") == ()
    assert await bot.delete_my_commands(scope=scope, language_code="zh")
    assert await bot.set_my_description("一个举报平台", language_code="zh")
    assert (await bot.get_my_description(language_code="zh")).description == "一个举报平台"
    assert (await bot.get_my_short_description()).short_description == ""
    with pytest.raises(BadRequest, match=r"(?i)bot_command_invalid"):
        await bot.set_my_commands([BotCommand("Help", "x")])
    assert await bot.send_chat_action((await _one(bot_api)).chat, "typing")


async def _one(side: TestSide) -> Someone:
    person = await side.someone()
    await person.start()
    return person


async def test_what_is_not_built_fails_the_test(bot: Bot, bot_api: TestSide, person: Someone) -> None:
    with pytest.raises(NetworkError, match="sendDice"):
        await bot.send_dice(person.chat)
    with pytest.raises(BadRequest, match="unheard_of"):
        await bot.send_message(person.chat, "x", api_kwargs={"unheard_of": 1})
    errors = await bot_api.do("clear_errors")
    assert "Not Implemented: sendDice" in errors
    assert "sendMessage: unheard_of is not a field" in errors
