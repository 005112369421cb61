"""Opens a project for a command: which manner, which actions, which ear."""

import importlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bot.dialogue.actions import ActionServer, InProcess
from bot.dialogue.domain import Domain
from bot.dialogue.endpoint import AtUrl
from bot.dialogue.engine import DialogueEngine
from bot.dialogue.errors import EarUnknown, Problem, ProjectRefused
from bot.dialogue.files import Problems, read_file
from bot.dialogue.project import Project, check_project, engine_of, read_project
from bot.dialogue.project_actions import DEFAULT_MODULE, has_actions, project_actions
from bot.dialogue.values import FOREIGN, RASA, Interpreter, Manner, ParseContext

DEFAULT_EAR = "bot.understanding.any_project:load_ear"
"""Named and not imported: the engine knows what an ear is, not which there are.

A function `(project, cache, progress) -> Interpreter | None`; None when the project has no examples to learn from.
"""

Progress = Callable[[float, str], None]
_CONNECT_SECONDS = 0.5


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What the command line says. `actions` is a module, `action_url` a webhook; without either the project decides."""

    project: Path
    cache: Path
    actions: str | None = None
    action_url: str | None = None
    ear: str = DEFAULT_EAR
    is_like_rasa: bool = False
    is_strict: bool = False


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A project that runs. `actions_at` says where its actions are: a module, a URL, or ""."""

    engine: DialogueEngine = field(repr=False)
    actions_at: str
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """A text of which nothing is understood."""

    intent: str = ""
    confidence: float = 0.0
    ranking: list[tuple[str, float]] = field(default_factory=list)
    entities: list[dict[str, Any]] = field(default_factory=list)


class Deaf:
    """The ear of a project without examples: payloads alone mean something."""

    def parse(self, text: str, context: ParseContext) -> Nothing:
        return Nothing()


def open_project(choice: Choice, progress: Progress) -> Opened:
    """Read, check and compile the project, train or load its ear, find its actions.

    Raises `ProjectRefused`, `ActionsUnreadable`, `EarUnknown` and what the ear raises.
    """
    problems = Problems(is_strict=choice.is_strict)
    project = read_project(choice.project, problems)
    manner = manner_of(choice, project)
    actions_at = _place_of_actions(choice, project.domain, problems)
    server = _server(choice, actions_at, project.domain)
    check_project(project, server, manner, problems)
    if problems.refusals:
        raise ProjectRefused(problems.refusals)
    engine = engine_of(project, server, load_ear(choice, progress), manner, problems)
    return Opened(engine=engine, actions_at=actions_at, warnings=tuple(problems.warnings))


def manner_of(choice: Choice, project: Project) -> Manner:
    """Return our manner where the project has words for it: an apology needs a response to be said with."""
    if choice.is_like_rasa:
        return RASA
    manner = Manner() if choice.is_strict else FOREIGN
    return replace(manner, apologises=choice.is_strict or manner.failure_response in project.domain.responses)


def load_ear(choice: Choice, progress: Progress) -> Interpreter:
    """Return the named ear, trained on the project's examples; a deaf one when there are none."""
    name, _, function = choice.ear.partition(":")
    try:
        load = getattr(importlib.import_module(name), function)
    except (ImportError, AttributeError, ValueError) as error:
        raise EarUnknown(choice.ear) from error
    ear: Interpreter | None = load(choice.project, choice.cache, progress)
    return ear if ear is not None else Deaf()


def _place_of_actions(choice: Choice, domain: Domain, problems: Problems) -> str:
    """Return a URL or a module. A URL in the files counts when it is answered, or when there is nothing else."""
    if choice.action_url or choice.actions:
        return choice.action_url or str(choice.actions)
    url = _endpoint(choice.project, problems)
    is_here = has_actions(choice.project)
    if url and (not is_here or _is_answered(url)):
        return url
    return DEFAULT_MODULE if is_here else ""


def _endpoint(project: Path, problems: Problems) -> str:
    path = project / "endpoints.yml"
    entry = read_file(path, path.name, problems).get("action_endpoint") if path.is_file() else None
    return str(entry.get("url") or "") if isinstance(entry, dict) else ""


def _is_answered(url: str) -> bool:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        with socket.create_connection((parts.hostname or "", port), timeout=_CONNECT_SECONDS):
            return True
    except OSError:
        return False


def _server(choice: Choice, actions_at: str, domain: Domain) -> ActionServer:
    if "://" in actions_at:
        return AtUrl(actions_at, domain)
    actions = project_actions(choice.project, actions_at) if actions_at else []
    return InProcess(actions, domain)
