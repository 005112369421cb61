"""What actions share: the language, labels and buttons taken from the responses, failures counted."""

import importlib
import json
import os
from abc import ABC, abstractmethod, update_abstractmethods
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from functools import cache, wraps
from typing import Any, Protocol

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher
from rasa_sdk.types import DomainDict as DomainDict
from rasa_sdk.utils import call_potential_coroutine

from casework.services import Services
from casework.turn import current_turn

HOUSE_SETTING = "CHANGTONG_ACTION_HOUSE"
"""Names a function `module:name` returning a `House`, for an action server that builds actions without arguments."""

DEFAULT_HOUSE = "bot.action_house:open_house"

ButtonDict = dict[str, str]


_MARK = "is_pattern"


class House(Protocol):
    """What actions get their use cases from where nobody hands them over."""

    @property
    def services(self) -> Services: ...

    def turn(self, sender_id: str, message: dict[str, Any], asked: str | None) -> AbstractAsyncContextManager[None]:
        """Open a turn for one action: the message that led to it, and the slot that was asked for."""


class ServiceAction(Action, ABC):
    """An action that calls use cases. Without arguments (a stock action server) it gets them on first use.

    A class whose name is not given yet, a pattern for others, is abstract: a stock server passes it over.
    """

    def __init__(self, services: Services | None = None) -> None:
        self._services = services

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        setattr(cls, _MARK, _pattern() if _is_nameless(cls) else None)
        if not hasattr(cls.run, "is_in_turn"):
            cls.run = _in_turn(cls.run)  # type: ignore[method-assign, assignment]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_services": None}

    @property
    def services(self) -> Services:
        return self._services if self._services is not None else house().services


def _is_nameless(kind: type[Action]) -> bool:
    try:
        return not kind.name(object.__new__(kind))
    except (AttributeError, NotImplementedError):
        return True


def _pattern() -> object:
    """Return what makes a class abstract that has it."""
    return abstractmethod(lambda action: None)


setattr(ServiceAction, _MARK, _pattern())
update_abstractmethods(ServiceAction)

Run = Callable[[Any, CollectingDispatcher, Tracker, DomainDict], Any]


def _in_turn(run: Run) -> Run:
    """Give a run a turn of its own where it got no use cases and stands in no turn; else change nothing."""

    @wraps(run)
    def running(self: ServiceAction, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> Any:
        if self._services is not None or current_turn.get() is not None:
            return run(self, dispatcher, tracker, domain)
        return _run_alone(run, self, dispatcher, tracker, domain)

    running.is_in_turn = True  # type: ignore[attr-defined]
    return running


async def _run_alone(
    run: Run, action: ServiceAction, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
) -> Any:
    message, asked = dict(tracker.latest_message or {}), tracker.get_slot("requested_slot")
    message.setdefault("message_id", next((e.get("message_id") for e in reversed(tracker.events) if "text" in e), None))
    async with house().turn(tracker.sender_id, message, asked):
        return await call_potential_coroutine(run(action, dispatcher, tracker, domain))


@cache
def house() -> House:
    """Open the house that the environment names, once in a process."""
    module, _, name = os.environ.get(HOUSE_SETTING, DEFAULT_HOUSE).partition(":")
    made: House = getattr(importlib.import_module(module), name)()
    if not isinstance(made.services, Services):
        raise TypeError(f"{HOUSE_SETTING}={module}:{name}: expected Services, got {type(made.services).__name__}")
    return made


def language_of(tracker: Tracker) -> str:
    """Return "zh" or "en"."""
    return "en" if tracker.get_slot("language") == "en" else "zh"


def label(domain: DomainDict, response: str, language: str, **arguments: object) -> str:
    """Return the text of `response`, `{name}` replaced by arguments. Raises `KeyError` where there is none."""
    for variation in domain["responses"][response]:
        if _is_for(variation, language):
            text = str(variation["text"])
            for name, value in arguments.items():
                text = text.replace(f"{{{name}}}", str(value))
            return text
    raise KeyError(f"{response}: no variation for {language}")


def _is_for(variation: dict[str, Any], language: str) -> bool:
    conditions = variation.get("condition") or []
    return all(c.get("name") != "language" or c.get("value") == language for c in conditions)


def payload(intent: str, **entities: object) -> str:
    """Return `/intent{json}`, or `/intent` when there are no entities."""
    return f"/{intent}{json.dumps(entities, ensure_ascii=False)}" if entities else f"/{intent}"


def titled(title: str, intent: str, **entities: object) -> ButtonDict:
    """Return a button whose title is data (a unit's name), not a response."""
    return {"title": title, "payload": payload(intent, **entities)}


def button(domain: DomainDict, name: str, language: str, intent: str, **entities: object) -> ButtonDict:
    """Return a button titled by the response `utter_button_<name>`."""
    return titled(label(domain, f"utter_button_{name}", language), intent, **entities)


def entity(tracker: Tracker, name: str) -> Any:
    """Return the first value of an entity of the latest message, or None."""
    return next(iter(entities(tracker, name)), None)


def entities(tracker: Tracker, name: str) -> list[Any]:
    """Return all values of an entity of the latest message."""
    found = tracker.latest_message.get("entities") or []
    return [e.get("value") for e in found if e.get("entity") == name]


def intent_of(tracker: Tracker) -> str:
    """Return the intent of the latest message, "" when it has none."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def failure_count(tracker: Tracker, slot: str) -> int:
    """Return how many answers in a row filled nothing for `slot`."""
    failures = tracker.get_slot("failures") or {}
    return int(failures.get("n", 0)) if failures.get("slot") == slot else 0


def failed(tracker: Tracker, slot: str) -> dict[str, object]:
    """Return the value of slot `failures` after one more failure at `slot`; another slot's count is forgotten."""
    return {"slot": slot, "n": failure_count(tracker, slot) + 1}
