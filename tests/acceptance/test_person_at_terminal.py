"""A person at a (pseudo) terminal: secrets shown once, a greeting before the first word, Ctrl-D and Ctrl-C end it."""

import os
import pty
import re
import select
import sys
import time
from pathlib import Path

import pytest

from tests.acceptance.conftest import Changtong

_PATIENCE_SECONDS = 90


class Pty:
    """A program on a terminal of its own."""

    def __init__(self, data: Path, *arguments: str) -> None:
        self.seen = ""
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.environ.update(COLUMNS="200", TERM="xterm", CHANGTONG_LANGUAGE="en", PYTHONUTF8="1", LC_ALL="C.UTF-8")
            os.execv(sys.executable, [sys.executable, "-m", "bot", *arguments, "--data", str(data)])  # noqa: S606

    def wait_for(self, pattern: str) -> str:
        """Read until `pattern` is seen in what came since the last call; return that part."""
        end = time.monotonic() + _PATIENCE_SECONDS
        part = ""
        while not re.search(pattern, part):
            ready, _, _ = select.select([self._fd], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"{pattern!r} never came after: {part[-2000:]}"
            try:
                part += os.read(self._fd, 65_536).decode("utf-8", "replace")
            except OSError as error:
                raise AssertionError(f"the program ended before {pattern!r}: {part[-2000:]}") from error
        self.seen += part
        return part

    def type(self, text: str) -> None:
        os.write(self._fd, text.encode())

    def exit_code(self) -> int:
        while True:
            try:
                if not os.read(self._fd, 65_536):
                    break
            except OSError:
                break
        _, status = os.waitpid(self._pid, 0)
        return os.waitstatus_to_exitcode(status)


@pytest.mark.parametrize("ending", ["\x04", "\x03"], ids=["ctrl-d", "ctrl-c"])
def test_from_an_empty_folder_to_the_end(changtong: Changtong, ending: str) -> None:
    chat = Pty(changtong.data, "chat", "--lang", "en")
    first = chat.wait_for("Ctrl-D ends")
    assert "One-time password of operator admin" in first
    assert "Recovery key" in first
    assert not (changtong.data / "TRIAL").exists()
    assert "Hello, I am Changtong" in first
    chat.type("1\n")
    chat.wait_for(r"What happened\?[\s\S]*› ")
    chat.type(ending)
    chat.wait_for("kept for 24 hours")
    assert chat.exit_code() == 0


def test_a_conversation_is_shown_where_it_stood(changtong: Changtong) -> None:
    changtong.run("setup")
    for _ in range(2):
        chat = Pty(changtong.data, "chat", "--lang", "en")
        chat.wait_for("Ctrl-D ends")
        chat.type("/start_report\n")
        chat.wait_for("What happened|Noted|already")
        chat.type("\x04")
        assert chat.exit_code() == 0
    assert "/start_report" in chat.seen


def test_claiming_shows_the_secrets_once(changtong: Changtong) -> None:
    changtong.run("setup")
    claim = Pty(changtong.data, "setup", "--claim")
    shown = claim.wait_for("real use now")
    assert "Recovery key" in shown
    assert claim.exit_code() == 0
    plain = re.sub(r"\x1b\[[0-9;]*m|│", "", shown)
    password = re.search(r"One-time password of operator admin:\s+(\S+)", plain)
    assert password is not None
    result = changtong.run("office", "list", stdin=f"{password[1]}\na long enough passphrase\n")
    assert result.returncode == 0, result.stderr
