"""Rasa's HTTP API for one project: what Rasa's clients and load scripts ask for, answered in Rasa's shapes."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.dialogue.conversations import Conversations
from bot.dialogue.endpoint import RASA_VERSION
from bot.dialogue.engine import DialogueEngine
from bot.dialogue.errors import ActionFailed
from bot.dialogue.event_log import Verbosity, written_message
from bot.dialogue.values import Event

MINIMUM_COMPATIBLE_VERSION = "3.6.21"
_DEFAULT_SENDER = "default"
_TRUE = ("true", "1", "yes")

log = structlog.get_logger(__name__)


class BadRequest(Exception):
    """A request cannot be answered; `parameter` names what in the query is at fault."""

    def __init__(self, message: str, parameter: str = "") -> None:
        super().__init__(message)
        self.details = {"parameter": parameter, "in": "query"} if parameter else {}


class Service:
    """The handlers. `model` names what runs: file and id."""

    def __init__(self, engine: DialogueEngine, model: tuple[str, str]) -> None:
        self._engine = engine
        self._conversations = Conversations(engine)
        self._model_file, self._model_id = model

    async def hello(self, request: Request) -> Response:
        return PlainTextResponse(f"Hello from Rasa: {RASA_VERSION}")

    async def version(self, request: Request) -> Response:
        return _json({"version": RASA_VERSION, "minimum_compatible_version": MINIMUM_COMPATIBLE_VERSION})

    async def status(self, request: Request) -> Response:
        return _json({"model_file": self._model_file, "model_id": self._model_id, "num_active_training_jobs": 0})

    async def channel(self, request: Request) -> Response:
        return _json({"status": "ok"})

    async def webhook(self, request: Request) -> Response:
        """Take a message as Rasa's REST channel does; with `?stream=true` the answers come a line each."""
        body = await _body(request)
        sender = str(body.get("sender") or _DEFAULT_SENDER)
        spoken = await self._conversations.say(
            sender,
            str(body.get("message") or ""),
            input_channel=str(body.get("input_channel") or "rest"),
            metadata=body["metadata"] if isinstance(body.get("metadata"), dict) else None,
        )
        messages = [written_message(message, sender) for message in spoken]
        if request.query_params.get("stream", "").lower() in _TRUE:
            return Response("".join(f"{json.dumps(one)}\n" for one in messages), media_type="text/event-stream")
        return _json(messages)

    async def parse(self, request: Request) -> Response:
        body = await _body(request)
        if "text" not in body:
            raise BadRequest("no text in the body")
        parsed = self._engine.parse(str(body["text"] or ""))
        return _json({**parsed, "message_id": body.get("message_id")} if body.get("message_id") else parsed)

    async def tracker(self, request: Request) -> Response:
        until = request.query_params.get("until")
        return _json(await self._conversations.tracker(_id(request), _verbosity(request), _seconds(until)))

    async def append(self, request: Request) -> Response:
        return _json(await self._conversations.append(_id(request), await _events(request), _verbosity(request)))

    async def replace(self, request: Request) -> Response:
        return _json(await self._conversations.replace(_id(request), await _events(request), _verbosity(request)))

    async def trigger(self, request: Request) -> Response:
        """Let an intent happen as if the person had meant it."""
        body = await _body(request)
        if not body.get("name"):
            raise BadRequest("the name of the intent is missing")
        payload = f"/{body['name']}{json.dumps(body['entities']) if body.get('entities') else ''}"
        spoken = await self._conversations.say(_id(request), payload)
        tracker = await self._conversations.tracker(_id(request), _verbosity(request))
        return _json({"tracker": tracker, "messages": [written_message(one, _id(request)) for one in spoken]})

    async def domain(self, request: Request) -> Response:
        return _json(self._engine.domain.data)


def create_app(engine: DialogueEngine, model: tuple[str, str]) -> Starlette:
    """Return the application of one project; conversations live as long as it does."""
    service = Service(engine, model)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await engine.close()

    conversation = "/conversations/{conversation_id:path}"
    return Starlette(
        routes=[
            _route("/webhooks/rest/webhook", service.webhook, "POST"),
            _route("/webhooks/rest/", service.channel, "GET"),
            _route("/model/parse", service.parse, "POST"),
            _route(f"{conversation}/tracker/events", service.append, "POST"),
            _route(f"{conversation}/tracker/events", service.replace, "PUT"),
            _route(f"{conversation}/tracker", service.tracker, "GET"),
            _route(f"{conversation}/trigger_intent", service.trigger, "POST"),
            _route("/domain", service.domain, "GET"),
            _route("/status", service.status, "GET"),
            _route("/version", service.version, "GET"),
            _route("/", service.hello, "GET"),
        ],
        lifespan=lifespan,
        exception_handlers={BadRequest: _refused, ActionFailed: _not_applied, 404: _unknown, 405: _unknown},
    )


def _route(path: str, handler: Callable[[Request], Awaitable[Response]], method: str) -> Route:
    return Route(path, handler, methods=[method])


def _json(data: Any, status: int = 200) -> Response:
    content = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    return Response(content, status_code=status, media_type="application/json")


async def _body(request: Request) -> dict[str, Any]:
    data = await _loaded(request)
    if not isinstance(data, dict):
        raise BadRequest("expected a JSON object")
    return data


async def _events(request: Request) -> list[Event]:
    data = await _loaded(request)
    events = data if isinstance(data, list) else [data]
    if not events or not all(isinstance(event, dict) and event.get("event") for event in events):
        raise BadRequest("expected an event or a list of events")
    return events


async def _loaded(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise BadRequest("the body is not JSON") from error


def _id(request: Request) -> str:
    return str(request.path_params["conversation_id"])


def _verbosity(request: Request) -> Verbosity:
    asked = request.query_params.get("include_events", Verbosity.AFTER_RESTART)
    try:
        return Verbosity(asked.upper())
    except ValueError as error:
        raise BadRequest(f"include_events: expected one of {', '.join(Verbosity)}", "include_events") from error


def _seconds(value: str | None) -> float | None:
    try:
        return float(value) if value is not None else None
    except ValueError as error:
        raise BadRequest("until: expected seconds since 1970", "until") from error


def _failure(status: int, reason: str, message: str, details: dict[str, str] | None = None) -> Response:
    told: dict[str, Any] = {"status": "failure", "reason": reason, "message": message, "details": details or {}}
    return _json({**told, "version": RASA_VERSION, "help": None, "code": status}, status)


async def _refused(request: Request, error: Exception) -> Response:
    return _failure(400, "BadRequest", str(error), error.details if isinstance(error, BadRequest) else None)


async def _not_applied(request: Request, error: Exception) -> Response:
    return _failure(500, "ConversationError", str(error))


async def _unknown(request: Request, error: Exception) -> Response:
    return _failure(getattr(error, "status_code", 404), "NotFound", "nothing is served here")
