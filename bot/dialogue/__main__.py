"""Runs any Rasa 3 project of rules and forms: `python -m bot.dialogue validate|train|shell|serve|test`."""

import argparse
import asyncio
import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TextIO

from bot.dialogue.errors import ProjectRefused
from bot.dialogue.files import Problems
from bot.dialogue.opening import DEFAULT_EAR, Choice, Opened, load_ear, open_project
from bot.dialogue.project import read_project, refuse_files
from bot.dialogue.values import FOREIGN, Manner

DEFAULT_PORT = 5005
KEPT_ALIVE_SECONDS = 120
"""As Rasa's server keeps a connection for its clients."""


def validate(choice: Choice, given: argparse.Namespace, out: TextIO) -> int:
    """Write all problems and warnings; return 1 when the project cannot be run."""
    manner = Manner() if choice.is_strict else FOREIGN
    problems = Problems(is_strict=choice.is_strict)
    refuse_files(read_project(choice.project, problems), manner, problems)
    for problem in problems.found:
        out.write(f"{problem}\n")
    out.write(f"{len(problems.refusals)} problems, {len(problems.warnings)} warnings\n")
    return 1 if problems.refusals else 0


def train(choice: Choice, given: argparse.Namespace, out: TextIO) -> int:
    """Check the files and train the ear, unless it was trained on the same examples before."""
    if validate(choice, given, out):
        return 1
    load_ear(choice, _telling(out))
    return 0


def shell(choice: Choice, given: argparse.Namespace, out: TextIO) -> int:
    """Talk on the terminal."""
    from bot.dialogue.shell import talk

    asyncio.run(talk(_opened(choice).engine, sys.stdin.readline, out))
    return 0


def serve(choice: Choice, given: argparse.Namespace, out: TextIO) -> int:
    """Speak Rasa's HTTP API until stopped."""
    import uvicorn

    from bot.dialogue.service import create_app

    opened = _opened(choice)
    app = create_app(opened.engine, (choice.project.resolve().name, digest(choice.project)))
    out.write(f"http://{given.host}:{given.port} actions: {opened.actions_at or '-'}\n")
    out.flush()
    uvicorn.run(
        app,
        host=given.host,
        port=given.port,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=KEPT_ALIVE_SECONDS,
    )
    return 0


def test(choice: Choice, given: argparse.Namespace, out: TextIO) -> int:
    """Run the project's test stories and transcripts; return 1 when one fails or there is none."""
    from bot.dialogue.testing import run_tests

    engine = _opened(choice).engine

    async def work() -> int:
        try:
            return await run_tests(engine, given.stories or [choice.project / "tests"], out)
        finally:
            await engine.close()

    return asyncio.run(work())


def _opened(choice: Choice) -> Opened:
    return open_project(choice, _telling(sys.stderr))


def _telling(out: TextIO) -> Callable[[float, str], None]:
    return lambda fraction, step: print(f"{fraction:4.0%} {step}", file=out, flush=True)


def digest(project: Path) -> str:
    """Name the state of a project's files in 32 hex digits."""
    found = hashlib.sha256()
    for path in sorted([*project.rglob("*.yml"), *project.rglob("*.yaml")]):
        found.update(path.read_bytes())
    return found.hexdigest()[:32]


def _cache() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "changtong" / "projects"


COMMANDS: dict[str, Callable[[Choice, argparse.Namespace, TextIO], int]] = {
    "validate": validate,
    "train": train,
    "shell": shell,
    "serve": serve,
    "test": test,
}


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    made = argparse.ArgumentParser(prog="python -m bot.dialogue", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True)
    for name, work in COMMANDS.items():
        command = commands.add_parser(name, help=work.__doc__, description=work.__doc__)
        command.add_argument("--project", type=Path, default=Path.cwd(), help="the project's folder")
        command.add_argument("--strict", action="store_true", help="refuse also what Rasa bears in silence")
        command.add_argument("--like-rasa", action="store_true", help="without any of our improvements")
        command.add_argument("--actions", metavar="MODULE", help="run this module's actions in process")
        command.add_argument("--action-endpoint", metavar="URL", help="run actions at this webhook")
        command.add_argument("--interpreter", default=DEFAULT_EAR, metavar="MODULE:FUNCTION", help="what understands")
        command.add_argument("--cache", type=Path, default=_cache(), help="where trained models are kept")
        if name == "serve":
            command.add_argument("--host", default="127.0.0.1", help="the address to listen on")
            command.add_argument("--port", type=int, default=DEFAULT_PORT, help="the port to listen on")
        if name == "test":
            command.add_argument("--stories", type=Path, nargs="*", help="files or folders, else the project's tests")
    return made


def choice_of(given: Any) -> Choice:
    """Return what the command line says of the project."""
    return Choice(
        project=given.project,
        cache=given.cache,
        actions=given.actions,
        action_url=given.action_endpoint,
        ear=given.interpreter,
        is_like_rasa=given.like_rasa,
        is_strict=given.strict,
    )


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """Run a command; return its exit code: 1 for a project that cannot be run and for failed tests."""
    given = parser().parse_args(arguments)
    try:
        return COMMANDS[given.command](choice_of(given), given, out or sys.stdout)
    except ProjectRefused as error:
        sys.stderr.write("".join(f"{problem}\n" for problem in error.problems))
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # the edge: a command ends with its cause, whatever it was
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
