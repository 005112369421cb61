"""The desk over a real store: operators of every role, a browser of one's own for each."""

import html
import re
import secrets
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pyotp
from fastapi import FastAPI

from casework import handing_off
from casework.anonymise import Anonymiser
from casework.attempts import Attempts
from casework.handoff import Move, Why
from casework.ports import OfficeKey, PersonKey
from casework.report import Contact, Mode, Report, ReporterKind
from casework.services import Services
from casework.submitting import Submitted, submit
from casework.turn import Turn, current_turn
from console import DeskOptions, DeskParts, create_desk
from storage import Store
from storage.vault.sessions import OperatorSession
from tests.fakes import FakeClock
from tests.support.stores import fresh_store, log_in, make_config, open_for_test

PASSPHRASE = "gleaming otter borrows nine umbrellas"
ADDRESS = "http://desk.test"
ROLES = {"founder": "supervisor", "second": "supervisor", "handler": "handler", "intake": "intake"}
KEYLESS = {"keeper": "admin", "auditor": "auditor"}
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_SEEN = re.compile(r'name="seen" value="(\d+)"')


class NoRanker:
    """Satisfies `CategoryRanker`."""

    def rank(self, facts: str, language: str) -> list[tuple[str, float]]:
        return []


class NoTalks:
    """Satisfies `console.ports.Talks` where no conversation runs."""

    async def say(self, key: OfficeKey, handoff_id: bytes, text: str) -> None:
        raise NotImplementedError

    async def suggest(self, key: OfficeKey, handoff_id: bytes, question: str, asked: str, text: str) -> None:
        raise NotImplementedError

    async def sign(self, key: OfficeKey, handoff_id: bytes, what: str) -> None:
        """There is nobody to see it."""

    async def move(self, key: OfficeKey, handoff_id: bytes, move: Move) -> None:
        raise NotImplementedError


@dataclass(kw_only=True)
class Office:
    """A store, its desk, and the accounts in it; `secrets` holds each operator's second factor once enrolled."""

    store: Store
    clock: FakeClock
    services: Services
    app: FastAPI
    founder: OperatorSession
    secrets: dict[str, str] = field(default_factory=dict)
    passphrases: dict[str, str] = field(default_factory=dict)

    def code(self, name: str) -> str:
        """Return a fresh code: time moves on, as each is good once."""
        self.clock.advance(seconds=31)
        return pyotp.TOTP(self.secrets[name]).at(self.clock.now())

    async def add(self, name: str, role: str, **declared: Any) -> OperatorSession:
        """Add an account that is in use, its second factor enrolled."""
        accounts = self.store.accounts
        one_time = await accounts.add(self.founder, name, role, **declared)
        await accounts.set_password(await accounts.log_in(name, one_time), PASSPHRASE)
        if role in ("intake", "handler", "supervisor"):
            await accounts.grant(self.founder, name)
        return await self.enrol(name, PASSPHRASE)

    async def enrol(self, name: str, passphrase: str) -> OperatorSession:
        session = await self.store.accounts.log_in(name, passphrase)
        self.secrets[name], self.passphrases[name] = pyotp.random_base32(), passphrase
        code = pyotp.TOTP(self.secrets[name]).at(self.clock.now())
        assert await self.store.second_factors.enrol(session, self.secrets[name], code)
        return session

    def browser(self) -> "DeskBrowser":
        return DeskBrowser(self)

    async def seated(self, name: str) -> "DeskBrowser":
        """Return a browser in which `name` has logged in."""
        browser = self.browser()
        response = await browser.log_in(name)
        assert response.status_code == 303, response.text
        return browser

    async def wait_for_a_person(self) -> bytes:
        """Let somebody on the web chat wait; returns the hand-off's id."""
        async with self.store.work() as work:
            person = PersonKey(secrets.token_bytes(32))
            turn = Turn(work=work, person=person, successor=person, channel="web", message_id="1",
                        address=secrets.token_hex(16))  # fmt: skip
            token = current_turn.set(turn)
            try:
                waiting = await handing_off.ask(self.services, language="en", reason=Why.ASKED)
                await work.commit()
            finally:
                current_turn.reset(token)
        return waiting.handoff_id

    async def submit(self, **changes: Any) -> Submitted:
        contact = Contact(name="李四", contact="13900000000")
        return await submit(self.services, make_report(**changes), contact, draft_id=pyotp.random_base32())


