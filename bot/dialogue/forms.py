"""Forms: what happens when a form's turn comes."""

from typing import Any

from bot.dialogue.actions import Rejected, Speaker
from bot.dialogue.domain import LISTEN, REQUESTED_SLOT, Domain, Form
from bot.dialogue.slots import SlotFiller
from bot.dialogue.tracker import Tracker
from bot.dialogue.values import Event


def slot_event(name: str, value: Any) -> Event:
    return {"event": "slot", "name": name, "value": value}


def loop_event(name: str | None) -> Event:
    return {"event": "active_loop", "name": name}


class FormRunner:
    """Runs forms. An activation extracts and validates once more; each later run validates what the message gave."""

    def __init__(self, domain: Domain, speaker: Speaker, filler: SlotFiller) -> None:
        self._domain = domain
        self._speaker = speaker
        self._filler = filler
        self._validators = {name: f"validate_{name}" for name in domain.forms if f"validate_{name}" in domain.actions}
        self._asking = {
            (form.name, slot): _asking_action(domain, form.name, slot)
            for form in domain.forms.values()
            for slot in domain.slots
        }

    async def run(self, name: str, tracker: Tracker, channel: str) -> list[Event]:
        """Return the events of the form. Raises `Rejected` when the message gave it nothing."""
        form = self._domain.forms[name]
        events: list[Event] = []
        if tracker.active_loop != name:
            events = await self._activation(form, tracker, channel)
        if not is_done(events):
            events += await self._step(form, tracker, channel, events)
        if is_done(events):
            events.append(loop_event(None))
        return events

    async def _activation(self, form: Form, tracker: Tracker, channel: str) -> list[Event]:
        opened = loop_event(form.name)
        trial = tracker.fork()
        trial.apply(opened)
        extracted = await self._filler.run(trial, channel)
        trial.apply_all(extracted)
        extracted_slots = [event for event in extracted if event["event"] == "slot"]
        if form.name not in self._validators:
            return [opened, *extracted_slots]
        filled = {slot: trial.slots[slot] for slot in form.required_slots if trial.slots.get(slot) is not None}
        validated = await self._validated(form, filled, trial, channel)
        return [opened, *validated, *_undecided(extracted_slots, validated)]

    async def _step(self, form: Form, tracker: Tracker, channel: str, so_far: list[Event]) -> list[Event]:
        events: list[Event] = []
        if all(event["event"] == "active_loop" for event in so_far):
            events = await self._validated_if_needed(form, tracker, channel)
        if any(event["event"] == "action_execution_rejected" for event in events):
            return events
        return events + await self._question(form, tracker, channel, so_far + events)

    async def _validated_if_needed(self, form: Form, tracker: Tracker, channel: str) -> list[Event]:
        """After an interruption there is nothing to validate, but the validator may still say what to ask next."""
        needs = tracker.active_loop is None or (tracker.latest_action == LISTEN and not tracker.is_interrupted)
        if not needs:
            return await self._validated(form, {}, tracker, channel)
        found = self._given(form, tracker)
        events = await self._validated(form, found, tracker, channel)
        asked = self._asked(form, tracker)
        is_silent = not any(event["event"] == "slot" and event["name"] != REQUESTED_SLOT for event in events)
        rejects = any(event["event"] == "action_execution_rejected" for event in events)
        if asked and not found and is_silent and not rejects:
            raise Rejected(form.name)
        return events

    def _asked(self, form: Form, tracker: Tracker) -> str | None:
        """Coming from another form, that form's question still stands and must not count."""
        return tracker.requested_slot if tracker.active_loop == form.name else None

    def _given(self, form: Form, tracker: Tracker) -> dict[str, Any]:
        wanted = {*form.required_slots, self._asked(form, tracker)}
        slots = [event for event in tracker.events if event["event"] == "slot"]
        return {event["name"]: event["value"] for event in slots if event["name"] in wanted}

    async def _validated(self, form: Form, found: dict[str, Any], tracker: Tracker, channel: str) -> list[Event]:
        candidates = [slot_event(name, value) for name, value in found.items()]
        validator = self._validators.get(form.name)
        if validator is None:  # they stand in the tracker already
            return []
        trial = self._trial(form, tracker, candidates)
        events = await self._speaker.run(validator, trial, channel)
        return [*events, *_undecided(candidates, events)]

    def _trial(self, form: Form, tracker: Tracker, events: list[Event]) -> Tracker:
        """Return a tracker on which the form has just run: rasa-sdk validates the slots that stand last."""
        trial = tracker.fork()
        trial.apply(slot_event(REQUESTED_SLOT, self._asked(form, tracker)))
        trial.apply({"event": "action", "name": form.name})
        trial.apply_all(events)
        return trial

    async def _question(self, form: Form, tracker: Tracker, channel: str, so_far: list[Event]) -> list[Event]:
        if is_done(so_far):
            return [slot_event(REQUESTED_SLOT, None)]
        asked = next((e["value"] for e in so_far if e["event"] == "slot" and e["name"] == REQUESTED_SLOT), None)
        trial = self._trial(form, tracker, so_far)
        events: list[Event] = []
        if not asked:
            asked = next((slot for slot in form.required_slots if trial.slots.get(slot) is None), None)
            events = [slot_event(REQUESTED_SLOT, asked)]
        if asked is None:
            return [slot_event(REQUESTED_SLOT, None)]
        return events + await self._ask(form, asked, trial, channel)

    async def _ask(self, form: Form, slot: str, tracker: Tracker, channel: str) -> list[Event]:
        action = self._asking.get((form.name, slot))
        if action is None:
            return []
        if action.startswith("utter_"):
            return self._speaker.utter(action, tracker, channel)
        return await self._speaker.run(action, tracker, channel)


def _asking_action(domain: Domain, form: str, slot: str) -> str | None:
    candidates = (f"action_ask_{form}_{slot}", f"utter_ask_{form}_{slot}", f"action_ask_{slot}", f"utter_ask_{slot}")
    return next((name for name in candidates if domain.is_action(name)), None)


def _undecided(candidates: list[Event], events: list[Event]) -> list[Event]:
    decided = {event["name"] for event in events if event["event"] == "slot"}
    return [event for event in candidates if event["name"] not in decided]


def is_done(events: list[Event]) -> bool:
    """Tell whether the form is over: the last word on the question, or on the loop, is none."""
    if any(event["event"] == "action_execution_rejected" for event in events):
        return False
    asked = [event["value"] for event in events if event["event"] == "slot" and event["name"] == REQUESTED_SLOT]
    loops = [event["name"] for event in events if event["event"] == "active_loop"]
    return (bool(asked) and asked[-1] is None) or (bool(loops) and loops[-1] is None)
