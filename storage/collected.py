"""What a unit of work collects until its commit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection, Executable

from casework.errors import Conflict
from storage.bell import Bell
from storage.engine import Database, changed_rows
from storage.prepared import Prepared

Command = Callable[[Connection], Any]


@dataclass
class Collected:
    """Commands in the order they were asked for, run in one transaction.

    Statements are built once, with their values bound here: building them anew costs more than running them.
    """

    database: Database
    commands: list[Command] = field(default_factory=list, repr=False)
    bell: Bell | None = None
    rings: dict[str, None] = field(default_factory=dict, repr=False)

    def ring(self, words: str) -> None:
        """Ring the desk's bell once this is committed; the same words once."""
        self.rings[words] = None

    def add(self, command: Command) -> None:
        self.commands.append(command)

    def execute(self, statement: Prepared | Executable, values: Mapping[str, Any] | None = None) -> None:
        """Collect one statement."""
        self.commands.append(lambda connection: _run(connection, statement, values or {}))

    def execute_on_one(self, statement: Prepared | Executable, values: Mapping[str, Any], what: str) -> None:
        """Collect an UPDATE or DELETE that must touch exactly one row, else `Conflict`."""

        def command(connection: Connection) -> None:
            if _run(connection, statement, values) != 1:
                raise Conflict(what)

        self.commands.append(command)

    async def run(self) -> None:
        """Run all in one transaction and forget them."""
        bell, rings = self.bell, tuple(self.rings)
        commands = list(self.commands)
        if bell is not None:
            commands += [partial(bell.ring_others, words=words) for words in rings]
        if commands:
            await self.database.write(lambda connection: [command(connection) for command in commands] and None)
        self.commands.clear()
        self.rings.clear()
        if bell is not None:
            for words in rings:
                bell.ring_here(words)

    async def first(self, question: Prepared | Executable, values: Mapping[str, Any]) -> Any:
        """Return the first row of a question, None when there is none."""
        if isinstance(question, Prepared):
            return next(iter(await self.database.rows(question, values)), None)
        return await self.database.read(lambda connection: connection.execute(question, values).first())

    async def all(self, question: Executable, values: Mapping[str, Any] | None = None) -> list[Any]:
        """Return all rows of a question."""
        return await self.database.read(lambda connection: list(connection.execute(question, values)))


def _run(connection: Connection, statement: Prepared | Executable, values: Mapping[str, Any]) -> int:
    if isinstance(statement, Prepared):
        return statement.execute(connection, values)
    return changed_rows(connection.execute(statement, dict(values)))
