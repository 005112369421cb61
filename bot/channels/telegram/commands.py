"""The commands menu: per language and scope, set once at the start of a deployment."""

import asyncio

import structlog
from telegram import BotCommand, BotCommandScopeAllGroupChats, BotCommandScopeAllPrivateChats

from bot.channels.posting import SendFailed
from bot.channels.telegram.api import Api, failures
from bot.channels.telegram.texts import LANGUAGES, texts

MENU = (
    "greet", "start_report", "query_status", "show_code", "help", "ask_human", "change_language", "cancel", "done",
    "forget_me",
)  # fmt: skip

_log = structlog.get_logger(__name__)


def menu(language: str) -> list[BotCommand]:
    """Return the commands with their descriptions."""
    return [BotCommand(name, texts().say(f"command_{name}", language)) for name in MENU]


async def set_menus(api: Api, default_language: str) -> None:
    """Set them for private chats; groups have none, since nothing is taken there. Tried for some minutes."""
    for seconds in (1, 5, 15, 60, 180):
        try:
            await _set(api, default_language)
        except SendFailed as error:
            _log.warning("telegram.menu_not_set", why=type(error).__name__)
            await asyncio.sleep(seconds)
        else:
            return


async def _set(api: Api, default_language: str) -> None:
    scope = BotCommandScopeAllPrivateChats()
    async with failures():
        for language in LANGUAGES:
            await api.bot.set_my_commands(menu(language), scope=scope, language_code=language)
        await api.bot.set_my_commands(menu(default_language), scope=scope)
        await api.bot.delete_my_commands(scope=BotCommandScopeAllGroupChats())
