"""`changtong demo`: a trial folder of invented cases, to look at the desk with."""

from pathlib import Path
from typing import Annotated

import typer

from bot.cli.edge import Words, causes, out, run, settings_for, tell
from bot.cli.opening import begin

Folder = Annotated[Path, typer.Option("--data", metavar="DIR")]


def demo(data: Folder = Path("demo-data")) -> None:
    """Fill a folder that is not there yet; the operators' passphrases are printed, and stand nowhere else."""
    with causes():
        settings = settings_for(data)
        begin(settings)

    async def work() -> None:
        from bot.demo import fill

        words = Words()
        filled = await fill(settings)
        for name, passphrase in filled.passphrases.items():
            out(f"{name}\t{passphrase}\t{filled.roles[name]}")
        tell(words.say("demo_filled", count=filled.cases, folder=data))

    run(work)
