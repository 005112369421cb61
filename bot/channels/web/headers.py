"""Headers of every answer, the limit of a body, where a POST may come from. Pure ASGI, so that streams stay streams."""

from collections.abc import Callable

from fastapi import HTTPException
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES = 1024 * 1024

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}


class BodyTooLarge(HTTPException):
    """A request that is not an upload has more than `MAX_BODY_BYTES`."""

    def __init__(self) -> None:
        super().__init__(413)


class SafeHeaders:
    """Adds the headers; nothing is stored by a browser but the static files."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._headers = dict(_HEADERS)
        if is_https:
            self._headers["strict-transport-security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        caching = "public, max-age=3600" if scope["path"].startswith("/static/") else "no-store"

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers["cache-control"] = caching
            await send(message)

        await self._app(scope, receive, send_safely)


class BodyLimit:
    """Refuses larger bodies while they arrive; uploads have a limit of their own."""

    def __init__(self, app: ASGIApp, *, upload_paths: frozenset[str]) -> None:
        self._app = app
        self._upload_paths = upload_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in self._upload_paths:
            await self._app(scope, receive, send)
            return
        seen = 0

        async def receive_limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > MAX_BODY_BYTES:
                raise BodyTooLarge
            return message

        await self._app(scope, receive_limited, send)


class OwnPagesOnly:
    """Lets a POST pass only from our own pages; `refusal` answers the others."""

    def __init__(self, app: ASGIApp, *, refusal: Callable[[Request], Response]) -> None:
        self._app = app
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] == "POST" and not is_own_origin(Headers(scope=scope)):
            await self._refusal(Request(scope))(scope, receive, send)
            return
        await self._app(scope, receive, send)


def is_own_origin(headers: Headers) -> bool:
    """Tell whether a POST comes from this page: browsers say so in Sec-Fetch-Site, older ones in Origin.

    A client that sends neither is no browser, and so no page of somebody else that uses the person's cookie.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")
