"""The webhook as an ASGI application of its own: secret, size, store, and only then 200."""

import asyncio
import hmac

import structlog
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.channels.posting import SendFailed
from bot.channels.telegram.api import ALLOWED_UPDATES, Api, failures
from bot.channels.telegram.intake import Intake

PATH = "/telegram/updates"
MAX_BODY_BYTES = 1024 * 1024
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 - the header's name
CONNECTIONS = 40

_log = structlog.get_logger(__name__)


class Webhook:
    """Answers 403 without the secret, 413 to a body over 1 MiB, 500 when it could not be stored: Telegram asks again.

    What can never be read is answered 200, or it would hold back the chat's later updates for a day.
    """

    def __init__(self, intake: Intake, secret: str) -> None:
        self._intake, self._secret = intake, secret.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        response = Response(status_code=await self._status(scope, receive))
        await response(scope, receive, send)

    async def _status(self, scope: Scope, receive: Receive) -> int:
        headers = Headers(scope=scope)
        given = headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, self._secret):
            return 403
        if scope["method"] != "POST":
            return 405
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return 413
        body = await _body(receive)
        if body is None:
            return 413
        try:
            await self._intake.receive([body])
        except Exception:  # the channel's edge: what was not stored is asked for again
            _log.exception("telegram.update_not_stored")
            return 500
        return 200


async def _body(receive: Receive) -> bytes | None:
    """Read the body; None when it is larger than it may be."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        body += message.get("body", b"")
        if len(body) > MAX_BODY_BYTES:
            return None
        if not message.get("more_body", False):
            return bytes(body)


class WithWebhook:
    """The web chat, with the webhook beside it: outside of what the web chat does to its own requests."""

    def __init__(self, app: ASGIApp, webhook: ASGIApp) -> None:
        self._app, self._webhook = app, webhook

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == PATH:
            await self._webhook(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def announce(api: Api, public_url: str, secret: str) -> None:
    """Tell Telegram where to deliver, again and again until it knows."""
    seconds = 1.0
    while True:
        try:
            async with failures():
                await api.bot.set_webhook(
                    f"{public_url}{PATH}",
                    secret_token=secret,
                    allowed_updates=list(ALLOWED_UPDATES),
                    max_connections=CONNECTIONS,
                )
        except SendFailed as error:
            _log.warning("telegram.webhook_not_set", why=type(error).__name__, seconds=seconds)
            await asyncio.sleep(seconds)
            seconds = min(seconds * 2, 60.0)
        else:
            return
