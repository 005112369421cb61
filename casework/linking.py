"""Links between cases: a repeat, the same unit, the same person; and which cases are like this one.

"Same person" is for named reports alone: nothing may tie an anonymous reporter's cases together. A link stands in the
office part of both cases.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from casework.case import Case, CaseId, EntryKind, Part
from casework.case_life import append
from casework.errors import TransitionRefused
from casework.intake import UNKNOWN
from casework.permissions import Act
from casework.ports import OfficeKey
from casework.profile.values import plain_name
from casework.queues import CaseSummary, grams_of
from casework.report import Mode
from casework.services import Services
from casework.working import AtCase, at_case, opened_for

MOST_SIMILAR = 5
LEAST_LIKE = 0.35


class LinkKind(StrEnum):
    """Why two cases belong together."""

    REPEAT = "repeat"
    SAME_UNIT = "same_unit"
    SAME_PERSON = "same_person"


@dataclass(frozen=True, kw_only=True)
class Link:
    """One link of a case."""

    kind: LinkKind
    other: CaseId
    by: str


async def link(
    services: Services, key: OfficeKey, case_id: CaseId, other_id: CaseId, kind: LinkKind, *, seen: int | None = None
) -> Case:
    """Link two cases that the operator may both open; done once. Raises `CaseUnknown` and what `show` raises.

    `TransitionRefused` for a case and itself, and for "same person" unless both were reported by name.
    """
    async with at_case(services, key, Act.LINK, case_id, detail=other_id.hex(), seen=seen) as desk:
        other = await opened_for(desk, key, other_id)
        if other.id == desk.case.id:
            raise TransitionRefused(desk.case.status, Act.LINK, "a case is not linked with itself")
        if kind is LinkKind.SAME_PERSON and Mode.ANONYMOUS in (desk.case.row.mode, other.row.mode):
            raise TransitionRefused(desk.case.status, Act.LINK, "same person is for named reports alone")
        if any(known.other == other.id and known.kind is kind for known in links_of(desk.case)):
            return desk.case
        desk.work.cases.save(_noted(desk, other, desk.case.id, kind))
        return desk.save(_noted(desk, desk.case, other.id, kind))


def _noted(desk: AtCase, case: Case, other: CaseId, kind: LinkKind) -> Case:
    data = {"by": desk.operator.name, "link": other.hex(), "why": str(kind)}
    return append(case, kind=EntryKind.NOTE, part=Part.OFFICE, actor=desk.actor, at=desk.moment, data=data)


def links_of(case: Case) -> tuple[Link, ...]:
    """Return the links of an opened case, oldest first."""
    noted = (entry.data for entry in case.entries if entry.part is Part.OFFICE and "link" in entry.data)
    return tuple(
        Link(kind=LinkKind(data["why"]), other=CaseId(bytes.fromhex(data["link"])), by=str(data.get("by", "")))
        for data in noted
    )


def similar(case: Case, others: Sequence[CaseSummary]) -> tuple[CaseSummary, ...]:
    """Return the cases most like this one: same unit, kind of problem and region, and titles with common words."""
    if case.report is None:
        return ()
    linked = {known.other for known in links_of(case)} | {case.id}
    unit, grams = plain_name(case.report.accused_unit), grams_of(case.report.title)
    marked = [(_likeness(case, unit, grams, other), other) for other in others if other.id not in linked]
    best = sorted((pair for pair in marked if pair[0] >= LEAST_LIKE), key=lambda pair: -pair[0])
    return tuple(other for _, other in best[:MOST_SIMILAR])


def _likeness(case: Case, unit: str, grams: frozenset[str], other: CaseSummary) -> float:
    unit_id = case.report.accused_unit_id if case.report else None
    same_unit = unit not in ("", UNKNOWN) and unit == other.plain_unit
    same_unit = same_unit or bool(unit_id and unit_id == other.unit_id)
    same_category = case.row.category == other.row.category and case.row.category != "other"
    words = _overlap(grams, other.grams)
    return 0.4 * same_unit + 0.15 * same_category + 0.05 * (case.row.region == other.row.region) + 0.4 * words


def _overlap(one: frozenset[str], two: frozenset[str]) -> float:
    shorter = min(len(one), len(two))
    return len(one & two) / shorter if shorter else 0.0
