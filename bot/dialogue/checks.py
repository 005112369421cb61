"""What must be right in a project before it may run: names, responses, forms, intents."""

from collections.abc import Iterator
from typing import Any

from bot.dialogue.domain import (
    DEFAULT_ACTIONS,
    DEFAULT_INTENTS,
    REQUESTED_SLOT,
    TWO_STAGE_FALLBACK,
    Condition,
    Domain,
    Mapping,
)
from bot.dialogue.files import Items, Map, Problems
from bot.dialogue.payload import parse_payload
from bot.dialogue.rules import Path, Step
from bot.dialogue.templates import Template
from bot.dialogue.two_stage import ASK_AFFIRMATION
from bot.dialogue.values import Manner

RESERVED_INTENTS = ("restart", "back", "session_start")
_LOOPS = (TWO_STAGE_FALLBACK,)


class _AnyValue(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "x"

    def __contains__(self, key: object) -> bool:
        return True


def check_domain(domain: Domain, problems: Problems) -> None:
    """Check that slots, mappings and forms name only what there is."""
    slots = domain.data["slots"]
    for name, slot in domain.slots.items():
        for mapping in slot.mappings:
            for reason in _mapping_faults(mapping, domain):
                problems.at(slots[name], f"slot {name!r}: {reason}", "mappings")
    for name, form in domain.forms.items():
        raw = domain.data["forms"][name]
        place = raw if isinstance(raw, Map) else domain.data["forms"]
        for slot_name in form.required_slots:
            if slot_name not in domain.slots:
                problems.at(place, f"form {name!r}: slot {slot_name!r} is not declared", "required_slots")
            elif not _is_asked(domain, name, slot_name):
                problems.add_if_strict(
                    place.file, place.line_of("required_slots"),
                    f"form {name!r}: nothing asks for slot {slot_name!r} (utter_ask_{name}_{slot_name})",
                )  # fmt: skip
        for intent in form.ignored_intents - domain.intents:
            problems.at(place, f"form {name!r}: intent {intent!r} is not in the domain", "ignored_intents")


def _mapping_faults(mapping: Mapping, domain: Domain) -> Iterator[str]:
    if mapping.type == "from_entity" and mapping.entity not in domain.entities:
        yield f"entity {mapping.entity!r} is not in the domain"
    for intent in (*mapping.intents, *mapping.not_intents):
        if intent not in domain.intents:
            yield f"intent {intent!r} is not in the domain"
    if mapping.action is not None and mapping.action not in domain.actions:
        yield f"action {mapping.action!r} is not in the domain"
    for condition in mapping.conditions:
        yield from _condition_faults(condition, domain)


def _condition_faults(condition: Condition, domain: Domain) -> Iterator[str]:
    loop, asked = condition.active_loop, condition.requested_slot
    if loop is not None and loop not in domain.forms and loop not in _LOOPS:
        yield f"active_loop {loop!r} is not a form of the domain"
    if asked is not None and asked not in domain.slots:
        yield f"requested_slot {asked!r} is not declared"


def _is_asked(domain: Domain, form: str, slot: str) -> bool:
    names = (f"action_ask_{form}_{slot}", f"utter_ask_{form}_{slot}", f"action_ask_{slot}", f"utter_ask_{slot}")
    return any(domain.is_action(name) for name in names)


def check_paths(paths: list[Path], domain: Domain, problems: Problems) -> None:
    """Check that rules and stories name only what there is, and that a rule takes one message at most."""
    for path in paths:
        for step in (*path.conditions, *path.steps):
            reason = _step_fault(step, domain)
            if reason:
                problems.add(path.file, step.line, f"{path.what}: {reason}")
        said = [step for step in path.steps if step.kind == "intent"]
        if path.is_rule and len(said) > 1:
            problems.add(path.file, said[1].line, f"{path.what}: more than one message of the person; use a story")
        if path.is_rule:
            _check_form_steps(path, problems)
        _check_affirmation(path, domain, problems)


def _step_fault(step: Step, domain: Domain) -> str | None:
    name = step.name
    if step.kind == "intent" and name not in domain.intents:
        return f"intent {name!r} is not in the domain"
    if step.kind == "action" and not domain.is_action(str(name)):
        return f"action {name!r} is not an action, form or response of the domain"
    if step.kind == "slot" and name not in domain.slots:
        return f"slot {name!r} is not declared"
    if step.kind == "loop" and name is not None and name not in domain.forms and name not in _LOOPS:
        return f"active_loop {name!r} is not a form of the domain"
    unknown = [entity for entity in step.entities if entity not in domain.entities]
    return f"entity {unknown[0]!r} is not in the domain" if unknown else None


def _check_form_steps(path: Path, problems: Problems) -> None:
    """Inside a form, `intent` then the form itself undoes the turn in Rasa."""
    loops = [step.name for step in path.conditions if step.kind == "loop"]
    for before, step in zip(path.steps, path.steps[1:], strict=False):
        if before.kind == "intent" and step.kind == "action" and step.name in loops:
            problems.add_if_strict(
                path.file, step.line,
                f"{path.what}: an intent and then the bare form inside it ends in the fallback; name an action between",
            )  # fmt: skip


def _check_affirmation(path: Path, domain: Domain, problems: Problems) -> None:
    asking = (TWO_STAGE_FALLBACK, ASK_AFFIRMATION)
    step = next((step for step in path.steps if step.kind == "action" and step.name in asking), None)
    if step is not None and ASK_AFFIRMATION not in domain.actions:
        problems.add_if_strict(
            path.file,
            step.line,
            f"{path.what}: without an action {ASK_AFFIRMATION!r} the question is Rasa's English one",
        )


def check_intents(paths: list[Path], domain: Domain, problems: Problems) -> None:
    """Check that every intent has a rule without conditions, and that none has a name of Rasa's own."""
    free = {
        step.name
        for path in paths
        if path.is_rule and not path.conditions and not path.starts_conversation
        for step in path.steps
        if step.kind == "intent"
    }
    listed = domain.data["intents"]
    for item, line in zip(listed, listed.lines, strict=True):
        name = next(iter(item)) if isinstance(item, dict) else str(item)
        if name in RESERVED_INTENTS:
            problems.add_if_strict(listed.file, line, f"intent {name!r} is Rasa's own and acts before every rule")
        elif name not in free:
            problems.add_if_strict(listed.file, line, f"intent {name!r} has no rule without conditions")


def check_trained_intents(found: list[tuple[str, int, str]], domain: Domain, problems: Problems) -> None:
    """Check intents of NLU data, given as (file, line, name)."""
    for file, line, name in found:
        if "/" in name:
            problems.add(file, line, f"retrieval intents are not supported: {name!r}")
        elif name in RESERVED_INTENTS:
            problems.add(file, line, f"intent {name!r} is Rasa's own; examples for it are not allowed")
        elif name not in domain.intents or name in DEFAULT_INTENTS[:3]:
            problems.add_if_strict(file, line, f"intent {name!r} has examples and is not in the domain")


def check_actions(domain: Domain, present: frozenset[str], problems: Problems) -> None:
    """Check that every listed action exists; one that exists unlisted can never run."""
    listed = domain.data["actions"]
    for item, line in zip(listed, listed.lines, strict=True):
        name = str(item)
        if name in domain.forms:
            problems.add(listed.file, line, f"{name!r} is a form and an action")
        elif name not in present and name not in (*domain.responses, *DEFAULT_ACTIONS):
            problems.add(listed.file, line, f"action {name!r} does not exist")
    for name in sorted(present - domain.actions):
        problems.warn("actions", 0, f"action {name!r} exists and is not listed in the domain")


def check_responses(domain: Domain, manner: Manner, problems: Problems) -> None:
    """Check variations, their conditions and their buttons."""
    if manner.apologises and manner.failure_response not in domain.responses:
        reason = f"response {manner.failure_response!r} must exist: it is said when an action fails"
        problems.add_if_strict("domain", 0, reason)
    for name, listed in domain.responses.items():
        if isinstance(listed, Items):
            variations = [item for item in listed if isinstance(item, Map)]
            _check_conditions(name, variations, domain, problems)
            _check_coverage(name, variations, domain, problems)
            for variation in variations:
                _check_buttons(name, variation, domain, problems)


def _conditions_of(variation: Map) -> list[tuple[str, Any]]:
    listed = variation.get("condition") or ()
    return [(str(item["name"]), item.get("value")) for item in listed if isinstance(item, Map) and "name" in item]


def _check_conditions(name: str, variations: list[Map], domain: Domain, problems: Problems) -> None:
    seen: set[str] = set()
    for variation in variations:
        conditions = _conditions_of(variation)
        for slot_name, value in conditions:
            slot = domain.slots.get(slot_name)
            if slot is None:
                problems.at(variation, f"response {name!r}: slot {slot_name!r} is not declared", "condition")
            elif slot.type == "categorical" and str(value).lower() not in slot.values:
                problems.at(variation, f"response {name!r}: slot {slot_name!r} has no value {value!r}", "condition")
        written = repr((variation.get("channel"), sorted(conditions, key=repr)))
        if written in seen:
            problems.add_if_strict(
                variation.file, variation.line, f"response {name!r}: two variations for one condition"
            )
        seen.add(written)


def _check_coverage(name: str, variations: list[Map], domain: Domain, problems: Problems) -> None:
    """Some variation must fit whatever the slots hold, or nothing is said."""
    everywhere = [_conditions_of(variation) for variation in variations if not variation.get("channel")]
    if any(not conditions for conditions in everywhere) or not variations:
        return
    single = [conditions[0] for conditions in everywhere if len(conditions) == 1]
    for slot_name in {slot_name for slot_name, _ in single}:
        slot = domain.slots.get(slot_name)
        covered = {str(value).lower() for other, value in single if other == slot_name}
        if slot is not None and slot.values and set(slot.values) <= covered:
            return
    missing = _missing(single, domain)
    place = variations[0]
    problems.add_if_strict(place.file, place.line, f"response {name!r} can be silent: {missing}")


def _missing(single: list[tuple[str, Any]], domain: Domain) -> str:
    for slot_name, _ in single:
        slot = domain.slots.get(slot_name)
        covered = {str(value).lower() for other, value in single if other == slot_name}
        if slot is not None and slot.values:
            return f"no variation for {slot_name} = {', '.join(v for v in slot.values if v not in covered)}"
    return "no variation without a condition"


def _check_buttons(name: str, variation: Map, domain: Domain, problems: Problems) -> None:
    for button in variation.get("buttons") or ():
        if not isinstance(button, Map) or not isinstance(button.get("payload"), str):
            continue
        reason = _payload_fault(button["payload"], domain)
        if reason:
            problems.at(button, f"response {name!r}: payload {button['payload']!r}: {reason}", "payload")


def _payload_fault(written: str, domain: Domain) -> str | None:
    template = Template(written)
    if not written.startswith("/"):
        return None
    if any('"' in slot or ":" in slot for slot in template.names):
        return "JSON in a payload is written with doubled braces"
    payload = template.fill(_AnyValue())
    found = parse_payload(payload, domain.intents, _Everything())
    if found is None:
        return "its intent is not in the domain"
    if "{" in payload and not found.entities and not payload.rstrip().endswith("{}"):
        return "its JSON cannot be read"
    unknown = [entity["entity"] for entity in found.entities if entity["entity"] not in domain.entities]
    return f"entity {unknown[0]!r} is not in the domain" if unknown else None


class _Everything(tuple[str, ...]):
    def __contains__(self, key: object) -> bool:
        return True


def check_requested(domain: Domain, problems: Problems) -> None:
    """The question's slot belongs to the engine."""
    raw = domain.data["slots"].get(REQUESTED_SLOT)
    if isinstance(raw, Map) and raw.get("type") not in ("text", "categorical"):
        problems.at(raw, "slot 'requested_slot' must be text or categorical", "type")
