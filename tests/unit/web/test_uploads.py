"""Forms that are too much, or end too early: refused at once, and half a file never passes for a whole one."""

import asyncio
from collections.abc import Iterator

import pytest
from starlette.requests import ClientDisconnect, Request
from starlette.testclient import TestClient
from starlette.types import Message

from bot.channels.messages import Attachment, UploadRefused
from bot.channels.web import create_app
from bot.channels.web.uploads import MAX_FIELD_BYTES, MAX_HEADER_BYTES, MAX_PARTS, NotAForm, form_files
from tests.fakes.conversations import EchoConversations

FORM = {"content-type": "multipart/form-data; boundary=b"}
LIMIT = 1 << 20


@pytest.fixture
def echo() -> EchoConversations:
    return EchoConversations()


@pytest.fixture
def browser(echo: EchoConversations) -> Iterator[TestClient]:
    with TestClient(create_app(echo), raise_server_exceptions=False) as client:
        yield client


def part(
    content: bytes = b"x", name: bytes = b"files", filename: bytes | None = b"a.txt", header: bytes = b""
) -> bytes:
    named = b"" if filename is None else b'; filename="' + filename + b'"'
    return (
        b'--b\r\ncontent-disposition: form-data; name="'
        + name
        + b'"'
        + named
        + header
        + b"\r\n\r\n"
        + content
        + b"\r\n"
    )


def request(*chunks: bytes, goes_away: bool = False) -> Request:
    """Build a request whose body arrives in these chunks."""
    end: list[Message] = [{"type": "http.disconnect"}] if goes_away else [{"type": "http.request", "body": b""}]
    more: list[Message] = [{"type": "http.request", "body": chunk, "more_body": True} for chunk in chunks]
    messages = iter([*more, *end])

    async def receive() -> Message:
        await asyncio.sleep(0)
        return next(messages)

    headers = [(name.encode(), value.encode()) for name, value in FORM.items()]
    return Request({"type": "http", "method": "POST", "headers": headers}, receive)


class Taken:
    """What was taken whole, and what was begun."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.whole: dict[str, bytes] = {}

    async def __call__(self, attachment: Attachment) -> str:
        self.begun.append(attachment.name)
        self.whole[attachment.name] = b"".join([chunk async for chunk in attachment.chunks])
        return attachment.name


@pytest.mark.parametrize("filename", [b"a.txt", None])
async def test_a_form_of_very_many_parts_is_refused_after_a_few(filename: bytes | None) -> None:
    """The work for each part grew with the number of those before: two megabytes held all up for minutes."""
    taken = Taken()
    body = b"".join(part(filename=filename) for _ in range(MAX_PARTS + 1)) + b"--b--\r\n"
    with pytest.raises(UploadRefused, match="too_many"):
        await form_files(request(body), taken, limit_bytes=LIMIT)
    assert len(taken.begun) <= MAX_PARTS


async def test_as_many_parts_as_a_page_sends_are_taken() -> None:
    taken = Taken()
    body = b"".join(part(filename=b"%d" % n) for n in range(10)) + part(b"12345678", b"message_id", None) + b"--b--\r\n"
    ids, fields, reason = await form_files(request(body), taken, limit_bytes=LIMIT)
    assert (ids, fields, reason) == ([str(n) for n in range(10)], {"message_id": "12345678"}, None)


async def test_endless_headers_are_refused() -> None:
    body = part(header=b"\r\nx: " + b"h" * MAX_HEADER_BYTES) + b"--b--\r\n"
    with pytest.raises(NotAForm):
        await form_files(request(body), Taken(), limit_bytes=LIMIT)


async def test_a_field_is_kept_as_far_as_one_of_ours_goes() -> None:
    chunks = (part(b"y" * 50_000, b"message_id", None), b"--b--\r\n")
    _, fields, _ = await form_files(request(*chunks), Taken(), limit_bytes=LIMIT)
    assert len(fields["message_id"]) == MAX_FIELD_BYTES


@pytest.mark.parametrize("goes_away", [True, False])
async def test_a_file_cut_in_the_middle_is_not_taken(goes_away: bool) -> None:
    taken = Taken()
    begun = part(b"the first half of a photograph", filename=b"photo.jpg").removesuffix(b"\r\n")
    with pytest.raises(ClientDisconnect if goes_away else NotAForm):
        await form_files(request(begun, goes_away=goes_away), taken, limit_bytes=LIMIT)
    assert taken.whole == {}


def test_the_page_says_kindly_what_is_too_much(browser: TestClient, echo: EchoConversations) -> None:
    body = part() * 5000 + b"--b--\r\n"
    browser.post("/files", content=body, headers=FORM)
    assert echo.heard[-1].refused == "too_many"


@pytest.mark.parametrize("given", [b'"\\ud800aaaaaaaa"', b'"12345678\\n"', '"一二三四五六七八"'.encode(), b'"1234567"'])
def test_a_message_id_is_plain(browser: TestClient, echo: EchoConversations, given: bytes) -> None:
    """It is written into the conversation: a lone surrogate in it broke the turn."""
    content = b'{"text": "x", "message_id": ' + given + b"}"
    answer = browser.post("/api/chat/messages", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert echo.heard == []
