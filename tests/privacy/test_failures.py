"""When things go wrong nothing that was typed is printed: not by us, not by a library, at the most talkative level."""

import asyncio
import contextlib
import io
import secrets
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from itertools import product
from typing import Any, NoReturn
from urllib.parse import quote

import httpx2
import pytest
import uvicorn
from sqlalchemy.exc import OperationalError

from bot.bootstrap import App
from bot.cli.talking import server_options, web_app
from casework.code import generate, normalise
from tests.fakes import FakeClock
from tests.privacy.conftest import PLANTED, talkative

CODE = generate()
WORDS = f"{PLANTED[0]} {PLANTED[1]}，我的编码 {CODE}"


@dataclass(kw_only=True)
class Wire:
    """The real server in this process, and all that it printed."""

    app: App
    client: httpx2.AsyncClient
    printed: io.StringIO = field(default_factory=io.StringIO)

    async def say(self, text: str, **values: Any) -> httpx2.Response:
        message = {"message_id": secrets.token_hex(8), "text": text, **values}
        return await self.client.post("/api/chat/messages", json=message)


@pytest.fixture
async def wire(program: tuple[App, FakeClock]) -> AsyncIterator[Wire]:
    app, _ = program
    server = uvicorn.Server(uvicorn.Config(web_app(app), **server_options(app.settings) | {"port": 0}))
    printed = io.StringIO()
    with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(printed), talkative():
        asyncio.get_running_loop().set_debug(True)
        serving = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110 - the server has no event for it
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
            yield Wire(app=app, client=client, printed=printed)
        server.should_exit = True
        await serving


def raising(error: BaseException) -> Callable[..., NoReturn]:
    def failing(*_: object, **__: object) -> NoReturn:
        raise error

    return failing


def nothing_was_said(wire: Wire, capfd: pytest.CaptureFixture[str]) -> bool:
    captured = capfd.readouterr()
    printed = wire.printed.getvalue() + captured.out + captured.err
    assert printed, "it is talkative"
    secret = (*PLANTED, CODE, normalise(CODE), *wire.client.cookies.values())
    return [word for word in secret if len(word) > 2 and word in printed] == []


ERRORS = [
    RuntimeError(WORDS),
    OperationalError("INSERT INTO x VALUES (?)", (WORDS,), Exception(WORDS)),
    UnicodeEncodeError("utf-8", WORDS, 0, 1, WORDS),
    OSError(5, WORDS, WORDS),
    RecursionError(WORDS),
]


async def test_a_failing_database(
    wire: Wire, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for error, where in product(ERRORS, ("rows", "read", "write")):
        with monkeypatch.context() as broken:
            broken.setattr(type(wire.app.store.database), where, raising(error))
            answer = await wire.say(WORDS)
            assert (await wire.client.get("/")).status_code in (200, 500)
        assert answer.status_code == 500 or (
            where == "read" and "utter_action_failed" in answer.text
        )  # an action that fails
        assert PLANTED[0] not in answer.text
    assert (await wire.say("你好")).status_code == 200
    assert nothing_was_said(wire, capfd)


async def test_a_failing_engine_and_a_failing_understanding(
    wire: Wire, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from actions.speaking import ServiceAction
    from bot.understanding.interpreter import Interpreter

    assert (await wire.say("/start_report")).status_code == 200
    with monkeypatch.context() as broken:
        broken.setattr(Interpreter, "parse", raising(RuntimeError(WORDS)))
        assert (await wire.say(WORDS)).status_code == 500
    with monkeypatch.context() as broken:
        broken.setattr(ServiceAction, "services", property(raising(RuntimeError(WORDS))))
        answer = await wire.say(f"{WORDS} 住建局的科长收了红包，拖着不办许可证")
        assert answer.status_code == 200
    assert nothing_was_said(wire, capfd)


async def test_a_failing_upload(wire: Wire, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    named = {"x-file-name": quote(WORDS), "content-type": "text/plain"}
    form = {"files": (f"{PLANTED[1]}.pdf", WORDS.encode(), f"text/{PLANTED[1]}")}
    with monkeypatch.context() as broken:
        broken.setattr(type(wire.app.store.evidence), "seal", raising(OSError(5, WORDS, WORDS)))
        assert (await wire.client.post("/api/chat/files", content=WORDS.encode(), headers=named)).status_code == 500
        assert (await wire.client.post("/files", files=form)).status_code == 500
    assert nothing_was_said(wire, capfd)


async def test_malformed_requests(wire: Wire, capfd: pytest.CaptureFixture[str]) -> None:
    client, json_type = wire.client, {"content-type": "application/json"}
    answers = [
        await client.post("/api/chat/messages", json={"text": WORDS, WORDS: WORDS}),
        await client.post("/api/chat/messages", json={"message_id": WORDS * 9, "text": [WORDS]}),
        await client.post("/api/chat/messages", content=f'{{"text": "{WORDS}'.encode(), headers=json_type),
        await client.post("/chat", data={"text": WORDS, "message_id": WORDS}),
        await client.post(
            "/files", content=WORDS.encode(), headers={"content-type": "multipart/form-data; boundary=b"}
        ),
        await client.get(f"/{quote(WORDS)}", params={"lang": WORDS}),
        await client.request("TRACE", f"/{quote(WORDS)}"),
    ]
    assert {answer.status_code for answer in answers} <= {400, 404, 405}
    assert not any(PLANTED[1] in answer.text for answer in answers)
    assert nothing_was_said(wire, capfd)


async def test_the_check_would_see_it(wire: Wire, capfd: pytest.CaptureFixture[str]) -> None:
    wire.printed.write(f"ValueError: {WORDS}")
    assert not nothing_was_said(wire, capfd)
