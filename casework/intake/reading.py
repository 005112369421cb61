"""Reads one message as the answer to one question: pure, and the same for the chat and the desk's form."""

import re
from collections.abc import Sequence
from typing import Any

from casework.intake import phrases, wording
from casework.intake.answer import (
    DANGER,
    DONE,
    OWN_WORDS,
    PROPOSED,
    SERVICE_QUESTIONS,
    SHOW_LIST,
    Answer,
    clean,
    weight,
)
from casework.intake.beside import another_answer, kind_named
from casework.intake.contacts import read_contact
from casework.intake.correcting import LONGEST_CORRECTION, changed_mode, correction, new_value, tells_mode
from casework.intake.directory import find_regions
from casework.intake.ground import Ground
from casework.intake.passing import (
    alone,
    choice_alone,
    field_to_change,
    is_address,
    is_firm,
    is_question,
    more_story,
    own_details,
    said_early,
    several,
    without_echo,
)
from casework.intake.persons import find_person, is_bare_name
from casework.intake.questions import (
    PERSONAL,
    QUESTIONS,
    SKIPPED,
    UNKNOWN,
    Values,
    bookkeeping,
    can_skip,
)
from casework.intake.scene import read_own
from casework.intake.script import simplify
from casework.intake.story import read_story
from casework.intake.tellers import read_teller

Candidates = dict[str, Any]

_TOGETHER = ("region", "mode", "reporter_kind")
_OPENING_INTENTS = frozenset({"describe_incident", "start_report"})
_UNCLEAR_INTENTS = frozenset({"inform", "nlu_fallback", "out_of_scope", "edit_field", "add_info"})
_CLAUSES = re.compile(r"[,，.。;；!！?？\n]+|(?<=[⺀-鿿])\s+|\s+(?=[⺀-鿿])")
_SHORTEST_MATTER = 8
_MATTER = ("region", "accused_unit", "accused_name", "accused_post", "occurred", "mode")
_ENOUGH_OF_A_MATTER = 2
_LONGEST_CRY = 6
_LEAST_STATEMENT = 4
_LONGEST_BARE = 4
_LONGEST_NOT_KNOWN = 16
_LONGEST_OPENING_COMMAND = 12
_BESIDE_ONE_SELF = ("reporter_kind", "understood", "confirm", "region", "level", "category", "scope")
"""Where one's own number or name is taken down although something else was asked."""
_WORDS_OF_ONES_OWN = ("more_facts", "title", "long_text")
_ENTITY_SLOTS = {
    "region": "region", "mode": "mode", "reporter_kind": "reporter_kind", "category": "category",
    "unit": "accused_unit",
}  # fmt: skip


def read_answer(question: str | None, answer: Answer, values: Values, ground: Ground) -> Candidates:
    """Return what the message says, as raw values by question, for `settle`; empty when it answers nothing.

    `question` is the one asked, None when the form opens. Questions answered before come back only on a correction.
    """
    if question is None:
        return _opening(answer, ground)
    if question not in QUESTIONS:
        return {}
    if answer.is_tap:
        return _tap(question, answer, values)
    if not clean(answer.text):
        return {}
    if question == "facts":
        return _facts(answer, values, ground)
    return (
        new_value(question, answer, values)
        or _edit(question, answer, values)
        or correction(question, answer, values, ground)
        or _several_answers(question, answer, values, ground)
        or _own(question, answer, values)
        or changed_mode(question, answer, values)
        or another_answer(question, answer, values, ground)
        or (_free_text if QUESTIONS[question].is_free_text else _choice)(question, answer, values, ground)
        or _early(question, answer, values, ground)
        or _more_story(question, answer)
    )


