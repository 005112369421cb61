"""A Rasa server beside the program: what it can call."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from bot.rasa import PortTaken, RasaBeside, listening
from tests.support.ports import free_port


async def hello(request: Request) -> JSONResponse:
    return JSONResponse({"path": request.url.path})


async def test_an_application_listens_as_long_as_the_block() -> None:
    port, app = free_port(), Starlette(routes=[Route("/webhook", hello)])
    async with listening(app, port), httpx.AsyncClient(trust_env=False) as client:
        assert (await client.get(f"http://127.0.0.1:{port}/webhook")).json() == {"path": "/webhook"}
    async with httpx.AsyncClient(trust_env=False) as client:
        with pytest.raises(httpx.ConnectError):
            await client.get(f"http://127.0.0.1:{port}/webhook")


async def test_a_port_that_is_taken_is_told() -> None:
    port, app = free_port(), Starlette()
    async with listening(app, port):
        with pytest.raises(PortTaken, match=str(port)):
            async with listening(app, port):
                raise AssertionError


async def test_nothing_listens_before_the_program_is_built() -> None:
    with pytest.raises(RuntimeError, match="must be built"):
        async with RasaBeside("http://127.0.0.1:5005").listening():
            raise AssertionError
