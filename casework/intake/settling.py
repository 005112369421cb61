"""Turns a raw answer into a settled value, or says why it cannot be one."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from casework.intake import phrases
from casework.intake.amounts import read_days, read_yuan
from casework.intake.answer import DONE, OWN_WORDS, PROPOSED, SHOW_LIST, clean
from casework.intake.contacts import read_contact, read_credit_code
from casework.intake.dates import read_occurred
from casework.intake.directory import find_regions, search
from casework.intake.ground import Ground, named_unit, occurred_value, unit_value
from casework.intake.questions import PERSONAL, QUESTIONS, SKIPPED, UNKNOWN, Values, bookkeeping, can_skip, is_given
from casework.intake.story import propose_level
from casework.intake.titles import propose_title
from casework.profile import Unit
from casework.report import MAX_TITLE

_LONGEST_WORDS = 60
_EVERYWHERE = re.compile(r"^(?:镇政府|乡政府|街道办(?:事处)?|村委会|居委会|派出所)$")
"""Every township or village has one: no unit of the directory is near to it."""


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What an answer changes: values by question (None: still to be asked) and "draft" when the bookkeeping changed.

    `refused` names why it failed (this counts as a failure); `note` names what to say although it did not fail.
    `arguments` go into that message.
    """

    updates: dict[str, Any] = field(default_factory=dict, repr=False)
    refused: str | None = None
    note: str | None = None
    arguments: dict[str, Any] = field(default_factory=dict, repr=False)


