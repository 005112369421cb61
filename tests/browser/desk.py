"""The desk in a real browser: an office in a thread of its own, log-in by form, axe."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, contextmanager
from functools import cache
from typing import Any, TypeVar

import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from starlette.types import ASGIApp

from tests.support.desk import PASSPHRASE, Office

T = TypeVar("T")


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """A loop in a thread of its own: Playwright's runs in the tests' thread, and what is opened here must stay open."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="office", daemon=True).start()
    return loop


def in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end."""
    return asyncio.run_coroutine_threadsafe(work, _loop()).result(timeout=120)


@contextmanager
def opened(context: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Enter an asynchronous context from here."""
    stack = AsyncExitStack()
    value = in_thread(stack.enter_async_context(context))
    try:
        yield value
    finally:
        in_thread(stack.aclose())


@contextmanager
def served_beside(app: ASGIApp) -> Iterator[str]:
    """Serve `app` in the loop in which the office was opened: what waits in it belongs to that loop."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    running = asyncio.run_coroutine_threadsafe(server.serve(), _loop())
    pause = threading.Event()
    while not server.started and not running.done():
        pause.wait(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        running.result(timeout=15)


def enter(page: Page, url: str, office: Office, name: str) -> None:
    """Log in by the form, with a fresh code."""
    page.goto(f"{url}/desk/log-in")
    page.fill("[name=name]", name)
    page.fill("[name=passphrase]", office.passphrases.get(name, PASSPHRASE))
    page.fill("[name=code]", office.code(name))
    page.keyboard.press("Enter")
    page.wait_for_selector("nav.side", state="attached")


def violations(page: Page) -> list[str]:
    """Return what axe finds, each with the elements concerned."""
    found = Axe().run(page).response["violations"]
    return [f"{it['id']}: {[node['html'][:120] for node in it['nodes']][:3]}" for it in found]
