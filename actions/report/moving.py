"""Moves within the form: begin, back, skip, don't know, as before, change an answer, submit now, done."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.follow_up.opening import ActionShowCode
from actions.follow_up.starting import told_of_open_case
from actions.report.beginning import begin_report
from actions.report.draft import FORM, answer_of, ground_of, question_of, set_slots, values_of
from actions.report.showing import edit_buttons, field_label, fields_of_group, group_buttons
from actions.speaking import (
    DomainDict,
    ServiceAction,
    button,
    entity,
    failed,
    failure_count,
    intent_of,
    label,
    language_of,
)
from actions.talk import closing
from actions.talk.telling import offer_menu
from casework.intake import (
    DONE,
    FIELDS,
    GROUPS,
    PROPOSED,
    QUESTIONS,
    SKIPPED,
    UNKNOWN,
    applicable,
    asked_again,
    bookkeeping,
    can_skip,
    can_submit,
    find_field,
    lacking,
    settle_answer,
    told,
)
from casework.services import Services

_NOT_GONE_BACK_TO = frozenset({"understood", "more_facts", "long_text"})


class ActionBegin(ServiceAction):
    """Opens the report form, with a new draft or the one put aside."""

    def name(self) -> str:
        return "action_begin"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if tracker.active_loop_name == FORM:
            question = question_of(tracker)
            if question is not None and intent_of(tracker) == "describe_incident":
                return [SlotSet("failures", failed(tracker, question))]
            dispatcher.utter_message(response="utter_report_begun")
            return []
        if tracker.get_slot("locked"):
            return [FollowupAction("unlock_form")]
        if tracker.get_slot("draft") is not None:
            return [FollowupAction(FORM)]
        if intent_of(tracker) == "describe_incident" and tracker.active_loop_name is None:
            addition = await told_of_open_case(self.services, tracker)
            if addition is not None:
                return addition
        return begin_report(self.services, tracker)


class ActionGoBack(ServiceAction):
    """Asks the question before this one again."""

    def name(self) -> str:
        return "action_go_back"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        question = question_of(tracker)
        if question is None:
            dispatcher.utter_message(response="utter_nothing_to_go_back")
            offer_menu(dispatcher, tracker, domain)
            return []
        values = values_of(tracker)
        names = applicable(values)
        before = [n for n in names[: names.index(question)] if n not in _NOT_GONE_BACK_TO and values[n] is not None]
        if not before:
            dispatcher.utter_message(response="utter_first_question")
            return []
        return [*set_slots(asked_again(values, before[-1])), SlotSet("failures", None)]


class PutAside(ServiceAction):
    """Puts the question aside as skipped or not known, or says why it is needed."""

    raw: str

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        question = question_of(tracker)
        if question is None and tracker.active_loop_name:
            asked = tracker.slots.get("requested_slot")
            if asked != "code_given":
                return [SlotSet("failures", failed(tracker, str(asked)))] if self.raw == UNKNOWN else []
            return await ActionShowCode(self.services).run(dispatcher, tracker, domain)
        if question is None:
            if self.raw == SKIPPED:
                dispatcher.utter_message(response="utter_nothing_to_skip")
            offer_menu(dispatcher, tracker, domain)
            return []
        values = values_of(tracker)
        settled = settle_answer(question, self._raw_for(question, values), values, ground_of(self.services, tracker))
        if settled.refused is None:
            return [*set_slots(settled.updates), SlotSet("failures", None)]
        dispatcher.utter_message(response=f"utter_needed_{question}")
        return []

    def _raw_for(self, question: str, values: dict[str, Any]) -> Any:
        if question == "facts" and told(values):
            return DONE
        if question == "title":
            return PROPOSED
        return DONE if question == "evidence" else self.raw


class ActionSkip(PutAside):
    raw = SKIPPED

    def name(self) -> str:
        return "action_skip"


class ActionDontKnow(PutAside):
    """Where the answer is needed, "I don't know" fills nothing: explained, then asked shorter and with ways out."""

    raw = UNKNOWN

    def name(self) -> str:
        return "action_dont_know"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        question = question_of(tracker)
        values = values_of(tracker)
        is_told = question == "facts" and bool(told(values))
        if question is None or is_told or QUESTIONS[question].can_be_unknown or can_skip(question, values):
            return await super().run(dispatcher, tracker, domain)
        failures = failed(tracker, question)
        dispatcher.utter_message(response=f"utter_{'explain' if failures['n'] == 1 else 'needed'}_{question}")
        return [SlotSet("failures", failures)]


class ActionSameAsBefore(ServiceAction):
    """Keeps the answer that a question had before it was asked again."""

    def name(self) -> str:
        return "action_same_as_before"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        question, values = question_of(tracker), values_of(tracker)
        draft = dict(bookkeeping(values))
        before = (draft.get("previous") or {}).get(question)
        if question is None or before is None:
            dispatcher.utter_message(response="utter_nothing_before")
            offer_menu(dispatcher, tracker, domain)
            return []
        if draft.get("changing") == question:
            draft.pop("changing")
        return [SlotSet(question, before), SlotSet("draft", draft), SlotSet("failures", None)]


class ActionEdit(ServiceAction):
    """Asks a question again by its name; the rest stays as it is."""

    def name(self) -> str:
        return "action_edit"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if tracker.get_slot("draft") is None:
            dispatcher.utter_message(response="utter_nothing_to_edit")
            offer_menu(dispatcher, tracker, domain)
            return []
        values, ground = values_of(tracker), ground_of(self.services, tracker)
        named = entity(tracker, "field")
        field = find_field(answer_of(tracker).text) or (named if named in FIELDS or named in GROUPS else None)
        if field in GROUPS:
            return self._show_group(str(field), values, tracker, dispatcher, domain)
        if field is None:
            dispatcher.utter_message(response="utter_edit_which", buttons=group_buttons(values, domain, ground))
            return []
        names = applicable({**values, "draft": {**values["draft"], "short": False}})
        if field not in names:
            dispatcher.utter_message(response="utter_edit_not_asked")
            return []
        return self._back_to_form(asked_again(values, field), tracker)

    def _show_group(
        self, group: str, values: dict[str, Any], tracker: Tracker, dispatcher: CollectingDispatcher, domain: DomainDict
    ) -> list[EventType]:
        if question_of(tracker) == "confirm":
            return [SlotSet("draft", values["draft"] | {"group": group})]
        buttons = edit_buttons(fields_of_group(group, values), domain, ground_of(self.services, tracker))
        dispatcher.utter_message(response="utter_edit_which", buttons=buttons)
        return []

    def _back_to_form(self, updates: dict[str, Any], tracker: Tracker) -> list[EventType]:
        events = [*set_slots(updates), SlotSet("failures", None)]
        return events if tracker.active_loop_name == FORM else [*events, FollowupAction(FORM)]


class ActionSubmitNow(ServiceAction):
    """Leaves out what is not needed and goes to the summary."""

    def name(self) -> str:
        return "action_submit_now"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        values = values_of(tracker)
        if not values["draft"]:
            offer_menu(dispatcher, tracker, domain)
            return []
        if question_of(tracker) == "facts" and told(values):
            return self._finish_story(values, dispatcher, tracker, domain)
        if question_of(tracker) == "understood" and not can_submit(values) and not values["draft"].get("wrong"):
            say_what_lacks(self.services, values, dispatcher, tracker, domain)
            return [SlotSet("understood", True), SlotSet("failures", None)]
        if not can_submit(values) and (lacking(values) or question_of(tracker) == "confirm"):
            if question_of(tracker) != "confirm" and tracker.active_loop_name in (None, FORM):
                say_what_lacks(self.services, values, dispatcher, tracker, domain)
            return []
        draft = {name: value for name, value in values["draft"].items() if name != "changing"} | {"short": True}
        kept = self._restored(values)
        events = [*set_slots(kept), SlotSet("draft", draft), SlotSet("failures", None)]
        return events if tracker.active_loop_name == FORM else [*events, FollowupAction(FORM)]

    def _finish_story(
        self, values: dict[str, Any], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Who wants to submit has told everything; what is needed besides is asked next."""
        updates = settle_answer("facts", DONE, values, ground_of(self.services, tracker)).updates
        after = values | updates
        if not can_submit(after):
            say_what_lacks(self.services, after, dispatcher, tracker, domain)
        return [*set_slots(updates), SlotSet("failures", None)]

    def _restored(self, values: dict[str, Any]) -> dict[str, Any]:
        """A question that was being changed keeps what it said."""
        changing = values["draft"].get("changing")
        before = (values["draft"].get("previous") or {}).get(changing)
        return {changing: before} if changing and values.get(changing) is None and before is not None else {}


