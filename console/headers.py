"""Headers of every answer, the limit of a body, where a POST may come from. Pure ASGI, so that streams stay streams."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.options import PREFIX

MAX_BODY_BYTES = 256 * 1024
POLICY = "; ".join(
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
SANDBOX = "default-src 'none'; style-src 'none'; img-src 'self'; frame-ancestors 'none'; sandbox"
"""For what reporters sent: no script, no form, no origin of ours."""

_HEADERS = {
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), browsing-topics=()",
}


class SafeHeaders:
    """Adds the headers; a browser keeps nothing but the static files."""

    def __init__(self, app: ASGIApp, *, is_https: bool) -> None:
        self._app = app
        self._headers = _HEADERS | ({"strict-transport-security": "max-age=31536000"} if is_https else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_static = scope["path"].startswith(f"{PREFIX}/static/")

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("content-security-policy", POLICY)
                headers["cache-control"] = "public, max-age=3600" if is_static else "no-store"
            await send(message)

        await self._app(scope, receive, send_safely)


class OwnPagesOnly:
    """Lets a POST pass only from our own pages, and only with a small body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        length = headers.get("content-length", "")
        if not is_own_origin(headers):
            await PlainTextResponse("", 403)(scope, receive, send)
        elif not length.isdigit() or int(length) > MAX_BODY_BYTES:
            await PlainTextResponse("", 413)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def is_own_origin(headers: Headers) -> bool:
    """Tell whether a POST comes from this site: browsers say so in Sec-Fetch-Site, older ones in Origin."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or origin.partition("://")[2] == headers.get("host")
