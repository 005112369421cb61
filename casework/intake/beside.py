"""Reads what answers another question than the one asked, where a person, a unit, a time or a place was asked."""

from typing import Any

from casework.intake import phrases, wording
from casework.intake.answer import DONE, Answer, weight
from casework.intake.ground import Ground
from casework.intake.passing import choice_alone, is_day, is_post, is_unit, said_early, whereabouts_of
from casework.intake.persons import find_person
from casework.intake.questions import UNKNOWN, Values, is_given
from casework.intake.scene import place_alone
from casework.intake.script import simplify

Candidates = dict[str, Any]

_WHO = ("accused_unit", "accused_name", "accused_post")
_LONGEST_KIND = 6


def another_answer(question: str, answer: Answer, values: Values, ground: Ground) -> Candidates:
    """Read a day, a kind, a unit or a post, said where another of them was asked, as what it is."""
    if question not in (*_WHO, "occurred", "place") or answer.is_command:
        return {}
    said = answer.text.strip(" 。.！!，,")
    if question != "occurred" and is_day(said, ground):
        return {"occurred": said}
    if kind := _kind_alone(said, values, ground):
        return {"category": kind}
    if question in ("occurred", "place"):
        return _beside_the_scene(said, values)
    if question == "accused_unit":
        return _instead_of_a_unit(said, values, ground)
    return _instead_of_a_person(question, answer, values, ground)


def kind_named(text: str, ground: Ground) -> str | None:
    """Return the kind of matter that everyday words name, if the city has it."""
    kind = phrases.exact_kind(text)
    return kind if kind is not None and ground.profile.category(kind) is not None else None


def _kind_alone(said: str, values: Values, ground: Ground) -> str | None:
    """Return the kind that is all a text says ("arrears"): no name, post, day or place is called that."""
    kind = kind_named(simplify(said), ground)
    return kind if kind != "other" and values.get("category") is None and weight(said) <= _LONGEST_KIND else None


def _beside_the_scene(said: str, values: Values) -> Candidates:
    """Read a post, a way to report, a kind of reporter, or that there are no files, where time or place was asked."""
    if is_post(said) and not is_given(values.get("accused_post")):
        return {"accused_post": said}
    if choice := choice_alone(said, misspelt=False):
        return choice
    return {"evidence": DONE} if wording.NO_FILES.match(simplify(said)) and values.get("evidence") is None else {}


def _instead_of_a_unit(said: str, values: Values, ground: Ground) -> Candidates:
    """A place or a district, named where its unit was asked, is one."""
    if (place := place_alone(said)) is not None:
        return {"place": place}
    found = whereabouts_of(said, values.get("region"), ground)
    return found if found.keys() == {"region"} and found["region"] != values.get("region") else {}


def _instead_of_a_person(question: str, answer: Answer, values: Values, ground: Ground) -> Candidates:
    """Read a place, a post without a name, or a unit; where the unit is known, no person is."""
    said = answer.text.strip(" 。.！!，,")
    if is_post(said):
        return {"accused_name": UNKNOWN, "accused_post": said} if question == "accused_name" else {}
    early = said_early(question, answer, values, ground)
    if early.keys() == {"place"}:
        return early
    if is_unit(said, ground) and find_person(said) is None:
        found = whereabouts_of(said, values.get("region"), ground) or {"accused_unit": said}
        return found | {question: UNKNOWN}
    return {}
