"""The program as processes of its own that speak with a stand-in: a real folder, one process or several on it."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web

from bot.bootstrap import open_office
from bot.clock import SystemClock
from bot.settings import Settings
from casework import office
from casework.case import Case
from casework.profile import load_profile
from storage import StoreConfig, open_store, setup
from tests.dialogues.conftest import CACHE
from tests.support.ports import free_port
from tests.support.server import Server
from tests.support.stores import CHEAP, PROFILE
from tests.telegram.client import TestSide

PASSWORD = "the passphrase of these tests"


@dataclass(frozen=True, kw_only=True)
class TelegramHouse:
    """A data folder that is no trial, with its database."""

    data: Path
    database_url: str = ""

    @classmethod
    async def made(cls, data: Path, database_url: str = "") -> "TelegramHouse":
        """Set it up, its operator having logged in once, beside a model that is trained already."""
        profile = load_profile(PROFILE)
        clock = SystemClock(profile.zone)
        config = StoreConfig(url=database_url, data=data, profile=profile, clock=clock, argon_cost=CHEAP)
        result = await setup(config, terminal=True)
        store = await open_store(config)
        try:
            session = await store.accounts.log_in("admin", result.one_time_password or "")
            await store.accounts.set_password(session, PASSWORD)
            await store.accounts.log_in("admin", PASSWORD)
        finally:
            await store.close()
        (data / "cache").symlink_to(CACHE)
        return cls(data=data, database_url=database_url)

    def server(self, side: TestSide, public_url: str | None = None, port: int | None = None) -> Server:
        """Return a process that polls, or is delivered to at the public address."""
        environment = {
            "CHANGTONG_TELEGRAM_TOKEN": side.token,
            "CHANGTONG_LOG_LEVEL": "info",
            **({"CHANGTONG_PUBLIC_URL": public_url} if public_url else {}),
        }
        return Server(
            data=self.data,
            database_url=self.database_url,
            port=port or free_port(),
            environment=environment,
            options=("--telegram-api", side.address),
        )

    async def cases(self) -> list[Case]:
        """Open every case as the operator."""
        settings = Settings(data=self.data, database_url=self.database_url or None)  # type: ignore[arg-type]
        store, services = await open_office(settings)
        try:
            session = await store.accounts.log_in("admin", PASSWORD)
            rows = await office.list_cases(services, session)
            return [await office.show(services, session, row.id) for row in rows]
        finally:
            await store.close()


@dataclass
class Balancer:
    """One public address before several processes; who is down is passed over."""

    ports: Sequence[int]
    url: str = ""
    dice: random.Random = field(default_factory=lambda: random.Random(5))

    async def forward(self, request: web.Request) -> web.Response:
        body, headers = await request.read(), {k: v for k, v in request.headers.items() if k.lower() != "host"}
        timeout = aiohttp.ClientTimeout(total=30)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            for port in self.dice.sample(list(self.ports), len(self.ports)):
                with suppress(aiohttp.ClientError, TimeoutError):
                    url = f"http://127.0.0.1:{port}{request.path}"
                    async with session.post(url, data=body, headers=headers) as answer:
                        return web.Response(status=answer.status)
        return web.Response(status=502)


@asynccontextmanager
async def balanced(ports: Sequence[int]) -> AsyncIterator[Balancer]:
    """Serve a balancer before these ports."""
    balancer = Balancer(ports)
    app = web.Application()
    app.router.add_post("/{path:.*}", balancer.forward)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    balancer.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield balancer
    finally:
        await runner.cleanup()


@dataclass
class Killer:
    """Ends processes at random moments, as a power cut would, and starts them again."""

    servers: Sequence[Server]
    dice: random.Random
    between_seconds: tuple[float, float]
    kills: int = 0

    async def run(self, times: int) -> None:
        for _ in range(times):
            await asyncio.sleep(self.dice.uniform(*self.between_seconds))
            server = self.dice.choice(list(self.servers))
            await asyncio.to_thread(server.kill)
            self.kills += 1
            await asyncio.to_thread(server.start)


async def stopped(servers: Sequence[Server]) -> None:
    """End all in order; what does not end so is killed."""
    for server in servers:
        await asyncio.to_thread(server.stop)
