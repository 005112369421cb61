"""The questions of a report in their order, what kind of answer each takes, and which of them a draft still needs.

Values are a mapping of question to value, as the dialogue keeps them in slots (JSON). `SKIPPED` and `UNKNOWN` are
values: a question that was put aside is answered. The bookkeeping stands under "draft".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from casework.intake.substance import uncoached
from casework.report import MAX_FACTS

SKIPPED = "__skipped__"
UNKNOWN = "unknown"

Values = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One question. `group` is where the summary shows it.

    Free text fails only when it is empty or too long (`limit` characters); a choice when it is none of its choices.
    """

    name: str
    group: str = ""
    limit: int = 0
    can_skip: bool = False
    can_be_unknown: bool = False
    takes_number: bool = False
    is_yes_no: bool = False

    @property
    def is_free_text(self) -> bool:
        return self.limit > 0


_LIST = (
    Question(name="facts", group="story", limit=MAX_FACTS),
    Question(name="long_text"),
    Question(name="understood", is_yes_no=True),
    Question(name="region", group="accused"),
    Question(name="mode", group="reporter"),
    Question(name="reporter_kind", group="reporter", can_skip=True),
    Question(name="organisation", group="reporter", limit=100),
    Question(name="credit_code", group="reporter", limit=60, can_skip=True, can_be_unknown=True, takes_number=True),
    Question(name="industry", group="reporter", limit=60, can_skip=True, can_be_unknown=True),
    Question(name="post", group="reporter", limit=60, can_skip=True),
    Question(name="reporter_name", group="reporter", limit=60),
    Question(name="contact", group="reporter", limit=120, takes_number=True),
    Question(name="address", group="reporter", limit=200, can_skip=True),
    Question(name="accused_unit", group="accused", limit=100, can_skip=True, can_be_unknown=True),
    Question(name="accused_name", group="accused", limit=60, can_skip=True, can_be_unknown=True),
    Question(name="accused_post", group="accused", limit=60, can_skip=True, can_be_unknown=True),
    Question(name="level", group="accused", can_skip=True, can_be_unknown=True),
    Question(name="occurred", group="when", limit=120, can_skip=True, can_be_unknown=True, takes_number=True),
    Question(name="place", group="when", limit=120, can_skip=True, can_be_unknown=True),
    Question(name="category", group="kind", can_skip=True, can_be_unknown=True),
    Question(name="title", group="kind", limit=50, can_skip=True),
    Question(name="matter", group="impact", can_skip=True, can_be_unknown=True),
    Question(name="loss", group="impact", limit=60, can_skip=True, can_be_unknown=True, takes_number=True),
    Question(name="delay", group="impact", limit=60, can_skip=True, can_be_unknown=True, takes_number=True),
    Question(name="scope", group="impact", can_skip=True, can_be_unknown=True),
    Question(name="more_facts", limit=MAX_FACTS, can_skip=True, can_be_unknown=True),
    Question(name="evidence", group="after", can_skip=True),
    Question(name="follow_up", group="after", can_skip=True, is_yes_no=True),
    Question(name="confirm", is_yes_no=True),
)

QUESTIONS: Mapping[str, Question] = {question.name: question for question in _LIST}
"""All questions in the order in which they are put."""

