"""An operator at one opened case: admitted, recorded, with what fits the case as it stands.

Every act on a case goes through `at_case`: role, kind, recusal and assignment are checked there and nowhere else, and
what was done or refused stands in the audit trail.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from casework import approvals, permissions
from casework.admission import Recorder, admit, moment_of, operator_of, refusal_of
from casework.approvals import Change
from casework.case import Case, CaseId, CaseKind, CaseStatus, EntryKind, Part
from casework.case_life import CLOSED, Actor, Details, Moment, append, change, timed
from casework.deadlines import with_due
from casework.errors import CaseUnknown, Conflict, NotPermitted, ReasonRequired
from casework.permissions import Act, Role
from casework.ports import OfficeKey, Operator, UnitOfWork
from casework.recusal import OFFICE
from casework.report import FileRef, Mode
from casework.services import Services
from casework.turn import unit_of_work
from casework.watching import Watched, is_news, ping, watchers_of


@dataclass(kw_only=True)
class AtCase:
    """One operator at one opened case, within one unit of work."""

    services: Services
    work: UnitOfWork
    operator: Operator
    case: Case
    moment: Moment
    saved: Case | None = None

    @property
    def actor(self) -> Actor:
        return Actor.SUPERVISOR if self.operator.role == Role.SUPERVISOR else Actor.OFFICE

    def may(self, act: Act) -> bool:
        return permissions.may(self.operator, act, self.case.row.kind) and FITS[act](self)

    def changed(self, target: CaseStatus, details: Details) -> Case:
        by = self.operator.name
        return change(self.case, target, actor=self.actor, at=self.moment, details=details, by=by)

    def said(self, kind: EntryKind, text: str, *, part: Part = Part.SHARED, **data: str) -> Case:
        """Append the operator's words; who wrote them is for the office alone."""
        require_text(self.case, kind, text, "text")
        names = {"by": self.operator.name} if part is Part.OFFICE else {}
        return append(
            self.case, kind=kind, part=part, actor=self.actor, at=self.moment, text=text.strip(), data=names | data
        )

    def save(self, case: Case) -> Case:
        case = with_due(case, self.services.profile)
        self.work.cases.save(case)
        self.saved = case
        return case

    async def proposed(self, case: Case) -> Change:
        case = self.save(case)
        able = approvals.approvers(case, await self.work.operators.all(), self.services.profile)
        return Change(case=case, proposal=approvals.waiting(case), approvers=able)


@asynccontextmanager
async def at_case(
    services: Services, key: OfficeKey, act: Act, case_id: CaseId, *, detail: str = "", seen: int | None = None
) -> AsyncIterator[AtCase]:
    """Open a case for one act. The trail tells of it when it commits; of a refusal at once.

    `seen` is the version that the operator looked at: `Conflict` when the case has moved on since. Raises
    `NotPermitted`, `Recused`, `CaseUnknown`.
    """
    watchers: list[Watched] = []
    async with unit_of_work(services.work) as work:
        operator = await operator_of(work, key)
        trail = Recorder(services, work, operator.name)
        try:
            permissions.require(operator, act)
            case = await _open(work, key, case_id)
            admit(operator, act, case, services.profile)
        except NotPermitted as refused:
            trail.note(act, case_id, refusal_of(refused))
            await work.commit()
            raise
        if seen is not None and case.row.version != seen:
            raise Conflict("case")
        trail.note(act, case_id, detail)
        moment = moment_of(services)
        case = replace(case, entries=tuple(sorted(case.entries, key=lambda e: (e.day, e.seq, e.part))))
        desk = AtCase(
            services=services,
            work=work,
            operator=operator,
            case=timed(case, services.profile, moment),
            moment=moment,
        )
        yield desk
        if services.pinger is not None and desk.saved is not None and is_news(desk.case, desk.saved):
            watchers = await watchers_of(work, desk.case, key, moment.today)
    for watcher in watchers:  # in transactions of their own: nothing written together tells which case it was
        await ping(services, watcher)


async def _open(work: UnitOfWork, key: OfficeKey, case_id: CaseId) -> Case:
    """Open a case of this office; one on its own head is the superior's and looks unknown. Raises `CaseUnknown`."""
    row = await work.cases.row(case_id)
    case = await work.cases.by_office(case_id, key) if row is not None and row.recipient == OFFICE else None
    if case is None:
        raise CaseUnknown
    return case


async def opened_for(desk: AtCase, key: OfficeKey, case_id: CaseId) -> Case:
    """Open another case beside the first, admitted as it was. Raises `CaseUnknown`, `NotPermitted`, `Recused`."""
    case = await _open(desk.work, key, case_id)
    admit(desk.operator, Act.SHOW, case, desk.services.profile)
    return case


def require_text(case: Case, what_for: str, text: str, what: str) -> None:
    if not text.strip():
        raise ReasonRequired(case.status, what_for, what)


def _may_be_asked(desk: AtCase) -> bool:
    return desk.case.row.kind is CaseKind.REPORT and desk.case.status not in CLOSED


def _may_be_approved(desk: AtCase) -> bool:
    proposal = approvals.waiting(desk.case)
    return proposal is not None and proposal.data["by"] != desk.operator.name


def _files(case: Case) -> Iterator[FileRef]:
    yield from case.report.files if case.report else ()
    yield from (file for entry in case.entries for file in entry.files)


FITS: dict[Act, Callable[[AtCase], bool]] = {
    Act.ASK: _may_be_asked,
    Act.REPLY: lambda desk: desk.case.status is not CaseStatus.WITHDRAWN,
    Act.NOTE: lambda desk: True,
    Act.CONTACT: lambda desk: desk.case.row.mode is not Mode.ANONYMOUS,
    Act.ASSIGN: lambda desk: True,
    Act.EXTEND: lambda desk: approvals.may_be_extended(desk.case),
    Act.APPROVE: _may_be_approved,
    Act.PRIORITISE: lambda desk: True,
    Act.LINK: lambda desk: desk.case.row.kind is CaseKind.REPORT,
    Act.TRANSFER: lambda desk: desk.case.status not in CLOSED,
    Act.EXPORT: lambda desk: True,
    Act.ORIGINAL: lambda desk: any(file.original for file in _files(desk.case)),
    Act.PUBLISH: lambda desk: desk.case.report is not None and desk.services.anonymiser is not None,
}
"""When each act makes sense in a case; who may take it says `casework.permissions`."""
