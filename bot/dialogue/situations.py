"""What rules look at: the situation before an action, in training data and in a conversation alike."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.dialogue.domain import LISTEN, Domain
from bot.dialogue.features import slot_features
from bot.dialogue.rules import Path, Step

SNIPPET = "..."
"""Stands where a rule does not say what came before, or what comes after."""
NOT_SET = "should_not_be_set"
SlotState = tuple[float, ...] | str


@dataclass(frozen=True, kw_only=True)
class Situation:
    """The last action, the last message, the loop and the slots. In a rule, what is absent may be anything."""

    previous: str | None = None
    intent: str | None = None
    entities: tuple[str, ...] = ()
    loop: str | None = None
    slots: tuple[tuple[str, SlotState], ...] = ()

    @property
    def loop_name(self) -> str | None:
        return None if self.loop == NOT_SET else self.loop

    def covers(self, actual: "Situation") -> bool:
        """Tell whether this situation of a rule holds for an actual one."""
        if self.previous is None or actual.previous is None:
            return self.previous is None and actual.previous is None
        if self.previous != actual.previous or (self.intent is not None and self.intent != actual.intent):
            return False
        if self.entities and self.entities != actual.entities:
            return False
        if self.loop is not None and not _agrees(self.loop, actual.loop):
            return False
        return not self.slots or _slots_agree(self.slots, dict(actual.slots))

    def excludes(self, other: "Situation") -> bool:
        """Tell whether two situations of rules can never hold at once."""
        if self.previous != other.previous:
            return True
        if self.intent is not None and other.intent is not None and self.intent != other.intent:
            return True
        if self.entities and other.entities and self.entities != other.entities:
            return True
        if self.loop is not None and other.loop is not None and self.loop != other.loop:
            return True
        theirs = dict(other.slots)
        return any(name in theirs and theirs[name] != state for name, state in self.slots)

    def written(self) -> dict[str, Any]:
        """Return Rasa's written form; how long a rule's is decides which of several rules wins."""
        user = {"intent": self.intent, "entities": list(self.entities)}
        parts = {
            "user": {key: value for key, value in user.items() if value},
            "slots": {name: state if isinstance(state, str) else list(state) for name, state in self.slots},
            "prev_action": {"action_name": self.previous} if self.previous else {},
            "active_loop": {"name": self.loop} if self.loop else {},
        }
        return {key: value for key, value in parts.items() if value}


def _agrees(expected: SlotState, actual: SlotState | None) -> bool:
    if expected == NOT_SET:
        return not actual or actual == NOT_SET
    return expected == actual


def _slots_agree(expected: tuple[tuple[str, SlotState], ...], actual: dict[str, SlotState]) -> bool:
    return all(_agrees(state, actual.get(name)) for name, state in expected)


Key = tuple[Situation, ...]


def length_of(key: Key) -> int:
    """Return the length of the key's written form: the longest matching rule is the most specific."""
    return len(json.dumps([situation.written() for situation in key], sort_keys=True))


@dataclass(kw_only=True)
class Walk:
    """A walk along a path: before each action, the situations so far.

    A rule says nothing of slots that it does not name; walked in trial, they have their initial values.
    """

    path: Path
    domain: Domain
    is_trial: bool = False

    def __post_init__(self) -> None:
        self._intent: str | None = None
        self._entities: tuple[str, ...] = ()
        self._loop: str | None = None
        is_bare = self.path.is_rule and not self.is_trial
        self._slots: dict[str, SlotState] = {} if is_bare else _initial(self.domain)
        self.previous: str | None = None

    def events(self) -> Iterator[Step]:
        """Give the path's steps with what it leaves unsaid: snippets and listening."""
        path = self.path
        unsaid = Step(kind="action", name=SNIPPET, line=path.line)
        listening = Step(kind="action", name=LISTEN, line=path.line)
        if path.is_rule and not path.starts_conversation:
            yield unsaid
        else:
            yield listening
        yield from path.conditions
        last = None if path.is_rule and not path.starts_conversation else LISTEN
        for step in path.steps:
            if step.kind == "intent" and last != LISTEN:
                yield listening
            yield step
            last = step.name if step.kind == "action" else "" if step.kind == "intent" else last
        if path.is_rule and not path.waits:
            yield unsaid
        elif last != LISTEN:
            yield listening

    def take(self, step: Step) -> None:
        """Let a step change the situation."""
        if step.kind == "intent":
            seen = self.domain.seen_entities.get(str(step.name), self.domain.entities)
            self._intent, self._entities = step.name, tuple(name for name in step.entities if name in seen)
        elif step.kind == "loop":
            self._loop = step.name or (NOT_SET if self.path.is_rule else None)
        elif step.kind == "slot":
            self._take_slot(str(step.name), step.value)
        else:
            self.previous = step.name

    def _take_slot(self, name: str, value: Any) -> None:
        slot = self.domain.slots.get(name)
        if slot is None or not slot.has_features:
            return
        features = slot_features(slot, value)
        if value is None and self.path.is_rule:
            self._slots[name] = NOT_SET
        elif features:
            self._slots[name] = features
        else:
            self._slots.pop(name, None)

    def situation(self) -> Situation:
        return Situation(
            previous=self.previous,
            intent=self._intent,
            entities=self._entities,
            loop=self._loop,
            slots=tuple(sorted(self._slots.items())),
        )


def _initial(domain: Domain) -> dict[str, SlotState]:
    features = {slot.name: slot_features(slot, slot.initial) for slot in domain.slots.values()}
    return {name: found for name, found in features.items() if found}


def walked(path: Path, domain: Domain) -> Iterator[tuple[tuple[Situation, ...], Step]]:
    """Give, for each action of the path, the situations up to it and the step."""
    walk = Walk(path=path, domain=domain)
    so_far: list[Situation] = []
    for step in walk.events():
        if step.kind == "action":
            so_far.append(walk.situation())
            yield tuple(so_far), step
        walk.take(step)


def key_of(situations: tuple[Situation, ...]) -> Key | None:
    """Return what a rule remembers: the situations since the last snippet, None when there are none."""
    start = max((i + 1 for i, s in enumerate(situations) if s.previous == SNIPPET), default=0)
    return situations[start:] or None
