"""Fetches what a person sent as evidence: outside any turn, in memory, its type told by its content."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import structlog

from bot.channels.messages import Attachment, Conversations, UploadRefused
from bot.channels.posting import Refused, SendFailed
from bot.channels.telegram.api import Api, failures
from bot.channels.telegram.reading import SentFile

CHANNEL = "telegram"
CHUNK = 64 * 1024
ATTEMPTS = 3
FETCH_SECONDS = 90.0

_log = structlog.get_logger(__name__)


class FileLate(Exception):
    """Telegram did not give the file."""


class Files:
    """Takes files over; few at a time, since each is held in memory while it is sealed."""

    def __init__(self, api: Api, conversations: Conversations, *, limit_bytes: int, at_once: int) -> None:
        self._api, self._conversations, self._limit = api, conversations, limit_bytes
        self._room = asyncio.Semaphore(at_once)

    async def take(self, address: str, file: SentFile, sent_as: str) -> str:
        """Fetch and seal one file, once for the update `sent_as`; return its id. Raises `UploadRefused`, `FileLate`."""
        if file.size is not None and file.size > self._limit:
            raise UploadRefused("too_large")
        async with self._room:
            content = file.content if file.content is not None else await self._fetch(file.file_id)
            if len(content) > self._limit:
                raise UploadRefused("too_large")
            declared = await asyncio.to_thread(type_of, content, file.declared_type)
            attachment = Attachment(name=file.name, declared_type=declared, chunks=_chunks(content), sent_as=sent_as)
            return await self._conversations.take(CHANNEL, address, attachment)

    async def _fetch(self, file_id: str) -> bytes:
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return await self._fetch_once(file_id)
            except Refused as error:
                raise UploadRefused("too_large") from error  # what the server says to files over its own limit
            except (SendFailed, TimeoutError, OSError) as error:
                _log.info("telegram.file_not_fetched", attempt=attempt, why=type(error).__name__)
                if attempt < ATTEMPTS:
                    await asyncio.sleep(attempt)
        raise FileLate

    async def _fetch_once(self, file_id: str) -> bytes:
        """Where the server keeps its files on this machine's disk, it gives a path in place of an address."""
        async with asyncio.timeout(FETCH_SECONDS), failures():
            file = await self._api.bot.get_file(file_id)
            path = file.file_path or ""
            if path.startswith("/"):
                return await asyncio.to_thread(Path(path).read_bytes)
            return bytes(await file.download_as_bytearray())


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    for start in range(0, len(content), CHUNK):
        yield content[start : start + CHUNK]


def type_of(content: bytes, declared: str) -> str:
    """Return the media type that the content shows; what shows none keeps what was declared."""
    import puremagic  # half of the evidence is photos and never needs its tables before

    try:
        found = puremagic.from_string(content[:CHUNK], mime=True)
    except (puremagic.PureError, ValueError):
        return declared
    return found or declared
