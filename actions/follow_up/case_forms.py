"""The questions of the acts on a case: each one question, cancellable, files welcome where text is."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.follow_up.stars import stars_of
from actions.speaking import ButtonDict, DomainDict, button, entity, titled
from actions.talk import reading
from actions.talk.asking import LEFT, Ask, QuestionForm, TextForm, failure, has_left
from casework import way_back
from casework.errors import NoCaseOpen
from casework.intake.contacts import read_contact
from casework.intake.wording import STILL_WANTED

MAX_NAME = 60
MAX_REASON = 1_000
NOTHING = {"text": "", "is_empty": True}
"""An answer without words: files alone, or no reason."""


class AskText(Ask):
    """Asks for words; those that the wish itself brought are shown and may be sent as they are."""

    def response(self, tracker: Tracker) -> str:
        return "utter_ask_case_words" if tracker.get_slot("case_words") else super().response(tracker)

    def buttons(self, tracker: Tracker, domain: DomainDict, language: str) -> list[ButtonDict]:
        return [button(domain, "send_words", language, "affirm")] if tracker.get_slot("case_words") else []

    async def arguments(self, tracker: Tracker, language: str) -> dict[str, Any]:
        return {"words": tracker.get_slot("case_words") or ""}


class AskWithFiles(AskText):
    """Asks for words that files may stand in for."""

    def response(self, tracker: Tracker) -> str:
        is_about_files = tracker.get_slot("case_files") and not tracker.get_slot("case_words")
        return super().response(tracker) + ("_files" if is_about_files else "")

    def buttons(self, tracker: Tracker, domain: DomainDict, language: str) -> list[ButtonDict]:
        files = [button(domain, "files_only", language, "done")] if tracker.get_slot("case_files") else []
        return [*super().buttons(tracker, domain, language), *files]

    async def arguments(self, tracker: Tracker, language: str) -> dict[str, Any]:
        return {**await super().arguments(tracker, language), "n": len(tracker.get_slot("case_files") or [])}


class AskAddition(AskWithFiles):
    form = "add_info_form"
    slot = "addition"


class AskAnswer(AskWithFiles):
    """Repeats the office's question, so that nobody answers from memory."""

    form = "answer_form"
    slot = "answer"

    async def arguments(self, tracker: Tracker, language: str) -> dict[str, Any]:
        return {**await super().arguments(tracker, language), "question": await self._question()}

    async def _question(self) -> str:
        try:
            view = await way_back.view(self.services)
        except NoCaseOpen:
            return "…"
        return view.open_question.text if view.open_question is not None else "…"


class AskRating(Ask):
    form = "rate_form"
    slot = "rating"

    def buttons(self, tracker: Tracker, domain: DomainDict, language: str) -> list[ButtonDict]:
        return [titled("★" * stars, "rate_result", rating=stars) for stars in range(1, 6)]


class AskReviewReason(AskText):
    form = "review_form"
    slot = "review_reason"


class AskRetaliationText(AskText):
    form = "retaliation_form"
    slot = "retaliation_text"


class AskNamedName(Ask):
    form = "named_form"
    slot = "named_name"


class AskNamedContact(Ask):
    form = "named_form"
    slot = "named_contact"


class AskWithdrawReason(Ask):
    form = "withdraw_form"
    slot = "withdraw_reason"

    def buttons(self, tracker: Tracker, domain: DomainDict, language: str) -> list[ButtonDict]:
        return [button(domain, "no_reason", language, "skip")]


class TextWithFilesForm(TextForm):
    """Takes "done" as "the files alone", when there are any."""

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        if reading.is_said(tracker, "done"):
            return {self.slot: NOTHING if tracker.get_slot("case_files") else LEFT}
        return super().read(question, tracker)


class ValidateAddInfoForm(TextWithFilesForm):
    form = "add_info_form"
    slot = "addition"

    def validate_addition(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return self.checked(value, dispatcher, tracker)


class ValidateAnswerForm(TextWithFilesForm):
    form = "answer_form"
    slot = "answer"
    leaves_at_no = False
    takes_yes = True

    def validate_answer(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return self.checked(value, dispatcher, tracker)


class ValidateReviewForm(TextForm):
    form = "review_form"
    slot = "review_reason"
    limit = MAX_REASON

    def validate_review_reason(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return self.checked(value, dispatcher, tracker)


class ValidateRetaliationForm(TextForm):
    form = "retaliation_form"
    slot = "retaliation_text"

    def validate_retaliation_text(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return self.checked(value, dispatcher, tracker)


class ValidateWithdrawForm(TextForm):
    form = "withdraw_form"
    slot = "withdraw_reason"
    limit = MAX_REASON

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        text = reading.text_of(tracker)
        if reading.is_short(text) and STILL_WANTED.search(text):
            return {"withdraw_reason": LEFT}
        if reading.is_said(tracker, "skip", "deny", "done", "dont_know"):
            return {"withdraw_reason": NOTHING}
        return super().read(question, tracker)

    def validate_withdraw_reason(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return self.checked(value, dispatcher, tracker)


class ValidateRateForm(QuestionForm):
    form = "rate_form"

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        if reading.is_said(tracker, "deny", *reading.LEAVING):
            return {"rating": LEFT}
        stars = stars_of(entity(tracker, "rating")) or stars_of(reading.text_of(tracker))
        return {"rating": stars} if stars else {}

    def validate_rating(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        return {"rating": value, "failures": None}


class ValidateNamedForm(TextForm):
    """Two questions: the name, then a telephone number or an e-mail address."""

    form = "named_form"
    slot = "named_name"
    limit = MAX_NAME

    def read(self, question: str, tracker: Tracker) -> dict[str, Any]:
        answer = self.read_text(tracker)
        return {question: answer[self.slot]} if answer else {}

    def validate_named_name(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        checked = self.checked(value, dispatcher, tracker)
        return {**checked, "named_contact": LEFT} if has_left(value) else checked

    def validate_named_contact(
        self, value: Any, dispatcher: CollectingDispatcher, tracker: Tracker, domain: DomainDict
    ) -> dict[str, Any]:
        if value is None or has_left(value):
            return {"named_contact": value}
        contact = read_contact(str(value.get("text", "")))
        if contact is None:
            dispatcher.utter_message(response="utter_contact_unreadable")
            return failure("named_contact", dispatcher, tracker)
        return {"named_contact": {"text": contact}, "failures": None}
