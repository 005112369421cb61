"""What operators do with cases: each act checked against role, recusal and assignment, and put in the audit trail.

Every use case takes the operator's unlocked `OfficeKey`; a refused act stands in the trail too.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from casework import approvals, permissions
from casework.approvals import Change
from casework.case import Case, CaseId, CaseKind, CaseRow, CaseStatus, EntryKind, Part
from casework.case_life import CLOSED, Actor, Details, Moment, Step, append, change, step_to, steps_of, timed
from casework.deadlines import Deadline, Level, deadlines, level, with_due
from casework.errors import CaseUnknown, NotPermitted, ReasonRequired, Recused, TransitionRefused
from casework.permissions import Act, Role
from casework.ports import CaseQuery, OfficeKey, Operator, TrailEntry, UnitOfWork
from casework.recusal import OFFICE
from casework.report import Contact
from casework.services import Services
from casework.turn import unit_of_work


@dataclass(frozen=True, kw_only=True)
class DueCase:
    """A case and one of its running clocks."""

    row: CaseRow
    deadline: Deadline
    level: Level


async def list_cases(services: Services, key: OfficeKey, query: CaseQuery | None = None) -> list[CaseRow]:
    """List the clear rows of the cases this operator may see, most urgent first.

    Each is opened to see who is recused from it: rows that the key does not open are left out.
    """
    return [case.row for case in await _visible(services, key, query or CaseQuery())]


async def due(services: Services, key: OfficeKey, *, on_time_too: bool = False) -> list[DueCase]:
    """List what is due soon or overdue, worst first, of the cases this operator may see."""
    today, profile = services.clock.today(), services.profile
    found = [
        DueCase(row=case.row, deadline=clock, level=level(clock, today, profile))
        for case in await _visible(services, key, CaseQuery())
        for clock in deadlines(case, profile)
    ]
    wanted = [case for case in found if on_time_too or case.level is not Level.ON_TIME]
    return sorted(wanted, key=lambda case: (-list(Level).index(case.level), case.deadline.due_on))


async def show(services: Services, key: OfficeKey, case_id: CaseId) -> Case:
    """Open a case, entries in order. Raises `NotPermitted`, `Recused`, `CaseUnknown`."""
    async with _act(services, key, Act.SHOW, case_id) as desk:
        return desk.case


async def possible_steps(services: Services, key: OfficeKey, case_id: CaseId) -> tuple[Step, ...]:
    """Return the steps that this operator could take now: what a desk shows as buttons."""
    async with _act(services, key, Act.SHOW, case_id) as desk:
        return steps_of(desk.case, desk.actor)


async def contact(services: Services, key: OfficeKey, case_id: CaseId, *, reason: str) -> Contact | None:
    """Open the reporter's contact; the reason stands in the trail. Raises `ReasonRequired` without one."""
    async with _act(services, key, Act.CONTACT, case_id, detail=reason.strip()) as desk:
        _require_text(desk.case, Act.CONTACT, reason, "reason")
        return await desk.work.cases.contact(case_id, key)


async def ask(services: Services, key: OfficeKey, case_id: CaseId, text: str) -> Case:
    """Ask the reporter. A case not yet decided on waits for the answer; a case in work goes on meanwhile."""
    async with _act(services, key, Act.ASK, case_id) as desk:
        if desk.case.status is CaseStatus.RECEIVED and desk.case.row.kind is CaseKind.REPORT:
            return desk.save(desk.changed(CaseStatus.INFO_REQUESTED, Details(text=text)))
        if desk.case.status in CLOSED or desk.case.row.kind is CaseKind.MESSAGE:
            raise TransitionRefused(desk.case.status, CaseStatus.INFO_REQUESTED)
        return desk.save(desk.said(EntryKind.QUESTION, text))


async def reply(services: Services, key: OfficeKey, case_id: CaseId, text: str) -> Case:
    """Write to the reporter; a message that waited for it is answered."""
    async with _act(services, key, Act.REPLY, case_id) as desk:
        if desk.case.row.kind is CaseKind.MESSAGE and desk.case.status is CaseStatus.RECEIVED:
            return desk.save(desk.changed(CaseStatus.CONCLUDED, Details(text=text)))
        if desk.case.status is CaseStatus.WITHDRAWN:
            raise TransitionRefused(desk.case.status, Act.REPLY, "the code opens nothing any more")
        return desk.save(desk.said(EntryKind.OFFICE_REPLY, text))


