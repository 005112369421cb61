"""`changtong audit …`: the trail checked by whoever runs the program, without an operator's password."""

import typer

from bot.cli.desk import opened
from bot.cli.edge import Data, Words, out, run, settings_for


def verify(data: Data = None) -> None:
    """Check every entry and the daily heads; a trail that was changed ends with 1 and names the first unsound entry."""

    async def work() -> None:
        async with opened(settings_for(data)) as (store, _), store.work() as unit:
            out(Words().say("check_trail", count=await unit.trail.verify()))

    run(work)


def group() -> typer.Typer:
    """Return the group of commands."""
    app = typer.Typer(no_args_is_help=True)

    @app.callback()
    def _group() -> None:
        """One command is a group too."""

    app.command("verify")(verify)
    return app