def tells_of_a_matter(answer: Answer, ground: Ground) -> bool:
    """Tell whether a message that nothing was made of names what a report is made of: "housing bureau, bribe, May"."""
    if answer.is_tap or answer.intent not in _UNCLEAR_INTENTS or is_question(answer.text):
        return False
    if choice_alone(answer.text):
        return True
    found = read_story(answer.text, answer.entities, ground)
    is_of_an_office = wording.OFFICE.search(answer.plain) is not None and weight(answer.text) >= _SHORTEST_MATTER
    return is_of_an_office or sum(name in found for name in _MATTER) >= _ENOUGH_OF_A_MATTER


def is_statement(answer: Answer) -> bool:
    """Tell whether a message that nothing was made of is a statement, or a cry for help that tells something."""
    if answer.is_tap or is_question(answer.text) or choice_alone(answer.text):
        return False
    if answer.intent == DANGER:
        return weight(answer.text) > _LONGEST_CRY
    return answer.intent == "inform" and weight(answer.text) >= _LEAST_STATEMENT and not answer.plain.isdigit()


def tells_beside_question(answer: Answer, ground: Ground) -> bool:
    """Tell whether a question about the service holds a matter too: "they eat here for nothing, can I report it?"."""
    if answer.is_tap or answer.intent not in SERVICE_QUESTIONS:
        return False
    told = (c for c in _CLAUSES.split(answer.text) if weight(c) >= _SHORTEST_MATTER and not wording.ASKING.search(c))
    return any(read_story(clause, (), ground).keys() - {"mode"} for clause in told)


def tells_of_danger(answer: Answer, ground: Ground) -> bool:
    """Tell whether a cry for help tells of an office or a district too: then it is a matter as well."""
    if answer.is_tap or answer.intent != DANGER or weight(answer.text) <= _LONGEST_CRY:
        return False
    return not read_story(answer.text, answer.entities, ground).keys().isdisjoint(("region", "accused_unit"))


def _opening(answer: Answer, ground: Ground) -> Candidates:
    """The first message may hold the story already."""
    if answer.intent in _UNCLEAR_INTENTS and not answer.is_tap and (choice := choice_alone(answer.text)):
        return choice
    if tells_of_danger(answer, ground) or tells_of_a_matter(answer, ground) or tells_beside_question(answer, ground):
        return {"facts": _part(answer) | {"opens": True}}
    if answer.intent not in _OPENING_INTENTS or answer.is_tap or wording.BARE_WISH.match(answer.plain):
        return {}
    told = wording.after_wish(answer.text)
    is_story = answer.intent == "describe_incident" or weight(answer.text) > _LONGEST_OPENING_COMMAND or told
    return {"facts": _part(answer) | {"opens": True}} if is_story and clean(answer.text) else {}


def _part(answer: Answer) -> Candidates:
    heard = [dict(e) for e in answer.entities if e.get("entity") in ("unit", "unit_name", "person", "region")]
    return {"text": answer.text, "message": answer.message_id, "heard": heard}


def _tap(question: str, answer: Answer, values: Values) -> Candidates:
    if answer.intent == "inform":
        field, value = answer.entity("field") or question, answer.entity("value")
        if value is not None:
            return {field: value} if field in QUESTIONS else {}
        found = {slot: answer.entity(name) for name, slot in _ENTITY_SLOTS.items()}
        return {slot: value for slot, value in found.items() if value is not None}
    if answer.intent in ("affirm", "deny"):
        return _yes_or_no(question, answer.intent == "affirm", values)
    if answer.intent == "submit_now":
        return {question: True} if question == "confirm" else {}
    return {question: DONE} if answer.intent == "done" and _takes_done(question, values) else {}


def _takes_done(question: str, values: Values) -> bool:
    return question in ("more_facts", "evidence") or (question == "facts" and bool(bookkeeping(values).get("facts")))


def _edit(question: str, answer: Answer, values: Values) -> Candidates:
    """Read "the unit is wrong", or the name of a field beside a list of answers: that is asked again."""
    if question in _WORDS_OF_ONES_OWN or (field := field_to_change(question, answer, values)) is None:
        return {}
    return {question: {"edit": field}}


