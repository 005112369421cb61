"""The program in processes of its own, each test on a trial folder with a model that was trained once."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.bootstrap import Prepared
from tests.acceptance.terminal import Terminal
from tests.dialogues.conftest import CACHE, prepared

__all__ = ["prepared"]

Make = Callable[..., Terminal]


@dataclass(frozen=True)
class Changtong:
    """Runs commands on one data folder."""

    data: Path

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments, "--data", str(self.data)],
            input=stdin,
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "CHANGTONG_LANGUAGE": "en", "PYTHONUTF8": "1", **environment},
            timeout=120,
            check=False,
        )

    @property
    def password(self) -> str:
        """The trial operator's password, as a line of input."""
        return str(json.loads((self.data / "TRIAL").read_text())["password"]) + "\n"


@pytest.fixture
def changtong(prepared: Prepared, tmp_path: Path) -> Changtong:
    """Return the command line on an empty data folder beside a trained model."""
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "cache").symlink_to(CACHE)
    return Changtong(data)


@pytest.fixture
async def terminal(changtong: Changtong) -> AsyncIterator[Make]:
    """Return what opens a chat; all are closed at the end."""
    opened: list[Terminal] = []

    def make(language: str | None = None, person: str = "p1") -> Terminal:
        opened.append(Terminal(data=changtong.data, language=language, person=person))
        return opened[-1]

    yield make
    for one in opened:
        await one.close()
