"""What one turn is about: one tap, one batch of files, or the texts that were waiting together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.channels.messages import Incoming
from bot.turns.buttons import command
from bot.turns.hygiene import bare_number, clean_text


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A cleaned message, or several texts as one. Exactly one of `text`, `tap`, `files` and `refused` is set."""

    channel: str
    address: str = field(repr=False)
    message_ids: tuple[str, ...]
    text: str | None = field(default=None, repr=False)
    tap: str | None = None
    files: tuple[str, ...] = ()
    refused: str | None = None
    language: str | None = None
    greeted: bool = False
    returning: bool = False
    wish: str | None = None
    notes: tuple[dict[str, Any], ...] = field(default=(), repr=False)

    @property
    def message_id(self) -> str:
        return self.message_ids[-1]


def hear(burst: Sequence[Incoming]) -> Heard:
    """Make one turn of messages of one person: texts are joined by line ends, anything else stands alone."""
    first = burst[0]
    text = None
    if first.tap is None and not first.files and first.refused is None:
        text = "\n".join(clean_text(incoming.text or "") for incoming in burst).strip()
    return Heard(
        channel=first.channel,
        address=first.address,
        message_ids=tuple(id_ for incoming in burst for id_ in (*incoming.also, incoming.message_id)),
        text=text,
        tap=first.tap,
        files=first.files if first.tap is None else (),
        refused=first.refused if first.tap is None and not first.files else None,
        language=next((incoming.language for incoming in reversed(burst) if incoming.language), None),
        greeted=any(incoming.greeted for incoming in burst),
        returning=any(incoming.returning for incoming in burst),
        wish=first.wish,
        notes=tuple(incoming.note for incoming in burst if incoming.note),
    )


def into_turns(waiting: Sequence[Incoming], is_pick: Callable[[str], bool]) -> list[tuple[Incoming, ...]]:
    """Part what waits in one person's queue into turns: neighbouring texts are one, all else is a turn of its own.

    `is_pick` tells whether a text is the title of a button shown.
    """
    turns: list[tuple[Incoming, ...]] = []
    for incoming in waiting:
        if turns and _is_prose(incoming, is_pick) and _is_prose(turns[-1][-1], is_pick):
            turns[-1] += (incoming,)
        else:
            turns.append((incoming,))
    return turns


def _is_prose(incoming: Incoming, is_pick: Callable[[str], bool]) -> bool:
    """Tell whether it can be part of a longer answer: no tap, no file, no command, no number that picks."""
    if incoming.tap is not None or incoming.files or incoming.refused or incoming.wish or not incoming.text:
        return False
    return command(incoming.text) is None and bare_number(incoming.text) is None and not is_pick(incoming.text)
