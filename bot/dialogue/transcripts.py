"""Transcripts: what a person says and taps, and what is expected of the answer. The words are the same for everyone.

A file is a list of `{name, language, turns}`. A turn has one act (`say`, `tap`, …) and expectations: `bot` (names of
the responses, in order; "..." stands for any), `has`, `hasnt`, `loop`, `asks`, `buttons` (payloads, a subset) and
`intent`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

EXPECTATIONS = ("bot", "has", "hasnt", "loop", "asks", "buttons", "intent")


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One message of the bot; `buttons` are (title, payload). Machine-readable extra may come without text."""

    text: str
    response: str | None
    buttons: tuple[tuple[str, str], ...] = ()
    has_custom: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one turn gave: the messages and where the conversation stands."""

    messages: tuple[Heard, ...] = ()
    loop: str | None = None
    asks: str | None = None
    language: str | None = None
    intent: str | None = None


def unmet(turn: dict[str, Any], answer: Answer) -> Iterable[str]:
    """Yield what was expected and is not so."""
    if "bot" in turn and not matches(turn["bot"], responses(answer)):
        yield f"bot: expected {turn['bot']}, got {responses(answer)}"
    text = "\n".join(part for message in answer.messages for part in (message.text, *(t for t, _ in message.buttons)))
    for fragment in listed(turn.get("has")):
        if fragment not in text:
            yield f"has: {fragment!r} is missing"
    for fragment in listed(turn.get("hasnt")):
        if fragment in text:
            yield f"hasnt: {fragment!r} is there"
    payloads = [payload for message in answer.messages for _, payload in message.buttons]
    for payload in listed(turn.get("buttons")):
        if payload not in payloads:
            yield f"buttons: {payload!r} is missing among {payloads}"
    for word in ("loop", "asks", "intent"):
        if word in turn and turn[word] != getattr(answer, word):
            yield f"{word}: expected {turn[word]}, got {getattr(answer, word)}"


def responses(answer: Answer) -> list[str]:
    """Return the names of the responses in order; the parts of one long text count once."""
    names: list[str] = []
    for message in answer.messages:
        if message.response and (not names or names[-1] != message.response):
            names.append(message.response)
    return names


def matches(expected: Sequence[str] | str, names: Sequence[str]) -> bool:
    """Compare names in order; "..." stands for any number of them."""
    wanted = listed(expected)
    pattern = "".join(r"(?:[^\n]*\n)*" if name == "..." else re.escape(name) + "\n" for name in wanted)
    return re.fullmatch(pattern, "".join(f"{name}\n" for name in names)) is not None


def listed(value: Any) -> list[str]:
    """Return one text or a list of them as a list."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)
