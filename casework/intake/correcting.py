"""Reads corrections in passing: a field and its new value, "no, it is Xigang", another way to report after all."""

import re
from typing import Any

from casework.intake import phrases, wording
from casework.intake.answer import Answer, weight
from casework.intake.ground import Ground
from casework.intake.persons import find_person
from casework.intake.questions import FIELDS, PERSONAL, Values, applicable, bookkeeping
from casework.intake.story import read_story

Candidates = dict[str, Any]

LONGEST_CORRECTION = 40
_LONGEST_UNMARKED = 16
"""Beside the list of what was read: longer words without "no" are more of the story."""
_LONGEST_CHANGE = 14


def new_value(question: str, answer: Answer, values: Values) -> Candidates:
    """Read "change the time to last month": the field and its new value in one sentence."""
    if weight(answer.text) > LONGEST_CORRECTION:
        return {}
    if question in ("understood", "confirm") and (found := _named_value(answer, values)):
        return found
    if found := _amiss_value(answer, values):
        return found
    if (value := wording.NEW_VALUE.search(answer.plain)) is None:
        return {}
    named = answer.entity("field")
    field = phrases.find_field(answer.text[: value.start()]) or (named if named in FIELDS else None)
    is_asked = answer.intent == "edit_field" or re.search(r"^\W*(?:把|将|change|correct)", answer.text, re.I)
    if not is_asked and phrases.exact_field(answer.text[: value.start()]) is None:
        return {}
    return {field: value[1].strip(" 。.!！")} if field in FIELDS and field in _changeable(values) else {}


def _changeable(values: Values) -> list[str]:
    """Return what may be put right, also in a draft that goes the short way to its end."""
    return applicable({**values, "draft": {**bookkeeping(values), "short": False}})


def _named_value(answer: Answer, values: Values) -> Candidates:
    """Read "the district is Xigang" beside the list that shows a district."""
    said = wording.NAMED_VALUE.match(wording.HESITATION.sub("", answer.text.strip()))
    if said is None or wording.ASKING.search(answer.plain) or wording.WRONG.match(said["value"].strip()):
        return {}
    field = phrases.exact_field(said["field"])
    value = said["value"].strip(" 。.!！")
    return _with_post(field, value) if field in FIELDS and field in _changeable(values) else {}


def _with_post(field: str, value: str) -> Candidates:
    """Take "Mr Zhao, he is the director" apart where a name is put right."""
    person = find_person(value) if field == "accused_name" else None
    if person is None or not person.post or (value[: person.start] + value[person.end :]).strip(" ,，。."):
        return {field: value}
    return {field: person.name, "accused_post": person.post}


def _amiss_value(answer: Answer, values: Values) -> Candidates:
    """Read "the district is wrong, it is Xigang", whatever is asked."""
    said = wording.AMISS_VALUE.match(answer.plain)
    if said is None or answer.is_tap or wording.ASKING.search(answer.plain):
        return {}
    group = "value" if said["value"] else "value2"
    field = phrases.exact_field(said["field"] or said["field2"])
    value = answer.text.strip()[said.start(group) : said.end(group)].strip(" 。.!！")
    return _with_post(field, value) if field in FIELDS and field in _changeable(values) else {}


def correction(question: str, answer: Answer, values: Values, ground: Ground) -> Candidates:
    """Read "no, it is Xigang": what was said before is put right, and the question asked stays open."""
    shows_all = question in ("understood", "confirm")
    is_marked = bool(wording.CORRECTION.match(answer.plain) or wording.DENIED.search(answer.plain))
    if weight(answer.text) > (LONGEST_CORRECTION if is_marked else _LONGEST_UNMARKED) or not (is_marked or shows_all):
        return {}
    if answer.is_command and not (is_marked and tells_mode(answer)):
        return {}
    if not is_marked and wording.TELLING.search(answer.plain):
        return {}
    said = wording.DENIED.sub("", answer.text)
    found = _fields_named(said, answer, values, ground)
    return {n: v for n, v in found.items() if (values.get(n) is not None or shows_all) and values.get(n) != v}


def changed_mode(question: str, answer: Answer, values: Values) -> Candidates:
    """Read "I would rather not give my name" where the reporter's own details are asked; no unit is called that."""
    if question in ("accused_unit", "accused_name", "accused_post"):
        said = phrases.exact_choice(phrases.MODE, answer.text)
        return {"mode": said} if said else {}
    if question != "reporter_kind" and question not in PERSONAL:
        return {}
    if weight(answer.text) > _LONGEST_CHANGE or wording.ASKING.search(answer.plain):
        return {}
    found = phrases.choice_within(phrases.MODE, answer.text)
    is_new = found is not None and values.get("mode") not in (None, found)
    return {"mode": found} if is_new and (found == "anonymous" or question == "reporter_kind") else {}


def tells_mode(answer: Answer) -> bool:
    """Tell whether "anonymous, I dare not give my name" was only taken for a question about anonymity."""
    return answer.intent in ("ask_anonymity", "become_named") and not wording.ASKING.search(answer.plain)


def _fields_named(said: str, answer: Answer, values: Values, ground: Ground) -> Candidates:
    found: Candidates = {}
    kept = [e for e in answer.entities if str(e.get("value")) in said]
    for name, value in read_story(said, kept, ground, values.get("region")).items():
        found[name] = value
    for name in ("mode", "reporter_kind"):
        if wording.ASKING.search(said):
            found.pop(name, None)
        elif name not in found and (choice := phrases.choice_within(phrases.CHOICES[name], said)):
            found[name] = choice
    return found
