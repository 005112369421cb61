"""Opening a case by its code: the form that asks for it, the case shown, wrong codes answered."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.follow_up.acts import CASE_SLOTS
from actions.follow_up.case_acts import begin_wish
from actions.follow_up.case_words import show_case
from actions.speaking import ButtonDict, DomainDict, ServiceAction, button, failed, intent_of, language_of
from actions.talk import reading
from actions.talk.asking import LEFT, Ask, QuestionForm, back_to_draft, emptied, has_left
from actions.talk.telling import offer_menu, tell
from casework import way_back
from casework.code import CodeFinding
from casework.errors import CodeMistyped, CodeUnknown, CodeWait, NoCaseOpen
from casework.turn import current_turn


class ActionQueryStatus(ServiceAction):
    """Shows the case of the code in the message, else the one that is open, else asks for the code."""

    def name(self) -> str:
        return "action_query_status"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        finding = code_in_turn()
        if finding is not None:
            return await open_case(self, finding, dispatcher, tracker, domain)
        if tracker.active_loop_name == "code_form":
            has_tried = intent_of(tracker) == "provide_code"
            return [SlotSet("failures", failed(tracker, "code_given"))] if has_tried else []
        try:
            show_case(await way_back.view(self.services), dispatcher, tracker, domain)
        except NoCaseOpen:
            return [SlotSet("case_wish", None), FollowupAction("code_form")]
        return back_to_draft(tracker)


class AskCodeGiven(Ask):
    form = "code_form"
    slot = "code_given"

    def buttons(self, tracker: Tracker, domain: DomainDict, language: str) -> list[ButtonDict]:
        return [button(domain, "lost_code", language, "ask_human")] if tracker.get_slot("failures") else []


class ValidateCodeForm(QuestionForm):
    """Takes note that a code was typed. It is looked up once, after the form: this may run twice in a turn."""

    form = "code_form"

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        if reading.has_code():
            return {"code_given": True}
        return {"code_given": LEFT} if reading.is_said(tracker, "deny", *reading.LEAVING) else {}

    def validate_code_given(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return {"code_given": value}


class ActionOpenCase(ServiceAction):
    """Looks the code up after it was asked for."""

    def name(self) -> str:
        return "action_open_case"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        finding = code_in_turn()
        if has_left(tracker.get_slot("code_given")) or finding is None:
            dispatcher.utter_message(response="utter_left")
            if tracker.get_slot("draft") is None:
                offer_menu(dispatcher, tracker, domain)
            return [*emptied("code_given", "failures", *CASE_SLOTS), *back_to_draft(tracker)]
        return [SlotSet("code_given", None), *await open_case(self, finding, dispatcher, tracker, domain)]


class ActionShowCode(ServiceAction):
    """Shows the code again while its receipt lives."""

    def name(self) -> str:
        return "action_show_code"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        code = await way_back.show_code(self.services)
        if code is None:
            tell(self.services, dispatcher, tracker, "utter_code_gone")
            offer_menu(dispatcher, tracker, domain)
            return []
        buttons = [button(domain, "saved", language_of(tracker), "done")]
        dispatcher.utter_message(response="utter_code_again", code=code, buttons=buttons)
        return []


def code_in_turn() -> CodeFinding | None:
    """Return the code that stands in this turn's message, right or mistyped."""
    turn = current_turn.get()
    return turn.code if turn is not None else None


async def open_case(
    action: ServiceAction,
    finding: CodeFinding,
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    domain: DomainDict,
) -> list[EventType]:
    """Open the case of a code and go on with what was wished, or show it; say what is wrong with a wrong code."""
    try:
        view = await way_back.open_by_code(action.services, finding)
    except CodeMistyped:
        return _refuse(action, dispatcher, tracker, domain, "utter_code_mistyped")
    except CodeUnknown:
        return _refuse(action, dispatcher, tracker, domain, "utter_code_unknown")
    except CodeWait as wait:
        tell(action.services, dispatcher, tracker, "utter_code_wait", minutes=wait.minutes)
        offer_menu(dispatcher, tracker, domain)
        return [*emptied("failures", *CASE_SLOTS), *back_to_draft(tracker)]
    if view.new_code is not None:
        buttons = [button(domain, "saved", language_of(tracker), "done")]
        dispatcher.utter_message(response="utter_code_replaced", code=view.new_code, buttons=buttons)
    wish = tracker.get_slot("case_wish")
    if wish in view.allowed:
        dispatcher.utter_message(response="utter_code_right")
        begun = await begin_wish(wish, action.services, dispatcher, tracker, domain)
        return [SlotSet("failures", None), *begun]
    if wish:
        dispatcher.utter_message(response=f"utter_not_now_{wish}")
    show_case(view, dispatcher, tracker, domain)
    return [*emptied("failures", *CASE_SLOTS), *back_to_draft(tracker)]


def _refuse(
    action: ServiceAction, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict, response: str
) -> list[EventType]:
    """Say what is wrong with the code; ask again, or leave the question that is open and offer another try."""
    failures = SlotSet("failures", failed(tracker, "code_given"))
    if tracker.active_loop_name:
        language = language_of(tracker)
        buttons = [button(domain, "code_again", language, "query_status")]
        tell(action.services, dispatcher, tracker, response, buttons=buttons)
        return []
    tell(action.services, dispatcher, tracker, response)
    return [failures, FollowupAction("code_form")]
