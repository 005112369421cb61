"""Finds the actions that a project brings: all rasa-sdk actions of its module or package, made without arguments."""

import importlib
import inspect
import pkgutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from rasa_sdk import Action

from bot.dialogue.errors import ActionsUnreadable

DEFAULT_MODULE = "actions"


def has_actions(project: Path, module: str = DEFAULT_MODULE) -> bool:
    """Tell whether the project's folder has the module or package."""
    place = project.joinpath(*module.split("."))
    return place.with_suffix(".py").is_file() or (place / "__init__.py").is_file()


def project_actions(project: Path, module: str = DEFAULT_MODULE) -> list[Action]:
    """Import `module`, the project's folder first in the search, and return its actions.

    Raises `ActionsUnreadable` when it cannot be imported or an action cannot be made.
    """
    folder = str(project.resolve())
    if folder not in sys.path:
        sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        names = {found.__name__ for found in _imported(module)}
        return [kind() for kind in _kinds(Action) if kind.__module__ in names and not inspect.isabstract(kind)]
    except (
        Exception
    ) as error:  # the edge to foreign code: whatever importing it raises, the command ends with the cause
        raise ActionsUnreadable(module, f"{type(error).__name__}: {error}") from error


def _imported(name: str) -> Iterator[ModuleType]:
    module = importlib.import_module(name)
    yield module
    for found in pkgutil.walk_packages(getattr(module, "__path__", ()), prefix=f"{name}."):
        yield importlib.import_module(found.name)


def _kinds(base: type[Action]) -> Iterator[type[Action]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _kinds(kind)
