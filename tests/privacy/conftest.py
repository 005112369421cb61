"""Whole anonymous journeys with planted words, on both databases; what they leave is searched by the tests."""

import contextlib
import io
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog

from bot import log
from bot.bootstrap import App, Prepared, build
from bot.settings import Settings
from storage import setup
from tests.dialogues.conftest import prepared  # noqa: F401  # the same interpreter, loaded once
from tests.dialogues.in_process import InProcess
from tests.dialogues.runner import Run, Transcript
from tests.fakes import FakeClock
from tests.support.postgres import PrivateServer
from tests.support.stores import make_config

PLANTED = ("紫藤花开七号巷", "magnolia-smuggler", "阿尔滕堡仓库", "欧阳踏雪", "翡翠河码头", "kumquat.pdf", "凤凰岭涵洞")
"""Words that stand in no file of ours; each is typed, uploaded or named once."""

STORY = (
    f"甘井子区住建局的科长{PLANTED[3]}卡我们公司的施工许可证，材料交到{PLANTED[0]}，每次都说少一样，拖了三个月，"
    f"还说认识{PLANTED[1]}。"
)


@dataclass(kw_only=True)
class Journey:
    """A finished anonymous journey: the program still open, what it printed, and the secrets it used."""

    app: App
    clock: FakeClock
    data: Path
    talker: InProcess
    logs: str
    code: str = field(repr=False)
    addresses: list[str] = field(default_factory=list, repr=False)
    server: PrivateServer | None = None


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def program(
    request: pytest.FixtureRequest,
    prepared: Prepared,  # noqa: F811
    tmp_path: Path,
) -> AsyncIterator[tuple[App, FakeClock]]:
    """Build the whole program on a fresh data folder."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else None
    settings = Settings(data=tmp_path / "data", database_url=url)
    clock = FakeClock()
    await setup(make_config(settings.data, url or "", clock), terminal=False)
    app = await build(settings, clock=clock, prepared=prepared)
    yield app, clock
    await app.close()


@pytest.fixture
async def journey(
    program: tuple[App, FakeClock], request: pytest.FixtureRequest, capfd: pytest.CaptureFixture[str]
) -> Journey:
    """Report anonymously with a file, come back by code, add a word and a file, close; logs at their most talkative."""
    app, clock = program
    printed = io.StringIO()
    with contextlib.redirect_stderr(printed), contextlib.redirect_stdout(printed), talkative():
        talker, code, addresses = await report_and_return(app, clock)
        await app.jobs.run_due()
    server = request.getfixturevalue("postgres_server") if app.settings.database_url else None
    captured = capfd.readouterr()
    return Journey(
        app=app,
        clock=clock,
        data=app.settings.data,
        talker=talker,
        logs=printed.getvalue() + captured.out + captured.err,
        code=code,
        addresses=addresses,
        server=server,
    )


@contextlib.contextmanager
def talkative() -> Iterator[None]:
    root = logging.getLogger()
    before, handlers = root.level, list(root.handlers)
    log.configure("json", "debug")
    root.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        root.setLevel(before)
        root.handlers[:] = handlers
        structlog.reset_defaults()


async def report_and_return(app: App, clock: FakeClock, story: str = STORY) -> tuple[InProcess, str, list[str]]:
    """Play one journey; return the talker, the code and every address that was used."""
    talker = talker_on(app, clock)
    addresses = [talker._address]
    run = Run(Transcript(name="journey", language="zh", turns=_report(story)), talker)
    await run.play()
    addresses.append(talker._address)
    assert run._code is not None
    back = Run(Transcript(name="back", language="zh", turns=_way_back(run._code)), talker)
    await back.play()
    return talker, run._code, addresses


def talker_on(app: App, clock: FakeClock) -> InProcess:
    """Return somebody new who talks to the open program."""

    async def same() -> App:
        return app

    return InProcess(build=same, clock=clock, language="zh", app=app)


def _report(story: str) -> list[dict[str, object]]:
    return [
        {"say": "/start_report"},
        {"say": story},
        {"tap": "/done"},
        {"tap": "/affirm", "asks": "mode"},
        {"say": "匿名"},
        {"say": "改一下地点", "asks": "place"},
        {"say": PLANTED[2]},
        {"files": [PLANTED[5]], "bot": ["utter_files_received", "..."]},
        {"tap": "/submit_now", "asks": "confirm"},
        {"tap": "/affirm", "loop": None, "has": ["编码"]},
    ]


def _way_back(code: str) -> list[dict[str, object]]:
    return [
        {"say": "/done"},
        {"say": f"我的编码是 {code.replace('-', ' ').lower()}，查一下", "has": ["已收到"]},
        {"tap": "/add_info"},
        {"say": f"补充：他们在{PLANTED[4]}也这样，还有{PLANTED[6]}"},
        {"say": "/done"},
        {"say": "/done"},
    ]
