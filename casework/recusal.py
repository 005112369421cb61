"""Recusal (回避): whoever belongs to the accused unit, or is named, neither sees nor hears of the case.

Decided at submission, and again at every opening for whoever has joined or declared more since. A wrong match only
costs the office one pair of eyes; a missed one may cost the reporter. So names are compared generously.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from casework.case import Case
from casework.errors import ReportOnHead
from casework.ports import Operator
from casework.profile import Profile
from casework.profile.values import plain_name
from casework.report import Report

OFFICE, SUPERIOR = "office", "superior"
_SHORTEST_NAME = 2
_SHORTEST_UNIT = 3
_SHORTEST_LATIN_UNIT = 12


@dataclass(frozen=True, kw_only=True)
class Recusal:
    """Who must not see the report, and whose key it is sealed to: "office", or "superior" alone."""

    operators: tuple[str, ...] = ()
    recipient: str = OFFICE


def recusal_of(report: Report, operators: Sequence[Operator], profile: Profile) -> Recusal:
    """Match a report against operators and heads.

    Goes to the superior when it is on the office's head, or when nobody of the office who could open it may see it.
    Raises `ReportOnHead` when the superior has no key here.
    """
    accused = _accused_of(report, profile)
    recused = tuple(operator.name for operator in operators if _is_concerned(operator, accused, profile))
    readers = [operator for operator in operators if operator.state == "active" and operator.is_key_holder]
    nobody_left = bool(readers) and all(operator.name in recused for operator in readers)
    if not nobody_left and not is_on_head(report, profile):
        return Recusal(operators=recused)
    if profile.superior.public_key is None:
        raise ReportOnHead
    return Recusal(operators=recused, recipient=SUPERIOR)


def is_concerned(operator: Operator, report: Report, profile: Profile) -> bool:
    """Whether the operator belongs to the accused unit or is named anywhere in the report."""
    return _is_concerned(operator, _accused_of(report, profile), profile)


def is_recused(operator: Operator, case: Case, profile: Profile) -> bool:
    """Whether the operator was recused when the case came, or is by what they have declared since."""
    return operator.name in recused_among((operator,), case, profile)


def recused_among(operators: Sequence[Operator], case: Case, profile: Profile) -> frozenset[str]:
    """Return the names of those who are recused; the report is compared once for all of them."""
    declared = [operator for operator in operators if operator.unit or operator.declared_names]
    if not declared or case.report is None:
        return frozenset(case.recusal)
    accused = _accused_of(case.report, profile)
    return frozenset(case.recusal) | {it.name for it in declared if _is_concerned(it, accused, profile)}


@dataclass(frozen=True, kw_only=True)
class _Accused:
    """What a report is compared by, folded once for all operators."""

    units: frozenset[str]
    texts: tuple[str, ...] = field(repr=False)


def _accused_of(report: Report, profile: Profile) -> _Accused:
    texts = (report.accused_name, report.accused_post, report.title, report.facts)
    units = _names_of(report.accused_unit_id or "", profile) | _names_of(report.accused_unit or "", profile)
    return _Accused(units=units, texts=tuple(map(plain_name, texts)))


def _is_concerned(operator: Operator, accused: _Accused, profile: Profile) -> bool:
    if operator.unit and _is_of_unit(operator.unit, accused, profile):
        return True
    names = (name for name in map(plain_name, operator.declared_names) if len(name) >= _SHORTEST_NAME)
    return any(name in text for name in names for text in accused.texts)


def is_on_head(report: Report, profile: Profile) -> bool:
    """Whether the accused is one of the office's heads, by name, or by post in the office's own unit."""
    name = plain_name(report.accused_name)
    heads = map(plain_name, profile.office.heads)
    return any(len(head) >= _SHORTEST_NAME and head in name for head in heads) or _has_head_post(report, profile)


def _has_head_post(report: Report, profile: Profile) -> bool:
    """Compare whole posts: a deputy (副书记), a division's director or another city's secretary is not the head."""
    units = sorted(profile.office.plain_names, key=len, reverse=True)
    posts = {plain_name(post) for post in profile.office.head_posts}
    post, unit = plain_name(report.accused_post), plain_name(report.accused_unit)
    if _other_regions(unit, units, profile):
        return False
    for whole in (post, unit):  # "市纪委书记" may be typed as the post or as the unit
        rest = next((whole.removeprefix(name) for name in units if whole.startswith(name)), None)
        if rest and rest in posts:
            return True
    return post in posts and unit in units


def _is_of_unit(declared: str, accused: _Accused, profile: Profile) -> bool:
    own = _names_of(declared, profile)
    return any(_is_same_or_within(text, name, own, profile) for text in accused.units for name in own)


def _names_of(unit: str, profile: Profile) -> frozenset[str]:
    """Return every plain name of the unit that an id or a name stands for, the given one among them."""
    known = profile.unit(unit) or profile.unit_named(unit)
    names = frozenset({plain_name(unit)}) | (known.plain_names if known else frozenset())
    office = profile.office.plain_names
    return (names | office if names & office else names) - {""}


def _is_same_or_within(accused: str, own: str, own_names: frozenset[str], profile: Profile) -> bool:
    """Tell whether the accused is the unit, a part of it (市住建局建管处), or the unit in shorter words (住建局)."""
    if accused == own:
        return True
    if len(own) >= _SHORTEST_UNIT and own in accused:
        return accused.startswith(own) or not _other_regions(accused, own_names, profile)
    shortest = _SHORTEST_LATIN_UNIT if accused.isascii() else _SHORTEST_UNIT
    return len(accused) >= shortest and own.endswith(accused)


def _other_regions(text: str, own_names: Collection[str], profile: Profile) -> bool:
    """Whether the text names a region that is none of the unit's own: 瓦房店市纪委 holds the letters 市纪委."""
    named = [region for region in profile.plain_region_names if region in text]
    return bool(named) and any(not any(region in name for name in own_names) for region in named)
