"""Beginning an act on a case: it needs an open case, and must be allowed now."""

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.follow_up.acts import ACTS
from actions.follow_up.case_acts import begin_wish
from actions.follow_up.case_words import offer_acts
from actions.follow_up.opening import code_in_turn, open_case
from actions.follow_up.stars import stars_of
from actions.speaking import DomainDict, ServiceAction, button, entity, language_of
from actions.talk import reading
from actions.talk.asking import back_to_draft, emptied
from actions.talk.leaving import ask_to_confirm
from casework import way_back
from casework.code import CodeFinding
from casework.errors import NoCaseOpen
from casework.services import Services


class BeginAct(ServiceAction):
    """Begins one act: asks for the code first where no case is open, or says why it cannot be done now."""

    act: ClassVar[str]

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        act = ACTS[self.act]
        if tracker.active_loop_name == act.form:
            return []
        words = SlotSet("case_words", reading.words_beside(tracker) or None)
        tracker.add_slots([words])
        return [words, *await self._begin(dispatcher, tracker, domain)]

    async def _begin(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        finding = code_in_turn()
        if finding is not None:
            return await self._with_code(finding, dispatcher, tracker, domain)
        try:
            view = await way_back.view(self.services)
        except NoCaseOpen:
            return self.without_case(dispatcher, tracker, domain)
        if self.act not in view.allowed:
            dispatcher.utter_message(response=f"utter_not_now_{self.act}")
            offer_acts(view, dispatcher, tracker, domain)
            return back_to_draft(tracker)
        return await self.begin(dispatcher, tracker, domain)

    async def begin(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Ask the first question of the act, which is allowed now."""
        return [*emptied("case_wish", *ACTS[self.act].slots), FollowupAction(ACTS[self.act].form)]

    async def _with_code(
        self, finding: CodeFinding, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """The code stands in the message itself: open its case, then begin."""
        started = [*emptied(*ACTS[self.act].slots), SlotSet("case_wish", self.act)]
        tracker.add_slots(started)
        return [*started, *await open_case(self, finding, dispatcher, tracker, domain)]

    def without_case(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Ask for the code, unless a report is being made: there the question stays and the code is offered."""
        if tracker.active_loop_name == "report_form":
            choice = button(domain, "have_code", language_of(tracker), "query_status")
            dispatcher.utter_message(response="utter_needs_code", buttons=[choice])
            return []
        dispatcher.utter_message(response=f"utter_code_for_{self.act}")
        slots = ACTS[self.act].slots
        return [*emptied("case_files", *slots), SlotSet("case_wish", self.act), FollowupAction("code_form")]


async def told_of_open_case(services: Services, tracker: Tracker) -> list[EventType] | None:
    """What is told while a case is open is offered to go there: as the answer, where the office asked something.

    None where no case is open, or none that takes more.
    """
    try:
        view = await way_back.view(services)
    except NoCaseOpen:
        return None
    wish = next((act for act in ("answer", "add_info") if act in view.allowed), None)
    if wish is None:
        return None
    words = SlotSet("case_words", reading.text_of(tracker))
    return [words, *emptied("case_wish", *ACTS[wish].slots), FollowupAction(ACTS[wish].form)]


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
    """Rates at once where the wish says how many stars."""

    act = "rate"

    def name(self) -> str:
        return "action_rate"

    async def begin(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        stars = stars_of(reading.text_of(tracker)) or stars_of(entity(tracker, "rating"))
        if not stars:
            return await super().begin(dispatcher, tracker, domain)
        given = [*emptied("case_wish"), SlotSet("rating", stars)]
        tracker.add_slots(given)
        return [*given, *await begin_wish(self.act, self.services, dispatcher, tracker, domain)]


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