async def note(services: Services, key: OfficeKey, case_id: CaseId, text: str) -> Case:
    """Write a note for the office alone."""
    async with _act(services, key, Act.NOTE, case_id) as desk:
        return desk.save(desk.said(EntryKind.NOTE, text, part=Part.OFFICE))


async def assign(services: Services, key: OfficeKey, case_id: CaseId, to: str) -> Case:
    """Give the case to an operator who works cases; handlers see theirs alone. Raises `NotPermitted`, `Recused`."""
    async with _act(services, key, Act.ASSIGN, case_id, detail=to) as desk:
        chosen = await desk.work.operators.get(to)
        if chosen is None or not permissions.may(chosen, Act.SHOW, desk.case.row.kind):
            raise NotPermitted(f"{to}: does not work cases of kind {desk.case.row.kind}")
        if to in desk.case.recusal:
            raise Recused(to)
        return desk.save(desk.said(EntryKind.NOTE, to, part=Part.OFFICE, assigned=to))


async def change_status(
    services: Services, key: OfficeKey, case_id: CaseId, target: CaseStatus, details: Details | None = None
) -> Change:
    """Move the case along the table; a disposition or a conclusion is kept as a proposal for a second person.

    `Change.needs` says what is missing then. Raises `TransitionRefused`, `ReasonRequired` and what `show` raises.
    """
    details = details or Details()
    async with _act(services, key, Act.CHANGE_STATUS, case_id, detail=str(target)) as desk:
        step = step_to(desk.case, target, desk.actor, details)
        if not step.needs_second:
            return Change(case=desk.save(desk.changed(target, details)))
        by, at = desk.operator.name, desk.moment
        return await desk.proposed(
            approvals.propose(desk.case, target, by=by, actor=desk.actor, at=at, details=details)
        )


async def extend(services: Services, key: OfficeKey, case_id: CaseId, reason: str) -> Change:
    """Propose to prolong the time to conclude, once; the reporter is told the reason when it is approved."""
    async with _act(services, key, Act.EXTEND, case_id) as desk:
        by, at = desk.operator.name, desk.moment
        return await desk.proposed(approvals.propose_extension(desk.case, reason, by=by, at=at))


async def approve(services: Services, key: OfficeKey, case_id: CaseId) -> Case:
    """Approve what somebody else proposed, and so carry it out. Raises `ProposalMissing`."""
    async with _act(services, key, Act.APPROVE, case_id) as desk:
        return desk.save(approvals.approve(desk.case, by=desk.operator.name, actor=desk.actor, at=desk.moment))


async def decline(services: Services, key: OfficeKey, case_id: CaseId, reason: str) -> Case:
    """Put a proposal aside, with a reason. Raises `ProposalMissing`, `ReasonRequired`."""
    async with _act(services, key, Act.APPROVE, case_id, detail="declined") as desk:
        _require_text(desk.case, Act.APPROVE, reason, "reason")
        return desk.save(approvals.decline(desk.case, reason, by=desk.operator.name, at=desk.moment))


def assigned_to(case: Case) -> str | None:
    """Return the operator who works the case (an opened office part is needed)."""
    given = [entry for entry in case.entries if entry.part is Part.OFFICE and "assigned" in entry.data]
    return str(max(given, key=lambda entry: entry.seq).data["assigned"]) if given else None


@dataclass(kw_only=True)
class _Desk:
    """One operator at one opened case, within one unit of work."""

    services: Services
    work: UnitOfWork
    operator: Operator
    case: Case
    moment: Moment

    @property
    def actor(self) -> Actor:
        return Actor.SUPERVISOR if self.operator.role == Role.SUPERVISOR else Actor.OFFICE

    def changed(self, target: CaseStatus, details: Details) -> Case:
        by = self.operator.name
        return change(self.case, target, actor=self.actor, at=self.moment, details=details, by=by)

    def said(self, kind: EntryKind, text: str, *, part: Part = Part.SHARED, **data: str) -> Case:
        """Append the operator's words; who wrote them is for the office alone."""
        _require_text(self.case, kind, text, "text")
        names = {"by": self.operator.name} if part is Part.OFFICE else {}
        return append(
            self.case, kind=kind, part=part, actor=self.actor, at=self.moment, text=text.strip(), data=names | data
        )

    def save(self, case: Case) -> Case:
        case = with_due(case, self.services.profile)
        self.work.cases.save(case)
        return case

    async def proposed(self, case: Case) -> Change:
        case = self.save(case)
        able = approvals.approvers(case, await self.work.operators.all())
        return Change(case=case, proposal=approvals.waiting(case), approvers=able)