def make_report(**changes: Any) -> Report:
    values: dict[str, Any] = {
        "language": "zh",
        "channel": "web",
        "mode": Mode.REAL_NAME,
        "reporter_kind": ReporterKind.ENTERPRISE,
        "region": "ganjingzi",
        "accused_unit": "甘井子区住建局",
        "accused_unit_id": "housing__ganjingzi",
        "accused_name": "张三",
        "title": "施工许可拖延三个月",
        "category": "shirking_delay",
        "facts": "三月至今，窗口以材料不全为由多次退件，每次理由不同。",
    }
    return Report(**values | changes)


class DeskBrowser:
    """A browser without scripts: cookies, forms with their token, nothing followed by itself."""

    def __init__(self, office: Office, address: str = "10.0.0.1") -> None:
        self._office = office
        transport = httpx2.ASGITransport(office.app, client=(address, 50_000))
        self.client = httpx2.AsyncClient(transport=transport, base_url=ADDRESS)
        self.csrf = ""

    async def get(self, path: str, **options: Any) -> httpx2.Response:
        response = await self.client.get(f"/desk{path}", **options)
        if found := _CSRF.search(response.text):
            self.csrf = html.unescape(found[1])
        return response

    async def post(self, path: str, data: dict[str, Any] | None = None, **options: Any) -> httpx2.Response:
        """Send a form as our page would; a `csrf` in `data` replaces the right one."""
        headers = {"sec-fetch-site": "same-origin"} | options.pop("headers", {})
        return await self.client.post(
            f"/desk{path}", data={"csrf": self.csrf} | (data or {}), headers=headers, **options
        )

    async def act(self, case: str, act: str, **data: Any) -> httpx2.Response:
        """Look at a case and send one of its forms."""
        page = await self.get(f"/cases/{case}")
        seen = _SEEN.search(page.text)
        return await self.post(f"/cases/{case}/{act}", {"seen": seen[1] if seen else ""} | data)

    async def log_in(self, who: str, **changes: str) -> httpx2.Response:
        office = self._office
        values = {"name": who, "passphrase": office.passphrases.get(who, PASSPHRASE)}
        if "code" not in changes and who in office.secrets:
            values["code"] = office.code(who)
        response = await self.post("/log-in", values | changes)
        if response.status_code == 303:
            await self.get("/me")
        return response


_TEMPLATE: dict[str, Any] = {}
"""A folder with everybody in it, made once a process and copied: Argon2 takes its time."""


@asynccontextmanager
async def open_office(folder: Path, url: str = "", *, everyone: bool = True) -> AsyncIterator[Office]:
    """Open a fresh office; with `everyone` one operator of each role is in it."""
    if not everyone or url:
        async with _opened(folder, url) as office:
            if everyone:
                await _fill(office)
            yield office
        return
    if not _TEMPLATE:
        template = Path(tempfile.mkdtemp(prefix="changtong-office-")) / "data"
        async with _opened(template, "") as office:
            await _fill(office)
            _TEMPLATE.update(folder=template, secrets=office.secrets, time=office.clock.time)
    shutil.copytree(_TEMPLATE["folder"], folder)
    async with _opened(folder, "", clock=FakeClock(time=_TEMPLATE["time"])) as office:
        office.secrets = dict(_TEMPLATE["secrets"])
        yield office


async def _fill(office: Office) -> None:
    for name, role in (ROLES | KEYLESS).items():
        if name != "founder":
            await office.add(name, role)


@asynccontextmanager
async def _opened(folder: Path, url: str, clock: FakeClock | None = None) -> AsyncIterator[Office]:
    is_filled, clock = clock is not None, clock or FakeClock()
    config = make_config(folder, url, clock)
    async with open_for_test(config) if is_filled else fresh_store(config) as store:
        services = Services(
            profile=config.profile,
            clock=clock,
            work=store.work,
            ranker=NoRanker(),
            evidence=store.evidence,
            attempts=Attempts(),
            anonymiser=Anonymiser(config.profile),
        )
        parts = DeskParts(
            services=services,
            accounts=store.accounts,
            sessions=store.desk_sessions,
            factors=store.second_factors,
            talks=NoTalks(),
            bell=store.bell,
        )
        app = create_desk(parts, DeskOptions(default_language="en"))
        yield Office(store=store, clock=clock, services=services, app=app, founder=await log_in(store))
