"""Back after half an hour: go on, see or discard. Nothing of the draft is shown before the choice."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.speaking import ButtonDict, DomainDict, ServiceAction, button, entity
from actions.talk import reading
from actions.talk.asking import Ask, QuestionForm, back_to_draft, emptied
from actions.talk.leaving import ask_to_confirm
from actions.talk.telling import offer_menu

CHOICES = ("go_on", "see", "discard")
_GO_ON = ("affirm", "resume_bot", "start_report")
_SEE = ("review_report",)
_DISCARD = ("deny", "cancel", "start_over")
REVIEW_ACTION = "action_review"

_BEGINNINGS = {
    "code_form": "action_query_status",
    "add_info_form": "action_add_info",
    "answer_form": "action_answer_question",
    "rate_form": "action_rate",
    "review_form": "action_request_review",
    "retaliation_form": "action_report_retaliation",
    "named_form": "action_become_named",
    "withdraw_form": "action_withdraw",
}
"""Forms about a case are begun anew: the case may have been closed meanwhile."""


class ActionReturned(ServiceAction):
    """Asks what should become of what was left open."""

    def name(self) -> str:
        return "action_returned"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        form = tracker.active_loop_name
        kept: list[EventType] = [] if form == "returned_form" else [SlotSet("returned_to", form)]
        return [*kept, SlotSet("returned_choice", None), FollowupAction("returned_form")]


class AskReturnedChoice(Ask):
    form = "returned_form"
    slot = "returned_choice"

    def buttons(self, tracker: Tracker, domain: DomainDict, language: str) -> list[ButtonDict]:
        choices = CHOICES if tracker.get_slot("draft") is not None else ("go_on", "discard")
        return [button(domain, f"returned_{choice}", language, "inform", choice=choice) for choice in choices]


class ValidateReturnedForm(QuestionForm):
    form = "returned_form"

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        choice = entity(tracker, "choice")
        if choice in CHOICES:
            return {"returned_choice": choice}
        for value, intents in zip(CHOICES, (_GO_ON, _SEE, _DISCARD), strict=True):
            if reading.is_said(tracker, *intents):
                return {"returned_choice": value}
        return {}

    def validate_returned_choice(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return {"returned_choice": value, "failures": None}


class ActionReturnedChoice(ServiceAction):
    """Goes where the person chose to go."""

    def name(self) -> str:
        return "action_returned_choice"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        choice, form = tracker.get_slot("returned_choice"), tracker.get_slot("returned_to")
        has_draft = tracker.get_slot("draft") is not None
        cleared = emptied("returned_choice", "returned_to")
        if choice == "discard" and has_draft:
            return [*cleared, *ask_to_confirm("discard")]
        if choice == "see" and has_draft:
            return [*cleared, FollowupAction(REVIEW_ACTION)]
        if choice == "go_on" and form:
            return [*cleared, FollowupAction(_BEGINNINGS.get(form, form))]
        dispatcher.utter_message(response="utter_resumed" if choice == "go_on" else "utter_left")
        if not has_draft:
            offer_menu(dispatcher, tracker, domain)
        return [*cleared, *back_to_draft(tracker)]
