"""What operators do with cases: each act checked against role, recusal and assignment, and put in the audit trail.

Every use case takes the operator's unlocked `OfficeKey`; a refused act stands in the trail too.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from casework import approvals, permissions
from casework.admission import Recorder, admit, assigned_to, moment_of, operator_of, refusal_of
from casework.approvals import Change
from casework.case import Case, CaseId, CaseKind, CaseStatus, EntryKind, Part
from casework.case_life import CLOSED, Actor, Details, Moment, Step, append, change, step_to, steps_of, timed
from casework.case_lists import CasePage, DueCase, due, find_cases, list_cases, page_of_cases
from casework.deadlines import Deadline, deadlines, with_due
from casework.errors import CaseUnknown, NotPermitted, ReasonRequired, Recused, TransitionRefused
from casework.permissions import Act, Role
from casework.ports import OfficeKey, Operator, UnitOfWork
from casework.profile import Profile
from casework.recusal import OFFICE
from casework.report import Contact, Mode
from casework.services import Services
from casework.turn import unit_of_work

__all__ = [
    "CasePage",
    "DueCase",
    "OpenedCase",
    "approve",
    "ask",
    "assign",
    "assigned_to",
    "change_status",
    "contact",
    "decline",
    "due",
    "extend",
    "find_cases",
    "list_cases",
    "note",
    "open_case",
    "page_of_cases",
    "possible_steps",
    "reply",
    "show",
]


@dataclass(frozen=True, kw_only=True)
class OpenedCase:
    """A case before one operator: what runs in it, and what they could do now (steps and acts of the tables)."""

    case: Case
    assigned_to: str | None
    deadlines: tuple[Deadline, ...]
    steps: tuple[Step, ...]
    acts: frozenset[Act]
    may_decline: bool = False
    """Also one's own proposal: that is taking it back."""
    approvers: tuple[str, ...] = ()


async def open_case(services: Services, key: OfficeKey, case_id: CaseId) -> OpenedCase:
    """Open a case as a desk shows it. Raises what `show` raises."""
    async with _act(services, key, Act.SHOW, case_id) as desk:
        case, operator = desk.case, desk.operator
        may_move = permissions.may(operator, Act.CHANGE_STATUS, case.row.kind)
        return OpenedCase(
            case=case,
            assigned_to=assigned_to(case),
            deadlines=deadlines(case, services.profile),
            steps=steps_of(case, desk.actor) if may_move else (),
            acts=frozenset(act for act in _FITS if desk.may(act)),
            may_decline=permissions.may(operator, Act.APPROVE, case.row.kind) and approvals.waiting(case) is not None,
            approvers=approvals.approvers(case, await desk.work.operators.all()),
        )


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

    `Change.needs` says what is missing then. A `channel` that is an id of the profile's right channels is told in the
    profile's words, in the reporter's language. Raises `TransitionRefused`, `ReasonRequired` and what `show` raises.
    """
    details = details or Details()
    async with _act(services, key, Act.CHANGE_STATUS, case_id, detail=str(target)) as desk:
        details = _with_channel_in_words(details, desk.case, services.profile)
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

    def may(self, act: Act) -> bool:
        return permissions.may(self.operator, act, self.case.row.kind) and _FITS[act](self)

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


@asynccontextmanager
async def _act(
    services: Services, key: OfficeKey, act: Act, case_id: CaseId, *, detail: str = ""
) -> AsyncIterator[_Desk]:
    """Open a case for one act. The trail tells of it when it commits; of a refusal at once."""
    async with unit_of_work(services.work) as work:
        operator = await operator_of(work, key)
        trail = Recorder(services, work, operator.name)
        try:
            permissions.require(operator, act)
            case = await _open(work, key, case_id)
            admit(operator, act, case)
        except NotPermitted as refused:
            trail.note(act, case_id, refusal_of(refused))
            await work.commit()
            raise
        trail.note(act, case_id, detail)
        moment = moment_of(services)
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


def _require_text(case: Case, what_for: str, text: str, what: str) -> None:
    if not text.strip():
        raise ReasonRequired(case.status, what_for, what)


def _with_channel_in_words(details: Details, case: Case, profile: Profile) -> Details:
    channel = profile.right_channel(details.channel.strip())
    language = case.report.language if case.report else "zh"
    return replace(details, channel=channel.words.in_language(language)) if channel else details


def _may_be_asked(desk: _Desk) -> bool:
    return desk.case.row.kind is CaseKind.REPORT and desk.case.status not in CLOSED


def _may_be_approved(desk: _Desk) -> bool:
    proposal = approvals.waiting(desk.case)
    return proposal is not None and proposal.data["by"] != desk.operator.name


_FITS: dict[Act, Callable[[_Desk], bool]] = {
    Act.ASK: _may_be_asked,
    Act.REPLY: lambda desk: desk.case.status is not CaseStatus.WITHDRAWN,
    Act.NOTE: lambda desk: True,
    Act.CONTACT: lambda desk: desk.case.row.mode is not Mode.ANONYMOUS,
    Act.ASSIGN: lambda desk: True,
    Act.EXTEND: lambda desk: approvals.may_be_extended(desk.case),
    Act.APPROVE: _may_be_approved,
}
"""When each act makes sense in a case; who may take it says `casework.permissions`."""
