"""The server itself: `/bot<token>/<method>` for the bot, `/file/…` for its downloads, `/control/…` for the tests."""

import asyncio
import inspect
import time
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route

from tests.telegram import bodies, control
from tests.telegram.chats import Json
from tests.telegram.errors import ApiError, NotBuilt, bad_request
from tests.telegram.faults import BEFORE, Fault, FaultKind
from tests.telegram.flood import too_many
from tests.telegram.methods import BUILT
from tests.telegram.schema import Schema, Upload
from tests.telegram.world import Call, World

_METHODS = ["GET", "POST"]
_BAD_GATEWAY = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"


class Silent(Exception):
    """No answer shall come."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class BotServer:
    """Holds the world of the moment; a test that resets gets a fresh one with another token."""

    def __init__(self) -> None:
        self.schema = Schema.read()
        self.world = World(self.schema)

    async def reset(self, *, is_flood_on: bool) -> World:
        old, self.world = self.world, World(self.schema, is_flood_on=is_flood_on)
        await old.webhook.stop()
        old.updates.wake()
        return self.world

    async def call(self, request: Request) -> Response:
        """Answer a call of the bot."""
        world, spelt = self.world, request.path_params["method"]
        if request.path_params["token"] != world.token:
            return _error(ApiError(401, "Unauthorized"))
        await asyncio.sleep(world.latency_seconds)
        method = self.schema.method(spelt)
        if method is None:
            world.errors.append(f"no such method: {spelt}")
            return _error(ApiError(404, "Not Found"))
        parameters: Json = {}
        try:
            parameters = self.schema.converted(method, await bodies.read(request))
            answer = await self._answered(world, method, parameters)
        except Silent as silent:
            return await _silence(request, silent.seconds, world, method, parameters)
        except ApiError as error:
            if isinstance(error, NotBuilt):
                world.errors.append(error.description)
            answer = _error(error)
        _note(world, method, parameters, answer.status_code)
        return answer

    async def _answered(self, world: World, method: str, parameters: Json) -> Response:
        if method not in BUILT:
            raise NotBuilt(method)
        self._check_request(world, method, parameters)
        fault = world.faults.strike(method, parameters.get("chat_id"))
        if fault is not None and fault.kind in BEFORE:
            return _struck(fault)
        result = BUILT[method](world, parameters)
        if inspect.isawaitable(result):
            result = await result
        if method != "getUpdates":  # updates are judged when they are injected; a test may make up broken ones
            world.errors += self.schema.answer_problems(method, result)
        return _result(result, fault)

    def _check_request(self, world: World, method: str, parameters: Json) -> None:
        fields = self.schema.methods[method]
        attached = {name for name, value in parameters.items() if isinstance(value, Upload) and name not in fields}
        problems = self.schema.request_problems(
            method, {name: value for name, value in parameters.items() if name not in attached}
        )
        said = str(parameters)
        problems += [f"{method}: file {name} is not used" for name in attached if f"attach://{name}" not in said]
        if problems:
            world.errors += problems
            raise bad_request(f"the schema says: {'; '.join(problems)}")

    async def download(self, request: Request) -> Response:
        if request.path_params["token"] != self.world.token:
            return _error(ApiError(401, "Unauthorized"))
        await asyncio.sleep(self.world.latency_seconds)
        fault = self.world.faults.strike("download", None)
        if fault is not None and fault.kind == FaultKind.BAD_GATEWAY:
            return _struck(fault)
        content = self.world.files.behind(request.path_params["path"])
        self.world.counts["download"] += 1
        if content is None:
            return _error(ApiError(404, "Not Found"))
        return Response(content, media_type="application/octet-stream")


def _result(result: Any, fault: Fault | None) -> Response:
    body = {"ok": True, "result": result}
    if fault is None:
        return JSONResponse(body)
    if fault.kind == FaultKind.SILENT_AFTER:
        raise Silent(fault.seconds)
    return _cut_short()


def _struck(fault: Fault) -> Response:
    if fault.kind == FaultKind.SILENT_BEFORE:
        raise Silent(fault.seconds)
    if fault.kind == FaultKind.TOO_MANY:
        return _error(too_many(fault.retry_after))
    return Response(_BAD_GATEWAY, 502, media_type="text/html")


def _cut_short() -> Response:
    """Return an answer that ends before its length: the connection breaks."""

    async def half() -> Any:
        yield b'{"ok":true,'

    return StreamingResponse(half(), headers={"content-length": "4096"}, media_type="application/json")


async def _silence(request: Request, seconds: float, world: World, method: str, parameters: Json) -> Response:
    _note(world, method, parameters, 0)
    end = asyncio.get_running_loop().time() + seconds
    while asyncio.get_running_loop().time() < end and not await request.is_disconnected():  # noqa: ASYNC110
        await asyncio.sleep(0.05)
    return _cut_short()


def _note(world: World, method: str, parameters: Json, status: int) -> None:
    world.counts[method] += 1
    if method == "getUpdates" and status == 200:
        return
    shown = {name: f"{len(v.content)} bytes" if isinstance(v, Upload) else v for name, v in parameters.items()}
    world.calls.append(Call(at=time.time(), method=method, parameters=shown, status=status))


def _error(error: ApiError) -> Response:
    headers = {"Retry-After": str(error.parameters["retry_after"])} if "retry_after" in error.parameters else {}
    return JSONResponse(error.body, error.code, headers=headers)


def build_app() -> Starlette:
    """Put the three sides of the server together."""
    server = BotServer()
    return Starlette(
        routes=[
            Route("/bot{token}/{method}", server.call, methods=_METHODS),
            Route("/file/bot{token}/{path:path}", server.download),
            Mount("/control", routes=control.routes(server)),
        ]
    )
