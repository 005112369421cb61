"""The question "really?": one form for everything that cannot be undone."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.follow_up.case_acts import Withdrawing, leave
from actions.report.draft import new_draft
from actions.speaking import ButtonDict, DomainDict, ServiceAction, button, failure_count
from actions.talk import reading
from actions.talk.asking import Ask, QuestionForm, back_to_draft, emptied
from actions.talk.telling import offer_menu
from actions.talk.wiping import drop_uploads, wiped
from casework import way_back

PURPOSES = ("cancel", "start_over", "discard", "withdraw", "forget")
_YES = {"cancel": "discard"}


def purpose_of(tracker: Tracker) -> str:
    """Return what is about to be confirmed; "cancel" when it is not known."""
    purpose = tracker.get_slot("confirm_purpose")
    return purpose if purpose in PURPOSES else "cancel"


class AskConfirmed(Ask):
    form = "confirm_form"
    slot = "confirmed"
    can_be_left = False

    def response(self, tracker: Tracker) -> str:
        is_first = failure_count(tracker, self.slot) == 0
        return f"utter_confirm_{purpose_of(tracker)}" if is_first else super().response(tracker)

    def buttons(self, tracker: Tracker, domain: DomainDict, language: str) -> list[ButtonDict]:
        purpose = purpose_of(tracker)
        return [
            button(domain, f"yes_{_YES.get(purpose, purpose)}", language, "affirm"),
            button(domain, f"no_{_YES.get(purpose, purpose)}", language, "deny"),
        ]


class ValidateConfirmForm(QuestionForm):
    form = "confirm_form"

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        if reading.is_said(tracker, "affirm"):
            return {"confirmed": True}
        if reading.is_said(tracker, "deny", *reading.LEAVING):
            return {"confirmed": False}
        return {}

    def validate_confirmed(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return {"confirmed": value, "failures": None}


class ActionConfirmed(ServiceAction):
    """Does what was confirmed, or goes back to where the person was."""

    def name(self) -> str:
        return "action_confirmed"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        purpose = purpose_of(tracker)
        if not tracker.get_slot("confirmed"):
            dispatcher.utter_message(response=f"utter_kept_{purpose}")
            cleared = emptied("confirmed", "confirm_purpose", "returned_to")
            if purpose == "withdraw":
                return [*cleared, *leave(dispatcher, tracker, domain, said=True)]
            if tracker.get_slot("draft") is None:
                offer_menu(dispatcher, tracker, domain)
            return [*cleared, *back_to_draft(tracker)]
        if purpose == "withdraw":
            events = await Withdrawing(self.services).run(dispatcher, tracker, domain)
            return [*emptied("confirmed", "confirm_purpose"), *events]
        if purpose == "forget":
            await way_back.forget(self.services)
        else:
            await drop_uploads(self.services)
        dispatcher.utter_message(response=done_response(tracker, domain, _YES.get(purpose, purpose)))
        events = wiped(tracker)
        if purpose == "start_over":
            return [*events, SlotSet("draft", new_draft(tracker)), FollowupAction("report_form")]
        tracker.slots["draft"] = None
        offer_menu(dispatcher, tracker, domain)
        return events


def done_response(tracker: Tracker, domain: DomainDict, purpose: str) -> str:
    """Return the response that says what was done; a channel may have words of its own for what it deleted besides."""
    of_channel = f"utter_done_{purpose}_{tracker.get_slot('channel')}"
    return of_channel if of_channel in domain["responses"] else f"utter_done_{purpose}"