NUMBER_QUESTIONS = frozenset(q.name for q in _LIST if q.takes_number)
"""Questions whose answer may be a bare number, so that a number does not pick a button."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    group: tuple(q.name for q in _LIST if q.group == group) for group in dict.fromkeys(q.group for q in _LIST) if group
}
"""What the summary shows together, in order."""

FIELDS = tuple(q.name for q in _LIST if q.group)
"""The questions whose answers are part of the report: these can be changed by name."""

SUGGESTIBLE = frozenset({*(q.name for q in _LIST if q.group in ("story", "accused", "when", "kind", "impact")),
                         "more_facts"})  # fmt: skip
"""Questions whose answer the office may suggest: what the report is about, never who reports or whether to submit."""

PERSONAL = ("organisation", "credit_code", "industry", "post", "reporter_name", "contact", "address")
"""What says who the reporter is: never asked and never kept in an anonymous report."""

MATTERS = ("permit", "inspection", "fine", "fee", "arrears", "project", "other")
SCOPES = ("none", "court", "arbitration", "reconsideration", "other_body")
FOLLOW_UPS = ("code", "chat")
LEVELS = ("municipal", "county", "township", "village")

CHANNELS_WITHOUT_FILES = frozenset({"terminal"})
CHANNELS_THAT_WRITE = frozenset({"telegram"})
"""Where the bot may write first: elsewhere nobody is asked whether it should."""


def applicable(values: Values) -> list[str]:
    """Return the questions that this draft has, in their own order, put by themselves or not."""
    return [name for name in QUESTIONS if _applies(name, values)]


def required(values: Values) -> list[str]:
    """Return the questions that are put by themselves, in the order to ask: one being changed comes first."""
    changing = bookkeeping(values).get("changing")
    names = [name for name in applicable(values) if _is_put(name, values) or name == changing]
    if changing in names and values.get(changing) is None:
        names.remove(changing)
        names.insert(0, changing)
    return names


def asked_again(values: Values, question: str) -> dict[str, Any]:
    """Return the updates that put `question` next; what it said is kept for "same as before"."""
    draft = dict(bookkeeping(values))
    kept = {**(draft.get("previous") or {}), question: values.get(question)}
    return {question: None, "draft": draft | {"changing": question, "previous": kept}}


def next_question(values: Values) -> str | None:
    """Return the first question without an answer."""
    return next((name for name in required(values) if values.get(name) is None), None)


def can_submit(values: Values) -> bool:
    """Tell whether facts, region, mode and what the mode needs are there, so that "submit now" may be offered."""
    return not bookkeeping(values).get("short") and all(values.get(n) is not None for n in _core(values))


def lacking(values: Values) -> list[str]:
    """Return what is still needed before the report can be submitted; "facts" for a story that is too long."""
    names = ("facts" if name == "long_text" else name for name in _core(values) if values.get(name) is None)
    return list(dict.fromkeys(names))


def bookkeeping(values: Values) -> Mapping[str, Any]:
    return values.get("draft") or {}


def is_given(value: object) -> bool:
    """Tell whether a value holds something: neither missing nor skipped nor unknown."""
    return value is not None and value not in (SKIPPED, UNKNOWN)


def _core(values: Values) -> list[str]:
    return [
        name for name in ("facts", "long_text", "region", "mode", *_needed_by_mode(values)) if _applies(name, values)
    ]


def _needed_by_mode(values: Values) -> tuple[str, ...]:
    return {"real_name": ("reporter_name", "contact"), "unit_name": ("organisation", "contact")}.get(
        str(values.get("mode")), ()
    )


def can_skip(name: str, values: Values) -> bool:
    """Tell whether the question may be skipped in this draft."""
    if name == "organisation":
        return name not in _needed_by_mode(values)
    return QUESTIONS[name].can_skip


def _applies(name: str, values: Values) -> bool:
    check = _CONDITIONS.get(name)
    if check is not None and not check(values):
        return False
    is_short = bool(bookkeeping(values).get("short"))
    return (
        not is_short
        or name in _ALWAYS
        or name in _needed_by_mode(values)
        or name == bookkeeping(values).get("changing")
    )


_ALWAYS = frozenset({"facts", "long_text", "region", "mode", "confirm"})


def _is_put(name: str, values: Values) -> bool:
    """Tell whether the question comes by itself; one that does not can still be answered and changed by name."""
    check = _PUT_IF.get(name)
    return check is None or values.get(name) is not None or check(values)


def _is_enterprise(values: Values) -> bool:
    return values.get("reporter_kind") == "enterprise"


def _is_named(values: Values) -> bool:
    return values.get("mode") in ("real_name", "unit_name")


def _asks_organisation(values: Values) -> bool:
    return values.get("mode") == "unit_name" or (_is_named(values) and _is_enterprise(values))


def _is_too_long(values: Values) -> bool:
    return len(values.get("facts") or "") > MAX_FACTS


def _is_to_coach(values: Values) -> bool:
    return values.get("more_facts") is not None or bool(uncoached(values))


_CONDITIONS = {
    "long_text": _is_too_long,
    "understood": lambda values: bool(bookkeeping(values).get("read")),
    "organisation": _asks_organisation,
    "credit_code": lambda values: _is_named(values) and _is_enterprise(values),
    "industry": lambda values: _is_named(values) and _is_enterprise(values),
    "post": _asks_organisation,
    "reporter_name": lambda values: values.get("mode") == "real_name",
    "contact": _is_named,
    "address": lambda values: values.get("mode") == "real_name",
    "matter": _is_enterprise,
    "loss": _is_enterprise,
    "delay": _is_enterprise,
    "more_facts": _is_to_coach,
}
_PUT_IF: Mapping[str, Callable[[Values], bool]] = {
    "accused_post": lambda values: is_given(values.get("accused_name")),
    "title": lambda values: False,
    "follow_up": lambda values: bool(bookkeeping(values).get("writes")),
}
"""A title is proposed, a post asked for of a person with a name, notes only where they can be sent."""
