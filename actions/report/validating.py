"""Reads and settles the answers of the report form."""

from functools import partial
from typing import Any

from rasa_sdk import FormValidationAction, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.report.draft import FORM, answer_of, ground_of, is_said, said, set_slots, values_of
from actions.report.files import keep_as_file
from actions.speaking import ButtonDict, DomainDict, ServiceAction, button, failed, intent_of, label, language_of
from actions.talk.telling import speak_of_danger
from casework.intake import QUESTIONS, Settled, read_answer, required, settle_answer, settle_long_text

_SAID_IN_THE_QUESTION = frozenset({"choice", "empty"})
"""Refusals that need no message of their own: the question, asked again in other words, says enough."""


class ValidateReportForm(ServiceAction, FormValidationAction):
    """The report form: which questions there are, what a message answers, what an answer is worth."""

    def name(self) -> str:
        return f"validate_{FORM}"

    async def required_slots(
        self, domain_slots: list[str], dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[str]:
        return required(values_of(tracker))

    async def get_extraction_events(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> list[EventType]:
        values = values_of(tracker)
        name = tracker.slots.get("requested_slot")
        question = name if name in QUESTIONS else None
        if question is None and values["facts"] is not None:
            return []
        candidates = read_answer(question, answer_of(tracker), values, ground_of(self.services, tracker))
        known = {name: said(raw) for name, raw in candidates.items() if raw is not None}
        return set_slots(known)

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
        if settled.note:
            dispatcher.utter_message(response=f"utter_note_{settled.note}", **settled.arguments)
        if settled.refused is None:
            return settled.updates | {"failures": None}
        return settled.updates | {"failures": self._refuse(question, settled, dispatcher, tracker)}

    def _ways_on(self, tracker: Tracker, domain: DomainDict) -> list[ButtonDict]:
        language = language_of(tracker)
        person = button(domain, "person", language, "ask_human")
        return [person, button(domain, "back_to_question", language, "resume_bot")]

    async def _settle(self, question: str, raw: Any, tracker: Tracker, domain: DomainDict) -> Settled:
        values, language = values_of(tracker), language_of(tracker)
        if question != "long_text" or raw != "attach":
            return settle_answer(question, raw, values, ground_of(self.services, tracker))
        name = label(domain, "utter_label_long_text_file", language)
        is_kept = await keep_as_file(self.services, str(values["facts"]), name)
        note = label(domain, "utter_label_long_text_note", language)
        return settle_long_text("attach" if is_kept else "cut", values, note)

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
