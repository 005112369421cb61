"""Has files cleaned in a process apart, two at a time; what breaks there breaks nothing here."""

import asyncio
import json
import sys
from collections.abc import Collection
from dataclasses import asdict
from pathlib import Path
from typing import Final

from storage.cleaning.kinds import kind_of
from storage.cleaning.values import Cleaned, CleaningRefused, Limits, Refusal, Removed
from storage.cleaning.worker import framed

_AT_ONCE: Final = 2
_SECONDS: Final = 90
_PROGRAM: Final = (
    "import sys, types; storage = sys.modules['storage'] = types.ModuleType('storage'); "
    "storage.__path__ = [sys.argv[1]]; from storage.cleaning.worker import main; main()"
)
"""The package `storage` itself would load the whole database part, most of a second for each file."""
_COMMAND: Final = (sys.executable, "-c", _PROGRAM, str(Path(__file__).parents[1]))


class CleaningApart:
    """Cleans what `allowed` (of `KINDS`) lets in. Text is looked at here, it has nothing to take out."""

    def __init__(self, allowed: Collection[str], limits: Limits | None = None) -> None:
        self._allowed, self._limits = frozenset(allowed), limits or Limits()
        self._free = asyncio.Semaphore(_AT_ONCE)

    async def clean(self, data: bytes) -> Cleaned:
        """Return the file cleaned. Raises `CleaningRefused`; one that breaks the cleaner counts as damaged."""
        kind = await asyncio.to_thread(kind_of, data)
        if kind == "archive":
            raise CleaningRefused(Refusal.ARCHIVE)
        if kind not in self._allowed:
            raise CleaningRefused(Refusal.KIND)
        if kind == "text":
            return Cleaned(data=data, media_type="text/plain", ending=".txt")
        async with self._free:
            return _read(await self._run(data))

    async def _run(self, data: bytes) -> bytes:
        head = framed({"allowed": sorted(self._allowed), "limits": asdict(self._limits)})
        pipe, null = asyncio.subprocess.PIPE, asyncio.subprocess.DEVNULL
        process = await asyncio.create_subprocess_exec(*_COMMAND, stdin=pipe, stdout=pipe, stderr=null)
        try:
            async with asyncio.timeout(_SECONDS):
                out, _ = await process.communicate(head + data)
        except TimeoutError as error:
            raise CleaningRefused(Refusal.BOMB) from error
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        return out


def _read(out: bytes) -> Cleaned:
    length = int.from_bytes(out[:4], "big")
    if len(out) < 4 + length or not length:
        raise CleaningRefused(Refusal.DAMAGED)
    head = json.loads(out[4 : 4 + length])
    if "refused" in head:
        raise CleaningRefused(Refusal(head["refused"]))
    removed = frozenset(map(Removed, head["removed"]))
    return Cleaned(data=out[4 + length :], media_type=head["media_type"], ending=head["ending"], removed=removed)
