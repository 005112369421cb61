"""The draft as actions see it: values and bookkeeping out of the tracker, and back into slots."""

import secrets
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet

from actions.speaking import intent_of, language_of
from actions.talk.reading import is_payload
from casework.intake import CHANNELS_THAT_WRITE, QUESTIONS, Answer, Ground
from casework.services import Services

FORM = "report_form"
Values = dict[str, Any]


def values_of(tracker: Tracker) -> Values:
    """Return the settled values by question, and "draft"; what was said and is not settled yet counts as None."""
    slots = tracker.slots
    values: Values = {name: slots.get(name) for name in QUESTIONS}
    values |= {name: None for name, value in values.items() if isinstance(value, dict) and is_said(value)}
    values["draft"] = dict(slots.get("draft") or {})
    return values


def said(raw: Any) -> dict[str, Any]:
    """Wrap a raw answer, so that it is told from a settled value."""
    return {"said": raw}


def is_said(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"said"}


def ground_of(services: Services, tracker: Tracker) -> Ground:
    return Ground(profile=services.profile, today=services.clock.today(), language=language_of(tracker))


def answer_of(tracker: Tracker) -> Answer:
    """Return the latest message as an answer."""
    message = tracker.latest_message
    return Answer(
        intent=intent_of(tracker),
        confidence=float((message.get("intent") or {}).get("confidence") or 0.0),
        text="" if is_payload(tracker) else str(message.get("text") or ""),
        entities=message.get("entities") or (),
        message_id=str(message.get("message_id") or ""),
        is_tap=is_payload(tracker),
    )


def question_of(tracker: Tracker) -> str | None:
    """Return the report's question that is asked now, None when none is."""
    name = tracker.slots.get("requested_slot")
    return name if tracker.active_loop_name == FORM and name in QUESTIONS else None


def new_draft(tracker: Tracker) -> dict[str, Any]:
    """Return the bookkeeping of a new draft; "writes": the person's channel can be written to first."""
    writes = {"writes": True} if tracker.get_slot("channel") in CHANNELS_THAT_WRITE else {}
    return {"id": secrets.token_urlsafe(16)} | writes


def set_slots(updates: Mapping[str, Any]) -> list[EventType]:
    return [SlotSet(name, value) for name, value in updates.items()]
