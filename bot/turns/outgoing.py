"""What the engine said, as messages with the buttons that may be tapped."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.channels.messages import Button, OutgoingMessage
from bot.turns.buttons import issue, numbered
from bot.turns.ports import SpokenMessage
from bot.turns.splitting import split_text


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The buttons of one reply, the last `numbered` of them to be picked by number."""

    buttons: tuple[Button, ...] = ()
    numbered: int = 0


def outgoing(spoken: Iterable[SpokenMessage], *, is_preview: bool = False) -> tuple[tuple[OutgoingMessage, ...], Shown]:
    """Cut long texts, give buttons their ids; the buttons stand under the last part of their message."""
    messages: list[OutgoingMessage] = []
    groups = []
    for message in spoken:
        parts = split_text(message.text) if message.text else [""]
        buttons = issue(message, is_preview=is_preview)
        groups.append(buttons)
        messages += [OutgoingMessage(text=part, response=message.response) for part in parts[:-1]]
        messages.append(
            OutgoingMessage(text=parts[-1], buttons=buttons, response=message.response, custom=message.custom)
        )
    return tuple(messages), Shown(buttons=tuple(b for group in groups for b in group), numbered=numbered(groups))


def as_spoken(message: OutgoingMessage) -> SpokenMessage:
    """Put the turns' own words where the engine's stand."""
    return SpokenMessage(text=message.text, response=message.response)
