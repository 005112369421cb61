"""Beginning an act on a case: it needs an open case, and must be allowed now."""

import re
from dataclasses import dataclass
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.follow_up.case_words import offer_acts
from actions.speaking import DomainDict, ServiceAction, button, entity, language_of
from actions.talk.asking import back_to_draft, emptied
from actions.talk.leaving import ask_to_confirm
from casework import way_back
from casework.errors import NoCaseOpen


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act: its form, the slots that the form fills, the action that carries it out."""

    form: str
    slots: tuple[str, ...]
    given: str


ACTS = {
    "add_info": Act(form="add_info_form", slots=("addition",), given="action_addition_given"),
    "answer": Act(form="answer_form", slots=("answer",), given="action_answer_given"),
    "rate": Act(form="rate_form", slots=("rating",), given="action_rating_given"),
    "review": Act(form="review_form", slots=("review_reason",), given="action_review_given"),
    "retaliation": Act(form="retaliation_form", slots=("retaliation_text",), given="action_retaliation_given"),
    "named": Act(form="named_form", slots=("named_name", "named_contact"), given="action_name_given"),
    "withdraw": Act(form="withdraw_form", slots=("withdraw_reason",), given="action_withdraw_reason_given"),
}
CASE_SLOTS = ("case_wish", "case_files", *(slot for act in ACTS.values() for slot in act.slots))
"""All that an act on a case keeps while it is under way."""

_STARS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_STAR_PATTERN = re.compile(r"(?<!\d)([1-5])(?!\d)")


def stars_of(value: object) -> int | None:
    """Read 1 to 5 from a number, a digit or a numeral in a few words; None when there is none, or more than one."""
    text = str(value if value is not None else "").strip().lower()
    found = {int(digit) for digit in _STAR_PATTERN.findall(text)}
    if not re.search(r"\d", text):
        found = {stars for word, stars in _STARS.items() if word in text} if len(text) <= 12 else set()
    return found.pop() if len(found) == 1 else None


def begin_wish(wish: str, tracker: Tracker) -> list[EventType]:
    """Return the events that begin an act whose answers may have been given before the session ended."""
    act = ACTS[wish]
    is_answered = all(tracker.get_slot(slot) is not None for slot in act.slots)
    return [SlotSet("case_wish", None), FollowupAction(act.given if is_answered else act.form)]


class BeginAct(ServiceAction):
    """Begins one act: asks for the code first where no case is open, or says why it cannot be done now."""

    act: ClassVar[str]

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        act = ACTS[self.act]
        if tracker.active_loop_name == act.form:
            return []
        try:
            view = await way_back.view(self.services)
        except NoCaseOpen:
            return self.without_case(dispatcher, tracker, domain)
        if self.act not in view.allowed:
            dispatcher.utter_message(response=f"utter_not_now_{self.act}")
            offer_acts(view, dispatcher, tracker, domain)
            return back_to_draft(tracker)
        return [*emptied("case_wish", *act.slots), *self.begun(tracker, act)]

    def begun(self, tracker: Tracker, act: Act) -> list[EventType]:
        return [FollowupAction(act.form)]

    def without_case(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Ask for the code, unless a report is being made: there the question stays and the code is offered."""
        if tracker.active_loop_name == "report_form":
            choice = button(domain, "have_code", language_of(tracker), "query_status")
            dispatcher.utter_message(response="utter_needs_code", buttons=[choice])
            return []
        dispatcher.utter_message(response=f"utter_code_for_{self.act}")
        slots = ACTS[self.act].slots
        return [*emptied("case_files", *slots), SlotSet("case_wish", self.act), FollowupAction("code_form")]


class ActionAddInfo(BeginAct):
    act = "add_info"

    def name(self) -> str:
        return "action_add_info"

    def without_case(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if tracker.active_loop_name != "report_form":
            return super().without_case(dispatcher, tracker, domain)
        language = language_of(tracker)
        buttons = [
            button(domain, "add_to_facts", language, "edit_field", field="facts"),
            button(domain, "have_code", language, "query_status"),
        ]
        dispatcher.utter_message(response="utter_add_to_draft", buttons=buttons)
        return []


class ActionAnswerQuestion(BeginAct):
    act = "answer"

    def name(self) -> str:
        return "action_answer_question"


class ActionRate(BeginAct):
    act = "rate"

    def name(self) -> str:
        return "action_rate"

    def begun(self, tracker: Tracker, act: Act) -> list[EventType]:
        stars = stars_of(entity(tracker, "rating"))
        return [SlotSet("rating", stars), FollowupAction(act.given if stars else act.form)]


class ActionRequestReview(BeginAct):
    act = "review"

    def name(self) -> str:
        return "action_request_review"


class ActionReportRetaliation(BeginAct):
    act = "retaliation"

    def name(self) -> str:
        return "action_report_retaliation"


class ActionBecomeNamed(BeginAct):
    act = "named"

    def name(self) -> str:
        return "action_become_named"


class ActionWithdraw(BeginAct):
    """Withdraws a report that was submitted; while one is being made, "withdraw" means to give that one up."""

    act = "withdraw"

    def name(self) -> str:
        return "action_withdraw"

    def without_case(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if tracker.active_loop_name == "report_form":
            return ask_to_confirm("cancel")
        return super().without_case(dispatcher, tracker, domain)
