"""The web chat as an ASGI application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.staticfiles import StaticFiles

from bot.channels.messages import Conversations
from bot.channels.web.api import api_routes
from bot.channels.web.headers import BodyLimit, OwnPagesOnly, SafeHeaders
from bot.channels.web.options import WebOptions
from bot.channels.web.pages import Pages
from bot.channels.web.person import TurnFailed, Visitors
from bot.channels.web.pushes import Pushes
from bot.channels.web.texts import texts

_log = structlog.get_logger(__name__)
_STATIC = Path(__file__).parent / "static"
_WORDS_OF_STATUS = {404: "not_found", 405: "not_found", 413: "too_long"}
_UPLOADS = frozenset({"/files", "/api/chat/files"})


def create_app(conversations: Conversations, options: WebOptions | None = None) -> FastAPI:
    """Return the application. It keeps nothing between requests but the streams of open pages."""
    options = options or WebOptions()
    pushes, visitors = Pushes(), Visitors(options)
    pages = Pages(conversations, visitors, options)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        pushes.close()

    app = FastAPI(title="Changtong web chat", version="1", docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.pushes = pushes
    app.include_router(api_routes(conversations, visitors, options, pushes))
    app.router.routes.extend(pages.routes())
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    errors = _Errors(pages, visitors, options)
    for kind in (RequestValidationError, HTTPException, TurnFailed, Exception):
        app.add_exception_handler(kind, errors.handle)
    app.add_middleware(BodyLimit, upload_paths=_UPLOADS)
    app.add_middleware(OwnPagesOnly, refusal=errors.foreign)
    app.add_middleware(SafeHeaders, is_https=options.is_https)
    return app


class _Errors:
    """Answers an error as a page or as JSON, whichever was asked for."""

    def __init__(self, pages: Pages, visitors: Visitors, options: WebOptions) -> None:
        self._pages, self._visitors, self._options = pages, visitors, options

    async def handle(self, request: Request, error: Exception) -> Response:
        """Answer any error; what we did not foresee is logged by its class alone."""
        if isinstance(error, RequestValidationError):
            return self._answer(request, "bad_request", 400)
        if isinstance(error, HTTPException):
            return self._answer(request, _WORDS_OF_STATUS.get(error.status_code, "bad_request"), error.status_code)
        if not isinstance(error, TurnFailed):
            _log.error("web.request_failed", error=type(error).__name__)
        return self._answer(request, "error_text", 500)

    def foreign(self, request: Request) -> Response:
        return self._answer(request, "foreign", 403)

    def _answer(self, request: Request, what: str, status: int) -> Response:
        if not request.url.path.startswith("/api/"):
            return self._pages.error(request, what, status)
        words = texts(self._visitors.of(request).language, self._options)
        return JSONResponse({"error": what, "text": words[what]}, status_code=status)
