"""Fills a trial folder with invented cases, through the same use cases as real ones; only the clock is moved."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.bootstrap import open_office, set_up
from bot.clock import SystemClock
from bot.settings import Settings
from casework import office
from casework.case import CaseId, CaseStatus
from casework.case_life import Details, Disposition, Outcome
from casework.code import CodeFinding
from casework.errors import Conflict
from casework.ports import PersonKey
from casework.profile import load_profile
from casework.report import Contact, Mode, Occurred, Report, ReporterKind
from casework.services import Services
from casework.submitting import send_message, submit
from casework.turn import Turn, current_turn
from casework.way_back import add_information, answer, open_by_code

if TYPE_CHECKING:
    from storage import Store

INVENTED = Path(__file__).with_name("demo.yml")


@dataclass
class MovedClock:
    """The real clock, `ago` days back."""

    clock: SystemClock
    ago: int = 0

    def now(self) -> datetime:
        return self.clock.now() - timedelta(days=self.ago)

    def today(self) -> date:
        return self.clock.today() - timedelta(days=self.ago)


@dataclass(frozen=True, kw_only=True)
class Filled:
    """What stands in the folder now; `passphrases` are the operators'."""

    cases: int
    passphrases: dict[str, str] = field(repr=False)
    roles: dict[str, str]


@dataclass(kw_only=True)
class _Scene:
    store: "Store"
    services: Services
    clock: MovedClock
    keys: dict[str, Any] = field(default_factory=dict, repr=False)
    codes: dict[CaseId, str] = field(default_factory=dict, repr=False)


async def fill(settings: Settings) -> Filled:
    """Make a trial folder at `settings.data` and fill it. Raises `SetupRefused` for a folder that is in use."""
    from ruamel.yaml import YAML

    from storage.vault.setup import read_trial

    invented = YAML(typ="safe").load(INVENTED.read_text(encoding="utf-8"))
    clock = MovedClock(SystemClock(load_profile(settings.profile).zone))
    await set_up(settings, is_terminal=False)
    store, services = await open_office(settings, clock=clock)
    try:
        trial = read_trial(settings.data)
        if trial is None:
            raise LookupError("a folder just made is a trial folder")
        scene = _Scene(store=store, services=services, clock=clock)
        scene.keys[trial.name] = await store.accounts.log_in(trial.name, trial.password)
        passphrases = {trial.name: trial.password} | await _add_operators(scene, trial.name, invented["operators"])
        for case in invented["cases"]:
            await _tell(scene, case)
        for message in invented["messages"]:
            await _tell_message(scene, message)
    finally:
        await store.close()
    roles = {trial.name: "supervisor"} | {it["name"]: it["role"] for it in invented["operators"]}
    return Filled(cases=len(invented["cases"]) + len(invented["messages"]), passphrases=passphrases, roles=roles)


async def _add_operators(scene: _Scene, by: str, operators: list[dict[str, str]]) -> dict[str, str]:
    accounts, passphrases = scene.store.accounts, {}
    for operator in operators:
        name, role = operator["name"], operator["role"]
        passphrases[name] = f"{name}-{secrets.token_hex(6)}-demo"
        one_time = await accounts.add(scene.keys[by], name, role)
        await accounts.set_password(await accounts.log_in(name, one_time), passphrases[name])
        if role in ("intake", "handler", "supervisor"):
            await accounts.grant(scene.keys[by], name)
        scene.keys[name] = await accounts.log_in(name, passphrases[name])
    return passphrases


async def _tell(scene: _Scene, invented: dict[str, Any]) -> None:
    """Submit one report on its day, then do what was done with it on theirs."""
    scene.clock.ago = invented["ago"]
    values = dict(invented["report"])
    values |= {"mode": Mode(values["mode"]), "reporter_kind": ReporterKind(values["reporter_kind"])}
    if "occurred" in values:
        values["occurred"] = Occurred(text=values["occurred"])
    contact = Contact(**invented["contact"]) if "contact" in invented else None
    submitted = await submit(scene.services, Report(channel="web", **values), contact, draft_id=secrets.token_hex(16))
    scene.codes[submitted.row.id] = submitted.code
    for step in invented.get("then", ()):
        scene.clock.ago = step["ago"]
        await _again(lambda step=step: _ACTS[step["act"]](scene, submitted.row.id, step))  # type: ignore[misc]


async def _tell_message(scene: _Scene, invented: dict[str, Any]) -> None:
    scene.clock.ago = invented["ago"]
    sent = await send_message(
        scene.services, invented["text"], language=invented["language"], draft_id=secrets.token_hex(16)
    )
    if "reply" in invented:
        await office.reply(scene.services, scene.keys[invented["by"]], sent.row.id, invented["reply"])


async def _again(work: Callable[[], Awaitable[object]]) -> None:
    try:
        await work()
    except Conflict:
        await work()


async def _assign(scene: _Scene, case: CaseId, step: dict[str, Any]) -> None:
    await office.assign(scene.services, scene.keys[step["by"]], case, step["to"])


async def _ask(scene: _Scene, case: CaseId, step: dict[str, Any]) -> None:
    await office.ask(scene.services, scene.keys[step["by"]], case, step["text"])


async def _reply(scene: _Scene, case: CaseId, step: dict[str, Any]) -> None:
    await office.reply(scene.services, scene.keys[step["by"]], case, step["text"])


async def _note(scene: _Scene, case: CaseId, step: dict[str, Any]) -> None:
    await office.note(scene.services, scene.keys[step["by"]], case, step["text"])


async def _approve(scene: _Scene, case: CaseId, step: dict[str, Any]) -> None:
    await office.approve(scene.services, scene.keys[step["by"]], case)


async def _status(scene: _Scene, case: CaseId, step: dict[str, Any]) -> None:
    details = Details(
        text=step.get("text", ""),
        reason=step.get("reason", ""),
        channel=step.get("channel", ""),
        disposition=Disposition(step["disposition"]) if "disposition" in step else None,
        outcome=Outcome(step["outcome"]) if "outcome" in step else None,
    )
    await office.change_status(scene.services, scene.keys[step["by"]], case, CaseStatus(step["target"]), details)


async def _by_reporter(scene: _Scene, case: CaseId, step: dict[str, Any]) -> None:
    """Come back with the code, as the reporter would."""
    person, code = PersonKey(secrets.token_bytes(32)), scene.codes[case]
    async with scene.store.work() as work:
        turn = Turn(work=work, person=person, successor=person, channel="web", message_id=secrets.token_hex(8))
        token = current_turn.set(turn)
        try:
            await open_by_code(scene.services, CodeFinding(kind="valid", code=code, start=0, end=len(code)))
            say = answer if step["act"] == "answer" else add_information
            await say(scene.services, step["text"])
            work.case_sessions.drop(person)
            await work.commit()
        finally:
            current_turn.reset(token)


_ACTS: dict[str, Callable[[_Scene, CaseId, dict[str, Any]], Awaitable[None]]] = {
    "assign": _assign,
    "ask": _ask,
    "reply": _reply,
    "note": _note,
    "approve": _approve,
    "status": _status,
    "propose": _status,
    "answer": _by_reporter,
    "addition": _by_reporter,
}
