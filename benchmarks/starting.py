"""From the start of a process to the first line of its first reply, models warm; and what it holds in memory."""

import os
import select
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.conversations import SCRIPTS
from benchmarks.figures import Figure, at_most, of_runs
from benchmarks.houses import MODELS, folder
from benchmarks.machine import memory_mb

TOPIC = "start and memory"
_WAIT_SECONDS = 120.0


@dataclass(frozen=True, kw_only=True)
class Start:
    """One start of `changtong chat --json`: seconds to the first reply, MB then and after a whole report in texts."""

    seconds: float
    memory: float
    memory_after: float


def measure(runs: int = 5) -> list[Figure]:
    """Start the program several times on one folder."""
    with folder() as data:
        if MODELS.is_dir():
            shutil.copytree(MODELS, data / "cache", ignore=shutil.ignore_patterns("tmp*"))
        start(data)
        starts = [start(data) for _ in range(runs)]
    return [
        of_runs(TOPIC, "start, warm, to the first reply", [one.seconds for one in starts], "s", at_most(3)),
        of_runs(TOPIC, "memory with NLU after the first reply", [one.memory for one in starts], "MB", at_most(325)),
        of_runs(TOPIC, "memory after a whole report", [one.memory_after for one in starts], "MB", at_most(325)),
    ]


def start(data: Path) -> Start:
    """Start the program, greet it, report in both languages, and end it."""
    begun = time.perf_counter()
    with subprocess.Popen(
        _command(data), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as bot:
        assert bot.stdin is not None
        assert bot.stdout is not None
        lines = _Lines(bot.stdout)
        _say(bot.stdin, "你好")
        lines.until(b'{"text"')
        seconds = time.perf_counter() - begun
        lines.until(b'{"turn"')
        memory = memory_mb(bot.pid)
        for step in (step for script in SCRIPTS for step in (*script.steps[1:], "/forget_me", "/affirm")):
            _say(bot.stdin, step)
            lines.until(b'{"turn"')
        return Start(seconds=seconds, memory=memory, memory_after=memory_mb(bot.pid))


def _command(data: Path) -> list[str]:
    return [sys.executable, "-m", "bot", "chat", "--json", "--person", "bench", "--lang", "zh", "--data", str(data)]


class _Lines:
    """Lines of a program's output, as they come; a program that falls silent is an error."""

    def __init__(self, stdout: IO[bytes]) -> None:
        self._stdout, self._rest = stdout, b""

    def until(self, head: bytes) -> None:
        """Read up to a line that begins with `head`."""
        while not self._next().startswith(head):
            pass

    def _next(self) -> bytes:
        while b"\n" not in self._rest:
            if not select.select([self._stdout], [], [], _WAIT_SECONDS)[0]:
                raise RuntimeError(f"the program said nothing for {_WAIT_SECONDS:.0f} s")
            piece = os.read(self._stdout.fileno(), 1 << 16)
            if not piece:
                raise RuntimeError("the program ended")
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line


def _say(stdin: IO[bytes], line: str) -> None:
    stdin.write(f"{line}\n".encode())
    stdin.flush()
