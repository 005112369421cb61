"""What every turn is made with."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.turns.ports import Codes, Dialogue, Outlet, PersonKeys
from bot.turns.rules import TurnRules
from casework.ports import Clock


@dataclass(frozen=True, kw_only=True)
class Parts:
    """The engine, the keys, the rules; `outlets` by channel, where replies are posted."""

    dialogue: Dialogue
    keys: PersonKeys
    clock: Clock
    codes: Codes
    rules: TurnRules
    outlets: Mapping[str, Outlet] = field(default_factory=dict)
