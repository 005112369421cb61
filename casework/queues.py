"""The desk's queues: what each case needs next, of the cases that one operator may see.

To know who is recused, and what a case is about, it must be opened. `CaseIndex` remembers what was found of each
version, so that a list costs one question; it lives in memory with the operator's session and ends with it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from casework import approvals
from casework.admission import assigned_to
from casework.case import Case, CaseId, CaseKind, CaseRow, CaseStatus, Priority
from casework.case_life import CLOSED, open_question, shared_entries
from casework.case_lists import Look, begin_look, seal_steps_of_time
from casework.deadlines import Deadline, Level, deadlines, level
from casework.ports import CaseQuery, OfficeKey
from casework.profile.values import plain_name
from casework.services import Services
from casework.turn import unit_of_work

REPORTERS_CLOCKS = frozenset({"answer", "rating"})
"""Deadlines that are the reporter's to keep: they make nothing overdue for the office."""


@dataclass(frozen=True, kw_only=True)
class CaseSummary:
    """One line of a queue. `level` is of the office's most urgent clock; None when none runs."""

    row: CaseRow
    title: str = field(repr=False)
    unit: str = field(repr=False)
    unit_id: str = field(default="", repr=False)
    assigned_to: str | None
    clock: Deadline | None
    level: Level | None
    waits_for_reporter: bool
    has_news: bool
    """The reporter wrote last."""
    proposed_by: str | None
    """Who proposed what waits for a second person."""
    plain_unit: str = field(default="", repr=False)
    grams: frozenset[str] = field(default=frozenset(), repr=False)
    """Unit and title as `plain_name` and `grams_of` leave them, to be compared with those of other cases."""

    @property
    def id(self) -> CaseId:
        return self.row.id

    @property
    def is_open(self) -> bool:
        return self.row.status not in CLOSED


Filter = Callable[[CaseSummary, str], bool]

QUEUES: dict[str, Filter] = {
    "open": lambda case, me: case.is_open,
    "new": lambda case, me: case.row.status is CaseStatus.RECEIVED,
    "mine": lambda case, me: case.is_open and case.assigned_to == me,
    "news": lambda case, me: case.has_news,
    "to_approve": lambda case, me: case.proposed_by is not None and case.proposed_by != me,
    "due_soon": lambda case, me: case.level is Level.DUE_SOON,
    "overdue": lambda case, me: case.level in (Level.OVERDUE, Level.VERY_OVERDUE),
    "very_overdue": lambda case, me: case.level is Level.VERY_OVERDUE,
    "waiting": lambda case, me: case.waits_for_reporter,
    "unassigned": lambda case, me: case.is_open and case.assigned_to is None,
    "closed": lambda case, me: not case.is_open,
    "all": lambda case, me: True,
}
"""The queues that everybody has, by name."""


@dataclass(frozen=True, kw_only=True)
class Narrowing:
    """A saved filter over what a summary holds; "" means any. `queue` is a name of `QUEUES`."""

    queue: str = "open"
    status: str = ""
    category: str = ""
    region: str = ""
    kind: str = ""
    priority: str = ""
    assigned: str = ""

    def fits(self, case: CaseSummary, me: str) -> bool:
        if not QUEUES[self.queue](case, me) or self.assigned not in ("", case.assigned_to or ""):
            return False
        row = case.row
        return (
            self.status in ("", row.status)
            and self.category in ("", row.category)
            and self.region in ("", row.region)
            and self.kind in ("", row.kind)
            and self.priority in ("", row.priority)
        )


