"""Uploads as streams: a raw body, or the files of a form; nothing is spooled to disk in the clear."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from urllib.parse import unquote

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from bot.channels.messages import Attachment, UploadRefused

Take = Callable[[Attachment], Awaitable[str]]
MAX_NAME = 200
MAX_PARTS = 32
MAX_HEADER_BYTES = 8 * 1024
MAX_FIELD_BYTES = 4 * 1024
"""Far above what our form sends; a form of many small parts would hold up everybody."""


class NotAForm(Exception):
    """The body is not multipart/form-data, or ends before the form does."""


def raw_attachment(request: Request) -> Attachment:
    """Return the body as one attachment; its name stands percent-encoded in `X-File-Name`."""
    name = unquote(request.headers.get("x-file-name", ""))[:MAX_NAME] or "file"
    declared = request.headers.get("content-type", "application/octet-stream")
    return Attachment(name=name, declared_type=declared, chunks=request.stream())


@dataclass
class _Part:
    """A part of the form in the making: `chunks` feed the sealing task while the body arrives."""

    headers: dict[str, str] = field(default_factory=dict)
    chunks: "asyncio.Queue[bytes | None]" = field(default_factory=asyncio.Queue)
    name: str | None = None
    filename: str | None = None
    text: bytearray = field(default_factory=bytearray)


async def form_files(request: Request, take: Take, *, limit_bytes: int) -> tuple[list[str], dict[str, str], str | None]:
    """Seal the files of a form while it arrives.

    Returns their ids, the other fields, and the reason of the first refusal. Raises `NotAForm`, and `UploadRefused`
    when the whole form passes `limit_bytes` or has too many parts; then the file that was under way is not kept.
    """
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data" or b"boundary" not in options:
        raise NotAForm
    reader = _FormReader(options[b"boundary"], take)
    seen, is_whole = 0, False
    try:
        async for chunk in request.stream():
            seen += len(chunk)
            if seen > limit_bytes:
                raise UploadRefused("too_large")
            reader.feed(chunk)
            await reader.drain()
        is_whole = reader.is_at_rest
    except FormParserError as error:
        raise NotAForm from error
    finally:
        if not is_whole:
            await reader.give_up()
    if not is_whole:
        raise NotAForm
    return await reader.result()


class _FormReader:
    """Turns parser callbacks into parts; each file is sealed by a task of its own, one after the other."""

    def __init__(self, boundary: bytes, take: Take) -> None:
        self._take = take
        self._part: _Part | None = None
        self._header_name = self._header_value = b""
        self._tasks: list[asyncio.Task[str]] = []
        self._open: list[_Part] = []
        self._parts = self._header_bytes = 0
        self.fields: dict[str, str] = {}
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_header_field": self._on_header_name,
                "on_header_value": self._on_header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
            },
        )

    def feed(self, chunk: bytes) -> None:
        self._parser.write(chunk)

    async def drain(self) -> None:
        """Let the sealing catch up, so that a fast sender does not fill the memory."""
        for part in tuple(self._open):
            await part.chunks.join()

    @property
    def is_at_rest(self) -> bool:
        """Whether every file that began has come to its end."""
        return not self._open

    async def give_up(self) -> None:
        """Break off what is being sealed: half a file must not pass for a whole one."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def result(self) -> tuple[list[str], dict[str, str], str | None]:
        done = await asyncio.gather(*self._tasks, return_exceptions=True)
        ids, reason = [], None
        for outcome in done:
            if isinstance(outcome, UploadRefused):
                reason = reason or outcome.reason
            elif isinstance(outcome, BaseException):
                raise outcome
            else:
                ids.append(outcome)
        return ids, self.fields, reason

    def _begin(self) -> None:
        self._part, self._header_bytes = _Part(), 0
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise UploadRefused("too_many")

    def _on_header_name(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._header_name += data[start:end]

    def _on_header_value(self, data: bytes, start: int, end: int) -> None:
        self._count_header(end - start)
        self._header_value += data[start:end]

    def _count_header(self, size: int) -> None:
        self._header_bytes += size
        if self._header_bytes > MAX_HEADER_BYTES:
            raise NotAForm

    def _header_end(self) -> None:
        assert self._part is not None  # noqa: S101 - the parser begins a part before its headers
        self._part.headers[self._header_name.decode("latin-1").lower()] = self._header_value.decode("latin-1")
        self._header_name = self._header_value = b""

    def _headers_finished(self) -> None:
        part = self._part
        assert part is not None  # noqa: S101
        _, options = parse_options_header(part.headers.get("content-disposition", ""))
        part.name = options.get(b"name", b"").decode("utf-8", "replace")
        filename = options.get(b"filename")
        if filename:
            part.filename = filename.decode("utf-8", "replace")[:MAX_NAME]
            self._open.append(part)
            self._tasks.append(asyncio.create_task(self._seal(part, self._tasks[-1:])))

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        assert part is not None  # noqa: S101
        if part.filename:
            part.chunks.put_nowait(data[start:end])
        else:
            part.text += data[start : min(end, start + MAX_FIELD_BYTES - len(part.text))]

    def _end(self) -> None:
        part = self._part
        assert part is not None  # noqa: S101
        if part.filename:
            part.chunks.put_nowait(None)
            self._open.remove(part)
        elif part.name:
            self.fields[part.name] = part.text.decode("utf-8", "replace")

    async def _seal(self, part: _Part, earlier: list["asyncio.Task[str]"]) -> str:
        if earlier:
            await asyncio.wait(earlier)
        declared = part.headers.get("content-type", "application/octet-stream")
        chunks = _until_end(part.chunks)
        try:
            return await self._take(Attachment(name=part.filename or "file", declared_type=declared, chunks=chunks))
        finally:
            async for _ in chunks:  # a refused file is read to its end, or the form never would be
                continue


async def _until_end(chunks: "asyncio.Queue[bytes | None]") -> AsyncIterator[bytes]:
    while (chunk := await chunks.get()) is not None:
        chunks.task_done()
        yield chunk
