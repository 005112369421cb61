"""Follows a test story as Rasa does: what the story says happens, and is compared with what is predicted there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.domain import LISTEN
from bot.dialogue.engine import DialogueEngine
from bot.dialogue.files import Items, Map
from bot.dialogue.policy import Policy, Prediction
from bot.dialogue.situations import Situation
from bot.dialogue.tracker import Tracker
from bot.dialogue.values import Event

CHANNEL = "cmdline"
_ANNOTATION = re.compile(r"\[([^\[\]]+)\](?:\(([\w.-]+)(?::([^()]*))?\)|(\{[^{}]*\}))")
_IN_BRACES = re.compile(r'"(entity|value)"\s*:\s*"([^"]*)"')


@dataclass(frozen=True, kw_only=True)
class Miss:
    """A step at which something else would have happened; `line` counts from 1."""

    line: int
    expected: str
    got: str

    def __str__(self) -> str:
        return f"expected {self.expected}, got {self.got}"


@dataclass(kw_only=True)
class Rehearsal:
    """One story being followed."""

    engine: DialogueEngine
    misses: list[Miss] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._tracker = Tracker(self.engine.new("test"), self.engine.domain)
        self._has_listened = True

    @property
    def _policy(self) -> Policy:
        return self.engine.policy

    def follow(self, steps: Items) -> None:
        """Follow all steps of a story; what does not hold is noted in `misses`."""
        for step in steps:
            if not isinstance(step, Map):
                self.misses.append(Miss(line=steps.line, expected="a step", got=repr(step)))
            elif "user" in step or "intent" in step:
                self._listen(step.line)
                self._hear(step)
            elif "action" in step:
                self._act(str(step["action"]), step.line)
            elif "slot_was_set" in step or "active_loop" in step:
                self._tracker.apply_all(list(_events(step)))
            else:
                self.misses.append(Miss(line=step.line, expected="a user, action, slot or loop step", got=str([*step])))
        self._listen(steps.line)

    def _listen(self, line: int) -> None:
        if not self._has_listened:
            self._act(LISTEN, line)
        self._has_listened = True

    def _hear(self, step: Map) -> None:
        written = str(step.get("user") or f"/{step['intent']}").strip()
        text = _ANNOTATION.sub(r"\1", written)
        parsed = self.engine.parse(text)
        intent = str(step.get("intent") or parsed["intent"]["name"])
        entities = parsed["entities"] if text.startswith("/") else _marked(written)
        self._compare(step.line, f"intent {intent!r}", f"intent {parsed['intent']['name']!r}")
        self._compare(step.line, f"entities {_named(entities)}", f"entities {_named(parsed['entities'])}")
        named = {"name": intent, "confidence": 1.0}
        message = {**parsed, "intent": named, "entities": entities, "message_id": "", "metadata": {}}
        self._tracker = Tracker(self._tracker.finish(), self.engine.domain)
        self._tracker.hear(message, CHANNEL)
        self._has_listened = False

    def _act(self, expected: str, line: int) -> None:
        situation, prediction = self._predicted()
        tracker = self._tracker
        if prediction.action not in (expected, None) and prediction.action == tracker.active_loop:
            tracker.apply({"event": "action_execution_rejected", "name": tracker.active_loop})
            situation, prediction = self._predicted()
        self._compare(line, f"action {expected!r}", f"action {prediction.action or LISTEN!r}")
        tracker.memory = self._policy.remembered(tracker, situation, prediction)
        if expected == LISTEN:
            return
        tracker.apply({"event": "action", "name": expected})
        tracker.path.append(situation)
        if expected in self.engine.domain.forms and tracker.memory is not None:
            tracker.memory = tracker.memory.marked()

    def _predicted(self) -> tuple[Situation, Prediction]:
        situation = self._policy.situation(self._tracker)
        return situation, self._policy.predict(self._tracker, situation)

    def _compare(self, line: int, expected: str, got: str) -> None:
        if expected != got:
            self.misses.append(Miss(line=line, expected=expected, got=got))


def _events(step: Map) -> Iterator[Event]:
    if "active_loop" in step:
        yield {"event": "active_loop", "name": step["active_loop"]}
    for item in step.get("slot_was_set") or ():
        pairs = item.items() if isinstance(item, dict) else [(str(item), True)]
        yield from ({"event": "slot", "name": name, "value": value} for name, value in pairs)


def _marked(written: str) -> list[dict[str, Any]]:
    """Return the entities that a story marks: `[text](entity)`, `[text](entity:value)`, `[text]{"entity": …}`."""
    found = []
    for match in _ANNOTATION.finditer(written):
        inside = dict(_IN_BRACES.findall(match[4] or ""))
        name, value = match[2] or inside.get("entity"), match[3] or inside.get("value") or match[1]
        found.append({"entity": name, "value": value})
    return found


def _named(entities: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return sorted((str(entity["entity"]), str(entity["value"])) for entity in entities)
