"""Back after half an hour: go on, see or discard. Nothing of the draft is shown before the choice."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.follow_up import opening, starting
from actions.report.reviewing import ActionReview
from actions.speaking import ButtonDict, DomainDict, ServiceAction, button, entity
from actions.talk import reading
from actions.talk.asking import Ask, QuestionForm, back_to_draft, emptied
from actions.talk.leaving import ask_to_confirm
from actions.talk.telling import offer_menu

CHOICES = ("go_on", "see", "discard")
_GO_ON = ("affirm", "resume_bot", "start_report")
_SEE = ("review_report",)
_DISCARD = ("deny", "cancel", "start_over")
_BEGINNINGS: dict[str, type[ServiceAction]] = {
    "code_form": opening.ActionQueryStatus,
    "add_info_form": starting.ActionAddInfo,
    "answer_form": starting.ActionAnswerQuestion,
    "rate_form": starting.ActionRate,
    "review_form": starting.ActionRequestReview,
    "retaliation_form": starting.ActionReportRetaliation,
    "named_form": starting.ActionBecomeNamed,
    "withdraw_form": starting.ActionWithdraw,
}
"""Forms about a case are begun anew: the case may have been closed meanwhile. Run from here: only a form may follow."""


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
    can_be_left = False

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
            tracker.active_loop = {"name": "report_form"}
            events = await ActionReview(self.services).run(dispatcher, tracker, domain)
            return [*cleared, *events, FollowupAction("report_form")]
        if choice == "go_on" and form:
            return [*cleared, *await self._go_on(form, dispatcher, tracker, domain)]
        dispatcher.utter_message(response="utter_resumed" if choice == "go_on" else "utter_left")
        if not has_draft:
            offer_menu(dispatcher, tracker, domain)
        return [*cleared, *back_to_draft(tracker)]

    async def _go_on(
        self, form: str, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        if form not in _BEGINNINGS:
            return [FollowupAction(form)]
        return await _BEGINNINGS[form](self.services).run(dispatcher, tracker, domain)
