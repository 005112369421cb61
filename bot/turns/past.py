"""What is found of a person at the beginning of a turn."""

from dataclasses import dataclass, field
from typing import Literal

from bot.dialogue.errors import StateUnreadable
from bot.turns.errors import MemoryUnreadable
from bot.turns.heard import Heard
from bot.turns.memory import Memory, decode
from bot.turns.parts import Parts
from bot.turns.ports import DialogueState, Stored, TurnWork
from bot.turns.talk import Talk
from casework.ports import PersonKey, Receipt


@dataclass(frozen=True, kw_only=True)
class Past:
    """What was found of the person. `is_silent`: for half an hour. `lost`: a draft was here and its time is over.

    "perhaps": the channel knows the person, but no row tells any more.
    """

    memory: Memory | None = field(default=None, repr=False)
    state: DialogueState | None = field(default=None, repr=False)
    version: int | None = None
    is_silent: bool = False
    lost: Literal["no", "yes", "perhaps"] = "no"
    language: str | None = None
    receipt: Receipt | None = None


async def read_past(parts: Parts, work: TurnWork, heard: Heard, person: PersonKey) -> Past:
    """Read the conversation, or what else tells that somebody was here."""
    stored = await work.conversations.load(person)
    if stored is None or not stored.state:  # a messenger may have noted something of a chat before any turn
        receipt = await work.receipts.get(person)
        is_unsure = heard.returning and receipt is None
        version = stored.version if stored else None
        return Past(version=version, receipt=receipt, lost="perhaps" if is_unsure else "no")
    memory, state = _opened(parts, stored)
    if memory is None or state is None:
        return Past(version=stored.version, lost="yes")
    quiet = parts.clock.now() - stored.updated_at
    if quiet >= parts.rules.kept:
        old = Talk(parts.dialogue, state, heard.channel)
        return Past(version=stored.version, lost="yes" if old.has_draft else "no", language=old.language)
    is_silent = quiet >= parts.rules.silence
    return Past(memory=memory, state=state, version=stored.version, is_silent=is_silent)


def read_memory(stored: Stored) -> Memory | None:
    """Return what is remembered; None when another program wrote it."""
    try:
        return decode(stored.state)
    except MemoryUnreadable:
        return None


def _opened(parts: Parts, stored: Stored) -> tuple[Memory | None, DialogueState | None]:
    """Return what is remembered; None where another program's version wrote it."""
    memory = read_memory(stored)
    if memory is None:
        return None, None
    try:
        if memory.lock is not None and memory.lock.kept is not None:
            parts.dialogue.restore(memory.lock.kept[1])
        return memory, parts.dialogue.restore(memory.engine)
    except StateUnreadable:
        return None, None
