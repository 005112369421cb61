"""The commands put together; every word that people read comes from the texts."""

import sys

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from bot.cli import actions, audit, demonstrating, folder, nlu, office, operators, redact, talking
from bot.cli.edge import Words


def program(words: Words | None = None) -> TyperGroup:
    """Return the whole command line, described in the operator's language."""
    app = typer.Typer(name="changtong", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
    app.command("run")(talking.serve)
    app.command("chat")(talking.chat)
    app.command("train")(talking.train)
    app.command("actions")(actions.actions)
    app.command("redact")(redact.redact)
    for name in ("setup", "migrate", "backup", "restore", "check"):
        app.command(name)(getattr(folder, name))
    app.add_typer(_operator(), name="operator")
    app.add_typer(_office(), name="office")
    app.add_typer(audit.group(), name="audit")
    app.command("demo")(demonstrating.demo)
    app.add_typer(_nlu(), name="nlu")
    command = get_command(app)
    if not isinstance(command, TyperGroup):
        raise TypeError(f"{type(command).__name__}: expected a group of commands")
    _describe(command, words or Words(), "changtong")
    return command


def main() -> None:
    """Run the command line."""
    program()(prog_name="changtong", args=sys.argv[1:])


def _operator() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)
    app.command("list")(operators.list_operators)
    for name in ("add", "declare", "grant", "reset", "disable", "password", "recover"):
        app.command(name)(getattr(operators, name))
    app.command("rotate-key")(operators.rotate_key)
    app.command("recovery-key")(operators.recovery_key)
    return app


def _office() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)
    app.command("list")(office.list_cases)
    for name in (
        "due",
        "show",
        "contact",
        "original",
        "publish",
        "ask",
        "reply",
        "note",
        "assign",
        "status",
        "approve",
        "decline",
        "extend",
        "trail",
    ):
        app.command(name)(getattr(office, name))
    return app


def _nlu() -> typer.Typer:
    app = typer.Typer(no_args_is_help=True)
    for name in ("parse", "evaluate", "likeness", "correct", "learn"):
        app.command(name)(getattr(nlu, name))
    return app


def _describe(command: TyperGroup | TyperCommand, words: Words, path: str) -> None:
    """Give a command and its options their words: `help_<path>`; `option_<path>_<name>`, else `option_<name>`."""
    command.help = words.say(f"help_{path}")
    for parameter in command.params:
        if isinstance(parameter, TyperArgument | TyperOption):
            parameter.help = words.find(f"option_{path}_{parameter.name}") or words.say(f"option_{parameter.name}")
    if isinstance(command, TyperGroup):
        for name, inner in command.commands.items():
            if isinstance(inner, TyperGroup | TyperCommand):
                _describe(inner, words, name if path == "changtong" else f"{path}_{name}")
