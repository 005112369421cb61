"""The way back: what a reporter who shows the code may read and do.

Every use case needs a turn (`casework.turn.current_turn`): the session belongs to its person. Acts return the case as
it will be after the turn's commit; until then the unit of work reads back what it has collected.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from casework.case import Case, CaseKind, CaseStatus, Entry, EntryKind, Priority
from casework.case_life import (
    Actor,
    Details,
    Moment,
    append,
    change,
    open_question,
    reporter_acts,
    shared_entries,
    steps_of,
    timed,
)
from casework.code import CodeFinding, generate
from casework.deadlines import next_deadline, with_due
from casework.errors import CodeMistyped, CodeUnknown, NoCaseOpen, NothingAsked, ReasonRequired, TransitionRefused
from casework.ports import Receipt
from casework.profile import Profile
from casework.report import Contact, FileRef, Mode
from casework.services import Services
from casework.submitting import RECEIPT_LIFE
from casework.turn import Turn, current_turn

SESSION_LIFE = timedelta(minutes=15)
STARS = range(1, 6)


@dataclass(frozen=True, kw_only=True)
class CaseView:
    """What the code's holder may see.

    `history` is the shared part, oldest first. `next_deadline` is (name, day); the name is one of
    `casework.deadlines.DeadlineName`: acceptance, first_check, answer, transfer, conclusion, rating, review, reply.
    `allowed` holds acts: add_info, answer, rate, review, retaliation, named, withdraw. A case of kind MESSAGE is
    received (waiting), concluded (answered), feedback_given (closed) or withdrawn; its first entry is the message.
    """

    kind: CaseKind
    status: CaseStatus
    history: tuple[Entry, ...] = field(repr=False)
    open_question: Entry | None = field(default=None, repr=False)
    next_deadline: tuple[str, date] | None = None
    allowed: frozenset[str] = frozenset()
    language: str = "zh"
    title: str = field(default="", repr=False)
    new_code: str | None = field(default=None, repr=False)
    """Set when an operator knew the code that was typed: this one has taken its place."""
    is_anonymous: bool = False


async def open_by_code(services: Services, finding: CodeFinding) -> CaseView:
    """Open the case and its session of 15 minutes; the one place where a code is checked.

    A mistyped code is not counted; one that opens nothing is. Raises `CodeMistyped`, `CodeWait`, `CodeUnknown`.
    """
    turn, now = _turn(), services.clock.now()
    if finding.kind == "mistyped":
        raise CodeMistyped
    services.attempts.allow(turn.person, now)
    case = await _by_code(services, turn, finding.code)
    if case is None:
        services.attempts.count_wrong(turn.person, now)
        raise CodeUnknown
    if case.report is not None and case.report.code_seen:
        return await _with_code_of_their_own(services, turn, finding.code, case)
    return _shown(services, turn, finding.code, case)


async def view(services: Services) -> CaseView:
    """Show the open case and prolong its session. Raises `NoCaseOpen`."""
    turn = _turn()
    code, case = await _opened(services, turn)
    return _shown(services, turn, code, case)


async def add_information(services: Services, text: str, files: Sequence[str] = ()) -> CaseView:
    """Add text, or uploads by their ids. Raises `NoCaseOpen`, `ReasonRequired` (neither text nor files)."""
    turn = _turn()
    code, case = await _opened(services, turn)
    case = await _said(services, turn, case, EntryKind.ADDITION, text, files)
    if CaseStatus.RECEIVED in _targets(case) and case.row.kind is CaseKind.MESSAGE:
        case = change(case, CaseStatus.RECEIVED, actor=Actor.REPORTER, at=_moment(services))
    return _saved(services, turn, code, case)


async def answer(services: Services, text: str, files: Sequence[str] = ()) -> CaseView:
    """Answer the open question. Raises `NoCaseOpen`, `NothingAsked`, `ReasonRequired`."""
    turn = _turn()
    code, case = await _opened(services, turn)
    if "answer" not in reporter_acts(case):
        raise NothingAsked
    case = await _said(services, turn, case, EntryKind.ANSWER, text, files)
    if case.status is CaseStatus.INFO_REQUESTED:
        case = change(case, CaseStatus.RECEIVED, actor=Actor.REPORTER, at=_moment(services))
    return _saved(services, turn, code, case)


async def rate(services: Services, stars: int, text: str = "") -> CaseView:
    """Rate the result, 1 to 5. Raises `NoCaseOpen`, `TransitionRefused` (nothing to rate, or rated already)."""
    if stars not in STARS:
        raise ValueError(f"stars: {stars}, expected 1 to 5")
    turn = _turn()
    code, case = await _opened(services, turn)
    _require(case, "rate")
    moment = _moment(services)
    case = append(
        case, kind=EntryKind.RATING, actor=Actor.REPORTER, at=moment, text=text.strip(), data={"stars": stars}
    )
    if case.status is CaseStatus.CONCLUDED:
        case = change(case, CaseStatus.FEEDBACK_GIVEN, actor=Actor.REPORTER, at=moment)
    return _saved(services, turn, code, case)


async def request_review(services: Services, reason: str) -> CaseView:
    """Ask for a review; of a result just told, that is feedback too.

    Raises `NoCaseOpen`, `TransitionRefused`, `ReasonRequired`.
    """
    turn = _turn()
    code, case = await _opened(services, turn)
    _require(case, "review")
    moment = _moment(services)
    if case.status is CaseStatus.CONCLUDED:
        _require_text(case, reason, "reason")
        case = change(case, CaseStatus.FEEDBACK_GIVEN, actor=Actor.REPORTER, at=moment)
    details = Details(reason=reason)
    case = change(case, CaseStatus.REOPEN_REQUESTED, actor=Actor.REPORTER, at=moment, details=details)
    return _saved(services, turn, code, case)


async def report_retaliation(services: Services, text: str) -> CaseView:
    """Report retaliation within the case, so linked to it; the case becomes high priority, also when it is closed.

    Raises `NoCaseOpen`, `TransitionRefused` (a message to the office), `ReasonRequired`.
    """
    turn = _turn()
    code, case = await _opened(services, turn)
    _require(case, "retaliation")
    case = await _said(services, turn, case, EntryKind.RETALIATION, text, ())
    return _saved(services, turn, code, replace(case, row=replace(case.row, priority=Priority.HIGH)))


async def become_named(services: Services, contact: Contact) -> CaseView:
    """Stand behind the report by name, or replace the contact.

    The day the name was given starts the clock of acceptance. Raises `NoCaseOpen`, `TransitionRefused`,
    `ReasonRequired` (no name or no contact).
    """
    turn = _turn()
    code, case = await _opened(services, turn)
    _require(case, "named")
    _require_text(case, contact.name.strip() or contact.organisation, "name")
    _require_text(case, contact.contact, "contact")
    mode = Mode.REAL_NAME if contact.name.strip() else Mode.UNIT_NAME
    data = {"from": str(case.row.mode), "mode": str(mode)}
    report = replace(case.report, mode=mode) if case.report else None
    case = replace(case, row=replace(case.row, mode=mode), report=report, contact=contact)
    case = append(case, kind=EntryKind.NAMED, actor=Actor.REPORTER, at=_moment(services), data=data)
    return _saved(services, turn, code, case)


async def withdraw(services: Services, reason: str = "") -> CaseView:
    """Withdraw the report: the code opens nothing from then on. Raises `NoCaseOpen`, `TransitionRefused`."""
    turn = _turn()
    code, case = await _opened(services, turn)
    details = Details(reason=reason)
    case = change(case, CaseStatus.WITHDRAWN, actor=Actor.REPORTER, at=_moment(services), details=details)
    shown = _saved(services, turn, code, case)
    _end_session(turn)
    return shown


async def close(services: Services) -> None:
    """End the case session ("done"); it need not be open."""
    _end_session(_turn())


async def show_code(services: Services) -> str | None:
    """Return the code that this conversation was given, while its receipt lives."""
    turn = _turn()
    if turn.issued_code is not None:
        return turn.issued_code
    receipt = await turn.work.receipts.get(turn.person)
    if receipt is not None:
        turn.issued_code = receipt.code
    return receipt.code if receipt else None


async def saved(services: Services) -> None:
    """The person has saved the code: delete the receipt."""
    turn = _turn()
    turn.work.receipts.drop(turn.person)


async def forget(services: Services) -> None:
    """Delete receipt, session and uploads of this person, and have the turn delete the rest."""
    turn = _turn()
    turn.work.receipts.drop(turn.person)
    _end_session(turn)
    uploads = await turn.work.uploads.of(turn.person)
    if uploads:
        turn.work.uploads.drop(turn.person, [file.id for file in uploads])
    turn.forget = True


def case_view(case: Case, profile: Profile) -> CaseView:
    """Return what the holder of the code may see of an opened case."""
    history = shared_entries(case.entries)
    return CaseView(
        kind=case.row.kind,
        status=case.status,
        history=history,
        open_question=open_question(case),
        next_deadline=next_deadline(case, profile),
        allowed=reporter_acts(case),
        language=case.report.language if case.report else str(history[0].data.get("language", "zh")),
        title=case.report.title if case.report else "",
        is_anonymous=case.row.mode is Mode.ANONYMOUS,
    )


async def _with_code_of_their_own(services: Services, turn: Turn, code: str, case: Case) -> CaseView:
    """Replace the code that an operator has seen; the receipt lets the person see the new one again for an hour."""
    fresh, language = generate(), case.report.language if case.report else "zh"
    await turn.work.cases.replace_code(code, fresh)
    report = replace(case.report, code_seen=False) if case.report else None
    turn.work.cases.save(replace(case, report=report))
    receipt = Receipt(code=fresh, language=language, draft=secrets.token_hex(16), kind=str(case.row.kind))
    turn.work.receipts.put(turn.person, receipt, services.clock.now() + RECEIPT_LIFE)
    turn.issued_code = fresh
    return replace(_shown(services, turn, fresh, case), new_code=fresh)


def _turn() -> Turn:
    turn = current_turn.get()
    if turn is None:
        raise RuntimeError("the way back needs a turn: a case session belongs to its person")
    return turn


def _moment(services: Services) -> Moment:
    return Moment(now=services.clock.now(), today=services.clock.today())


async def _by_code(services: Services, turn: Turn, code: str) -> Case | None:
    """Open the case, unless it was ever withdrawn: also one that goes on ex officio looks unknown from outside."""
    case = await turn.work.cases.by_code(code)
    if case is None or any(entry.status is CaseStatus.WITHDRAWN for entry in case.entries):
        return None
    return timed(case, services.profile, _moment(services))


async def _opened(services: Services, turn: Turn) -> tuple[str, Case]:
    """Return the open case with its code. Raises `NoCaseOpen`, also when it was withdrawn from elsewhere."""
    code = await turn.work.case_sessions.get(turn.person)
    case = await _by_code(services, turn, code) if code is not None else None
    if code is None or case is None:
        turn.work.case_sessions.drop(turn.person)
        raise NoCaseOpen
    return code, case


def _shown(services: Services, turn: Turn, code: str, case: Case) -> CaseView:
    turn.work.case_sessions.put(turn.person, code, services.clock.now() + SESSION_LIFE)
    return case_view(case, services.profile)


def _saved(services: Services, turn: Turn, code: str, case: Case) -> CaseView:
    case = with_due(case, services.profile)
    turn.work.cases.save(case)
    return _shown(services, turn, code, case)


def _end_session(turn: Turn) -> None:
    turn.work.case_sessions.drop(turn.person)


async def _said(
    services: Services, turn: Turn, case: Case, kind: EntryKind, text: str, file_ids: Sequence[str]
) -> Case:
    """Append what the reporter says, with those of their uploads that are meant."""
    files = await _take_uploads(turn, file_ids)
    if not files:
        _require_text(case, text, "text")
    return append(case, kind=kind, actor=Actor.REPORTER, at=_moment(services), text=text.strip(), files=files)


async def _take_uploads(turn: Turn, file_ids: Sequence[str]) -> tuple[FileRef, ...]:
    if not file_ids:
        return ()
    meant = set(file_ids)
    files = tuple(file for file in await turn.work.uploads.of(turn.person) if file.id in meant)
    if files:
        turn.work.uploads.drop(turn.person, [file.id for file in files])
    return tuple(file.settled() for file in files)


def _targets(case: Case) -> set[CaseStatus]:
    return {step.target for step in steps_of(case, Actor.REPORTER)}


def _require(case: Case, act: str) -> None:
    if act not in reporter_acts(case):
        raise TransitionRefused(case.status, act, "not possible now")


def _require_text(case: Case, text: str, what: str) -> None:
    if not text.strip():
        raise ReasonRequired(case.status, case.status, what)
