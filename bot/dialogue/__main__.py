"""`python -m bot.dialogue validate --project DIR`: lists everything that is wrong in a project's files."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from bot.dialogue.files import Problems
from bot.dialogue.project import read_project, refuse_files
from bot.dialogue.values import FOREIGN, Manner


def validate(directory: Path, manner: Manner, out: TextIO) -> int:
    """Write all problems and warnings; return 1 when the project cannot be run."""
    problems = Problems(is_strict=manner.is_strict)
    refuse_files(read_project(directory, problems), manner, problems)
    for problem in problems.found:
        out.write(f"{problem}\n")
    out.write(f"{len(problems.refusals)} problems, {len(problems.warnings)} warnings\n")
    return 1 if problems.refusals else 0


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """Run a command; return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m bot.dialogue", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("validate", help="list all problems; exit code 1 when the project cannot be run")
    command.add_argument("--project", type=Path, default=Path.cwd(), help="the project's folder")
    command.add_argument("--strict", action="store_true", help="refuse also what Rasa bears in silence")
    given = parser.parse_args(arguments)
    return validate(given.project, Manner() if given.strict else FOREIGN, out or sys.stdout)


if __name__ == "__main__":
    sys.exit(main())
