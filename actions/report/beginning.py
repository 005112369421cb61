"""Begins a report; statements that came before it, and were not understood, are the beginning of its story."""

from datetime import datetime, timedelta
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.report.draft import FORM, answer_of, new_draft
from casework.intake import clean, is_statement
from casework.services import Services

_MOST, _LONGEST = 5, 500
_KEPT = timedelta(minutes=30)
"""As long as a draft is shown without asking first: whoever comes back later may be somebody else."""


def begin_report(services: Services, tracker: Tracker) -> list[EventType]:
    """Open the report form with a new draft."""
    parts = _early(services, tracker)
    draft = new_draft(tracker) | ({"facts": parts} if parts else {})
    slots = {"draft": draft, "early": None, "failures": None}
    return [*(SlotSet(name, value) for name, value in slots.items()), FollowupAction(FORM)]


def kept_for_report(services: Services, tracker: Tracker) -> list[EventType]:
    """Keep a statement that nothing was made of, in case a report follows; nothing for other messages."""
    answer = answer_of(tracker)
    if not is_statement(answer):
        return []
    part = {"text": clean(answer.text)[:_LONGEST], "message": answer.message_id}
    parts = [*(old for old in _early(services, tracker) if old != part), part][-_MOST:]
    return [SlotSet("early", {"at": services.clock.now().isoformat(), "parts": parts})]


def has_early(services: Services, tracker: Tracker) -> bool:
    """Tell whether a statement was kept a short while ago."""
    return bool(_early(services, tracker))


def _early(services: Services, tracker: Tracker) -> list[dict[str, Any]]:
    kept = tracker.get_slot("early") or {}
    is_fresh = kept and services.clock.now() - datetime.fromisoformat(kept["at"]) < _KEPT
    return list(kept["parts"]) if is_fresh else []
