"""A word of the person's own before a draft is shown on another day.

What is typed as a word never comes here: `bot.turns` compares it and tells how it went by `/word_given` and `/locked`.
"""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import ButtonDict, DomainDict, ServiceAction, button, entity, intent_of
from actions.talk import reading
from actions.talk.asking import LEFT, Ask, QuestionForm, back_to_draft, emptied, failure, has_left
from actions.talk.leaving import ask_to_confirm
from actions.talk.telling import offer_menu

_FAULTS = ("short", "long")
_ANEW = ("start_over", "cancel", "dont_know")


class ActionSetWord(ServiceAction):
    """Asks for a word, where there is a draft that it could protect."""

    def name(self) -> str:
        return "action_set_word"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if tracker.get_slot("locked"):
            return back_to_draft(tracker)
        if tracker.get_slot("draft") is not None:
            return [SlotSet("new_word", None), FollowupAction("word_form")]
        dispatcher.utter_message(response="utter_no_word_needed")
        offer_menu(dispatcher, tracker, domain)
        return []


class AskNewWord(Ask):
    form = "word_form"
    slot = "new_word"


class ValidateWordForm(QuestionForm):
    form = "word_form"

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        if intent_of(tracker) == "word_given" and reading.is_payload(tracker):
            return {"new_word": {"given": entity(tracker, "reason")}}
        return {"new_word": LEFT} if reading.is_said(tracker, "deny", "skip", *reading.LEAVING) else {}

    def validate_new_word(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        fault = value.get("given") if isinstance(value, dict) else None
        if fault in _FAULTS:
            dispatcher.utter_message(response=f"utter_word_{fault}")
            return failure("new_word", dispatcher, tracker)
        return {"new_word": value, "failures": None}


class ActionWordTold(ServiceAction):
    """Says nothing of a word that no question asked for: the open question follows by itself, or the ways on."""

    def name(self) -> str:
        return "action_word_told"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        offer_menu(dispatcher, tracker, domain)
        return []


class ActionWordSet(ServiceAction):
    """Says what the word does, and goes on with the report."""

    def name(self) -> str:
        return "action_word_set"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        is_set = not has_left(tracker.get_slot("new_word"))
        dispatcher.utter_message(response="utter_word_set" if is_set else "utter_no_word")
        return [*emptied("new_word"), *back_to_draft(tracker)]


class ActionLocked(ServiceAction):
    """The draft lies behind its word: asks for it, or says that it was wrong or said too often."""

    def name(self) -> str:
        return "action_locked"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        reason = entity(tracker, "reason")
        if reason in ("wrong", "wait"):
            dispatcher.utter_message(response=f"utter_word_{reason}")
        return [SlotSet("locked", True), SlotSet("unlocked", None), FollowupAction("unlock_form")]


class AskUnlocked(Ask):
    form = "unlock_form"
    slot = "unlocked"
    can_be_left = False

    def buttons(self, tracker: Tracker, domain: DomainDict, language: str) -> list[ButtonDict]:
        return [
            button(domain, "word_forgotten", language, "start_over"),
            button(domain, "have_code", language, "query_status"),
        ]


class ValidateUnlockForm(QuestionForm):
    """Only throwing the draft away ends this form here; the right word ends it in `bot.turns`."""

    form = "unlock_form"

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        return {"unlocked": "discard"} if reading.is_said(tracker, *_ANEW) else {}

    def validate_unlocked(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return {"unlocked": value, "failures": None}


class ActionUnlocked(ServiceAction):
    """Asks before the draft is thrown away unseen."""

    def name(self) -> str:
        return "action_unlocked"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        return [*emptied("unlocked"), *ask_to_confirm("discard")]
