"""An answer as it comes in, and whether it is one or a command."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.intake.script import simplify

DONE = "__done__"
PROPOSED = "__proposed__"
SHOW_LIST = "__list__"
OWN_WORDS = "__own_words__"
REWRITE = "__rewrite__"
DISCARD = "__discard__"
DANGER = "emergency"

SERVICE_QUESTIONS = (
    "ask_anonymity", "ask_privacy", "ask_retaliation", "faq_scope", "faq_time", "faq_evidence", "faq_false_report",
    "faq_contact",
)  # fmt: skip
"""Intents that ask about the service, in the order in which they are offered."""

CONTENT_INTENTS = frozenset(
    {
        "describe_incident", "inform", "affirm", "deny", "nlu_fallback", "out_of_scope", "add_info", "answer_question",
        "dissatisfied_result", "report_retaliation", "rate_result", "request_review", "become_named", "",
    }
)  # fmt: skip
"""Intents that are never a reason to take an answer to an open question for a command."""

_QUESTIONING = ("ask_", "faq_")
_QUESTION_MARKS = ("?", "？", "吗", "呢", "么")
_EXACT = 0.99
_LIKELY = 0.5


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One message as understood. `is_tap`: it came from a button (or a listed command), so its entities are certain."""

    intent: str
    confidence: float
    text: str = field(repr=False)
    entities: Sequence[Mapping[str, Any]] = field(default=(), repr=False)
    message_id: str = ""
    is_tap: bool = False

    def entity(self, name: str) -> Any:
        """Return the first value of an entity, or None."""
        return next((e.get("value") for e in self.entities if e.get("entity") == name), None)

    @property
    def plain(self) -> str:
        """The text in simplified characters, as the words that people use are recognised."""
        return simplify(self.text.strip())

    @property
    def is_command(self) -> bool:
        """Tell whether this is a command or a question of its own, even where any text would do as an answer.

        A story must never be lost to a command: only what is short, exact or very confident counts.
        """
        if self.intent in CONTENT_INTENTS:
            return False
        if self.is_tap:
            return True
        if self.intent == DANGER:
            return self.confidence >= _LIKELY
        size = weight(self.text)
        if self.intent.startswith(_QUESTIONING) and self.text.rstrip().endswith(_QUESTION_MARKS):
            return self.confidence >= 0.55 and size <= 30
        return size <= _longest_command(self.confidence)


def _longest_command(confidence: float) -> float:
    """Return how long (in Chinese characters) a command of this confidence may be."""
    if confidence >= _EXACT:
        return 30
    if confidence >= 0.9:
        return 16
    return 10 if confidence >= 0.72 else 0


def weight(text: str) -> float:
    """Return the length of a text in Chinese characters; three Latin ones weigh as much as one."""
    return sum(1.0 if ord(character) > 0x2E7F else 0.34 for character in text)


def clean(text: str) -> str:
    """Return the text without control and direction characters, each line stripped, at most one empty line in a row."""
    kept = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c in "\n\t" or _is_shown(c))
    lines = [line.strip() for line in kept.split("\n")]
    joined = "\n".join(lines)
    while "\n\n\n" in joined:
        joined = joined.replace("\n\n\n", "\n\n")
    return joined.strip()


def _is_shown(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")
