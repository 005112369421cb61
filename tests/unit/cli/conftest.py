"""The command line in this process, on a trial folder that is set up once and copied."""

import asyncio
import io
import json
import logging
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.bootstrap import open_office, set_up
from bot.cli.edge import Words
from bot.cli.program import program
from bot.settings import Settings
from casework.report import Contact, Mode, Report, ReporterKind
from casework.submitting import submit


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


Run = Callable[..., Result]


@pytest.fixture(autouse=True)
def _own_logs() -> Iterator[None]:
    """Commands set logs up for the whole process: put them back."""
    root = logging.getLogger()
    handlers, level, noisy = root.handlers[:], root.level, logging.raiseExceptions
    yield
    structlog.reset_defaults()
    root.handlers[:], root.level, logging.raiseExceptions = handlers, level, noisy


@pytest.fixture
def changtong(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a command, `stdin` being its piped input."""
    monkeypatch.delenv("CHANGTONG_DATA", raising=False)

    def run(*arguments: object, stdin: str = "") -> Result:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            program(Words(chosen="en"))(args=[str(argument) for argument in arguments], prog_name="changtong")
        captured = capsys.readouterr()
        return Result(int(ended.value.code or 0), captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def _trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("trial")
    asyncio.run(set_up(Settings(data=data), is_terminal=False))
    return data


@pytest.fixture
def data(_trial: Path, tmp_path: Path) -> Path:
    """Return a trial folder of one's own."""
    folder = tmp_path / "data"
    shutil.copytree(_trial, folder)
    return folder


@pytest.fixture
def password(data: Path) -> str:
    """Return the password of the trial's operator, as a line of input."""
    return str(json.loads((data / "TRIAL").read_text())["password"]) + "\n"


@pytest.fixture
def case(data: Path) -> str:
    """Submit a named report and return the case's id in hex."""
    return asyncio.run(_submitted(Settings(data=data)))


async def _submitted(settings: Settings) -> str:
    store, services = await open_office(settings)
    report = Report(
        language="zh",
        channel="web",
        mode=Mode.REAL_NAME,
        reporter_kind=ReporterKind.CITIZEN,
        region="xigang",
        accused_unit="某街道办事处",
        title="收钱才办证",
        category="bribe_demand",
        facts="三月到窗口办证，经办人要五千元。",
    )
    try:
        submitted = await submit(services, report, Contact(name="李四", contact="13900000000"), draft_id="d1")
    finally:
        await store.close()
    return submitted.row.id.hex()
