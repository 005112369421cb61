"""`changtong operator …`: accounts and keys."""

from typing import Annotated, Literal

import typer

from bot.cli.desk import By, desk, new_password, opened
from bot.cli.edge import Data, Words, ask_password, out, run, settings_for, tell

Role = Literal["intake", "handler", "supervisor", "admin", "auditor"]
Name = Annotated[str, typer.Argument(metavar="NAME")]
FIRST = "admin"


def list_operators(data: Data = None) -> None:
    async def work() -> None:
        async with opened(settings_for(data)) as (store, _), store.work() as unit:
            for operator in await unit.operators.all():
                marks = [operator.state, "key" if operator.is_key_holder else "no key"]
                marks += [] if operator.has_logged_in else ["never logged in"]
                out(f"{operator.name}\t{operator.role}\t{', '.join(marks)}")

    run(work)


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


def recover(name: Name, data: Data = None) -> None:
    async def work() -> None:
        async with opened(settings_for(data)) as (store, _):
            words = Words()
            out(await store.accounts.recover(ask_password(words.say("ask_recovery_key")), name))
            tell(words.say("operator_reset", name=name))

    run(work)
