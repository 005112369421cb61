"""Errors of the dialogue engine.

DialogueError
├── ProjectRefused      the files cannot be run; carries every problem
├── StateUnreadable     a stored conversation is not one of ours
├── ActionFailed        an action raised, or returned what cannot be kept; the turn is undone
├── ActionLimitReached  a turn did not come to its end
├── ActionsUnreadable   a project's module of actions cannot be imported
├── EarUnknown          no such function gives an interpreter
└── NotJson             a value is not JSON
"""

from collections.abc import Sequence
from dataclasses import dataclass


class DialogueError(Exception):
    """Base of all errors of this package."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing wrong in the files. `line` counts from 1; 0 means the file as a whole."""

    file: str
    line: int
    reason: str
    is_warning: bool = False

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {'warning: ' if self.is_warning else ''}{self.reason}"


class ProjectRefused(DialogueError):
    """The project cannot be run; `problems` lists all of them, not only the first."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class StateUnreadable(DialogueError):
    """The stored data is not a snapshot of this engine."""


class ActionFailed(DialogueError):
    """An action raised or returned something that cannot be kept. Holds names only, never content."""

    def __init__(self, action: str, reason: str) -> None:
        super().__init__(f"action {action}: {reason}")
        self.action = action
        self.reason = reason


class ActionLimitReached(DialogueError):
    """A turn ran as many actions as are allowed without coming to its end."""


class NotJson(DialogueError):
    """A value cannot be written as JSON and read back the same."""


class ActionsUnreadable(DialogueError):
    """A project's actions cannot be imported or made; `reason` is the import's own."""

    def __init__(self, module: str, reason: str) -> None:
        super().__init__(f"actions in {module!r}: {reason}")
        self.module = module
        self.reason = reason


class EarUnknown(DialogueError):
    """The name does not lead to a function that gives an interpreter."""

    def __init__(self, name: str) -> None:
        super().__init__(f"ear {name!r}: expected module:function")
        self.name = name
