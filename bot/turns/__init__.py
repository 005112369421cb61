"""Turns: one message in, one reply out, one transaction."""

from bot.turns.inbox import DurableInbox
from bot.turns.processor import TurnProcessor
from bot.turns.rules import TurnRules

__all__ = ["DurableInbox", "TurnProcessor", "TurnRules"]