@dataclass(kw_only=True)
class CaseIndex:
    """What one session found of the cases, by their versions. `day`: deadlines and steps of time are of that day.

    `declared`: for recusal; what was found holds for whoever had declared just that.
    `ordered` is what was made of all of them, as long as `stamps` are what the cases have.
    """

    day: date | None = None
    declared: tuple[str, ...] = ()
    found: dict[CaseId, tuple[int, CaseSummary | None]] = field(default_factory=dict, repr=False)
    stamps: frozenset[tuple[CaseId, int]] | None = field(default=None, repr=False)
    ordered: tuple[CaseSummary, ...] = field(default=(), repr=False)
    counted: dict[str, int] | None = field(default=None, repr=False)

    def begin(self, day: date, declared: tuple[str, ...]) -> None:
        if (self.day, self.declared) != (day, declared):
            self.day, self.declared, self.found, self.stamps = day, declared, {}, None

    def keep(self, stamps: frozenset[tuple[CaseId, int]], ordered: tuple[CaseSummary, ...]) -> None:
        known = {case_id for case_id, _ in stamps}
        self.found = {case_id: kept for case_id, kept in self.found.items() if case_id in known}
        self.stamps, self.ordered, self.counted = stamps, ordered, None

    def known(self, row: CaseRow) -> tuple[int, CaseSummary | None] | None:
        kept = self.found.get(row.id)
        return kept if kept is not None and kept[0] == row.version else None


async def summaries(services: Services, key: OfficeKey, index: CaseIndex) -> tuple[CaseSummary, ...]:
    """Return all cases the operator may see, most urgent first. Raises `NotPermitted`."""
    async with unit_of_work(services.work) as work:
        look = await begin_look(services, work, key)
        index.begin(services.clock.today(), (look.operator.unit, *look.operator.declared_names))
        stamps = await work.cases.stamps()
        if stamps == index.stamps:
            return index.ordered
        found = [await _summary(services, look, row, index) async for row in look.rows(CaseQuery(limit=None))]
    await seal_steps_of_time(services, look.changed)
    index.keep(stamps, tuple(sorted((case for case in found if case is not None), key=_urgency)))
    return index.ordered


async def _summary(services: Services, look: Look, row: CaseRow, index: CaseIndex) -> CaseSummary | None:
    kept = index.known(row)
    if kept is None:
        case = await look.case_of(row)
        kept = row.version, summary_of(services, case) if case is not None else None
        index.found[row.id] = kept
    return kept[1]


def grams_of(title: str | None) -> frozenset[str]:
    """Return the pairs of neighbouring symbols in a title."""
    text = plain_name(title)
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def summary_of(services: Services, case: Case) -> CaseSummary:
    """Tell what a queue shows of an opened case."""
    clocks = [clock for clock in deadlines(case, services.profile) if clock.name not in REPORTERS_CLOCKS]
    nearest = clocks[0] if clocks else None
    proposal = approvals.waiting(case)
    report, shared = case.report, shared_entries(case.entries)
    title = report.title if report else (shared[0].text if shared else "")
    unit = (report.accused_unit or "") if report else ""
    return CaseSummary(
        row=case.row,
        title=title,
        unit=unit,
        plain_unit=plain_name(unit),
        grams=grams_of(title),
        unit_id=(report.accused_unit_id or "") if report else "",
        assigned_to=assigned_to(case),
        clock=nearest,
        level=level(nearest, services.clock.today(), services.profile) if nearest else None,
        waits_for_reporter=open_question(case) is not None and case.status not in CLOSED,
        has_news=_has_news(case),
        proposed_by=str(proposal.data["by"]) if proposal else None,
    )


def _has_news(case: Case) -> bool:
    """Whether the reporter's words came after the office's last ones; the first words of a case are what it is."""
    said = [entry for entry in shared_entries(case.entries) if entry.author != "system"]
    begun = 1 if case.row.kind is CaseKind.MESSAGE else 0
    return len(said) > begun and said[-1].author == "reporter" and case.status is not CaseStatus.WITHDRAWN


def _urgency(case: CaseSummary) -> tuple[int, int, date, date]:
    levels = list(Level)
    rank = -levels.index(case.level) if case.level is not None else 1
    due = case.clock.due_on if case.clock else date.max
    return (0 if case.row.priority is Priority.HIGH and case.is_open else 1, rank, due, case.row.day)


def counted(index: CaseIndex, me: str) -> dict[str, int]:
    """Count what `summaries` found last, once."""
    if index.counted is None:
        index.counted = counters(index.ordered, me)
    return index.counted


def counters(cases: Iterable[CaseSummary], me: str) -> dict[str, int]:
    """Count the cases of every queue."""
    known = tuple(cases)
    return {name: sum(fits(case, me) for case in known) for name, fits in QUEUES.items()}
