"""`changtong operator …`: accounts and keys."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.cli.desk import By, desk, new_password, opened
from bot.cli.edge import Data, Refused, Words, ask_password, is_terminal, out, run, settings_for, tell
from bot.cli.opening import begin, show_once
from bot.cli.paper import paper
from casework.ports import Operator

Role = Literal["intake", "handler", "supervisor", "admin", "auditor"]
Name = Annotated[str, typer.Argument(metavar="NAME")]
FIRST = "admin"


def list_operators(data: Data = None) -> None:
    async def work() -> None:
        async with opened(settings_for(data)) as (store, _), store.work() as unit:
            words, sheet = Words(), paper()
            rows = [_cells(operator, words) for operator in await unit.operators.all()]
            header = [words.say(f"column_{name}") for name in ("name", "role", "account", "unit", "also")]
            for line in sheet.table(header, rows, {3, 4}):
                out(line)

    run(work)


def _cells(operator: Operator, words: Words) -> list[str]:
    marks = [words.say(f"state_{operator.state}"), words.say("has_key" if operator.is_key_holder else "has_no_key")]
    marks += [] if operator.has_logged_in else [words.say("never_logged_in")]
    role = words.say(f"role_{operator.role}")
    return [operator.name, role, ", ".join(marks), operator.unit, ", ".join(operator.declared_names)]


def add(
    name: Name,
    role: Annotated[Role, typer.Option("--role")] = "handler",
    unit: Annotated[str, typer.Option("--unit")] = "",
    also_known_as: Annotated[list[str] | None, typer.Option("--name")] = None,
    by: By = FIRST,
    data: Data = None,
) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            declared = tuple(also_known_as or ())
            password = await at.store.accounts.add(at.session, name, role, unit=unit, declared_names=declared)
            out(password)
            tell(at.words.say("operator_added", name=name))

    run(work)


def declare(
    name: Name,
    unit: Annotated[str, typer.Option("--unit")] = "",
    also_known_as: Annotated[list[str] | None, typer.Option("--name")] = None,
    by: By = FIRST,
    data: Data = None,
) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            declared = tuple(also_known_as or ())
            await at.store.accounts.declare(at.session, name, unit=unit, declared_names=declared)
            tell(at.words.say("operator_declared", name=name))

    run(work)


def grant(name: Name, by: By = FIRST, data: Data = None) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            await at.store.accounts.grant(at.session, name)
            tell(at.words.say("operator_granted", name=name))

    run(work)


def reset(name: Name, by: By = FIRST, data: Data = None) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            out(await at.store.accounts.reset(at.session, name))
            tell(at.words.say("operator_reset", name=name))

    run(work)


def disable(name: Name, by: By = FIRST, data: Data = None) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            await at.store.accounts.disable(at.session, name)
            tell(at.words.say("operator_disabled", name=name))

    run(work)


def password(by: By = FIRST, data: Data = None) -> None:
    """Logging in with a one-time password asks for a lasting one; a second new one is asked of all others."""

    async def work() -> None:
        async with opened(settings_for(data)) as (store, _):
            words = Words()
            session = await store.accounts.log_in(by, ask_password(words.say("ask_password", name=by)))
            await store.accounts.set_password(session, new_password(words))
            tell(words.say("password_set"))

    run(work)


def recover(
    name: Name,
    without_server_key: Annotated[bool, typer.Option("--without-server-key")] = False,
    data: Data = None,
) -> None:
    async def work() -> None:
        words, settings = Words(), settings_for(data)
        key = ask_password(words.say("ask_recovery_key"))
        if without_server_key:
            from bot.upkeep import replace_server_key

            begin(settings)
            await replace_server_key(settings, key)
            tell(words.say("server_key_replaced"))
        async with opened(settings) as (store, _):
            out(await store.accounts.recover(key, name))
            tell(words.say("operator_recovered", name=name))

    run(work)


def rotate_key(by: By = FIRST, data: Data = None) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            await at.store.accounts.rotate_key(at.session)
            tell(at.words.say("key_rotated"))

    run(work)


def recovery_key(
    recovery_out: Annotated[Path | None, typer.Option("--recovery-out", metavar="PATH")] = None,
    by: By = FIRST,
    data: Data = None,
) -> None:
    async def work() -> None:
        settings = settings_for(data)
        if recovery_out is None and not is_terminal():
            raise Refused("recovery_needs_terminal")
        async with desk(settings, by) as at:
            key = await at.store.accounts.new_recovery_key(at.session)
            if recovery_out is None:
                show_once(at.words, None, key)
            else:
                from bot.upkeep import write_outside

                write_outside(recovery_out, settings.data, f"{key}\n")
                tell(at.words.say("recovery_written", path=recovery_out))

    run(work)
