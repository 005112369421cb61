"""Submit a report, or a message to the office: sealed at once, given a code, answered the same when it comes twice."""

import secrets
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from casework.case import Case, CaseId, CaseKind, CaseRow, CaseStatus, EntryKind, Priority
from casework.case_life import Actor, Moment, append
from casework.code import generate
from casework.deadlines import next_deadline, with_due
from casework.errors import CodeUnknown, IntakeClosed
from casework.ports import PersonKey, Receipt, UnitOfWork
from casework.profile import Profile
from casework.recusal import OFFICE, Recusal, recusal_of
from casework.report import Contact, Mode, Report
from casework.services import Services
from casework.turn import Turn, current_turn, unit_of_work
from casework.watching import with_watch

CHAT = "chat"
"""The answer that asks for a message in the messenger when there is news."""

RECEIPT_LIFE = timedelta(minutes=60)


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What the reporter gets. `due_on` is the next day the office owes something; `is_repeat`: it was in already."""

    code: str = field(repr=False)
    row: CaseRow
    due_on: date | None
    is_repeat: bool = False
    watched_until: date | None = None
    """The last day of the watch that the reporter asked for."""


async def submit(services: Services, report: Report, contact: Contact | None, *, draft_id: str) -> Submitted:
    """Seal a report and give its code.

    A report without a contact is anonymous whatever its mode says: it has a day and no time. Joins the turn in
    progress: the receipt goes to the turn's successor, the uploads that the report refers to are dropped. Raises
    `TooManyReports`, `IntakeClosed`, `ReportOnHead`.
    """
    async with unit_of_work(services.work) as work:
        repeated = await _repeated(work, services.profile, draft_id)
        if repeated is not None:
            return repeated
        _count(services, draft_id)
        report = replace(report, files=tuple(file.settled() for file in report.files))
        recusal = recusal_of(report, await work.operators.all(), services.profile)
        await _require_reader(services, work, recusal)
        case = _case_of(report, contact, recusal, services.profile, _moment(services))
        until = None
        if report.follow_up == CHAT:
            case, until = await with_watch(services, work, case, report.language)
        submitted = _add(work, services, case, _receipt(report.language, draft_id, CaseKind.REPORT))
        submitted = replace(submitted, watched_until=until)
        turn = current_turn.get()
        if turn is not None and report.files:
            work.uploads.drop(turn.person, [file.id for file in report.files])
        return submitted


async def send_message(services: Services, text: str, *, language: str, draft_id: str) -> Submitted:
    """Seal a message to the office as a case of kind MESSAGE, answered by its code. Raises `IntakeClosed`."""
    async with unit_of_work(services.work) as work:
        repeated = await _repeated(work, services.profile, draft_id)
        if repeated is not None:
            return repeated
        await _require_reader(services, work, Recusal())
        moment = _moment(services)
        case = Case(row=_row(CaseKind.MESSAGE, moment))
        case = append(
            case,
            kind=EntryKind.ADDITION,
            actor=Actor.REPORTER,
            at=moment,
            text=text.strip(),
            data={"language": language},
        )
        return _add(
            work, services, _received(case, moment, services.profile), _receipt(language, draft_id, case.row.kind)
        )


async def _repeated(work: UnitOfWork, profile: Profile, draft_id: str) -> Submitted | None:
    """Find what this draft became within the last hour. Raises `CodeUnknown` when it was withdrawn since."""
    receipt = await work.receipts.by_draft(draft_id)
    if receipt is None:
        return None
    case = await work.cases.by_code(receipt.code)
    if case is None:
        raise CodeUnknown
    _tell_turn(receipt.code)
    return Submitted(code=receipt.code, row=case.row, due_on=_due(case, profile), is_repeat=True)


def _count(services: Services, draft_id: str) -> None:
    """Every channel's reports pass here. Without a turn nobody is known who could hand in too many."""
    turn = current_turn.get()
    if turn is None:
        return
    limit, today = services.profile.reports_a_day, services.clock.today()
    services.submissions.count(turn.person, draft_id, limit=limit, today=today)
    if turn.has_successor:
        services.submissions.carry_over(turn.person, turn.successor)


async def _require_reader(services: Services, work: UnitOfWork, recusal: Recusal) -> None:
    if services.is_trial or recusal.recipient != OFFICE:
        return
    if not await work.operators.can_read():
        raise IntakeClosed


def _case_of(report: Report, contact: Contact | None, recusal: Recusal, profile: Profile, moment: Moment) -> Case:
    if contact is None or contact.is_empty or report.mode is Mode.ANONYMOUS:
        report, contact = replace(report, mode=Mode.ANONYMOUS), None
    category = profile.category(report.category)
    is_high = category is not None and category.is_high_priority
    row = replace(
        _row(CaseKind.REPORT, moment),
        category=report.category,
        region=report.region,
        level=report.level,
        reporter_kind=str(report.reporter_kind or ""),
        mode=report.mode,
        priority=Priority.HIGH if is_high else Priority.NORMAL,
        received_at=None if report.mode is Mode.ANONYMOUS else moment.now,
        recipient=recusal.recipient,
    )
    case = Case(row=row, report=report, contact=contact, recusal=recusal.operators)
    return _received(case, moment, profile)


def _row(kind: CaseKind, moment: Moment) -> CaseRow:
    return CaseRow(id=CaseId(secrets.token_bytes(16)), kind=kind, status=CaseStatus.RECEIVED, day=moment.today)


def _received(case: Case, moment: Moment, profile: Profile) -> Case:
    """Begin the history; a named reporter's time of receipt stands in the clear row already."""
    begun = append(case, kind=EntryKind.STATUS, actor=Actor.SYSTEM, at=moment, status=CaseStatus.RECEIVED)
    return with_due(begun, profile)


def _add(work: UnitOfWork, services: Services, case: Case, receipt: Receipt) -> Submitted:
    work.cases.add(case, receipt.code)
    turn = current_turn.get()
    work.receipts.put(_holder(turn), receipt, services.clock.now() + RECEIPT_LIFE)
    _tell_turn(receipt.code)
    return Submitted(code=receipt.code, row=case.row, due_on=_due(case, services.profile))


def _holder(turn: Turn | None) -> PersonKey:
    """Without a turn nobody comes back for the receipt; it still makes the same draft give the same code."""
    return turn.successor if turn is not None else PersonKey(secrets.token_bytes(32))


def _receipt(language: str, draft_id: str, kind: CaseKind) -> Receipt:
    return Receipt(code=generate(), language=language, draft=draft_id, kind=str(kind))


def _tell_turn(code: str) -> None:
    turn = current_turn.get()
    if turn is not None:
        turn.submitted, turn.issued_code = True, code


def _due(case: Case, profile: Profile) -> date | None:
    following = next_deadline(case, profile)
    return following[1] if following else None


def _moment(services: Services) -> Moment:
    return Moment(now=services.clock.now(), today=services.clock.today())
