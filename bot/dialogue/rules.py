"""Reads rules and stories into paths: what happens, step by step, in every alternative."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.dialogue.files import Items, Map, Problems

MAX_ALTERNATIVES = 64


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step. `kind` is intent, action, slot or loop; `value` is a slot's value, `entities` an intent's."""

    kind: str
    name: str | None
    line: int
    value: Any = None
    entities: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Path:
    """One way through a rule or story."""

    name: str
    file: str
    line: int
    conditions: tuple[Step, ...] = ()
    steps: tuple[Step, ...] = ()
    is_rule: bool = True
    starts_conversation: bool = False
    waits: bool = True

    @property
    def what(self) -> str:
        return f"{'rule' if self.is_rule else 'story'} {self.name!r}"


_RULE_KEYS = ("rule", "condition", "steps", "conversation_start", "wait_for_user_input", "metadata")
_STORY_KEYS = ("story", "steps", "metadata")
_STEP_KEYS = {
    "intent": ("intent", "entities", "user", "metadata"),
    "action": ("action",),
    "slot_was_set": ("slot_was_set",),
    "active_loop": ("active_loop",),
    "or": ("or",),
}
_REFUSED = {
    "checkpoint": "checkpoints are not supported; write the whole rule out",
    "bot": "end-to-end stories are not supported; name the action",
    "user": "end-to-end stories are not supported; name the intent",
}


def read_paths(data: Map, problems: Problems) -> Iterator[Path]:
    """Give every alternative of every rule and story of one file."""
    for key, name_key, known in (("rules", "rule", _RULE_KEYS), ("stories", "story", _STORY_KEYS)):
        listed = data.get(key)
        if listed is None:
            continue
        if not isinstance(listed, Items):
            problems.at(data, f"{key}: expected a list", key)
            continue
        for item in listed:
            if not isinstance(item, Map) or not isinstance(item.get(name_key), str):
                place = item if isinstance(item, Map) else listed
                problems.at(place, f"{key}: every item needs a name under {name_key!r}")
                continue
            yield from _alternatives(item, name_key, known, problems)


def _alternatives(item: Map, name_key: str, known: tuple[str, ...], problems: Problems) -> Iterator[Path]:
    what = f"{name_key} {item[name_key]!r}"
    for key in item:
        if key not in known:
            problems.at(item, f"{what}: {key!r} is not supported", key)
    conditions = [step for raw in item.get("condition") or () for step in _steps(raw, item, what, problems)]
    choices = [list(_choices(raw, item, what, problems)) for raw in item.get("steps") or ()]
    if not choices:
        problems.at(item, f"{what}: has no steps")
        return
    ways = list(itertools.islice(itertools.product(*choices), MAX_ALTERNATIVES + 1))
    if len(ways) > MAX_ALTERNATIVES:
        problems.at(item, f"{what}: more than {MAX_ALTERNATIVES} alternatives; split it")
    for way in ways:
        yield Path(
            name=item[name_key],
            file=item.file,
            line=item.line,
            conditions=tuple(conditions),
            steps=tuple(step for part in way for step in part),
            is_rule=name_key == "rule",
            starts_conversation=item.get("conversation_start") is True,
            waits=item.get("wait_for_user_input") is not False,
        )


def _choices(raw: Any, parent: Map, what: str, problems: Problems) -> Iterator[list[Step]]:
    if isinstance(raw, Map) and "or" in raw:
        for alternative in raw["or"] or ():
            yield list(_steps(alternative, parent, what, problems))
    else:
        yield list(_steps(raw, parent, what, problems))


def _steps(raw: Any, parent: Map, what: str, problems: Problems) -> Iterator[Step]:
    if not isinstance(raw, Map):
        problems.at(parent, f"{what}: a step is a mapping")
        return
    kind = next((key for key in _STEP_KEYS if key in raw), None)
    refused = next((key for key in _REFUSED if key in raw and not (key == "user" and kind == "intent")), None)
    if refused:
        problems.at(raw, f"{what}: {_REFUSED[refused]}", refused)
    elif kind is None or kind == "or":
        problems.at(raw, f"{what}: step {next(iter(raw), '')!r} is not supported here")
    else:
        for key in raw:
            if key not in _STEP_KEYS[kind]:
                problems.at(raw, f"{what}: {key!r} is not supported in a step", key)
        yield from _READERS[kind](raw, what, problems)


def _intent(raw: Map, what: str, problems: Problems) -> Iterator[Step]:
    name = str(raw["intent"])
    if "/" in name:
        problems.at(raw, f"{what}: retrieval intents are not supported", "intent")
    found = tuple(sorted({_entity_name(item) for item in raw.get("entities") or ()}))
    yield Step(kind="intent", name=name, line=raw.line, entities=found)


def _entity_name(item: Any) -> str:
    return str(next(iter(item))) if isinstance(item, dict) and item else str(item)


def _action(raw: Map, what: str, problems: Problems) -> Iterator[Step]:
    yield Step(kind="action", name=str(raw["action"]), line=raw.line)


def _slots(raw: Map, what: str, problems: Problems) -> Iterator[Step]:
    for item in raw["slot_was_set"] or ():
        if isinstance(item, Map):
            for name, value in item.items():
                yield Step(kind="slot", name=name, line=item.line_of(name), value=value)
        else:
            yield Step(kind="slot", name=str(item), line=raw.line, value=True)


def _loop(raw: Map, what: str, problems: Problems) -> Iterator[Step]:
    yield Step(kind="loop", name=raw["active_loop"], line=raw.line)


_READERS = {"intent": _intent, "action": _action, "slot_was_set": _slots, "active_loop": _loop}
