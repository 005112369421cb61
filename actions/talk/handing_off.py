"""A person in the conversation itself: offered within the office's hours, with a word on what they may see."""

from dataclasses import dataclass
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import DomainDict, button, entity, failure_count, language_of
from actions.talk.telling import tell
from casework import handing_off
from casework.anonymise import mask, to_mask
from casework.handoff import Why
from casework.services import Services

_SHOWN = ("title", "accused_unit", "accused_name", "accused_post", "facts", "occurred", "place")
"""Slots of a draft that a person may be shown; never who the reporter is."""
_SHARES = ("nothing", "redacted", "all")


@dataclass(frozen=True)
class Begun:
    """The wish was answered here."""

    events: list[EventType]


async def hand_off(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
) -> Begun | None:
    """Offer a person, ask what they may see, or begin to wait; None when nobody answers now, or a message is wanted."""
    choice = entity(tracker, "choice")
    if choice not in (None, "wait") or not _somebody_answers(services):
        return None
    language, share, reason = language_of(tracker), entity(tracker, "value"), _reason(tracker)
    has_draft = tracker.get_slot("draft") is not None
    if choice is None:
        _offer(services, dispatcher, tracker, domain, reason)
    elif has_draft and share not in _SHARES:
        kept = {"choice": "wait", "reason": str(reason)}
        buttons = [button(domain, f"share_{it}", language, "ask_human", **kept, value=it) for it in _SHARES]
        dispatcher.utter_message(response="utter_handoff_share", buttons=buttons)
    else:
        draft = _draft_of(services, tracker, language, str(share)) if has_draft else ""
        question = str(tracker.slots.get("requested_slot") or "")
        waiting = await handing_off.ask(services, language=language, reason=reason, draft=draft, question=question)
        buttons = [button(domain, "handoff_back", language, "resume_bot")]
        tell(services, dispatcher, tracker, "utter_handoff_waiting", position=waiting.position, buttons=buttons)
    return Begun([])


def _somebody_answers(services: Services) -> bool:
    return services.takes_handoffs and handing_off.is_open(services.profile, services.clock.now())


def _offer(
    services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict, reason: Why
) -> None:
    language = language_of(tracker)
    buttons = [
        button(domain, "handoff_wait", language, "ask_human", choice="wait", reason=str(reason)),
        button(domain, "handoff_message", language, "ask_human", choice="message"),
    ]
    if tracker.get_slot("draft") is not None:
        buttons.append(button(domain, "back_to_question", language, "resume_bot"))
    tell(services, dispatcher, tracker, "utter_handoff_offer", buttons=buttons)


def _reason(tracker: Tracker) -> Why:
    """Keep the reason that a button carries; else it is the fallback's when a question was not understood."""
    given = entity(tracker, "reason")
    if given in set(Why):
        return Why(given)
    slot = str(tracker.slots.get("requested_slot") or "")
    return Why.FALLBACK if slot and failure_count(tracker, slot) else Why.ASKED


def _draft_of(services: Services, tracker: Tracker, language: str, share: str) -> str:
    """Return the draft as lines `slot: words`; redacted where that was chosen, nothing where it cannot be."""
    if share == "nothing":
        return ""
    lines = []
    for name in _SHOWN:
        words = _words_of(tracker.slots.get(name))
        if words and share == "redacted":
            words = _redacted(services, words, language)
        if words:
            lines.append(f"{name}: {words}")
    return "\n".join(lines)


def _words_of(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("text") or value.get("said")
    return value if isinstance(value, str) else ""


def _redacted(services: Services, words: str, language: str) -> str:
    if services.anonymiser is None:
        return ""
    return mask(words, to_mask(services.anonymiser.finds(words)), language)
