"""What may be done with a case: each act has a form of its own."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Act:
    """One act: its form, and the slots that the form fills."""

    form: str
    slots: tuple[str, ...]


ACTS = {
    "add_info": Act(form="add_info_form", slots=("addition",)),
    "answer": Act(form="answer_form", slots=("answer",)),
    "rate": Act(form="rate_form", slots=("rating",)),
    "review": Act(form="review_form", slots=("review_reason",)),
    "retaliation": Act(form="retaliation_form", slots=("retaliation_text",)),
    "named": Act(form="named_form", slots=("named_name", "named_contact")),
    "withdraw": Act(form="withdraw_form", slots=("withdraw_reason",)),
}
CASE_SLOTS = ("case_wish", "case_words", "case_files", *(slot for act in ACTS.values() for slot in act.slots))
"""All that an act on a case keeps while it is under way."""