def settle(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    """Settle one raw answer of `read_answer`; a settled value given again comes out the same."""
    if raw is None or raw in (SKIPPED, UNKNOWN):
        settled = _put_aside(question, raw, values)
    else:
        settled = _SETTLERS.get(question, _settle_text)(question, raw, values, ground)
    return settled if settled.refused else _no_longer_changing(question, settled, values)


def _put_aside(question: str, raw: Any, values: Values) -> Settled:
    if raw is None:
        return Settled(updates={question: None})
    may = can_skip(question, values) if raw == SKIPPED else QUESTIONS[question].can_be_unknown
    if not may and raw == UNKNOWN and can_skip(question, values):
        raw, may = SKIPPED, True
    if not may:
        return _refused(question, "needed")
    return Settled(updates={question: raw})


def _no_longer_changing(question: str, settled: Settled, values: Values) -> Settled:
    """Close the change of this question once it has a value."""
    draft = settled.updates.get("draft", bookkeeping(values))
    if settled.updates.get(question) is None or draft.get("changing") != question:
        return settled
    kept = {name: value for name, value in draft.items() if name != "changing"}
    return Settled(updates=settled.updates | {"draft": kept}, note=settled.note, arguments=settled.arguments)


def _refused(question: str, why: str, **arguments: Any) -> Settled:
    return Settled(updates={question: None}, refused=why, arguments=arguments)


def _pending(question: str, values: Values, *, note: str | None = None, **draft: Any) -> Settled:
    return Settled(updates={question: None, "draft": {**bookkeeping(values), **draft}}, note=note)


def _settle_text(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    text = clean(str(raw))
    limit = QUESTIONS[question].limit
    if not text:
        return _refused(question, "empty")
    if len(text) > limit:
        return _refused(question, "too_long", limit=limit, length=len(text))
    return Settled(updates={question: text})


def _settle_name(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    """A number that was meant for a button is nobody's name."""
    settled = _settle_text(question, raw, values, ground)
    if settled.refused or any(character.isalpha() for character in str(settled.updates[question])):
        return settled
    return _refused(question, "choice")


def _settle_region(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    region = raw if ground.profile.region(raw) else next(iter(find_regions(ground.profile, str(raw))), None)
    if region is None:
        return _refused(question, "choice")
    moved = _moved_unit(str(region), values, ground)
    if moved is None:
        return Settled(updates={question: region})
    name = moved.words.in_language(ground.language)
    updates = {question: region, "accused_unit": unit_value(moved, ground), "level": moved.level}
    return Settled(updates=updates, note="unit_moved", arguments={"name": name})


def _moved_unit(region: str, values: Values, ground: Ground) -> Unit | None:
    """A unit of another district moves with a corrected region, where that has one of its kind."""
    unit = values.get("accused_unit")
    if not isinstance(unit, dict):
        return None
    kind, _, old = str(unit.get("id")).partition("__")
    return ground.profile.unit(f"{kind}__{region}") if old and old != region else None


def _settle_choice(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    words = phrases.CHOICES[question]
    text = str(raw)
    choice = text if text in words else phrases.exact_choice(words, text) or phrases.choice_within(words, text)
    return Settled(updates={question: choice}) if choice else _refused(question, "choice")


def _settle_mode(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    settled = _settle_choice(question, raw, values, ground)
    if settled.updates.get(question) != "anonymous":
        return settled
    previous = {k: v for k, v in (bookkeeping(values).get("previous") or {}).items() if k not in PERSONAL}
    cleared: dict[str, Any] = dict.fromkeys(PERSONAL)
    return Settled(updates=cleared | {question: "anonymous", "draft": {**bookkeeping(values), "previous": previous}})


def _settle_organisation(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    settled = _settle_name(question, raw, values, ground)
    code = read_credit_code(str(raw)) if settled.refused is None else None
    if code is None:
        return settled
    name = clean(str(raw).replace(code, "")).strip(" ,，()（）:：") or code
    return Settled(updates={question: name, "credit_code": code})


def _settle_credit_code(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    code = read_credit_code(str(raw))
    return Settled(updates={question: code}) if code else _refused(question, "credit_code")


def _settle_contact(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    contact = read_contact(str(raw))
    return Settled(updates={question: contact}) if contact else _refused(question, "contact")


def _settle_unit(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    if isinstance(raw, dict):
        return Settled(updates={question: raw})
    typed = bookkeeping(values).get("unit_typed")
    if raw == OWN_WORDS or (typed and clean(str(raw)) == typed):
        return _own_unit(question, str(typed or raw), values, ground)
    if (unit := ground.profile.unit(raw)) is not None:
        return _listed_unit(question, unit, values, ground)
    settled = _settle_text(question, raw, values, ground)
    if settled.refused:
        return settled
    text = str(settled.updates[question])
    match = search(ground.profile, text, values.get("region"))
    if match.unit is not None:
        found = _listed_unit(question, match.unit, values, ground)
        name = match.unit.words.in_language(ground.language)
        return found if name == text else replace(found, note="unit_found", arguments={"name": name})
    if match.near and not _EVERYWHERE.match(text):
        return _pending(question, values, near=[unit.id for unit in match.near], unit_typed=text)
    return _own_unit(question, text, values, ground)


def _listed_unit(question: str, unit: Unit, values: Values, ground: Ground) -> Settled:
    updates = {question: unit_value(unit, ground), "level": unit.level, "draft": _without_near(values)}
    return Settled(updates=updates | ({"region": unit.region} if unit.region else {}))


def _own_unit(question: str, name: str, values: Values, ground: Ground) -> Settled:
    updates: dict[str, Any] = {question: named_unit(name), "draft": _without_near(values)}
    if values.get("level") is None and (level := propose_level(name, "")) is not None:
        updates["level"] = level
    named = find_regions(ground.profile, name)
    return Settled(updates=updates | ({"region": named[0]} if len(named) == 1 else {}))


def _without_near(values: Values) -> dict[str, Any]:
    return {name: value for name, value in bookkeeping(values).items() if name not in ("near", "unit_typed")}


def _settle_occurred(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    if isinstance(raw, dict):
        return Settled(updates={question: raw})
    settled = _settle_text(question, raw, values, ground)
    if settled.refused:
        return settled
    return Settled(updates={question: occurred_value(read_occurred(str(settled.updates[question]), ground.today))})


def _settle_category(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    """Take a kind by its id; `{"near": ids, "typed": words}` offers kinds for words that name none."""
    if raw == SHOW_LIST:
        return _pending(question, values, list=True)
    if isinstance(raw, dict):
        near = [name for name in raw.get("near") or () if ground.profile.category(name) is not None]
        return _pending(question, values, kinds=near, kind_typed=str(raw.get("typed"))[:_LONGEST_WORDS])
    if ground.profile.category(raw) is None:
        return _refused(question, "choice")
    draft = {name: value for name, value in bookkeeping(values).items() if name not in ("list", "kinds", "kind_typed")}
    return Settled(updates={question: raw, "draft": draft})


def _settle_title(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    if raw is False:
        return _pending(question, values, own_title=True)
    if raw == PROPOSED:
        raw = propose_title(values, ground)
    text = " ".join(clean(str(raw)).split())
    if len(text) > MAX_TITLE:
        return _refused(question, "too_long", limit=MAX_TITLE, length=len(text))
    return Settled(updates={question: text}) if text else _refused(question, "empty")


def _settle_loss(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    amount = float(raw) if isinstance(raw, int | float) else read_yuan(str(raw))
    return Settled(updates={question: amount}) if amount is not None else _refused(question, "amount")


def _settle_delay(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    days = raw if isinstance(raw, int) else read_days(str(raw))
    return Settled(updates={question: days}) if days is not None else _refused(question, "delay")


def _settle_scope(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    settled = _settle_choice(question, raw, values, ground)
    channel = ground.profile.right_channel(settled.updates.get(question))
    if channel is None:
        return settled
    return Settled(
        updates=settled.updates, note="right_channel", arguments={"channel": channel.words.in_language(ground.language)}
    )


def _settle_evidence(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    return Settled(updates={question: DONE}) if raw == DONE else _pending(question, values, note="send_files")


def _settle_understood(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    if raw is not True:
        if bookkeeping(values).get("wrong"):
            return _refused(question, "choice")  # what is wrong was asked already
        return _pending(question, values, wrong=True)
    draft = {name: value for name, value in bookkeeping(values).items() if name != "wrong"}
    told = _settle_scope("scope", values["scope"], values, ground) if is_given(values.get("scope")) else Settled()
    return Settled(updates={question: True, "draft": draft}, note=told.note, arguments=told.arguments)


def _settle_confirm(question: str, raw: Any, values: Values, ground: Ground) -> Settled:
    return _pending(question, values, note="what_to_change") if raw is False else Settled(updates={question: raw})


Settler = Callable[[str, Any, Values, Ground], Settled]

_SETTLERS: dict[str, Settler] = {
    "understood": _settle_understood,
    "region": _settle_region,
    "mode": _settle_mode,
    "reporter_kind": _settle_choice,
    "organisation": _settle_organisation,
    "credit_code": _settle_credit_code,
    "contact": _settle_contact,
    "reporter_name": _settle_name,
    "post": _settle_name,
    "industry": _settle_name,
    "accused_name": _settle_name,
    "accused_post": _settle_name,
    "accused_unit": _settle_unit,
    "level": _settle_choice,
    "occurred": _settle_occurred,
    "category": _settle_category,
    "title": _settle_title,
    "matter": _settle_choice,
    "loss": _settle_loss,
    "delay": _settle_delay,
    "scope": _settle_scope,
    "evidence": _settle_evidence,
    "follow_up": _settle_choice,
    "confirm": _settle_confirm,
}
"""`facts`, `long_text` and `more_facts` are settled in `casework.intake.telling`."""
