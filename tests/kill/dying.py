"""A program that takes one message and kills itself at a chosen moment of the commit: `dying DATA MOMENT`.

The message stands as JSON on standard input; the database's URL in the environment, as always.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.bootstrap import App, build
from bot.channels.messages import Incoming
from bot.settings import Settings

MOMENTS = ("before", "within", "after")
"""Before the transaction is begun; all statements run and not committed; committed and not answered."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def make_deadly(app: App, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the next write of this program its last act."""
    write = app.store.database.write

    async def deadly(command: Callable[[Connection], Any]) -> None:
        def and_die(connection: Connection) -> None:
            command(connection)
            die()

        if moment == "before":
            die()
        await write(and_die if moment == "within" else command)
        die()

    monkeypatch.setattr(app.store.database, "write", deadly)


async def main(data: str, moment: str) -> None:
    message = json.loads(sys.stdin.read())
    app = await build(Settings(data=Path(data)))
    with pytest.MonkeyPatch.context() as monkeypatch:
        make_deadly(app, moment, monkeypatch)
        await app.conversations.handle(Incoming(**message))
    raise AssertionError("it wrote nothing, and so lived on")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
