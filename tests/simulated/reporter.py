"""A reporter who answers by what the bot asks: one conversation from the first word to the code, or to leaving."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from casework.code import find
from tests.dialogues.runner import Answer, Talker, responses

MOST_TURNS = 45
"""Nobody stays longer; a conversation of this length has gone in a circle."""
MOST_ALIKE = 3


@dataclass(frozen=True, kw_only=True)
class Act:
    """What a reporter does: says a text, or taps a payload that was shown."""

    say: str | None = None
    tap: str | None = None


class Persona(Protocol):
    """How somebody talks. Instances live for one conversation."""

    def open(self) -> str: ...

    def act(self, asks: str | None, answer: Answer) -> Act | None:
        """Return what is done next; None for going away."""
        ...


@dataclass
class Course:
    """One conversation as it went."""

    said: list[str] = field(default_factory=list)
    heard: list[Answer] = field(default_factory=list)
    code: str | None = None
    has_left: bool = False

    @property
    def turns(self) -> int:
        """How many messages the person sent."""
        return len(self.said)

    @property
    def last(self) -> Answer:
        return self.heard[-1]

    def told(self) -> str:
        """Return the conversation for a failure's message."""
        lines = []
        for said, answer in zip(self.said, self.heard, strict=True):
            lines.append(f"> {said}")
            lines += [f"  {m.response}: {m.text[:160]}" for m in answer.messages]
            lines.append(f"  = {answer.loop} {answer.asks}")
        return "\n".join(lines)


async def converse(persona: Persona, talker: Talker) -> Course:
    """Let the persona talk until it has a code, has gone, or has talked too long."""
    course = Course()
    act: Act | None = Act(say=persona.open())
    while act is not None and course.turns < MOST_TURNS:
        course.said.append(act.say if act.say is not None else f"[{act.tap}]")
        course.heard.append(await _done(act, talker))
        course.code = course.code or _code_in(course.last)
        if course.code is not None:
            return course
        act = persona.act(course.last.asks, course.last)
    course.has_left = act is None
    return course


async def _done(act: Act, talker: Talker) -> Answer:
    return await (talker.tap(act.tap) if act.tap is not None else talker.say(act.say or ""))


def _code_in(answer: Answer) -> str | None:
    found = (find(message.text) for message in answer.messages)
    return next((one.code for one in found if one is not None and one.kind == "valid"), None)


def faults(course: Course) -> list[str]:
    """Return what was wrong with a conversation: silence, an apology, a dead end, going in a circle."""
    wrong = []
    if course.code is None and not course.has_left:
        wrong.append(f"no end after {course.turns} turns")
    for number, answer in enumerate(course.heard, 1):
        if not answer.messages:
            wrong.append(f"turn {number}: silence")
        if "utter_action_failed" in responses(answer):
            wrong.append(f"turn {number}: an apology")
        if answer.loop is not None and answer.asks is None:
            wrong.append(f"turn {number}: a form that asks nothing")
    if course.code is None and course.has_left and course.last.loop is not None:
        wrong.append("left with a question open")
    return [*wrong, *_alike(course)]


def _alike(course: Course) -> list[str]:
    texts = [tuple(message.text for message in answer.messages) for answer in course.heard]
    runs = zip(*(texts[start:] for start in range(MOST_ALIKE)), strict=False)
    return [
        f"turn {number}: the same reply {MOST_ALIKE} times" for number, run in enumerate(runs, 1) if len(set(run)) == 1
    ]


def payloads(answer: Answer) -> list[str]:
    """Return the payloads of the buttons shown, in order."""
    return [payload for message in answer.messages for _, payload in message.buttons]


Words = Mapping[str, Sequence[str]]
"""Slot asked for -> how it may be answered."""

Maker = Callable[[random.Random], Persona]
