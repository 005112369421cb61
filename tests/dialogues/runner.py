"""Runs transcripts: what a person says and taps, and what the bot is expected to answer.

A file is a list of `{name, language, turns}`. A turn is one of `say`, `tap` (payload or title of a button shown),
`files` (names), `wait` ("31m", "25h", "2d"), `code` (true: types the last code; or a text with {code}),
`restart: true`, `office` (what the office does with the case of the last code: `{ask: …}`, `{reply: …}`, `{note: …}`,
`{status: …, text: …, …}`; a second person approves where it must), with the expectations `bot` (names of the
responses, in order; "..." stands for any), `has`, `hasnt`, `loop`, `asks`, `buttons` (payloads, a subset), `intent`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from ruamel.yaml import YAML

from bot.dialogue.transcripts import EXPECTATIONS, Answer, Heard, matches, responses, unmet
from casework.code import find

__all__ = ["Answer", "Heard", "Run", "Talker", "Transcript", "matches", "read_transcripts", "responses", "unmet"]

ACTS = ("say", "tap", "files", "wait", "code", "restart", "office")
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


class Talker(Protocol):
    """A way to talk with the real program."""

    async def say(self, text: str) -> Answer: ...

    async def tap(self, payload: str) -> Answer: ...

    async def files(self, names: Sequence[str]) -> Answer: ...

    async def wait(self, time: timedelta) -> None: ...

    async def restart(self) -> None: ...


@runtime_checkable
class HasOffice(Protocol):
    """A talker whose program has an office at hand."""

    async def office(self, code: str, act: Mapping[str, str]) -> None: ...


@dataclass(frozen=True, kw_only=True)
class Transcript:
    """One conversation out of a file."""

    name: str
    language: str
    turns: list[dict[str, Any]] = field(repr=False)

    @property
    def acts(self) -> set[str]:
        return {act for turn in self.turns for act in turn if act in ACTS}


class TranscriptWrong(Exception):
    """The file itself is at fault."""


def read_transcripts(path: Path) -> list[Transcript]:
    """Read a file; refuses unknown words, so that no expectation is silently skipped."""
    transcripts = [Transcript(**entry) for entry in YAML(typ="safe").load(path.read_text(encoding="utf-8")) or []]
    for transcript in transcripts:
        for number, turn in enumerate(transcript.turns, start=1):
            _check_words(f"{path.name}: {transcript.name}: turn {number}", turn)
    return transcripts


def _check_words(where: str, turn: dict[str, Any]) -> None:
    acts = [word for word in turn if word in ACTS]
    unknown = [word for word in turn if word not in (*ACTS, *EXPECTATIONS)]
    if len(acts) != 1 or unknown:
        raise TranscriptWrong(f"{where}: expected one of {ACTS}, and of {EXPECTATIONS}; got {list(turn)}")


class Run:
    """One transcript being played."""

    def __init__(self, transcript: Transcript, talker: Talker) -> None:
        self._transcript, self._talker = transcript, talker
        self._said: list[str] = []
        self._shown: tuple[tuple[str, str], ...] = ()
        self._code: str | None = None

    async def play(self) -> None:
        """Play all turns; an unmet expectation is told with the conversation up to there."""
        for number, turn in enumerate(self._transcript.turns, start=1):
            answer = await self._act(turn)
            if answer is not None:
                self._note(answer)
            problems = list(unmet(turn, answer or Answer()))
            if problems:
                raise AssertionError(self._told(number, problems))

    async def _act(self, turn: dict[str, Any]) -> Answer | None:
        act = next(word for word in turn if word in ACTS)
        value = turn[act]
        if act == "wait":
            self._said.append(f"… {value}")
            await self._talker.wait(duration(value))
        elif act == "restart":
            self._said.append("… restart")
            await self._talker.restart()
        elif act == "office":
            self._said.append(f"… office {value}")
            await self._at_office(value)
        elif act == "files":
            self._said.append(f"> files {value}")
            return await self._talker.files(value)
        elif act == "tap":
            payload = self._button(str(value))
            self._said.append(f"> [{payload}]")
            return await self._talker.tap(payload)
        else:
            text = self._typed_code(value) if act == "code" else str(value)
            self._said.append(f"> {text}")
            return await self._talker.say(text)
        return None

    async def _at_office(self, act: Mapping[str, str]) -> None:
        if not isinstance(self._talker, HasOffice):
            raise TranscriptWrong("this way to talk has no office")
        await self._talker.office(self._typed_code(True), act)

    def _button(self, wanted: str) -> str:
        for title, payload in reversed(self._shown):
            if wanted in (payload, title):
                return payload
        raise AssertionError(self._told(0, [f"no button {wanted!r} was shown; there are {list(self._shown)}"]))

    def _typed_code(self, value: object) -> str:
        if self._code is None:
            raise AssertionError(self._told(0, ["no code was given so far"]))
        return self._code if value is True else str(value).replace("{code}", self._code)

    def _note(self, answer: Answer) -> None:
        for message in answer.messages:
            buttons = " ".join(f"[{title} {payload}]" for title, payload in message.buttons)
            self._said.append(f"  {message.response}: {message.text} {buttons}")
            finding = find(message.text)
            if finding is not None and finding.kind == "valid":
                self._code = finding.code
        self._said.append(f"  = loop {answer.loop}, asks {answer.asks}, intent {answer.intent}")
        shown = tuple(button for message in answer.messages for button in message.buttons)
        self._shown = shown or self._shown

    def _told(self, number: int, problems: Iterable[str]) -> str:
        head = f"{self._transcript.name}, turn {number}: " + "; ".join(problems)
        return "\n".join([head, *self._said])


def duration(text: str) -> timedelta:
    """Read "31m", "25h", "2d"."""
    found = re.fullmatch(r"(\d+)([mhd])", text)
    if found is None:
        raise TranscriptWrong(f"wait: {text!r}, expected like 31m, 25h, 2d")
    return int(found[1]) * _UNITS[found[2]]
