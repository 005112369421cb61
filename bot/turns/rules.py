"""The numbers and names a turn goes by; the composition root fills in what the profile and the settings say."""

from dataclasses import dataclass
from datetime import timedelta

RETURNED_FORMS = frozenset({"returned_form", "confirm_form", "unlock_form"})
"""While one of these is open after a silence, what the person had typed is still held."""

CODE_QUESTION = "code_given"
RETURN_QUESTION = "returned_choice"
UNLOCK_FORM = "unlock_form"
WORD_QUESTION = ("word_form", "new_word")
LOCKED_SLOT = "locked"

NO_WORDS = frozenset({"cancel", "deny", "emergency", "forget_me", "go_back", "goodbye", "help", "skip"})
"""Said where a word is to be chosen, these are no word."""

MASKED = "••••••"
"""Stands in the visible conversation where a word was typed."""

TO_THE_POINT = frozenset(
    {
        "ask_anonymity", "ask_human", "ask_privacy", "ask_retaliation", "change_language",
        "describe_incident", "emergency", "evidence",
        "faq_contact", "faq_evidence", "faq_false_report", "faq_scope", "faq_time", "provide_code", "query_status",
        "start_report",
    }
)  # fmt: skip
"""As a first message these get a short greeting: what was said is taken up at once."""

GREETED = frozenset({"dont_know", "greet", "inform", "nlu_fallback", "out_of_scope"})
"""To these, as a first message, the whole greeting with its choices is answer enough."""

MENU = "utter_menu"
"""The choices at the end of the greeting: not said where what was said is answered with choices or a question."""

AT_ONCE = frozenset({"emergency", "forget_me", "provide_code"})
"""Not held after a silence: danger goes before anything else, and a code is never kept."""

ANSWERS = frozenset(
    {
        "affirm", "deny", "done", "dont_know", "edit_field", "explain_question", "go_back", "inform", "nlu_fallback",
        "out_of_scope", "remove_file", "review_report", "same_as_before", "skip", "submit_now",
    }
)  # fmt: skip
"""Mean something only beside the question they answer: not said any more once the draft is discarded."""

CONTENT = frozenset({"describe_incident", "inform", "nlu_fallback", "out_of_scope"})
"""Typed while the bot asks whether to go on, these are more of what is held."""

MOST_HELD = 100
"""Messages that are held at most; of long ones fewer, `text_limit` characters in all."""

NOT_HELD = frozenset({"goodbye", "greet", "old_button", "thanks"})
"""Need no second saying after the person decided to go on."""

WAKING = frozenset({"resume_bot", "start_report"})
LONGEST_WAKING = 14
"""Characters: "go on" said on coming back is no second "go on" after the question whether to."""

REFUSALS = frozenset(
    {"too_large", "too_many", "empty", "no_space"} | {"kind", "archive", "damaged", "bomb", "locked", "macros", "video"}
)


WISHES = {
    "zh": '/change_language{"language_code": "zh"}',
    "en": '/change_language{"language_code": "en"}',
    "have_code": "/query_status",
}
"""What a link may ask for, as payloads."""


@dataclass(frozen=True, kw_only=True)
class TurnRules:
    """`renewing_channels` know people by a secret that is replaced after a submission."""

    default_language: str = "zh"
    silence: timedelta = timedelta(minutes=30)
    kept: timedelta = timedelta(hours=24)
    reply_kept: timedelta = timedelta(minutes=60)
    text_limit: int = 200_000
    file_limit_bytes: int = 20 * 1024 * 1024
    most_files: int = 10
    number_questions: frozenset[str] = frozenset()
    renewing_channels: frozenset[str] = frozenset({"web"})
