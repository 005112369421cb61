"""The domain: intents, entities, slots, forms, responses and actions, merged from all files of a project."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from bot.dialogue.errors import NotJson
from bot.dialogue.files import Items, Map, Problems, empty_map
from bot.dialogue.json_values import json_copy

REQUESTED_SLOT = "requested_slot"
DEFAULT_SESSION_MINUTES = 60
LISTEN = "action_listen"
TWO_STAGE_FALLBACK = "action_two_stage_fallback"
SLOT_TYPES = ("text", "bool", "categorical", "float", "list", "any")
MAPPING_NEEDS = {
    "from_entity": ("entity",),
    "from_intent": ("value",),
    "from_trigger_intent": ("value",),
    "from_text": (),
    "custom": (),
}
DEFAULT_INTENTS = ("restart", "back", "session_start", "out_of_scope", "nlu_fallback")
DEFAULT_ACTIONS = (
    "action_listen",
    "action_restart",
    "action_session_start",
    "action_default_fallback",
    "action_deactivate_loop",
    "action_revert_fallback_events",
    "action_default_ask_affirmation",
    "action_default_ask_rephrase",
    TWO_STAGE_FALLBACK,
    "action_unlikely_intent",
    "action_back",
    "action_extract_slots",
)
_LISTS = ("intents", "entities", "actions")
_MAPS = ("slots", "forms", "responses")
_KNOWN = (*_LISTS, *_MAPS, "version", "session_config")


@dataclass(frozen=True, kw_only=True)
class Condition:
    """Where a mapping holds: in this loop (None: in no loop), asked for this slot (None: for any)."""

    active_loop: str | None
    requested_slot: str | None = None


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """One way to fill a slot. `key` is equal for mappings that say the same."""

    type: str
    entity: str | None = None
    role: str | None = None
    group: str | None = None
    intents: tuple[str, ...] = ()
    not_intents: frozenset[str] = frozenset()
    value: Any = None
    conditions: tuple[Condition, ...] = ()
    action: str | None = None
    key: str = ""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A slot. `values` are a categorical slot's, `bounds` a float slot's."""

    name: str
    type: str
    initial: Any = None
    has_features: bool = True
    values: tuple[str, ...] = ()
    bounds: tuple[float, float] = (0.0, 1.0)
    mappings: tuple[Mapping, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form and the intents that never fill its slots."""

    name: str
    required_slots: tuple[str, ...] = ()
    ignored_intents: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Domain:
    """The whole domain; `data` is what actions are given, with the place of every part."""

    data: Map
    intents: frozenset[str]
    entities: frozenset[str]
    slots: dict[str, Slot]
    forms: dict[str, Form]
    actions: frozenset[str]
    carries_slots_over: bool = True
    session_minutes: float = 0.0
    """After how many minutes of silence a new session begins; 0 is never."""
    seen_entities: dict[str, frozenset[str]] = field(default_factory=dict)
    """For each intent, the entities that rules and stories see with it (`use_entities`, `ignore_entities`)."""
    initial_slots: dict[str, Any] = field(default_factory=dict)

    @property
    def responses(self) -> Map:
        found = self.data["responses"]
        return found if isinstance(found, Map) else empty_map("")

    def is_action(self, name: str) -> bool:
        return name in self.actions or name in self.forms or name in self.responses or name in DEFAULT_ACTIONS


def merge(parts: Iterable[Map], problems: Problems) -> Map:
    """Return one domain mapping; what stands in two files is a problem."""
    merged = empty_map("domain")
    for key in _LISTS:
        merged[key] = Items()
        merged[key].lines = []
    for key in _MAPS:
        merged[key] = empty_map("domain")
    merged["session_config"] = empty_map("domain")
    merged["version"] = "3.1"
    for part in parts:
        _merge_part(merged, part, problems)
    return merged


def _merge_part(merged: Map, part: Map, problems: Problems) -> None:
    for key, value in part.items():
        if key in ("version", "rules", "stories", "nlu"):
            continue
        if key not in _KNOWN:
            problems.add_if_strict(part.file_of(key), part.line_of(key), f"domain key {key!r} is not supported")
        elif value is None:
            continue
        elif key in _LISTS:
            _merge_list(merged[key], value, part, key, problems)
        elif isinstance(value, Map):
            _merge_map(merged[key], value, key, problems)
        else:
            problems.at(part, f"{key}: expected a mapping", key)


def _merge_list(target: Items, value: Any, part: Map, key: str, problems: Problems) -> None:
    if not isinstance(value, Items):
        problems.at(part, f"{key}: expected a list", key)
        return
    for item, line in zip(value, value.lines, strict=True):
        if _name_of(item) is None:
            problems.add(value.file, line, f"{key}: expected a name")
        elif any(_name_of(other) == _name_of(item) for other in target):
            is_same_file = [_name_of(other) for other in value].count(_name_of(item)) > 1
            note = problems.add if is_same_file else problems.warn
            note(value.file, line, f"{key}: {_name_of(item)!r} stands twice")
        else:
            target.append(item)
            target.lines.append(line)
            target.file = value.file


def _merge_map(target: Map, value: Map, key: str, problems: Problems) -> None:
    for name, item in value.items():
        if name in target and key != "session_config":
            problems.add(value.file, value.line_of(name), f"{key}: {name!r} is declared twice")
            continue
        target[name] = item
        target.lines[name] = value.line_of(name)
        target.files[name] = value.file


def _name_of(item: Any) -> str | None:
    if isinstance(item, dict):
        return str(next(iter(item))) if len(item) == 1 else None
    return str(item) if item is not None else None


def read_domain(data: Map, problems: Problems) -> Domain:
    """Return the typed domain of a merged mapping; what cannot be read is a problem and left out."""
    session = data["session_config"]
    minutes = session.get("session_expiration_time", DEFAULT_SESSION_MINUTES)
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or minutes < 0:
        problems.at(session, "session_expiration_time: expected minutes, 0 for never", "session_expiration_time")
        minutes = DEFAULT_SESSION_MINUTES
    slots = {name: _slot(name, raw, data["slots"], problems) for name, raw in data["slots"].items()}
    if REQUESTED_SLOT not in slots:
        slots[REQUESTED_SLOT] = Slot(name=REQUESTED_SLOT, type="text", has_features=False)
    forms = {name: _form(name, raw, data["forms"], problems) for name, raw in data["forms"].items()}
    return Domain(
        data=data,
        intents=frozenset(_name(item) for item in data["intents"]) | frozenset(DEFAULT_INTENTS),
        entities=frozenset(_name(item) for item in data["entities"]),
        slots=slots,
        forms=forms,
        actions=frozenset(_name(item) for item in data["actions"]),
        seen_entities={_name(item): _seen_entities(item, data["entities"]) for item in data["intents"]},
        carries_slots_over=session.get("carry_over_slots_to_new_session") is not False,
        session_minutes=float(minutes),
        initial_slots={name: slot.initial for name, slot in slots.items() if forms or name != REQUESTED_SLOT},
    )


def _name(item: Any) -> str:
    return str(_name_of(item))


def _seen_entities(intent: Any, entities: Items) -> frozenset[str]:
    known = frozenset(_name(item) for item in entities if _options(item).get("influence_conversation") is not False)
    options = _options(intent)
    used = options.get("use_entities", True)
    if isinstance(used, list):
        known = known & frozenset(names(used))
    elif not used:
        known = frozenset()
    return known - frozenset(names(options.get("ignore_entities")))


def _options(item: Any) -> dict[str, Any]:
    options = next(iter(item.values())) if isinstance(item, dict) and item else None
    return options if isinstance(options, dict) else {}


def _slot(name: str, raw: Any, parent: Map, problems: Problems) -> Slot:
    if not isinstance(raw, Map):
        problems.at(parent, f"slot {name!r}: expected a mapping with type and mappings", name)
        return Slot(name=name, type="any")
    _check_slot(name, raw, problems)
    kind = str(raw.get("type"))
    values = tuple(str(value).lower() for value in raw.get("values") or ())
    return Slot(
        name=name,
        type=kind,
        initial=_json_or_none(raw, "initial_value", f"slot {name!r}", problems),
        has_features=raw.get("influence_conversation") is not False and kind in SLOT_TYPES and kind != "any",
        values=values,
        bounds=(_number(raw.get("min_value"), 0.0), _number(raw.get("max_value"), 1.0)),
        mappings=tuple(_mappings(name, raw, problems)),
    )


def _check_slot(name: str, raw: Map, problems: Problems) -> None:
    kind = raw.get("type")
    if kind not in SLOT_TYPES:
        problems.at(
            raw, f"slot {name!r}: type {kind!r} is not supported; expected one of {', '.join(SLOT_TYPES)}", "type"
        )
    if kind == "categorical" and not raw.get("values"):
        problems.at(raw, f"slot {name!r}: a categorical slot needs values")
    if "mappings" not in raw:
        problems.at(raw, f"slot {name!r}: mappings are missing")
    if _has_anchor(raw):
        problems.at(raw, f"slot {name!r}: YAML anchors in slots crash Rasa; write it out")


def _has_anchor(value: Any) -> bool:
    if isinstance(value, Map):
        return value.has_anchor or any(_has_anchor(item) for item in value.values())
    return isinstance(value, Items) and (value.has_anchor or any(_has_anchor(item) for item in value))


def _number(value: Any, default: float) -> float:
    return float(value) if isinstance(value, int | float) else default


def _json_or_none(raw: Map, key: str, what: str, problems: Problems) -> Any:
    try:
        return json_copy(raw.get(key))
    except NotJson as error:
        problems.at(raw, f"{what}: {key} is not JSON ({error})", key)
        return None


def _mappings(slot: str, raw: Map, problems: Problems) -> Iterable[Mapping]:
    listed = raw.get("mappings")
    if listed is not None and not isinstance(listed, Items):
        problems.at(raw, f"slot {slot!r}: mappings must be a list", "mappings")
        return
    for item in listed or ():
        if not isinstance(item, Map) or item.get("type") not in MAPPING_NEEDS:
            problems.at(listed or raw, f"slot {slot!r}: a mapping needs a type: {', '.join(MAPPING_NEEDS)}")
            continue
        for need in MAPPING_NEEDS[item["type"]]:
            if item.get(need) is None:
                problems.at(item, f"slot {slot!r}: a {item['type']} mapping needs {need!r}")
        yield _mapping(slot, item, problems)


def _mapping(slot: str, raw: Map, problems: Problems) -> Mapping:
    return Mapping(
        type=raw["type"],
        entity=raw.get("entity"),
        role=raw.get("role"),
        group=raw.get("group"),
        intents=names(raw.get("intent")),
        not_intents=frozenset(names(raw.get("not_intent"))),
        value=_json_or_none(raw, "value", f"slot {slot!r}", problems),
        conditions=tuple(_conditions(slot, raw, problems)),
        action=raw.get("action"),
        key=json.dumps(raw, sort_keys=True),
    )


def _conditions(slot: str, raw: Map, problems: Problems) -> Iterable[Condition]:
    for item in raw.get("conditions") or ():
        if not isinstance(item, Map) or not set(item) <= {"active_loop", REQUESTED_SLOT}:
            problems.at(raw, f"slot {slot!r}: a condition names active_loop and perhaps requested_slot", "conditions")
            continue
        yield Condition(active_loop=item.get("active_loop"), requested_slot=item.get(REQUESTED_SLOT))


def _form(name: str, raw: Any, parent: Map, problems: Problems) -> Form:
    if not isinstance(raw, Map):
        problems.at(parent, f"form {name!r}: expected a mapping with required_slots", name)
        return Form(name=name)
    required = raw.get("required_slots")
    if not isinstance(required, Items):
        problems.at(raw, f"form {name!r}: required_slots must be a list")
        required = None
    return Form(
        name=name,
        required_slots=tuple(str(slot) for slot in required or ()),
        ignored_intents=frozenset(names(raw.get("ignored_intents"))),
    )


def names(value: Any) -> tuple[str, ...]:
    """Return one name or a list of them as a tuple."""
    if value is None:
        return ()
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)
