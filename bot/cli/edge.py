"""What all commands share: settings, texts, causes on stderr, exit codes, passwords."""

import asyncio
import getpass
import os
import re
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import structlog
import typer

from bot.catalogue import Catalogue, load_catalogue
from bot.settings import Settings
from casework.errors import Conflict

T = TypeVar("T")

_ATTEMPTS = 4
_NO_LETTER = re.compile(r"\W+")
TEXTS = Path(__file__).with_name("texts.yml")

Data = Annotated[Path | None, typer.Option("--data", envvar="CHANGTONG_DATA", metavar="DIR")]
"""The option that every command has."""


class Exit(IntEnum):
    """How a command ends. 2 is a wrong command line."""

    DONE = 0
    REFUSED = 1
    USAGE = 2
    NOT_ALLOWED = 3
    FAULT = 70
    INTERRUPTED = 130


class Refused(Exception):
    """A command cannot be carried out, for a reason of the command line's own: `name` stands in the texts."""

    def __init__(self, name: str, /, **values: object) -> None:
        super().__init__(name)
        self.name, self.values = name, values


def language() -> str:
    """Return the language of the command line's own texts."""
    chosen = os.environ.get("CHANGTONG_LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if chosen.lower().startswith("zh") else "en"


class Words:
    """The texts of the command line in the operator's language."""

    def __init__(self, catalogue: Catalogue | None = None, chosen: str | None = None) -> None:
        self._catalogue = catalogue or load_catalogue(TEXTS)
        self.language = chosen or language()

    def say(self, name: str, /, **values: object) -> str:
        return self._catalogue.say(name, self.language, **values)

    def has(self, name: str) -> bool:
        return name in self._catalogue.texts

    def find(self, name: str) -> str | None:
        return self.say(name) if self.has(name) else None


def out(text: str) -> None:
    """Write a line of result."""
    sys.stdout.write(text + "\n")


def tell(text: str) -> None:
    """Write a line about what happens, on stderr."""
    sys.stderr.write(text + "\n")


def settings_for(data: Path | None, **chosen: object) -> Settings:
    """Read the settings, with what the command line says on top."""
    given: dict[str, Any] = {"data": data, **chosen}
    return Settings(**{name: value for name, value in given.items() if value is not None})


def run(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a command's work; expected failures end it with their cause on stderr and an exit code."""
    with causes():
        return asyncio.run(work())


@contextmanager
def causes() -> Iterator[None]:
    """Turn what went wrong into a line on stderr and an exit code."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except KeyboardInterrupt:
        raise typer.Exit(Exit.INTERRUPTED) from None
    except Refused as error:
        tell(Words().say(error.name, **error.values))
        raise typer.Exit(Exit.REFUSED) from None
    except Exception as error:
        raise typer.Exit(_told(error)) from None


def _told(error: Exception) -> Exit:
    """Tell a known cause in its own words; of an unknown one only its class and place, it may quote a person."""
    words = Words()
    kind = next((cause for cause in KNOWN if any(base.__name__ == cause for base in type(error).__mro__)), None)
    if kind is None:
        structlog.get_logger().error("command_failed", exc_info=error)
        tell(words.say("fault", kind=type(error).__name__))
        return Exit.FAULT
    names = [base.__name__ for base in type(error).__mro__]
    told = next((f"told_{name}" for name in names if words.has(f"told_{name}")), None)
    advice = next((f"advice_{name}" for name in names if words.has(f"advice_{name}")), None)
    lines = [words.say(told, **_values(error, words))] if told else _lines(error)
    for line in [*lines, words.say(advice)] if advice else lines or [type(error).__name__]:
        tell(line)
    return Exit.NOT_ALLOWED if kind in ("LogInRefused", "NotPermitted") else Exit.REFUSED


KNOWN = (
    "LogInRefused",
    "NotPermitted",
    "CaseworkError",
    "StorageError",
    "UnderstandingError",
    "ProjectRefused",
    "ValidationError",
)
"""Names of the trees whose messages are written for operators and hold nothing of a report."""


def _lines(error: Exception) -> list[str]:
    problems = getattr(error, "problems", None)
    if problems:
        return [str(problem) for problem in problems]
    if type(error).__name__ == "ValidationError":
        return [f"CHANGTONG_{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]  # type: ignore[attr-defined]
    return [str(error)] if str(error) else []


def _values(error: Exception, words: Words) -> dict[str, str]:
    """Return what the error carries, statuses in words: it fills the error's text."""
    values = {name: str(value) for name, value in vars(error).items()}
    named = {name: f"status_{values[name]}" for name in ("status", "target") if name in values}
    if "why" in values:
        values["why"] = words.find(f"why_{_NO_LETTER.sub('_', values['why'])}") or values["why"]
    return values | {"reason": str(error)} | {name: words.find(key) or values[name] for name, key in named.items()}


async def again(work: Callable[[], Awaitable[T]]) -> T:
    """Do it, again when somebody else wrote at the same moment; the last conflict is told."""
    for attempt in range(_ATTEMPTS):
        try:
            return await work()
        except Conflict:
            await asyncio.sleep(0.05 * attempt)
    return await work()


def is_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask_password(prompt: str) -> str:
    """Ask without echo on a terminal; else read a line of standard input."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{prompt}: ", stream=sys.stderr)
    return sys.stdin.readline().rstrip("\r\n")