def _several_answers(question: str, answer: Answer, values: Values, ground: Ground) -> Candidates:
    """Read a list of answers at once. What was answered before counts only beside the list that shows it."""
    if question in _WORDS_OF_ONES_OWN or (answer.is_command and not tells_mode(answer)):
        return {}
    return several(question, answer, values, ground)


def _own(question: str, answer: Answer, values: Values) -> Candidates:
    """Read one's own name, number, firm or address where another of one's own details was asked."""
    text = answer.text.strip()
    if question == "mode" and not answer.is_tap:
        mode, details = phrases.choice_within(phrases.MODE, text), read_own(text)
        if (contact := read_contact(text)) is not None:
            details = {**details, "contact": contact}
        return {"mode": mode, **details} if mode in ("real_name", "unit_name") and details else {}
    if values.get("mode") not in ("real_name", "unit_name") or question not in (*PERSONAL, *_BESIDE_ONE_SELF):
        return {}
    if answer.is_command or question == "contact":
        return {}
    if question == "reporter_kind" and values.get("mode") == "real_name" and is_bare_name(text):
        return {"reporter_name": text} if values.get("reporter_name") is None else {}
    if question == "reporter_kind" and is_firm(text):
        return {"reporter_kind": "enterprise", "organisation": text}
    if question == "reporter_name" and is_address(text):
        return {"address": text}
    if question in ("reporter_name", "address") and (choice := choice_alone(text, misspelt=False)):
        return choice
    return own_details(text) if len(text) <= LONGEST_CORRECTION else {}


def _early(question: str, answer: Answer, values: Values, ground: Ground) -> Candidates:
    if QUESTIONS[question].is_free_text or question in ("confirm", "long_text"):
        return {}
    return said_early(question, answer, values, ground)


def _more_story(question: str, answer: Answer) -> Candidates:
    """Words are never lost: what answers no choice and tells something goes to the story."""
    if QUESTIONS[question].is_free_text or question == "long_text":
        return {}
    return {"facts": _part(answer)} if more_story(question, answer) else {}


def _facts(answer: Answer, values: Values, ground: Ground) -> Candidates:
    is_done = answer.intent == "done" and answer.is_command
    is_end = bool(wording.DONE_WORDS.match(answer.plain) or wording.ONWARD.match(answer.plain))
    if _takes_done("facts", values) and (is_done or is_end or _is_bare(answer, "deny")):
        return {"facts": DONE}
    if _tells_danger(answer):
        return {"facts": _part(answer)}
    if _is_bare(answer, "affirm") and _takes_done("facts", values) and _is_enough(values):
        return {"facts": DONE}
    if found := _answers_instead(answer, values, ground):
        return found
    if answer.intent == "out_of_scope" and is_question(answer.text):
        return {}
    is_wish = wording.BARE_WISH.match(answer.plain) is not None
    if is_wish or is_done or answer.is_command or _is_bare(answer, "affirm") or _is_bare(answer, "deny"):
        return {}
    return {"facts": _part(answer)}


def _is_enough(values: Values) -> bool:
    """Tell whether "all right" may end the story: it is no short one, or more of it was asked for already."""
    return not bookkeeping(values).get("thin") or bool(bookkeeping(values).get("nudged"))


def _answers_instead(answer: Answer, values: Values, ground: Ground) -> Candidates:
    """Read "anonymous, Ganjingzi housing bureau, last Wednesday", said before the story, as what it is."""
    if answer.is_command and not tells_mode(answer):
        return {}
    return alone(answer, values) or several("facts", answer, values, ground)


def _tells_danger(answer: Answer) -> bool:
    """A cry for help is a command; what is told of a danger is also part of the story."""
    return answer.intent == DANGER and weight(answer.text) > _LONGEST_CRY


def _is_bare(answer: Answer, intent: str) -> bool:
    """A yes or no and nothing else."""
    plain = wording.PLAIN_YES if intent == "affirm" else wording.PLAIN_NO
    is_short = weight(answer.text) <= _LONGEST_BARE or plain.match(answer.plain) is not None
    return answer.intent == intent and is_short and answer.confidence >= 0.5


