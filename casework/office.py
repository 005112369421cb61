"""What operators do with cases: each act checked against role, recusal and assignment, and put in the audit trail.

Every use case takes the operator's unlocked `OfficeKey`; a refused act stands in the trail too. `seen` is the version
of the case that the operator looked at: `Conflict` when it has moved on since.
"""

from dataclasses import dataclass, replace

from casework import approvals, permissions
from casework.admission import assigned_to
from casework.approvals import Change
from casework.case import Case, CaseId, CaseKind, CaseStatus, EntryKind, Part, Priority
from casework.case_life import CLOSED, Details, Step, step_to, steps_of
from casework.case_lists import CasePage, DueCase, due, find_cases, list_cases, page_of_cases
from casework.deadlines import Deadline, deadlines
from casework.errors import NotPermitted, Recused, TransitionRefused
from casework.permissions import Act
from casework.ports import OfficeKey
from casework.profile import Profile
from casework.recusal import is_recused
from casework.report import Contact
from casework.services import Services
from casework.working import FITS, at_case, require_text

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
    "prioritise",
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
    async with at_case(services, key, Act.SHOW, case_id) as desk:
        case, operator = desk.case, desk.operator
        may_move = permissions.may(operator, Act.CHANGE_STATUS, case.row.kind)
        return OpenedCase(
            case=case,
            assigned_to=assigned_to(case),
            deadlines=deadlines(case, services.profile),
            steps=steps_of(case, desk.actor) if may_move else (),
            acts=frozenset(act for act in FITS if desk.may(act)),
            may_decline=permissions.may(operator, Act.APPROVE, case.row.kind) and approvals.waiting(case) is not None,
            approvers=approvals.approvers(case, await desk.work.operators.all(), services.profile),
        )


async def show(services: Services, key: OfficeKey, case_id: CaseId) -> Case:
    """Open a case, entries in order. Raises `NotPermitted`, `Recused`, `CaseUnknown`."""
    async with at_case(services, key, Act.SHOW, case_id) as desk:
        return desk.case


async def possible_steps(services: Services, key: OfficeKey, case_id: CaseId) -> tuple[Step, ...]:
    """Return the steps that this operator could take now: what a desk shows as buttons."""
    async with at_case(services, key, Act.SHOW, case_id) as desk:
        return steps_of(desk.case, desk.actor)


async def contact(services: Services, key: OfficeKey, case_id: CaseId, *, reason: str) -> Contact | None:
    """Open the reporter's contact; the reason stands in the trail. Raises `ReasonRequired` without one."""
    async with at_case(services, key, Act.CONTACT, case_id, detail=reason.strip()) as desk:
        require_text(desk.case, Act.CONTACT, reason, "reason")
        return await desk.work.cases.contact(case_id, key)


async def ask(services: Services, key: OfficeKey, case_id: CaseId, text: str, *, seen: int | None = None) -> Case:
    """Ask the reporter. A case not yet decided on waits for the answer; a case in work goes on meanwhile."""
    async with at_case(services, key, Act.ASK, case_id, seen=seen) as desk:
        if desk.case.status is CaseStatus.RECEIVED and desk.case.row.kind is CaseKind.REPORT:
            return desk.save(desk.changed(CaseStatus.INFO_REQUESTED, Details(text=text)))
        if desk.case.status in CLOSED or desk.case.row.kind is CaseKind.MESSAGE:
            raise TransitionRefused(desk.case.status, CaseStatus.INFO_REQUESTED)
        return desk.save(desk.said(EntryKind.QUESTION, text))


async def reply(services: Services, key: OfficeKey, case_id: CaseId, text: str, *, seen: int | None = None) -> Case:
    """Write to the reporter; a message that waited for it is answered."""
    async with at_case(services, key, Act.REPLY, case_id, seen=seen) as desk:
        if desk.case.row.kind is CaseKind.MESSAGE and desk.case.status is CaseStatus.RECEIVED:
            return desk.save(desk.changed(CaseStatus.CONCLUDED, Details(text=text)))
        if desk.case.status is CaseStatus.WITHDRAWN:
            raise TransitionRefused(desk.case.status, Act.REPLY, "the code opens nothing any more")
        return desk.save(desk.said(EntryKind.OFFICE_REPLY, text))


async def note(services: Services, key: OfficeKey, case_id: CaseId, text: str) -> Case:
    """Write a note for the office alone."""
    async with at_case(services, key, Act.NOTE, case_id) as desk:
        return desk.save(desk.said(EntryKind.NOTE, text, part=Part.OFFICE))


