"""Fills slots from the person's message, as the domain's mappings say."""

from typing import Any

from bot.dialogue.actions import Rejected, Speaker, log_failure
from bot.dialogue.domain import Domain, Mapping, Slot
from bot.dialogue.errors import ActionFailed
from bot.dialogue.tracker import Tracker
from bot.dialogue.values import Event

VALIDATE_MAPPINGS = "action_validate_slot_mappings"


class SlotFiller:
    """`action_extract_slots`: every slot in domain order, its mappings in order, the first that yields wins."""

    def __init__(self, domain: Domain, speaker: Speaker, *, bears_failures: bool = False) -> None:
        self._domain = domain
        self._speaker = speaker
        self._bears_failures = bears_failures
        self._filled = [
            (slot, [m for m in slot.mappings if m.type != "custom" or m.action])
            for slot in domain.slots.values()
            if any(m.type != "custom" or m.action for m in slot.mappings)
        ]
        self._unique = {name: _unique_keys(domain, form.required_slots) for name, form in domain.forms.items()}
        self._validates = VALIDATE_MAPPINGS in domain.actions

    async def run(self, tracker: Tracker, channel: str) -> list[Event]:
        """Return the slot events (and messages) that this message leads to."""
        events: list[Event] = []
        done: set[str] = set()
        for slot, mappings in self._filled:
            events += await self._of_slot(slot, mappings, tracker, channel, done)
        return await self._validated(events, tracker, channel)

    async def _of_slot(
        self, slot: Slot, mappings: list[Mapping], tracker: Tracker, channel: str, done: set[str]
    ) -> list[Event]:
        events: list[Event] = []
        for mapping in mappings:
            if not self._applies(slot, mapping, tracker):
                continue
            if mapping.type == "custom":
                events += await self._of_action(str(mapping.action), tracker, channel, done)
                continue
            values = _extracted(mapping, tracker)
            value = values if slot.type == "list" else values[-1] if values else None
            if values and (value is not None or tracker.slots.get(slot.name) is not None):
                return [*events, {"event": "slot", "name": slot.name, "value": value}]
        return events

    async def _of_action(self, action: str, tracker: Tracker, channel: str, done: set[str]) -> list[Event]:
        if action in done:
            return []
        done.add(action)
        return await self._slots_only(action, tracker, channel)

    async def _slots_only(self, action: str, tracker: Tracker, channel: str) -> list[Event]:
        try:
            events = await self._speaker.run(action, tracker, channel)
        except Rejected:
            return []
        except ActionFailed as failure:
            if not self._bears_failures:
                raise
            log_failure(failure)
            return []
        return [event for event in events if event["event"] in ("slot", "bot")]

    async def _validated(self, events: list[Event], tracker: Tracker, channel: str) -> list[Event]:
        if not self._validates:
            return events
        candidates = [event for event in events if event["event"] == "slot"]
        trial = tracker.fork()
        trial.apply_all(candidates)
        validated = await self._slots_only(VALIDATE_MAPPINGS, trial, channel)
        decided = {event["name"] for event in validated if event["event"] == "slot"}
        return validated + [event for event in candidates if event["name"] not in decided]

    def _applies(self, slot: Slot, mapping: Mapping, tracker: Tracker) -> bool:
        if not self._wants_intent(mapping, tracker):
            return False
        if mapping.conditions and mapping.type != "from_trigger_intent" and not _meets(mapping, tracker, slot.name):
            return False
        return not self._is_ambiguous(slot, mapping, tracker)

    def _wants_intent(self, mapping: Mapping, tracker: Tracker) -> bool:
        """Tell whether the intent may fill the slot; a form's ignored intents reach unconditional mappings too."""
        intent = tracker.intent
        if mapping.intents:
            return intent in mapping.intents
        ignored: frozenset[str] = frozenset()
        form = self._domain.forms.get(tracker.active_loop or "")
        if form is not None and _may_be_in(mapping, form.name):
            ignored = form.ignored_intents
        return intent not in mapping.not_intents and intent not in ignored

    def _is_ambiguous(self, slot: Slot, mapping: Mapping, tracker: Tracker) -> bool:
        """An entity that two slots of the form want fills only the one asked for."""
        if mapping.type != "from_entity" or tracker.requested_slot == slot.name:
            return False
        form = self._domain.forms.get(tracker.active_loop or "")
        return form is not None and slot.name in form.required_slots and mapping.key not in self._unique[form.name]


def _unique_keys(domain: Domain, required: tuple[str, ...]) -> frozenset[str]:
    keys = [
        mapping.key
        for name in required
        if name in domain.slots
        for mapping in domain.slots[name].mappings
        if mapping.type == "from_entity"
    ]
    return frozenset(key for key in keys if keys.count(key) == 1)


def _may_be_in(mapping: Mapping, loop: str) -> bool:
    return not mapping.conditions or any(condition.active_loop == loop for condition in mapping.conditions)


def _meets(mapping: Mapping, tracker: Tracker, slot: str) -> bool:
    if tracker.is_rejected and tracker.active_loop is not None and tracker.requested_slot == slot:
        return False
    return any(
        condition.active_loop == tracker.active_loop
        and (
            condition.active_loop is None
            or condition.requested_slot is None
            or condition.requested_slot == tracker.requested_slot
        )
        for condition in mapping.conditions
    )


def _extracted(mapping: Mapping, tracker: Tracker) -> list[Any]:
    if mapping.type == "from_entity":
        return [
            entity.get("value")
            for entity in tracker.message.get("entities", ())
            if entity.get("entity") == mapping.entity
            and entity.get("role") == mapping.role
            and entity.get("group") == mapping.group
        ]
    if mapping.type == "from_text":
        return [tracker.message.get("text")]
    if mapping.type == "from_trigger_intent" and not (tracker.active_loop and _may_be_in(mapping, tracker.active_loop)):
        return []
    return [mapping.value]
