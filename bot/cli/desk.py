"""What the office's commands share: the opened store and an operator's unlocked session."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import typer

from bot.bootstrap import open_office
from bot.cli.edge import Refused, Words, again, ask_password, is_terminal, tell
from bot.cli.opening import begin
from bot.cli.paper import Paper, paper
from bot.cli.sheets import Sheets
from bot.settings import Settings
from casework.services import Services

if TYPE_CHECKING:
    from storage import Store
    from storage.vault.sessions import OperatorSession

By = Annotated[str, typer.Option("--by", envvar="CHANGTONG_OPERATOR", metavar="NAME")]
"""Whose password is asked."""


@dataclass(frozen=True, kw_only=True)
class Desk:
    """One operator at work."""

    store: "Store" = field(repr=False)
    services: Services = field(repr=False)
    session: "OperatorSession" = field(repr=False)
    words: Words = field(repr=False)
    paper: Paper = field(repr=False)

    @property
    def sheets(self) -> Sheets:
        return Sheets(self.paper, self.words, self.services.profile, self.services.clock, self.session.operator)


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[tuple["Store", Services]]:
    """Open the store for a command."""
    begin(settings)
    store, services = await open_office(settings)
    try:
        yield store, services
    finally:
        await store.close()


@asynccontextmanager
async def desk(settings: Settings, by: str) -> AsyncIterator[Desk]:
    """Log the operator in: the password is asked on the terminal, else read from the first line of standard input.

    With a one-time password a lasting one is chosen first.
    """
    async with opened(settings) as (store, services):
        words = Words()
        password = ask_password(words.say("ask_password", name=by))
        session = await again(lambda: store.accounts.log_in(by, password))
        if session.must_set_password:
            tell(words.say("must_set_password"))
            session = await store.accounts.set_password(session, new_password(words))
        yield Desk(store=store, services=services, session=session, words=words, paper=paper())


def new_password(words: Words) -> str:
    """Ask for a lasting password, twice on a terminal."""
    password = ask_password(words.say("ask_new_password"))
    if is_terminal() and ask_password(words.say("ask_again")) != password:
        raise Refused("passwords_differ")
    return password