def _free_text(question: str, answer: Answer, values: Values, ground: Ground) -> Candidates:
    text = without_echo(answer.text.strip())
    plain = simplify(text)
    if question == "more_facts" and _tells_danger(answer):
        return {question: _part(answer)}
    if question == "title" and (wanted := _proposed_or_own(plain)) is not None:
        return {question: wanted}
    if answer.is_command:
        return {question: DONE} if answer.intent == "done" and question == "more_facts" else {}
    if (end := _end_of_words(question, plain, values)) is not None:
        return end
    for intent in ("affirm", "deny"):
        if _is_bare(answer, intent):  # no name, place or post is called "yes"
            return _yes_or_no(question, intent == "affirm", values)
    if is_question(text):
        return {}
    if question == "more_facts":
        return {question: _part(answer)}
    return _with_person(question, text) or {question: text}


def _end_of_words(question: str, plain: str, values: Values) -> Candidates | None:
    """Read that there is no more to say, or that it is not known; None where the words may be the answer."""
    if question == "more_facts" and wording.DONE_WORDS.match(plain):
        return {question: DONE}
    if wording.ONWARD.match(plain):
        return {question: SKIPPED} if can_skip(question, values) else {}
    is_not_known = wording.NOT_KNOWN.search(plain) is not None and weight(plain) <= _LONGEST_NOT_KNOWN
    return {question: UNKNOWN} if is_not_known and QUESTIONS[question].can_be_unknown else None


def _proposed_or_own(text: str) -> str | bool | None:
    """Tell whether the proposed title is taken (`PROPOSED`) or another is wanted (False); None is neither."""
    if wording.OTHER_TITLE.match(text):
        return False
    return PROPOSED if wording.THIS_TITLE.match(text) else None


def _with_person(question: str, text: str) -> Candidates:
    """Take "housing bureau, section chief Wang" or "Wang, section chief" apart."""
    person = find_person(text)
    if person is None or question not in ("accused_unit", "accused_name"):
        return {}
    rest = (text[: person.start] + text[person.end :]).strip(" 的，,。.;；、")
    said = {"accused_name": person.name} | ({"accused_post": person.post} if person.post else {})
    if question == "accused_name":
        return said if not rest else {}
    return {"accused_unit": rest} | said if len(rest) >= 3 else {}


def _yes_or_no(question: str, is_yes: bool, values: Values) -> Candidates:
    by_question: dict[str, tuple[Any, Any]] = {
        "understood": (True, False),
        "confirm": (True, False),
        "long_text": ("attach", "rewrite"),
        "title": (PROPOSED, PROPOSED if bookkeeping(values).get("own_title") else False),
        "scope": (None, "none"),
        "follow_up": ("chat", "code"),
        "evidence": (True, DONE),
        "more_facts": (None, SKIPPED),
        "facts": (None, DONE if bookkeeping(values).get("facts") else None),
        "accused_unit": _near_unit(values),
        "category": (None, SHOW_LIST if bookkeeping(values).get("kinds") else SKIPPED),
        "loss": (None, "0"),
        "delay": (None, "0"),
    }
    yes, no = by_question.get(question, (None, None))
    if no is None and not is_yes and can_skip(question, values):
        no = SKIPPED
    value = yes if is_yes else no
    return {} if value is None else {question: value}


def _near_unit(values: Values) -> tuple[Any, Any]:
    near: Sequence[Any] = bookkeeping(values).get("near") or ()
    return (near[0] if len(near) == 1 else None), (OWN_WORDS if near else SKIPPED)


