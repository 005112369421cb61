"""The turn in progress, so that use cases called from dialogue actions join its transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from casework.code import CodeFinding
from casework.ports import PersonKey, UnitOfWork, UnitOfWorkFactory


@dataclass(kw_only=True)
class Turn:
    """What a use case may know of the turn it runs in. Lives in memory for one attempt of one turn.

    `successor` is the person key that holds the receipt after a submission (the web chat's new cookie; elsewhere
    the same person). A use case sets `submitted` (the conversation row is deleted in this turn), `issued_code`
    (masked wherever the reply is kept) and `forget` (everything of the person goes). `carries_on`: what else is under
    way goes on under the successor although something was submitted.
    """

    work: UnitOfWork
    person: PersonKey = field(repr=False)
    successor: PersonKey = field(repr=False)
    channel: str
    message_id: str
    code: CodeFinding | None = field(default=None, repr=False)
    submitted: bool = False
    issued_code: str | None = field(default=None, repr=False)
    forget: bool = False
    carries_on: bool = False
    address: str = field(default="", repr=False)
    handoff: bytes | None = field(default=None, repr=False)
    """Set when the conversation was put into the queue for a person: it is the bot's no more."""

    @property
    def has_successor(self) -> bool:
        """Whether the person is known by another key after a submission."""
        return self.successor != self.person


current_turn: ContextVar[Turn | None] = ContextVar("current_turn", default=None)


@asynccontextmanager
async def unit_of_work(factory: UnitOfWorkFactory) -> AsyncIterator[UnitOfWork]:
    """Give the turn's unit of work, which commits with the turn; without a turn, a fresh one, committed at the end."""
    turn = current_turn.get()
    if turn is not None:
        yield turn.work
        return
    async with factory() as work:
        yield work
        await work.commit()
