"""Commands about the data folder: setup, migrate, backup, restore, check."""

from pathlib import Path
from typing import Annotated

import typer

from bot.bootstrap import set_up
from bot.cli.checking import findings
from bot.cli.edge import Data, Exit, Refused, Words, ask_password, is_terminal, out, run, settings_for, tell
from bot.cli.opening import begin, show_once
from bot.cli.paper import paper
from bot.settings import Settings
from casework.errors import LogInRefused

RecoveryOut = Annotated[Path | None, typer.Option("--recovery-out", metavar="PATH")]


def setup(
    data: Data = None, claim: Annotated[bool, typer.Option("--claim")] = False, recovery_out: RecoveryOut = None
) -> None:
    async def work() -> None:
        settings = settings_for(data)
        begin(settings)
        await (_claim(settings, recovery_out) if claim else _set_up(settings, recovery_out))
        if recovery_out is not None:
            tell(Words().say("recovery_written", path=recovery_out))

    run(work)


async def _set_up(settings: Settings, recovery_out: Path | None) -> None:
    words = Words()
    result = await set_up(settings, is_terminal=is_terminal(), recovery_out=recovery_out)
    if result.is_trial:
        tell(words.say("trial_made", folder=settings.data))
    elif result.one_time_password or result.recovery_key:
        show_once(words, result.one_time_password, result.recovery_key)


async def _claim(settings: Settings, recovery_out: Path | None) -> None:
    from bot.upkeep import Claimed, claim_folder

    def show(claimed: Claimed) -> None:
        show_once(words, claimed.one_time_password, claimed.recovery_key)

    words = Words()
    if not is_terminal() and recovery_out is None:
        raise Refused("claim_needs_terminal")
    try:
        await claim_folder(settings, password=None, recovery_out=recovery_out, show=show)
    except LogInRefused:
        tell(words.say("trial_password_changed"))
        password = ask_password(words.say("ask_password", name="admin"))
        await claim_folder(settings, password=password, recovery_out=recovery_out, show=show)
    tell(words.say("claimed"))


def migrate(data: Data = None) -> None:
    async def work() -> None:
        from bot.upkeep import migrate_database

        settings = settings_for(data)
        begin(settings)
        before, after = await migrate_database(settings)
        tell(Words().say("migrated", before=before or "-", after=after))

    run(work)


def backup(
    target: Annotated[Path, typer.Argument(metavar="PATH")],
    keys: Annotated[bool, typer.Option("--keys")] = False,
    data: Data = None,
) -> None:
    async def work() -> None:
        from bot.upkeep import back_up

        settings = settings_for(data)
        begin(settings)
        await back_up(settings, target, keys=keys)
        tell(Words().say("keys_backed_up" if keys else "backed_up", path=target))

    run(work)


def restore(
    source: Annotated[Path, typer.Argument(metavar="PATH")],
    keys: Annotated[Path | None, typer.Option("--keys", metavar="PATH")] = None,
    data: Data = None,
) -> None:
    async def work() -> None:
        from bot.upkeep import restore_backup

        settings = settings_for(data)
        begin(settings)
        await restore_backup(settings, source, keys=keys)
        tell(Words().say("restored", folder=settings.data))

    run(work)


def check(data: Data = None) -> None:
    async def work() -> bool:
        settings = settings_for(data)
        begin(settings)
        words = Words()
        found = await findings(settings)
        pairs = [
            (words.say(f"level_{finding.level}"), words.say(f"check_{finding.name}", **finding.values))
            for finding in found
        ]
        for line in paper().pairs(pairs):
            out(line)
        return any(finding.level == "must" for finding in found)

    if run(work):
        raise typer.Exit(Exit.REFUSED)
