"""The process that cleans: what it may take of memory and time is bounded, and its crash is a refusal, no more."""

import asyncio
import os
import subprocess
import sys
import time
import zlib
from pathlib import Path

import pytest

from storage.cleaning import KINDS, CleaningRefused, Refusal
from storage.cleaning.apart import CleaningApart
from tests.unit.storage.cleaning import planted

_BOUND = "from storage.cleaning.worker import _bound; _bound(); "


def _worker(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Put a program in the place of the cleaner."""
    monkeypatch.setattr("storage.cleaning.apart._COMMAND", (sys.executable, "-c", program))


async def _refused(data: bytes) -> Refusal:
    with pytest.raises(CleaningRefused) as refused:
        await CleaningApart(KINDS).clean(data)
    return refused.value.reason


def test_memory_beyond_the_bound_is_not_given() -> None:
    program = f"{_BOUND}\ntry:\n    bytearray(3 * 1024**3)\nexcept MemoryError:\n    print('bounded')"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "bounded"


async def test_a_cleaner_that_eats_memory_refuses_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    _worker(monkeypatch, f"{_BOUND}\neaten = []\nwhile True: eaten.append(bytearray(1 << 28))")
    assert await _refused(planted.png()) is Refusal.DAMAGED


async def test_a_cleaner_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    _worker(
        monkeypatch, f"import os, pathlib; pathlib.Path({str(mark)!r}).write_text(str(os.getpid()))\nwhile True: pass"
    )
    monkeypatch.setattr("storage.cleaning.apart._SECONDS", 1.5)
    began = time.monotonic()
    assert await _refused(planted.png()) is Refusal.BOMB
    assert time.monotonic() - began < 30
    with pytest.raises(ProcessLookupError):
        os.kill(int(mark.read_text()), 0)


def test_processor_time_beyond_the_bound_ends_it() -> None:
    program = "import storage.cleaning.worker as w; w.CPU_SECONDS = 1; w._bound()\nwhile True: pass"
    done = subprocess.run([sys.executable, "-c", program], check=False, timeout=120)
    assert done.returncode < 0


async def test_a_cleaner_that_crashes_refuses_the_file_and_the_next_is_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        _worker(patched, f"{_BOUND}\nimport os; os.abort()")
        assert await _refused(planted.png()) is Refusal.DAMAGED
    assert (await CleaningApart(KINDS).clean(planted.png())).media_type == "image/png"


async def test_half_an_answer_counts_as_damaged(monkeypatch: pytest.MonkeyPatch) -> None:
    _worker(monkeypatch, "import sys; sys.stdout.buffer.write((500).to_bytes(4, 'big') + b'{')")
    assert await _refused(planted.png()) is Refusal.DAMAGED


async def test_two_are_cleaned_at_once_and_no_more(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _worker(
        monkeypatch,
        f"import os, pathlib, time; own = pathlib.Path({str(tmp_path)!r}, str(os.getpid())); own.touch()\n"
        "time.sleep(0.3); there = sum('.' not in path.name for path in own.parent.iterdir())\n"
        "own.with_suffix('.saw').write_text(str(there)); own.unlink()",
    )
    apart = CleaningApart(KINDS)
    await asyncio.gather(*(apart.clean(planted.png()) for _ in range(5)), return_exceptions=True)
    seen = [int(path.read_text()) for path in sorted(tmp_path.glob("*.saw"))]  # noqa: ASYNC240  a test's own folder
    assert len(seen) == 5
    assert max(seen) <= 2


def _bomb() -> bytes:
    """A PNG of 60,000 × 60,000 pixels in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1 << 20)))
        + chunk(b"IEND", b"")
    )


async def test_a_picture_that_would_unfold_to_gigabytes_is_refused_as_such() -> None:
    assert await _refused(_bomb()) is Refusal.BOMB
