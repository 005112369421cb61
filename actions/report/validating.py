"""Reads and settles the answers of the report form."""

from dataclasses import replace
from functools import partial
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.report.draft import FORM, answer_of, ground_of, is_said, said, set_slots, values_of
from actions.report.files import keep_as_file
from actions.report.showing import lines_of
from actions.speaking import (
    ButtonDict,
    DomainDict,
    ServiceAction,
    button,
    failed,
    failure_count,
    intent_of,
    label,
    language_of,
)
from actions.talk.telling import speak_of_danger
from casework import way_back
from casework.errors import NoCaseOpen
from casework.intake import (
    FIELDS,
    PERSONAL,
    QUESTIONS,
    SHOW_LIST,
    SKIPPED,
    UNKNOWN,
    Settled,
    can_skip,
    is_given,
    read_answer,
    required,
    settle_answer,
    settle_long_text,
    told,
)

_SHOW_ALL = ("understood", "confirm")
_OF_A_UNIT = frozenset({"unit_found", "unit_moved"})
"""Notes that say how a unit was read: not beside a list that shows it."""
_NAMED = ("real_name", "unit_name")
_CLEAR_KIND = 0.85
_OFFERED_KINDS = 3
_MOST_FAILURES = 3
_SAID_IN_THE_QUESTION = frozenset({"choice", "empty"})
"""Refusals that need no message of their own: the question, asked again in other words, says enough."""


def gives_up(question: str, tracker: Tracker) -> bool:
    """Tell whether one more failure is to leave the question out: only where it is not needed."""
    values = values_of(tracker)
    may_go = question in QUESTIONS and can_skip(question, values) and QUESTIONS[question].group != ""
    return may_go and failure_count(tracker, question) >= _MOST_FAILURES


