"""Looks at the draft without leaving it, explains a question, and answers what was not understood."""

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.report.beginning import begin_report, has_early, kept_for_report
from actions.report.draft import FORM, answer_of, ground_of, question_of, values_of
from actions.report.files import files_of
from actions.report.showing import summary
from actions.report.validating import gives_up
from actions.speaking import DomainDict, ServiceAction, button, failed, intent_of, language_of
from actions.talk.meaning import not_understood
from actions.talk.telling import offer_menu
from casework.intake import SKIPPED, is_question, is_statement, tells_of_a_matter, told


class ActionReview(ServiceAction):
    """Shows what was said so far; the question asked stays open."""

    def name(self) -> str:
        return "action_review"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        values = values_of(tracker)
        if question_of(tracker) == "confirm":
            return []
        if values["facts"] is None and told(values):
            values["facts"] = told(values)
        lines = summary(values, domain, ground_of(self.services, tracker), len(await files_of(tracker)))
        if lines:
            dispatcher.utter_message(response="utter_review", lines=lines)
        else:
            dispatcher.utter_message(response="utter_review_empty")
        offer_menu(dispatcher, tracker, domain)
        return []


class ActionExplain(ServiceAction):
    """Explains the question asked, of any form that has words for it."""

    def name(self) -> str:
        return "action_explain"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        response = _explanation(tracker, domain)
        dispatcher.utter_message(response=response or "utter_nothing_to_explain")
        offer_menu(dispatcher, tracker, domain)
        return []


class ActionUnclear(ServiceAction):
    """A message that answers nothing and is no command: counted for the question asked."""

    def name(self) -> str:
        return "action_unclear"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        question = tracker.slots.get("requested_slot") if tracker.active_loop_name else None
        if not question and tracker.get_slot("draft") is not None:
            dispatcher.utter_message(response="utter_report_begun")
            return [FollowupAction(FORM)]
        if not question:
            return self._outside(dispatcher, tracker, domain)
        if is_question(answer_of(tracker).text):
            again = "_2" if _was_said("utter_cannot_answer", tracker) else ""
            buttons = [button(domain, "person", language_of(tracker), "ask_human")] if again else []
            dispatcher.utter_message(response=f"utter_cannot_answer{again}", buttons=buttons)
            return []
        if gives_up(question, tracker):
            dispatcher.utter_message(response="utter_note_left_out")
            return [SlotSet(question, SKIPPED), SlotSet("failures", None)]
        failures = failed(tracker, question)
        explanation = _explanation(tracker, domain)
        if failures["n"] == 2 and explanation:
            dispatcher.utter_message(response=explanation)
        return [SlotSet("failures", failures)]

    def _outside(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        """Where no question is open: a matter begins a report, and so does the second statement in fragments."""
        answer = answer_of(tracker)
        is_told_in_pieces = is_statement(answer) and has_early(self.services, tracker)
        if tells_of_a_matter(answer, ground_of(self.services, tracker)):
            return begin_report(self.services, tracker)
        kept = kept_for_report(self.services, tracker)
        if is_told_in_pieces:
            tracker.slots["early"] = kept[0]["value"]
            return begin_report(self.services, tracker)
        if intent_of(tracker) not in ("affirm", "deny"):
            return [*kept, *not_understood(dispatcher, tracker, domain)]
        offer_menu(dispatcher, tracker, domain)
        return []


def _was_said(response: str, tracker: Tracker) -> bool:
    """Tell whether that response was part of the answer to the message before this one."""
    before: list[object] = []
    said: list[object] = []
    for event in tracker.events:
        if event.get("event") == "user":
            before, said = said, []
        elif event.get("event") == "bot":
            said += (event.get("metadata") or {}).values()
    return response in before


def _explanation(tracker: Tracker, domain: DomainDict) -> str | None:
    """Return the response that explains the question asked, if there is one."""
    response = f"utter_explain_{tracker.slots.get('requested_slot')}"
    return response if tracker.active_loop_name and response in domain.get("responses", {}) else None
