"""Runs the stand-in as a process of its own, which ends with the one that started it."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_HOUSE = Path(__file__).parents[2]


@contextmanager
def standing_in() -> Iterator[str]:
    """Run a server for as long as the context lasts; gives its address."""
    command = [sys.executable, "-m", "tests.telegram", "--until-stdin-ends"]
    with subprocess.Popen(
        command, cwd=_HOUSE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        try:
            line = process.stdout.readline()
            assert line.startswith("listening on "), line
            yield line.removeprefix("listening on ").strip()
        finally:
            process.stdin.close()
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