class ValidateReportForm(ServiceAction, FormValidationAction):
    """The report form: which questions there are, what a message answers, what an answer is worth."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[str]:
        """Return the questions of this draft; what the message says beside them is settled too."""
        names = required(values_of(tracker))
        return [*names, *(n for n in QUESTIONS if n not in names and is_said(tracker.slots.get(n)))]

    async def get_extraction_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        values = values_of(tracker)
        name = tracker.slots.get("requested_slot")
        question = name if name in QUESTIONS else None
        if question is None and values["facts"] is not None:
            return []
        if question == "facts" and await self._is_for_the_open_case(values, tracker):
            return []
        candidates = read_answer(question, answer_of(tracker), values, ground_of(self.services, tracker))
        known = {name: said(raw) for name, raw in candidates.items() if raw is not None}
        return set_slots(known)

    async def _is_for_the_open_case(self, values: dict[str, Any], tracker: Tracker) -> bool:
        """Tell whether "I want to add …" is said where no story was begun and a case is open: it is for that one."""
        if intent_of(tracker) != "add_info" or told(values):
            return False
        try:
            await way_back.view(self.services)
        except NoCaseOpen:
            return False
        return True

    async def get_validation_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        """Settle all that was said, and name what was taken down beside the answer asked for."""
        asked = tracker.slots.get("requested_slot")
        implied = ("facts", "accused_post") if asked == "accused_name" else ("facts",)
        beside = [n for n in FIELDS if n not in (asked, *implied) and is_said(tracker.slots.get(n))]
        events: list[EventType] = await super().get_validation_events(dispatcher, tracker, domain)
        values, ground = values_of(tracker), ground_of(self.services, tracker)
        if asked == "mode" and values["mode"] in _NAMED:
            beside += [name for name in PERSONAL if name not in beside]
        if asked == "understood":  # its own list shows the rest
            beside = [name for name in beside if name in PERSONAL]
        lines = lines_of((n for n in beside if is_given(values[n])), values, domain, ground)
        if lines and asked != "confirm":
            dispatcher.utter_message(response="utter_note_noted", lines=lines)
        return events

    def __getattr__(self, name: str) -> Any:
        """Give rasa-sdk its `validate_<slot>`: one for every question."""
        question = name.removeprefix("validate_")
        if question != name and question in QUESTIONS:
            return partial(self._validate, question)
        raise AttributeError(name)

    async def _validate(
        self, question: str, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        """Settle what was said; a settled value, given again on entry, stays silently as it is."""
        if not is_said(value):
            return {question: value}
        settled = await self._settle(question, value["said"], tracker, domain)
        if question in ("facts", "more_facts") and intent_of(tracker) == "emergency":
            speak_of_danger(self.services, dispatcher, tracker, self._ways_on(tracker, domain))
        if settled.note and self._is_worth_saying(settled.note, question, tracker):
            dispatcher.utter_message(response=f"utter_note_{settled.note}", **settled.arguments)
        if settled.refused is None:
            return settled.updates | {"failures": None}
        if gives_up(question, tracker):
            dispatcher.utter_message(response="utter_note_left_out")
            return {question: SKIPPED, "failures": None}
        return settled.updates | {"failures": self._refuse(question, settled, dispatcher, tracker)}

    def _is_worth_saying(self, note: str, question: str, tracker: Tracker) -> bool:
        """Tell whether a note adds to what is shown anyway."""
        asked = tracker.slots.get("requested_slot")
        return note not in _OF_A_UNIT or (asked not in _SHOW_ALL and (note != "unit_found" or question == asked))

    def _ways_on(self, tracker: Tracker, domain: DomainDict) -> list[ButtonDict]:
        language = language_of(tracker)
        person = button(domain, "person", language, "ask_human")
        return [person, button(domain, "back_to_question", language, "resume_bot")]

    async def _settle(self, question: str, raw: Any, tracker: Tracker, domain: DomainDict) -> Settled:
        values, language = values_of(tracker), language_of(tracker)
        if question == "category" and isinstance(raw, str) and raw not in (SKIPPED, UNKNOWN):
            return self._settle_kind(raw, values, tracker)
        if question != "long_text" or raw != "attach":
            return settle_answer(question, raw, values, ground_of(self.services, tracker))
        name = label(domain, "utter_label_long_text_file", language)
        is_kept = await keep_as_file(self.services, str(values["facts"]), name)
        note = label(domain, "utter_label_long_text_note", language)
        return settle_long_text("attach" if is_kept else "cut", values, note)

    def _settle_kind(self, raw: str, values: dict[str, Any], tracker: Tracker) -> Settled:
        """Take words that name no kind for the nearest one, if that is clear or asked twice; else offer the nearest."""
        ground = ground_of(self.services, tracker)
        if raw == SHOW_LIST or ground.profile.category(raw) is not None:
            return settle_answer("category", raw, values, ground)
        ranked = [(n, s) for n, s in self.services.ranker.rank(raw, ground.language) if n != "other"]
        if not ranked:
            return settle_answer("category", raw, values, ground)
        name, score = ranked[0]
        kind = ground.profile.category(name)
        if kind is None or (score < _CLEAR_KIND and not values["draft"].get("kinds")):
            near = [n for n, _ in ranked[:_OFFERED_KINDS]]
            return settle_answer("category", {"near": near, "typed": raw}, values, ground)
        settled = settle_answer("category", name, values, ground)
        return replace(settled, note="kind_found", arguments={"name": kind.words.in_language(ground.language)})

    def _refuse(
        self, question: str, settled: Settled, dispatcher: CollectingDispatcher, tracker: Tracker
    ) -> dict[str, object]:
        """Say why; after the second failure explain the question. Returns the new count."""
        if settled.refused == "needed":
            dispatcher.utter_message(response=f"utter_needed_{question}")
        elif settled.refused not in _SAID_IN_THE_QUESTION:
            dispatcher.utter_message(response=f"utter_refused_{settled.refused}", **settled.arguments)
        failures = failed(tracker, question)
        if failures["n"] == 2:
            dispatcher.utter_message(response=f"utter_explain_{question}")
        return failures
