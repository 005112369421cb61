"""Taking a report: the questions, reading answers, settling values, what is missing. Pure; also for the desk's form."""

from casework.intake.answer import (
    DISCARD,
    DONE,
    OWN_WORDS,
    PROPOSED,
    REWRITE,
    SERVICE_QUESTIONS,
    SHOW_LIST,
    Answer,
    clean,
)
from casework.intake.assembling import assemble
from casework.intake.ground import Ground
from casework.intake.letters import is_prepared_letter
from casework.intake.passing import is_question
from casework.intake.phrases import find_field
from casework.intake.questions import (
    CHANNELS_THAT_WRITE,
    CHANNELS_WITHOUT_FILES,
    FIELDS,
    FOLLOW_UPS,
    GROUPS,
    LEVELS,
    MATTERS,
    NUMBER_QUESTIONS,
    PERSONAL,
    QUESTIONS,
    SCOPES,
    SKIPPED,
    UNKNOWN,
    Question,
    Values,
    applicable,
    asked_again,
    bookkeeping,
    can_skip,
    can_submit,
    is_given,
    lacking,
    next_question,
    required,
)
from casework.intake.reading import is_statement, read_answer, tells_beside_question, tells_of_a_matter, tells_of_danger
from casework.intake.scene import competent_body
from casework.intake.settling import Settled
from casework.intake.story import READ_FROM_STORY
from casework.intake.substance import missing, uncoached
from casework.intake.telling import settle_answer, settle_long_text, told
from casework.intake.titles import propose_title

__all__ = [
    "CHANNELS_THAT_WRITE",
    "CHANNELS_WITHOUT_FILES",
    "DISCARD",
    "DONE",
    "FIELDS",
    "FOLLOW_UPS",
    "GROUPS",
    "LEVELS",
    "MATTERS",
    "NUMBER_QUESTIONS",
    "OWN_WORDS",
    "PERSONAL",
    "PROPOSED",
    "QUESTIONS",
    "READ_FROM_STORY",
    "REWRITE",
    "SCOPES",
    "SERVICE_QUESTIONS",
    "SHOW_LIST",
    "SKIPPED",
    "UNKNOWN",
    "Answer",
    "Ground",
    "Question",
    "Settled",
    "Values",
    "applicable",
    "asked_again",
    "assemble",
    "bookkeeping",
    "can_skip",
    "can_submit",
    "clean",
    "competent_body",
    "find_field",
    "is_given",
    "is_prepared_letter",
    "is_question",
    "is_statement",
    "lacking",
    "missing",
    "next_question",
    "propose_title",
    "read_answer",
    "required",
    "settle_answer",
    "settle_long_text",
    "tells_beside_question",
    "tells_of_a_matter",
    "tells_of_danger",
    "told",
    "uncoached",
]
