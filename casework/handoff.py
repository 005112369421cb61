"""Who speaks with a reporter: the bot, nobody yet, or a person. One table of steps; pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from casework.errors import CaseworkError


class Owner(StrEnum):
    """Who the conversation belongs to. While it is not the bot's, the engine is told nothing."""

    BOT = "bot"
    WAITING = "waiting_human"
    HUMAN = "human"
    SNOOZED = "snoozed"
    """With a person who looks again later, or when the reporter writes."""
    CLOSED = "closed"


class Why(StrEnum):
    """What made the conversation wait for a person."""

    ASKED = "asked"
    FALLBACK = "fallback"
    EMERGENCY = "emergency"


class By(StrEnum):
    """Who takes a step."""

    REPORTER = "reporter"
    OPERATOR = "operator"
    OWNER = "owner"
    """The operator who speaks now."""
    CLOCK = "clock"


class Move(StrEnum):
    """What is done with a conversation."""

    ASK = "ask"
    CLAIM = "claim"
    TRANSFER = "transfer"
    SNOOZE = "snooze"
    WAKE = "wake"
    HAND_BACK = "hand_back"
    CLOSE = "close"


@dataclass(frozen=True, kw_only=True)
class HandoffStep:
    """One row of the table."""

    move: Move
    source: Owner
    target: Owner
    by: frozenset[By]


def _step(move: Move, source: Owner, target: Owner, *by: By) -> HandoffStep:
    return HandoffStep(move=move, source=source, target=target, by=frozenset(by))


_O = Owner
STEPS: tuple[HandoffStep, ...] = (
    _step(Move.ASK, _O.BOT, _O.WAITING, By.REPORTER),
    _step(Move.CLAIM, _O.WAITING, _O.HUMAN, By.OPERATOR),
    _step(Move.HAND_BACK, _O.WAITING, _O.BOT, By.REPORTER, By.OPERATOR, By.CLOCK),
    _step(Move.CLOSE, _O.WAITING, _O.CLOSED, By.CLOCK),
    _step(Move.TRANSFER, _O.HUMAN, _O.WAITING, By.OWNER),
    _step(Move.SNOOZE, _O.HUMAN, _O.SNOOZED, By.OWNER),
    _step(Move.HAND_BACK, _O.HUMAN, _O.BOT, By.OWNER, By.REPORTER, By.CLOCK),
    _step(Move.CLOSE, _O.HUMAN, _O.CLOSED, By.OWNER, By.CLOCK),
    _step(Move.WAKE, _O.SNOOZED, _O.HUMAN, By.OWNER, By.REPORTER, By.CLOCK),
    _step(Move.HAND_BACK, _O.SNOOZED, _O.BOT, By.OWNER, By.REPORTER, By.CLOCK),
    _step(Move.CLOSE, _O.SNOOZED, _O.CLOSED, By.OWNER, By.CLOCK),
)
"""CLOSED ends the hand-off for good: what the reporter writes next is a new conversation's with the bot."""

LIVE = frozenset({Owner.WAITING, Owner.HUMAN, Owner.SNOOZED})
"""The bot does not speak."""
HELD = frozenset({Owner.HUMAN, Owner.SNOOZED})
"""An operator is named as the owner."""


class MoveRefused(CaseworkError):
    """The conversation has no such step now, or not for this person: somebody else was faster, perhaps."""

    def __init__(self, source: Owner, move: Move) -> None:
        super().__init__(f"{source}: {move} not possible")
        self.source, self.move = source, move


def moved(source: Owner, move: Move, by: By) -> Owner:
    """Return where a move leads. Raises `MoveRefused`."""
    for step in STEPS:
        if step.source is source and step.move is move and by in step.by:
            return step.target
    raise MoveRefused(source, move)


def moves(source: Owner, *, is_owner: bool) -> frozenset[Move]:
    """Return the moves an operator may make now: what a desk shows as buttons."""
    actors = {By.OWNER, By.OPERATOR} if is_owner else {By.OPERATOR}
    return frozenset(step.move for step in STEPS if step.source is source and step.by & actors)


def waits_too_long(asked_at: datetime, now: datetime, alert_minutes: int) -> bool:
    """Whether a conversation has waited so long that the team is alerted."""
    return (now - asked_at).total_seconds() >= alert_minutes * 60
