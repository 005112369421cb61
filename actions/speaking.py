"""What actions share: the language, labels and buttons taken from the responses, failures counted."""

import importlib
import json
import os
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.types import DomainDict as DomainDict

from casework.services import Services

SERVICES_SETTING = "CHANGTONG_SERVICES"
"""Names a function `module:name` returning `Services`, for an action server that builds actions without arguments."""

ButtonDict = dict[str, str]


class ServiceAction(Action):
    """An action that calls use cases. Without arguments (a stock action server) it gets them on first use."""

    def __init__(self, services: Services | None = None) -> None:
        self._services = services

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_services": None}

    @property
    def services(self) -> Services:
        if self._services is None:
            self._services = _services_from_environment()
        return self._services


def _services_from_environment() -> Services:
    module, _, name = os.environ[SERVICES_SETTING].partition(":")
    services = getattr(importlib.import_module(module), name)()
    if not isinstance(services, Services):
        raise TypeError(f"{SERVICES_SETTING}={module}:{name}: expected Services, got {type(services).__name__}")
    return services


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