class ActionDone(ServiceAction):
    """ "Done" where it answers nothing: what is left of the report, or the end of a case session."""

    def name(self) -> str:
        return "action_done"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict) -> list[EventType]:
        if tracker.active_loop_name is None:
            return await closing.done(self.services, tracker, dispatcher, domain)
        question = question_of(tracker)
        if question is None:
            return []
        if question == "understood":
            is_again = failure_count(tracker, question) > 0
            return [SlotSet(question, True)] if is_again else [SlotSet("failures", failed(tracker, question))]
        if question == "facts":
            dispatcher.utter_message(response="utter_needed_facts")
        elif can_submit(values_of(tracker)):
            now = button(domain, "submit_now", language_of(tracker), "submit_now")
            dispatcher.utter_message(response="utter_enough_to_submit", buttons=[now])
        else:
            say_what_lacks(self.services, values_of(tracker), dispatcher, tracker, domain)
        return []


def say_what_lacks(
    services: Services, values: dict[str, Any], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
) -> None:
    """Name what is needed before the report can be submitted."""
    ground = ground_of(services, tracker)
    names = [field_label(name, domain, ground) for name in lacking(values)]
    if names:
        joined = label(domain, "utter_label_between", ground.language).join(names)
        dispatcher.utter_message(response="utter_not_ready", missing=joined)
