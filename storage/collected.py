"""What a unit of work collects until its commit."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Executable
from sqlalchemy.orm import Session

from casework.errors import Conflict
from storage.engine import Database, changed_rows

Command = Callable[[Session], Any]


@dataclass
class Collected:
    """Commands in the order they were asked for, run in one transaction."""

    database: Database
    commands: list[Command] = field(default_factory=list, repr=False)

    def add(self, command: Command) -> None:
        self.commands.append(command)

    def execute(self, statement: Executable, rows: list[dict[str, Any]] | None = None) -> None:
        """Collect one statement."""
        self.commands.append(lambda session: session.execute(statement, rows))

    def execute_on_one(self, statement: Executable, what: str) -> None:
        """Collect an UPDATE or DELETE that must touch exactly one row, else `Conflict`."""

        def command(session: Session) -> None:
            if changed_rows(session.execute(statement)) != 1:
                raise Conflict(what)

        self.commands.append(command)

    async def run(self) -> None:
        """Run all in one transaction and forget them."""
        commands = tuple(self.commands)
        if commands:
            await self.database.write(lambda session: [command(session) for command in commands] and None)
        self.commands.clear()
