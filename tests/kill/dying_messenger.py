"""The messenger's channel, which kills itself at a chosen moment of its work: `dying_messenger DATA MOMENT`.

Token and server stand in the environment, as always.
"""

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import build
from bot.channels.telegram.messenger import TelegramMessenger
from bot.messenger import build_telegram
from bot.settings import Settings
from bot.turns import DurableInbox, TurnProcessor
from tests.kill.dying import die

MOMENTS: dict[str, tuple[type, str]] = {
    "stored": (DurableInbox, "keep"),
    "claimed": (DurableInbox, "claim"),
    "committed": (TurnProcessor, "handle_waiting"),
    "sent": (TelegramMessenger, "_say"),
}
"""An update is stored and not confirmed; it is claimed and not answered; its turn is committed and nothing of it sent;
an answer is at the server and not marked as sent. Each with what has just done it."""

_LONGEST_SECONDS = 120


def make_deadly(moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make that moment this program's last."""
    owner, name = MOMENTS[moment]
    real = getattr(owner, name)

    async def deadly(self: Any, *given: Any, **named: Any) -> Any:
        done = await real(self, *given, **named)
        if done:
            die()
        return done

    monkeypatch.setattr(owner, name, deadly)


async def main(data: str, moment: str) -> None:
    app = await build(Settings(data=Path(data)))
    with pytest.MonkeyPatch.context() as monkeypatch:
        make_deadly(moment, monkeypatch)
        build_telegram(app).start()
        await asyncio.sleep(_LONGEST_SECONDS)
    raise AssertionError("it had nothing to do, and so lived on")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
