"""Carrying out an act on a case once its question is answered."""

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.follow_up.acts import ACTS
from actions.follow_up.case_words import offer_acts
from actions.follow_up.stars import stars_of
from actions.self_check import before_message
from actions.speaking import DomainDict, ServiceAction, button, language_of
from actions.talk.asking import back_to_draft, emptied, has_left
from actions.talk.leaving import ask_to_confirm
from actions.talk.telling import offer_menu
from casework import way_back
from casework.errors import NoCaseOpen, NothingAsked, ReasonRequired, TransitionRefused
from casework.report import Contact
from casework.services import Services
from casework.way_back import CaseView

_CHECKED = frozenset({"addition", "answer", "review_reason", "retaliation_text", "withdraw_reason"})
"""Words of an anonymous reporter, looked through for what gives them away before they are added."""


class CarryOut(ServiceAction):
    """Calls the use case of one act. What was written is kept until it is carried out."""

    act: ClassVar[str]

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if any(has_left(tracker.get_slot(slot)) for slot in ACTS[self.act].slots):
            return leave(dispatcher, tracker, domain)
        for slot in _CHECKED & set(ACTS[self.act].slots):
            if check := await before_message(self.services, tracker, slot, self.act):
                return check
        try:
            view = await self.carry_out(tracker)
        except NoCaseOpen:
            return _ask_code_again(self.act, dispatcher)
        except ReasonRequired:
            dispatcher.utter_message(response="utter_nothing_given")
            return leave(dispatcher, tracker, domain, said=True)
        except (TransitionRefused, NothingAsked):
            dispatcher.utter_message(response=f"utter_not_now_{self.act}")
            return leave(dispatcher, tracker, domain, said=True)
        dispatcher.utter_message(response=f"utter_given_{self.act}")
        self.after(view, dispatcher, tracker, domain)
        return [*cleared(), *back_to_draft(tracker)]

    async def carry_out(self, tracker: Tracker) -> CaseView:
        raise NotImplementedError

    def after(self, view: CaseView, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> None:
        offer_acts(view, dispatcher, tracker, domain)


def cleared() -> list[EventType]:
    """Return the events that clear all that acts on a case keep."""
    slots = (slot for act in ACTS.values() for slot in act.slots)
    return emptied("case_wish", "case_words", "case_files", "failures", *slots)


def leave(
    dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict, *, said: bool = False
) -> list[EventType]:
    """Go without acting; the case stays open, unless it never was."""
    if not said:
        dispatcher.utter_message(response="utter_left")
    if tracker.get_slot("draft") is None:
        language = language_of(tracker)
        buttons = [
            button(domain, "see_case", language, "query_status"),
            button(domain, "case_done", language, "done"),
        ]
        dispatcher.utter_message(response="utter_case_menu", buttons=buttons)
    return [*cleared(), *back_to_draft(tracker)]


def text_in(tracker: Tracker, slot: str) -> str:
    """Return the text of a free-text answer, "" when there is none."""
    value = tracker.get_slot(slot)
    return str(value.get("text", "")) if isinstance(value, dict) else ""


def files_in(tracker: Tracker) -> tuple[str, ...]:
    return tuple(map(str, tracker.get_slot("case_files") or ()))


def _ask_code_again(act: str, dispatcher: CollectingDispatcher) -> list[EventType]:
    dispatcher.utter_message(response="utter_session_over")
    return [SlotSet("case_wish", act), FollowupAction("code_form")]


class ActionAdditionGiven(CarryOut):
    act = "add_info"

    def name(self) -> str:
        return "action_addition_given"

    async def carry_out(self, tracker: Tracker) -> CaseView:
        return await way_back.add_information(self.services, text_in(tracker, "addition"), files_in(tracker))


class ActionAnswerGiven(CarryOut):
    act = "answer"

    def name(self) -> str:
        return "action_answer_given"

    async def carry_out(self, tracker: Tracker) -> CaseView:
        return await way_back.answer(self.services, text_in(tracker, "answer"), files_in(tracker))


class ActionRatingGiven(CarryOut):
    act = "rate"

    def name(self) -> str:
        return "action_rating_given"

    async def carry_out(self, tracker: Tracker) -> CaseView:
        return await way_back.rate(self.services, stars_of(tracker.get_slot("rating")) or 0)


class ActionReviewGiven(CarryOut):
    act = "review"

    def name(self) -> str:
        return "action_review_given"

    async def carry_out(self, tracker: Tracker) -> CaseView:
        return await way_back.request_review(self.services, text_in(tracker, "review_reason"))


class ActionRetaliationGiven(CarryOut):
    act = "retaliation"

    def name(self) -> str:
        return "action_retaliation_given"

    async def carry_out(self, tracker: Tracker) -> CaseView:
        return await way_back.report_retaliation(self.services, text_in(tracker, "retaliation_text"))


class ActionNameGiven(CarryOut):
    act = "named"

    def name(self) -> str:
        return "action_name_given"

    async def carry_out(self, tracker: Tracker) -> CaseView:
        contact = Contact(name=text_in(tracker, "named_name"), contact=text_in(tracker, "named_contact"))
        return await way_back.become_named(self.services, contact)


class ActionWithdrawReasonGiven(ServiceAction):
    """Asks once more before the report is withdrawn: afterwards the code opens nothing."""

    def name(self) -> str:
        return "action_withdraw_reason_given"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if has_left(tracker.get_slot("withdraw_reason")):
            return leave(dispatcher, tracker, domain)
        if check := await before_message(self.services, tracker, "withdraw_reason", "withdraw"):
            return check
        return ask_to_confirm("withdraw")


class Withdrawing(CarryOut):
    """Withdraws once it was confirmed; the action of the confirmation runs it, no rule does."""

    act = "withdraw"

    def name(self) -> str:
        return "action_withdraw_confirmed"

    async def carry_out(self, tracker: Tracker) -> CaseView:
        return await way_back.withdraw(self.services, text_in(tracker, "withdraw_reason"))

    def after(self, view: CaseView, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> None:
        if tracker.get_slot("draft") is None:
            offer_menu(dispatcher, tracker, domain)


_GIVEN: dict[str, type[ServiceAction]] = {
    "add_info": ActionAdditionGiven,
    "answer": ActionAnswerGiven,
    "rate": ActionRatingGiven,
    "review": ActionReviewGiven,
    "retaliation": ActionRetaliationGiven,
    "named": ActionNameGiven,
    "withdraw": ActionWithdrawReasonGiven,
}


async def given(
    act: str, services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
) -> list[EventType]:
    """Carry out an act whose answers stand in the slots; no rule would see its action behind another's."""
    return await _GIVEN[act](services).run(dispatcher, tracker, domain)


async def begin_wish(
    wish: str, services: Services, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
) -> list[EventType]:
    """Begin the act that the code was asked for; carry it out at once when its answers were given before.

    A form that is full when it begins has no end that a rule sees, so that the action is run here.
    """
    act = ACTS[wish]
    if any(tracker.get_slot(slot) is None for slot in act.slots):
        return [SlotSet("case_wish", None), FollowupAction(act.form)]
    events = await given(wish, services, dispatcher, tracker, domain)
    return [SlotSet("case_wish", None), *events]
