"""The whole program with its desk: a reporter who talks through the turns, operators at the desk."""

import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from bot.bootstrap import App, Prepared, build
from bot.channels.messages import Button, Incoming, Reply
from bot.desk import parts_of
from bot.settings import Settings
from console import DeskOptions, create_desk
from storage.vault.accounts import Accounts
from tests.fakes import FakeClock
from tests.support.desk import Office, open_office
from tests.support.stores import CHEAP, log_in


@dataclass(kw_only=True)
class Reporter:
    """One person on the web chat."""

    app: App
    address: str = field(default_factory=lambda: secrets.token_hex(8))
    channel: str = "web"
    pushed: list[str] = field(default_factory=list)
    buttons: tuple[Button, ...] = ()
    last: Reply | None = None

    async def say(self, text: str) -> list[str]:
        return await self._turn(text=text)

    async def tap(self, title: str) -> list[str]:
        found = [button for button in self.buttons if button.title == title]
        assert found, f"no button {title!r} of {[button.title for button in self.buttons]}"
        return await self._turn(tap=found[-1].id)

    async def visible(self) -> list[str]:
        lines = await self.app.conversations.visible(self.channel, self.address)
        return [f"{line.author}: {line.message.text}" for line in lines]

    async def _turn(self, **what: str) -> list[str]:
        incoming = Incoming(
            channel=self.channel,
            address=self.address,
            message_id=secrets.token_hex(8),
            language="en",
            **what,  # type: ignore[arg-type]  # one of text and tap
        )
        self.last = reply = await self.app.conversations.handle(incoming)
        self.address = reply.successor or self.address
        self.buttons = tuple(b for m in reply.messages for b in m.buttons) or self.buttons
        return [message.text for message in reply.messages]


@dataclass(kw_only=True)
class Program:
    """An office over a whole program; `pushes` is what went to open pages of the web chat, by address."""

    office: Office
    app: App
    pushes: list[tuple[str, Reply]] = field(default_factory=list)

    def reporter(self, channel: str = "web", address: str = "") -> Reporter:
        return Reporter(app=self.app, channel=channel, address=address or secrets.token_hex(8))

    def heard_by(self, reporter: Reporter) -> list[str]:
        """Return what was pushed to the person's page; the buttons may be tapped from then on."""
        replies = [reply for address, reply in self.pushes if address == reporter.address]
        if replies:
            reporter.buttons = tuple(b for m in replies[-1].messages for b in m.buttons) or reporter.buttons
        return [message.text for reply in replies for message in reply.messages]


@asynccontextmanager
async def open_program(folder: Path, prepared: Prepared, **settings: Any) -> AsyncIterator[Program]:
    """Build everything on a copy of the office's folder, within the office's hours."""
    async with open_office(folder / "made") as made:
        secrets_of, clock = dict(made.secrets), FakeClock(time=made.clock.time)
    shutil.copytree(folder / "made", folder / "data")
    async with _built(Settings(data=folder / "data", **settings), prepared, clock, secrets_of) as program:
        yield program


@asynccontextmanager
async def open_two(folder: Path, prepared: Prepared, url: str) -> AsyncIterator[tuple[Program, Program]]:
    """Build two programs on one PostgreSQL database and one data folder, as two processes would have them."""
    async with open_office(folder / "data", url) as made:
        secrets_of, clock = dict(made.secrets), FakeClock(time=made.clock.time)
    settings = Settings(data=folder / "data", database_url=SecretStr(url))
    async with (
        _built(settings, prepared, clock, secrets_of) as one,
        _built(settings, prepared, clock, secrets_of) as two,
    ):
        yield one, two


@asynccontextmanager
async def _built(
    settings: Settings, prepared: Prepared, clock: FakeClock, secrets_of: dict[str, str]
) -> AsyncIterator[Program]:
    app = await build(settings, clock=clock, prepared=prepared, has_desk=True)
    store = app.store
    object.__setattr__(store, "accounts", Accounts(store.account_records, store.vault.server_key, clock, cost=CHEAP))
    pushes: list[tuple[str, Reply]] = []
    parts = parts_of(store, app.services, app.conversations, lambda address, reply: pushes.append((address, reply)))
    office = Office(
        store=store,
        clock=clock,
        services=app.services,
        app=create_desk(parts, DeskOptions(default_language="en")),
        founder=await log_in(store),
        secrets=secrets_of,
    )
    try:
        yield Program(office=office, app=app, pushes=pushes)
    finally:
        await app.close()
