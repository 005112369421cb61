"""The library's Bot, set up for us: any Bot API server, its own errors turned into those of `bot.channels.posting`."""

import json
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import httpx
from telegram import Bot
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.channels.posting import Gone, Moved, NoAccess, NotNow, Refused, SendFailed, Unreached, Unsure
from bot.channels.telegram.options import TelegramOptions

ALLOWED_UPDATES = ("message", "edited_message", "callback_query", "my_chat_member")
POLL_SECONDS = 50
_GONE = ("chat not found", "user is deactivated", "bot was kicked", "peer_id_invalid", "group chat was deactivated")
_NOT_CONNECTED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


def silence_libraries() -> None:
    """Their records hold addresses with the token in them."""
    for name in ("httpx", "httpcore", "telegram"):
        logging.getLogger(name).setLevel(logging.WARNING)


class Api:
    """One bot on one Bot API server."""

    def __init__(self, options: TelegramOptions) -> None:
        os.environ.setdefault("PTB_TIMEDELTA", "1")  # how the library is told to give times as times, without warnings
        self._polling = HTTPXRequest(connection_pool_size=1, connect_timeout=10, read_timeout=POLL_SECONDS + 10)
        request = HTTPXRequest(
            connection_pool_size=options.connections,
            connect_timeout=10,
            read_timeout=options.answer_seconds,
            write_timeout=options.answer_seconds,
            pool_timeout=options.answer_seconds,
        )
        self.bot = Bot(
            options.token,
            base_url=f"{options.api}/bot",
            base_file_url=f"{options.files or options.api}/file/bot",
            request=request,
            get_updates_request=self._polling,
        )
        self.bot_id = options.bot_id

    async def start(self) -> None:
        """Ask who we are. Raises `SendFailed`."""
        silence_libraries()
        async with failures():
            await self.bot.initialize()

    async def stop(self) -> None:
        await self.bot.shutdown()

    @property
    def username(self) -> str:
        return self.bot.username

    async def updates(self, offset: int | None, *, limit: int = 100) -> list[bytes]:
        """Wait for updates and return each as raw JSON: those that the library cannot read are kept too.

        `offset` confirms what is before it. Raises `SendFailed`.
        """
        wanted: dict[str, Any] = {
            "timeout": POLL_SECONDS,
            "limit": limit,
            "allowed_updates": json.dumps(ALLOWED_UPDATES),
        }
        if offset is not None:
            wanted["offset"] = offset
        async with failures():
            answer = await self._polling.retrieve(f"{self.bot.base_url}/getUpdates?{urlencode(wanted)}")
        found = json.loads(answer)["result"]
        return [json.dumps(update, ensure_ascii=False).encode() for update in found]


@asynccontextmanager
async def failures() -> AsyncIterator[None]:
    """Turn the library's errors into `SendFailed`; their messages may hold what was sent."""
    try:
        yield
    except TelegramError as error:
        raise failure_of(error) from None


def failure_of(error: TelegramError) -> SendFailed:
    """Say what an error means for what was to be sent."""
    if isinstance(error, RetryAfter):
        wait = error.retry_after
        return NotNow(wait.total_seconds() if isinstance(wait, timedelta) else float(wait))
    if isinstance(error, ChatMigrated):
        return Moved(str(error.new_chat_id))
    if isinstance(error, Forbidden):
        return Gone()
    if isinstance(error, InvalidToken):
        return NoAccess()
    if isinstance(error, BadRequest):
        return Gone() if any(word in error.message.lower() for word in _GONE) else Refused()
    if isinstance(error.__cause__, _NOT_CONNECTED):
        return Unreached()
    return Unsure() if isinstance(error, TimedOut | NetworkError) else Refused()
