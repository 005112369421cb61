"""Forms of a few questions: how they read an answer, fail, ask again in shorter words, and are left."""

from typing import Any, ClassVar

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import (
    ButtonDict,
    DomainDict,
    ServiceAction,
    button,
    failed,
    failure_count,
    intent_of,
    language_of,
)
from actions.talk import reading
from actions.talk.telling import speak_of_danger
from casework.report import MAX_FACTS

Answer = dict[str, Any]
"""`{"text": …}`, or `{"left": True}` when the person went without answering."""

LEFT: Answer = {"left": True}
_AGAIN = ("", "_2", "_3")
_EXPLAINED_AFTER = 2


def has_left(value: object) -> bool:
    """Tell whether a form's slot says that the person went without answering."""
    return isinstance(value, dict) and bool(value.get("left"))


def back_to_draft(tracker: Tracker) -> list[EventType]:
    """Return to the report that is being made, or to its lock; an open form asks again by itself."""
    if tracker.active_loop_name:
        return []
    if tracker.get_slot("locked"):
        return [FollowupAction("unlock_form")]
    return [FollowupAction("report_form")] if tracker.get_slot("draft") is not None else []


def failure(slot: str, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
    """Count a failed answer; after the second the question is explained."""
    failures = failed(tracker, slot)
    if failures["n"] == _EXPLAINED_AFTER:
        dispatcher.utter_message(response=f"utter_explain_{slot}")
    return {slot: None, "failures": failures}


def emptied(*slots: str) -> list[EventType]:
    """Return the events that clear the slots."""
    return [SlotSet(slot, None) for slot in slots]


class QuestionForm(ServiceAction, FormValidationAction):
    """Validates a form of ours. `read` sees the message only while one of the form's own questions is open.

    The message that opens a form never fills it: a form that begins and ends in one run has no end that a rule sees.
    """

    form: ClassVar[str]

    def name(self) -> str:
        return f"validate_{self.form}"

    async def get_extraction_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        question = str(tracker.get_slot("requested_slot"))
        answer = self.read(question, tracker) if question in self.domain_slots(domain) else {}
        return [SlotSet(slot, value) for slot, value in answer.items()]

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        """Return the slots that the message fills; nothing means that it is no answer."""
        raise NotImplementedError


class TextForm(QuestionForm):
    """One question with a free text for an answer, up to `limit` characters."""

    slot: ClassVar[str]
    limit: ClassVar[int] = MAX_FACTS
    leaves_at_no: ClassVar[bool] = True
    """Whether "no" means that there is nothing to say."""
    takes_yes: ClassVar[bool] = False
    """Whether "yes" alone may be the answer."""

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        if question != self.slot:
            return {}
        return self.read_text(tracker)

    def read_text(self, tracker: Tracker) -> dict[str, Any]:
        leaving = reading.LEAVING | ({"deny"} if self.leaves_at_no else set())
        if reading.is_said(tracker, *leaving):
            return {self.slot: LEFT}
        if reading.is_bare(tracker, "affirm") and (begun := tracker.get_slot("case_words")):
            return {self.slot: {"text": begun}}
        if reading.is_bare(tracker, "affirm") and not self.takes_yes:
            return {self.slot: {"text": ""}}
        text = reading.free_text(tracker)
        return {} if text is None else {self.slot: {"text": text}}

    def checked(self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker) -> dict[str, Any]:
        """Return the slot's events for a candidate: itself, or a failure that says why."""
        if has_left(value) or value is None:
            return {self.slot: value}
        text = str(value.get("text", ""))
        if not text and not value.get("is_empty"):
            return failure(self.slot, dispatcher, tracker)
        if len(text) > self.limit:
            dispatcher.utter_message(response="utter_too_long", n=len(text), limit=self.limit)
            return failure(self.slot, dispatcher, tracker)
        if intent_of(tracker) == "emergency":
            speak_of_danger(self.services, dispatcher, tracker)
        return {self.slot: value, "failures": None}


class Ask(ServiceAction):
    """Asks one question: its own words the first, second and third time; help is at hand from the third."""

    form: ClassVar[str]
    slot: ClassVar[str]
    can_be_left: ClassVar[bool] = True

    def name(self) -> str:
        return f"action_ask_{self.form}_{self.slot}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        count = min(failure_count(tracker, self.slot), 2)
        language = language_of(tracker)
        buttons = self.buttons(tracker, domain, language)
        if count == _EXPLAINED_AFTER and all(choice["payload"] != "/ask_human" for choice in buttons):
            buttons = [*buttons, button(domain, "person", language, "ask_human")]
        if self.can_be_left:
            buttons.append(button(domain, "leave", language, "cancel"))
        response = f"{self.response(tracker)}{_AGAIN[count]}"
        dispatcher.utter_message(response=response, buttons=buttons, **await self.arguments(tracker, language))
        return []

    def response(self, tracker: Tracker) -> str:
        return f"utter_ask_{self.form}_{self.slot}"

    def buttons(self, tracker: Tracker, domain: DomainDict, language: str) -> list[ButtonDict]:
        return []

    async def arguments(self, tracker: Tracker, language: str) -> dict[str, Any]:
        return {}