def _choice(question: str, answer: Answer, values: Values, ground: Ground) -> Candidates:
    text = answer.plain
    if wording.NOT_TOLD.match(text) and can_skip(question, values) and weight(text) <= _LONGEST_NOT_KNOWN:
        return {question: SKIPPED}
    if question in ("evidence", "category", "title") and (special := _special(question, answer)):
        return {question: special}
    exact = _exact(question, text, ground)
    if exact is not None:
        return {question: exact} | _firm_in_mode(question, exact, text) | _also(question, text, values, ground)
    if answer.intent == "submit_now" and question == "confirm":
        return {question: True}
    if question == "understood" and (wording.NO_MORE.match(text) or wording.ONWARD.match(text)):
        return {question: True}
    if answer.is_command and not (question == "mode" and tells_mode(answer)):
        return {}
    if answer.intent in ("affirm", "deny") and weight(text) <= 8 and not _is_about_more(question, text):
        return _yes_or_no(question, answer.intent == "affirm", values)
    return _several(question, answer, values, ground)


def _firm_in_mode(question: str, mode: str, text: str) -> Candidates:
    """Whoever reports in a company's name is an enterprise."""
    is_firm_named = (
        question == "mode" and mode == "unit_name" and re.search(r"公司|企业|厂|compan|business|firm", text, re.I)
    )
    return {"reporter_kind": "enterprise"} if is_firm_named else {}


def _is_about_more(question: str, text: str) -> bool:
    """A report is submitted by a plain yes alone: not by "yes, remove it", said of something else."""
    return question == "confirm" and not (wording.PLAIN_YES.match(text) or wording.PLAIN_NO.match(text))


def _special(question: str, answer: Answer) -> str | None:
    text = answer.plain
    if question == "evidence" and (
        answer.intent == "done"
        or wording.NO_FILES.match(text)
        or wording.DONE_WORDS.match(text)
        or wording.ONWARD.match(text)
    ):
        return DONE
    if question == "category" and re.search(r"列表|全部|所有|都有哪些|list|all (?:kinds|categories)|show", text, re.I):
        return SHOW_LIST
    return None


def _exact(question: str, text: str, ground: Ground) -> str | None:
    if question == "region":
        return _only_region(text, ground)
    if question == "category":
        return _category(text, ground, exact=True) or kind_named(text, ground)
    words = phrases.CHOICES.get(question)
    return (phrases.exact_choice(words, text) or phrases.near_choice(words, text)) if words else None


def _only_region(text: str, ground: Ground) -> str | None:
    found = find_regions(ground.profile, text)
    return found[0] if len(found) == 1 and weight(text) <= 14 else None


def _category(text: str, ground: Ground, *, exact: bool) -> str | None:
    folded = text.lower().strip(" 。.")
    for category in ground.profile.categories:
        names = (category.words.zh, category.words.en.lower(), category.id)
        parts = [part.strip() for name in names for part in re.split(r"[、,:：]", name) if len(part.strip()) > 1]
        if folded in names or folded in parts or (not exact and any(part in folded for part in parts)):
            return category.id
    return None


def _several(question: str, answer: Answer, values: Values, ground: Ground) -> Candidates:
    """Read region, mode and kind together when one of them was asked: "Xigang, anonymous"."""
    text = answer.text.strip()
    if question == "category":
        named = _category(text, ground, exact=False) or kind_named(text, ground)
        return {question: named or text} if named or not more_story(question, answer) else {}
    found = _within(question, text, ground)
    return {question: found} | _also(question, text, values, ground) if found else {}


def _also(question: str, text: str, values: Values, ground: Ground) -> Candidates:
    """Return what the text says besides, for the other two of these questions that have no answer yet."""
    if question not in _TOGETHER:
        return {}
    found: Candidates = {}
    for name in _TOGETHER:
        if name == question or values.get(name) is not None:
            continue
        value = read_teller(text) if name == "reporter_kind" else _within(name, text, ground)
        if value:
            found[name] = value
    return found


def _within(name: str, text: str, ground: Ground) -> str | None:
    if name == "region":
        return next(iter(find_regions(ground.profile, text)), None)
    words = phrases.CHOICES.get(name)
    return phrases.choice_within(words, text) if words else None