async def _visible(services: Services, key: OfficeKey, query: CaseQuery) -> list[Case]:
    async with unit_of_work(services.work) as work:
        operator = await _operator(work, key)
        trail = _Recorder(services, work, operator.name)
        if not permissions.may(operator, Act.LIST):
            trail.note(Act.LIST, detail="refused: NotPermitted")
            await work.commit()
            permissions.require(operator, Act.LIST)
        trail.note(Act.LIST)
        rows = [row for row in await work.cases.rows(query) if row.recipient == OFFICE]
        opened = [await work.cases.by_office(row.id, key) for row in rows]
        moment = _moment(services)
        return [timed(case, services.profile, moment) for case in opened if case and _may_see(operator, case)]


def _may_see(operator: Operator, case: Case) -> bool:
    try:
        _admit(operator, Act.SHOW, case)
    except NotPermitted:
        return False
    return True


@asynccontextmanager
async def _act(
    services: Services, key: OfficeKey, act: Act, case_id: CaseId, *, detail: str = ""
) -> AsyncIterator[_Desk]:
    """Open a case for one act. The trail tells of it when it commits; of a refusal at once."""
    async with unit_of_work(services.work) as work:
        operator = await _operator(work, key)
        trail = _Recorder(services, work, operator.name)
        try:
            permissions.require(operator, act)
            case = await _open(work, key, case_id)
            _admit(operator, act, case)
        except NotPermitted as refused:
            trail.note(act, case_id, f"refused: {type(refused).__name__}")
            await work.commit()
            raise
        trail.note(act, case_id, detail)
        moment = _moment(services)
        case = replace(case, entries=tuple(sorted(case.entries, key=lambda e: (e.day, e.seq, e.part))))
        yield _Desk(
            services=services,
            work=work,
            operator=operator,
            case=timed(case, services.profile, moment),
            moment=moment,
        )


async def _open(work: UnitOfWork, key: OfficeKey, case_id: CaseId) -> Case:
    """Open a case of this office; one on its own head is the superior's and looks unknown. Raises `CaseUnknown`."""
    row = await work.cases.row(case_id)
    case = await work.cases.by_office(case_id, key) if row is not None and row.recipient == OFFICE else None
    if case is None:
        raise CaseUnknown
    return case


async def _operator(work: UnitOfWork, key: OfficeKey) -> Operator:
    operator = await work.operators.get(key.operator)
    if operator is None:
        raise NotPermitted(f"{key.operator}: no such operator")
    return operator


def _admit(operator: Operator, act: Act, case: Case) -> None:
    """Check kind, recusal and assignment. Raises `NotPermitted`, `Recused`."""
    permissions.require(operator, act, case.row.kind)
    if operator.name in case.recusal:
        raise Recused(operator.name)
    if operator.role in permissions.NEEDS_ASSIGNMENT and assigned_to(case) != operator.name:
        raise NotPermitted(f"{operator.name}: the case is not assigned to them")


@dataclass(frozen=True)
class _Recorder:
    """Writes an operator's acts into the trail: names, ids and reasons, never what a case holds."""

    services: Services
    work: UnitOfWork
    actor: str

    def note(self, act: Act, case_id: CaseId | None = None, detail: str = "") -> None:
        now, ref = self.services.clock.now(), case_id.hex() if case_id else ""
        self.work.trail.append(TrailEntry(at=now, actor=self.actor, act=str(act), case_ref=ref, detail=detail))


def _require_text(case: Case, what_for: str, text: str, what: str) -> None:
    if not text.strip():
        raise ReasonRequired(case.status, what_for, what)


def _moment(services: Services) -> Moment:
    return Moment(now=services.clock.now(), today=services.clock.today())
