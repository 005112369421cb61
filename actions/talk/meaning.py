"""Words that were not understood where no question is open: "did you mean …?", then other words, then a person."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import ButtonDict, DomainDict, button, failed, language_of
from actions.talk.telling import offer_menu
from casework.intake import SERVICE_QUESTIONS

OUTSIDE = "outside"
"""What `failures` counts at while no question is open."""

_NOT_UNDERSTOOD = frozenset({"nlu_fallback", "out_of_scope", "inform"})
_TITLES = {
    "start_report": "report",
    "describe_incident": "report",
    "query_status": "have_code",
    "provide_code": "have_code",
    "help": "questions",
    "ask_human": "person",
} | {name: name for name in SERVICE_QUESTIONS}
_OWN_TITLES = frozenset(
    {
        "show_code",
        "add_info",
        "answer_question",
        "rate_result",
        "request_review",
        "dissatisfied_result",
        "report_retaliation",
        "become_named",
        "withdraw_report",
        "forget_me",
        "watch",
        "change_language",
    }
)
_TAPPED_AS = {
    "describe_incident": "start_report",
    "provide_code": "query_status",
    "dissatisfied_result": "request_review",
}
_LIKELY = 0.06
_MOST = 3
_REPHRASE, _PERSON = 2, 3


def not_understood(dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
    """Offer what may have been meant; the second time in a row ask for other words, then offer a person."""
    failures = failed(tracker, OUTSIDE) if _was_unclear_before(tracker) else {"slot": OUTSIDE, "n": 1}
    language, count = language_of(tracker), int(str(failures["n"]))
    meant = _likely(tracker)
    if count >= _PERSON:
        buttons = [button(domain, name, language, intent) for name, intent in _WAYS_TO_A_PERSON]
        dispatcher.utter_message(response="utter_offer_person", buttons=buttons)
    elif count == _REPHRASE:
        dispatcher.utter_message(response="utter_rephrase")
        offer_menu(dispatcher, tracker, domain)
    elif meant:
        titles = [_button(domain, language, intent) for intent in meant]
        none = button(domain, "none_of_these", language, "out_of_scope")
        dispatcher.utter_message(response="utter_did_you_mean", buttons=[*titles, none])
    else:
        dispatcher.utter_message(response="utter_not_understood")
        offer_menu(dispatcher, tracker, domain)
    return [SlotSet("failures", failures)]


_WAYS_TO_A_PERSON = (("person", "ask_human"), ("faq_contact", "faq_contact"), ("report", "start_report"))


def _likely(tracker: Tracker) -> list[str]:
    """Return up to three intents that the words may mean, the likeliest first; none for what seems off the subject."""
    message: dict[str, Any] = tracker.latest_message
    if (message.get("intent") or {}).get("name") != "nlu_fallback":
        return []
    found: list[str] = []
    for entry in message.get("intent_ranking") or ():
        intent = _TAPPED_AS.get(entry["name"], entry["name"])
        if entry["confidence"] >= _LIKELY and intent not in found and (intent in _TITLES or intent in _OWN_TITLES):
            found.append(intent)
    return found[:_MOST]


def _button(domain: DomainDict, language: str, intent: str) -> ButtonDict:
    return button(domain, _TITLES.get(intent) or f"meant_{intent}", language, intent)


def _was_unclear_before(tracker: Tracker) -> bool:
    """Tell whether the message before this one was not understood either."""
    said = [event for event in tracker.events if event.get("event") == "user"]
    if len(said) < 2:
        return False
    return ((said[-2].get("parse_data") or {}).get("intent") or {}).get("name") in _NOT_UNDERSTOOD
