"""The desk as an ASGI application under `/desk`."""

from pathlib import Path

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles

from console import refusals
from console.cookies import DeskCookies
from console.headers import OwnPagesOnly, SafeHeaders
from console.indexes import Indexes
from console.live import Watch
from console.options import PREFIX, DeskOptions
from console.pages import routers
from console.ports import DeskParts
from console.throttle import Throttle
from console.views import environment

_STATIC = Path(__file__).parent / "static"


def create_desk(parts: DeskParts, options: DeskOptions | None = None) -> FastAPI:
    """Return the application. In memory it keeps what open sessions know of cases, and counts of failed log-ins."""
    options = options or DeskOptions()
    app = FastAPI(title="Changtong desk", docs_url=None, redoc_url=None, openapi_url=None)
    now = parts.services.clock.now
    app.state.parts, app.state.options = parts, options
    app.state.cookies = DeskCookies(is_https=options.is_https)
    app.state.templates = environment()
    app.state.throttle, app.state.indexes = Throttle(now=now), Indexes(now=now)
    app.state.watch = Watch(parts.services.work, parts.bell)
    for router in routers():
        app.include_router(router, prefix=PREFIX)
    app.mount(f"{PREFIX}/static", StaticFiles(directory=_STATIC), name="static")
    for kind in refusals.handled():
        app.add_exception_handler(kind, refusals.answer)
    app.add_middleware(OwnPagesOnly)
    app.add_middleware(SafeHeaders, is_https=options.is_https)
    return app
