"""Lists of cases as an operator may see them: each is opened to know who is recused from it.

Whoever lists also seals what time alone has done (`case_life.timed`): see decision 0008.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace

from casework.admission import Recorder, admit, moment_of, operator_of, refusal_of
from casework.case import Case, CaseId, CaseRow
from casework.case_life import timed
from casework.deadlines import Deadline, Level, calendar_of, deadlines, level, with_due
from casework.errors import CaseUnreadable, Conflict, NotPermitted
from casework.permissions import Act
from casework.ports import CaseQuery, OfficeKey, Operator, UnitOfWork
from casework.profile import Profile
from casework.recusal import OFFICE
from casework.services import Services
from casework.turn import unit_of_work

SHORTEST_PREFIX = 4
_BATCH = 200
_HEX = frozenset("0123456789abcdef")
_ID_DIGITS = 32


@dataclass(frozen=True, kw_only=True)
class DueCase:
    """A case and one of its running clocks."""

    row: CaseRow
    deadline: Deadline
    level: Level


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """Some of the cases an operator may see; `unreadable` are ids that the session's key met and did not open."""

    rows: tuple[CaseRow, ...]
    has_more: bool = False
    unreadable: tuple[CaseId, ...] = ()


@dataclass(kw_only=True)
class Look:
    """One operator looking through the cases; `changed` are those in which time has taken a step."""

    services: Services
    work: UnitOfWork
    operator: Operator
    key: OfficeKey
    changed: list[Case] = field(default_factory=list)
    unreadable: list[CaseId] = field(default_factory=list)

    async def visible(self, query: CaseQuery) -> AsyncIterator[Case]:
        """Give the cases that the operator may see, in the query's order; its limit and offset are left to others."""
        async for row in self.rows(query):
            today = await self.case_of(row)
            if today is not None and (query.status is None or today.status in query.status):
                yield today

    async def case_of(self, row: CaseRow) -> Case | None:
        """Open one case as it stands today; None when the operator may not see it, or the key does not open it."""
        case = await self._opened(row)
        if case is None or _refusal(self.operator, case, self.services.profile) is not None:
            return None
        today = timed(case, self.services.profile, moment_of(self.services))
        if today is not case:
            today = with_due(today, self.services.profile)
            self.changed.append(today)
        return today

    async def rows(self, query: CaseQuery) -> AsyncIterator[CaseRow]:
        """Give the clear rows of this office's cases, before anything is opened."""
        for start in range(0, 1 << 40, _BATCH):
            rows = await self.work.cases.rows(replace(query, offset=start, limit=_BATCH))
            for row in rows:
                if row.recipient == OFFICE:
                    yield row
            if len(rows) < _BATCH:
                return

    async def _opened(self, row: CaseRow) -> Case | None:
        try:
            return await self.work.cases.by_office(row.id, self.key)
        except CaseUnreadable:
            self.unreadable.append(row.id)
            return None


async def list_cases(services: Services, key: OfficeKey, query: CaseQuery | None = None) -> list[CaseRow]:
    """List the clear rows of the cases this operator may see, most urgent first."""
    return list((await page_of_cases(services, key, query or CaseQuery())).rows)


async def page_of_cases(services: Services, key: OfficeKey, query: CaseQuery) -> CasePage:
    """List as `list_cases`; `offset` and `limit` count the cases that this operator may see. Raises `NotPermitted`."""
    async with unit_of_work(services.work) as work:
        look = await begin_look(services, work, key)
        end = None if query.limit is None else query.offset + query.limit
        rows: list[CaseRow] = []
        async for case in look.visible(query):
            rows.append(case.row)
            if end is not None and len(rows) > end:
                break
    await seal_steps_of_time(services, look.changed)
    has_more = end is not None and len(rows) > end
    return CasePage(rows=tuple(rows[query.offset : end]), has_more=has_more, unreadable=tuple(look.unreadable))


async def due(services: Services, key: OfficeKey, *, on_time_too: bool = False) -> list[DueCase]:
    """List what is due soon or overdue, worst first, of the cases this operator may see."""
    today, profile = services.clock.today(), services.profile
    soon = calendar_of(profile).add(today, profile.deadlines.due_soon_working_days + 1)
    query = CaseQuery(due_before=None if on_time_too else soon, limit=None)
    found: list[DueCase] = []
    async with unit_of_work(services.work) as work:
        look = await begin_look(services, work, key)
        async for case in look.visible(query):
            clocks = deadlines(case, profile)
            found += [DueCase(row=case.row, deadline=it, level=level(it, today, profile)) for it in clocks]
    await seal_steps_of_time(services, look.changed)
    wanted = [case for case in found if on_time_too or case.level is not Level.ON_TIME]
    return sorted(wanted, key=lambda case: (-list(Level).index(case.level), case.deadline.due_on))


async def find_cases(services: Services, key: OfficeKey, id_prefix: str, *, limit: int = 20) -> tuple[CaseRow, ...]:
    """Return the cases whose id begins with these hex digits (4 to 32; fewer find nothing) and that may be seen.

    One that is hidden from the operator is not among them, and that it was asked for stands in the trail; one that
    this key does not open is, and says so when it is shown. Raises `NotPermitted`.
    """
    wanted = id_prefix.strip().lower()
    async with unit_of_work(services.work) as work:
        operator = await operator_of(work, key)
        trail = Recorder(services, work, operator.name)
        await trail.require(operator, Act.SHOW)
        if not SHORTEST_PREFIX <= len(wanted) <= _ID_DIGITS or not _HEX.issuperset(wanted):
            return ()
        found = []
        for row in await work.cases.rows(CaseQuery(id_prefix=wanted, limit=limit)):
            if row.recipient != OFFICE:
                continue
            refused = await _refusal_to_open(services, work, operator, row, key)
            if refused is None:
                found.append(row)
            else:
                trail.note(Act.SHOW, row.id, refusal_of(refused))
    return tuple(found)


async def begin_look(services: Services, work: UnitOfWork, key: OfficeKey) -> Look:
    operator = await operator_of(work, key)
    trail = Recorder(services, work, operator.name)
    await trail.require(operator, Act.LIST)
    trail.note(Act.LIST)
    return Look(services=services, work=work, operator=operator, key=key)


async def _refusal_to_open(
    services: Services, work: UnitOfWork, operator: Operator, row: CaseRow, key: OfficeKey
) -> NotPermitted | None:
    try:
        case = await work.cases.by_office(row.id, key)
    except CaseUnreadable:
        return None
    return _refusal(operator, case, services.profile) if case else None


def _refusal(operator: Operator, case: Case, profile: Profile) -> NotPermitted | None:
    try:
        admit(operator, Act.SHOW, case, profile)
    except NotPermitted as refused:
        return refused
    return None


async def seal_steps_of_time(services: Services, cases: list[Case]) -> None:
    """Write each by itself; where somebody else is writing, the next list does it."""
    for case in cases:
        try:
            async with unit_of_work(services.work) as work:
                work.cases.save(case)
        except Conflict:
            continue
