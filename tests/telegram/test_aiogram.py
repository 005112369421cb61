"""The stand-in under a second client, which the bot does not use: keeps it from fitting one library's habits."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiogram import Bot, Dispatcher, F
from aiogram.client.default import DefaultBotProperties
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllPrivateChats,
    BufferedInputFile,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    Message,
)

from tests.telegram.client import SentFile, TestSide
from tests.telegram.fixtures import bot_api, bot_api_address

__all__ = ["bot_api", "bot_api_address"]

KEYBOARD = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="好", callback_data="ok")]])


@pytest.fixture
async def bot(bot_api: TestSide) -> AsyncIterator[Bot]:
    session = AiohttpSession(api=TelegramAPIServer.from_base(bot_api.address))
    bot = Bot(bot_api.token, session=session, default=DefaultBotProperties(parse_mode="HTML"))
    yield bot
    await session.close()


async def test_a_small_bot_holds_a_conversation(bot: Bot, bot_api: TestSide) -> None:
    """A dispatcher polls, answers a text with a button, and a tap with an edit."""
    await bot_api.settings(is_flood_on=False)
    dispatcher = Dispatcher()

    @dispatcher.message(F.text)
    async def answer(message: Message) -> None:
        await message.answer(f"<b>{message.text}</b>", reply_markup=KEYBOARD)

    @dispatcher.callback_query()
    async def tapped(query: CallbackQuery) -> None:
        await query.answer("收到")
        assert isinstance(query.message, Message)
        await query.message.edit_text("谢谢")

    person = await bot_api.someone()
    polling = asyncio.create_task(dispatcher.start_polling(bot, handle_signals=False, polling_timeout=1))
    await person.start()
    await person.hears("/start")
    await person.say("你好")
    await person.hears("你好")
    await person.tap("好")
    assert (await person.hears("谢谢")).earlier
    await dispatcher.stop_polling()
    await polling
    stats = await bot_api.stats()
    assert (stats["answered"], stats["unanswered"]) == (1, [])


async def test_files_albums_and_menus(bot: Bot, bot_api: TestSide) -> None:
    await bot_api.settings(is_flood_on=False)
    person = await bot_api.someone()
    await person.start()
    await person.send(SentFile(kind="photo", content=b"jpeg"), caption="现场")
    [_, update] = await bot.get_updates()
    assert update.message is not None
    assert update.message.photo is not None
    assert update.message.caption == "现场"
    content = await bot.download(update.message.photo[-1])
    assert content is not None
    assert content.read() == b"jpeg"
    file = BufferedInputFile(b"code", "code.txt")
    sent = await bot.send_document(person.chat, file, caption="<i>收好</i>", protect_content=True)
    assert (sent.caption, sent.has_protected_content) == ("收好", True)
    assert sent.document is not None
    new, known = BufferedInputFile(b"x", "a.txt"), sent.document.file_id
    album = [InputMediaDocument(media=new), InputMediaDocument(media=known)]
    assert len(await bot.send_media_group(person.chat, [*album])) == 2
    commands = [BotCommand(command="help", description="help")]
    assert await bot.set_my_commands(commands, BotCommandScopeAllPrivateChats(), "en")
    assert await bot.get_my_commands(BotCommandScopeAllPrivateChats(), "en")
    assert (await bot_api.do("commands"))[0]["commands"] == [{"command": "help", "description": "help"}]
    assert (await bot.get_chat(person.chat)).type == "private"
    assert (await bot.me()).username == bot_api.bot["username"]


async def test_what_it_is_refused(bot: Bot, bot_api: TestSide) -> None:
    person = await bot_api.someone()
    with pytest.raises(TelegramForbiddenError, match="can't initiate"):
        await bot.send_message(person.chat, "x")
    await person.start()
    await bot.send_message(person.chat, "一")
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message(person.chat, "二")
    with pytest.raises(TelegramBadRequest, match="can't parse entities"):
        await bot.send_message(person.chat, "<x>")
