"""A real browser (Debian's chromium) and a server on loopback, each ended with its test."""

import asyncio
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect, sync_playwright
from starlette.types import ASGIApp

from tests.browser.desk import in_thread, opened
from tests.support.desk import Office, open_office

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


PATIENCE_MS = 30_000
"""For what a page shows: other tests use this machine too."""


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """Serve `app` on a free loopback port, in a thread, for as long as the context lasts."""
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="error", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    ready = threading.Event()
    while not server.started and thread.is_alive():
        ready.wait(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start Debian's chromium; `.ci/run` installs it.

    For a module and not longer: while it lives, Playwright's own event loop runs in this thread, and no test of
    another module that is `async` could run.
    """
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("chromium is not installed; .ci/run installs it")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """Open pages in fresh browser contexts: `open_page(url, javascript=…, width=…, dark=…, language=…)`."""
    contexts = []

    def open_(
        url: str, *, javascript: bool = True, width: int = 390, dark: bool = False, language: str = "zh-CN"
    ) -> Page:
        context = chromium.new_context(
            java_script_enabled=javascript,
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            locale=language,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(url)
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with opened(open_office(tmp_path / "data")) as made:
        yield made


@pytest.fixture
def url(office: Office) -> Iterator[str]:
    with served(office.app) as address:
        yield address


@pytest.fixture
def case(office: Office) -> str:
    return in_thread(office.submit(title="Permit sent back four times")).row.id.hex()
