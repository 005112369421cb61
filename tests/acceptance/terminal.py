"""Talks with `changtong chat --json` in a process of its own."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.dialogues.runner import Answer, Heard

PATIENCE_SECONDS = 300
"""For the first answer on a slow machine: the model may have to be trained."""


@dataclass
class Terminal:
    """Satisfies `tests.dialogues.runner.Talker`; a line is a turn, so no text of several lines and no files."""

    data: Path
    language: str | None
    person: str = "p1"
    process: asyncio.subprocess.Process | None = None
    raw: list[dict[str, Any]] = field(default_factory=list)

    async def say(self, text: str) -> Answer:
        return await self._turn(text)

    async def tap(self, payload: str) -> Answer:
        return await self._turn(payload)

    async def files(self, names: Sequence[str]) -> Answer:
        raise NotImplementedError("the terminal takes no files")

    async def wait(self, time: timedelta) -> None:
        raise NotImplementedError("the process has the real clock")

    async def restart(self) -> None:
        assert await self.close() == 0

    async def close(self) -> int:
        """End the input and return the exit code."""
        if self.process is None:
            return 0
        assert self.process.stdin is not None
        self.process.stdin.close()
        code = await asyncio.wait_for(self.process.wait(), PATIENCE_SECONDS)
        self.process = None
        return code

    async def _turn(self, line: str) -> Answer:
        process = self.process or await self._start()
        assert process.stdin is not None
        process.stdin.write(line.encode("utf-8", "surrogateescape") + b"\n")
        await process.stdin.drain()
        self.raw = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                value = await self._read(process)
                self.raw.append(value)
                if "turn" in value:
                    return answer_of(self.raw)

    async def _read(self, process: asyncio.subprocess.Process) -> dict[str, Any]:
        assert process.stdout is not None
        line = await process.stdout.readline()
        assert line, "the program ended before it had answered"
        value: dict[str, Any] = json.loads(line)
        return value

    async def _start(self) -> asyncio.subprocess.Process:
        lang = ["--lang", self.language] if self.language else []
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "chat", "--json", "--person", self.person, *lang, "--data", str(self.data)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"},
            limit=2**24,
        )
        return self.process


def answer_of(objects: list[dict[str, Any]]) -> Answer:
    """Return what the transcripts' runner compares."""
    turn = objects[-1]["turn"]
    return Answer(
        messages=tuple(
            Heard(
                text=message["text"],
                response=message["response"],
                buttons=tuple((button["title"], button["payload"]) for button in message["buttons"]),
                has_custom=bool(message["custom"]),
            )
            for message in objects[:-1]
        ),
        loop=turn["active_loop"],
        asks=turn["requested_slot"],
        language=turn["language"],
        intent=turn["intent"],
    )