async def assign(services: Services, key: OfficeKey, case_id: CaseId, to: str, *, seen: int | None = None) -> Case:
    """Give the case to an operator who works cases; handlers see theirs alone. Raises `NotPermitted`, `Recused`."""
    async with at_case(services, key, Act.ASSIGN, case_id, detail=to, seen=seen) as desk:
        chosen = await desk.work.operators.get(to)
        if chosen is None or not permissions.may(chosen, Act.SHOW, desk.case.row.kind):
            raise NotPermitted(f"{to}: does not work cases of kind {desk.case.row.kind}")
        if is_recused(chosen, desk.case, services.profile):
            raise Recused(to)
        return desk.save(desk.said(EntryKind.NOTE, to, part=Part.OFFICE, assigned=to))


async def prioritise(
    services: Services, key: OfficeKey, case_id: CaseId, priority: Priority, reason: str, *, seen: int | None = None
) -> Case:
    """Set the priority, with a reason; a case of retaliation stays high. Raises `TransitionRefused` for that one."""
    async with at_case(services, key, Act.PRIORITISE, case_id, detail=str(priority), seen=seen) as desk:
        category = services.profile.category(desk.case.row.category)
        if priority is Priority.NORMAL and category is not None and category.is_high_priority:
            raise TransitionRefused(desk.case.status, Act.PRIORITISE, "retaliation is always of high priority")
        require_text(desk.case, Act.PRIORITISE, reason, "reason")
        noted = desk.said(EntryKind.NOTE, reason, part=Part.OFFICE, priority=str(priority))
        return desk.save(replace(noted, row=replace(noted.row, priority=priority)))


async def change_status(
    services: Services,
    key: OfficeKey,
    case_id: CaseId,
    target: CaseStatus,
    details: Details | None = None,
    *,
    seen: int | None = None,
) -> Change:
    """Move the case along the table; a disposition or a conclusion is kept as a proposal for a second person.

    `Change.needs` says what is missing then. A `channel` that is an id of the profile's right channels is told in the
    profile's words, in the reporter's language. Raises `TransitionRefused`, `ReasonRequired` and what `show` raises.
    """
    details = details or Details()
    async with at_case(services, key, Act.CHANGE_STATUS, case_id, detail=str(target), seen=seen) as desk:
        details = _with_channel_in_words(details, desk.case, services.profile)
        step = step_to(desk.case, target, desk.actor, details)
        if not step.needs_second:
            return Change(case=desk.save(desk.changed(target, details)))
        by, at = desk.operator.name, desk.moment
        return await desk.proposed(
            approvals.propose(desk.case, target, by=by, actor=desk.actor, at=at, details=details)
        )


async def extend(
    services: Services, key: OfficeKey, case_id: CaseId, reason: str, *, seen: int | None = None
) -> Change:
    """Propose to prolong the time to conclude, once; the reporter is told the reason when it is approved."""
    async with at_case(services, key, Act.EXTEND, case_id, seen=seen) as desk:
        by, at = desk.operator.name, desk.moment
        return await desk.proposed(approvals.propose_extension(desk.case, reason, by=by, at=at))


async def approve(services: Services, key: OfficeKey, case_id: CaseId, *, seen: int | None = None) -> Case:
    """Approve what somebody else proposed, and so carry it out. Raises `ProposalMissing`."""
    async with at_case(services, key, Act.APPROVE, case_id, seen=seen) as desk:
        return desk.save(approvals.approve(desk.case, by=desk.operator.name, actor=desk.actor, at=desk.moment))


async def decline(services: Services, key: OfficeKey, case_id: CaseId, reason: str, *, seen: int | None = None) -> Case:
    """Put a proposal aside, with a reason. Raises `ProposalMissing`, `ReasonRequired`."""
    async with at_case(services, key, Act.APPROVE, case_id, detail="declined", seen=seen) as desk:
        require_text(desk.case, Act.APPROVE, reason, "reason")
        return desk.save(approvals.decline(desk.case, reason, by=desk.operator.name, at=desk.moment))


def _with_channel_in_words(details: Details, case: Case, profile: Profile) -> Details:
    channel = profile.right_channel(details.channel.strip())
    language = case.report.language if case.report else "zh"
    return replace(details, channel=channel.words.in_language(language)) if channel else details
