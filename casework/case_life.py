"""The life of a case: one table of steps, and the one function that changes a status.

Whoever shows buttons asks `steps` (the same table). A step that needs a second person is first a proposal, kept in
the office part; `casework.office` carries it out when somebody else approves.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from casework.case import Case, CaseKind, CaseRow, CaseStatus, Entry, EntryKind, Part
from casework.errors import ReasonRequired, TransitionRefused
from casework.profile import Profile
from casework.report import Mode


class Actor(StrEnum):
    """Who takes a step. A supervisor may take the office's steps too."""

    REPORTER = "reporter"
    OFFICE = "office"
    SUPERVISOR = "supervisor"
    SYSTEM = "system"


class Disposition(StrEnum):
    """What is done with an accepted case (处置方式)."""

    TALK_OR_LETTER = "talk_or_letter"
    PRELIMINARY_VERIFICATION = "preliminary_verification"
    HELD_FOR_LATER = "held_for_later"
    CLOSED_WITHOUT_FINDING = "closed_without_finding"
    FORMAL_INVESTIGATION = "formal_investigation"


class Outcome(StrEnum):
    """How a case ended. A mistaken report (错告) is not a false accusation (诬告)."""

    SUBSTANTIATED = "substantiated"
    PARTLY_SUBSTANTIATED = "partly_substantiated"
    NOT_SUBSTANTIATED = "not_substantiated"
    MISTAKEN_REPORT = "mistaken_report"
    CLEARED = "cleared"


@dataclass(frozen=True, kw_only=True)
class Details:
    """What a step may need. All but `disposition` is told to the reporter; `to` is the office a case is passed to."""

    text: str = field(default="", repr=False)
    reason: str = field(default="", repr=False)
    channel: str = field(default="", repr=False)
    to: str = ""
    disposition: Disposition | None = None
    outcome: Outcome | None = None

    def has(self, name: str) -> bool:
        value = getattr(self, name)
        return bool(value.strip()) if isinstance(value, str) else value is not None

    def as_data(self) -> dict[str, str]:
        """Return what is set, apart from `text`, as JSON-ready values."""
        values = {name: getattr(self, name) for name in ("reason", "channel", "to", "disposition", "outcome")}
        return {name: str(value) for name, value in values.items() if value}

    @classmethod
    def from_data(cls, text: str, data: dict[str, Any]) -> "Details":
        return cls(
            text=text,
            reason=data.get("reason", ""),
            channel=data.get("channel", ""),
            to=data.get("to", ""),
            disposition=Disposition(data["disposition"]) if data.get("disposition") else None,
            outcome=Outcome(data["outcome"]) if data.get("outcome") else None,
        )


@dataclass(frozen=True, kw_only=True)
class Step:
    """One row of the table: from `source` to `target`, by whom, and what it needs."""

    source: CaseStatus
    target: CaseStatus
    actors: frozenset[Actor]
    needs: tuple[str, ...] = ()
    needs_second: bool = False
    is_hidden: bool = False
    """Stands in the office part alone: whoever holds the code is not told."""
    says: EntryKind | None = None
    """The entry that carries the step's text, just before the step itself."""
    is_told: bool = True
    """Whether text and data reach the reporter with the step; a disposition and its grounds are the office's."""

    def may_be_taken_by(self, actor: Actor) -> bool:
        return actor in self.actors or (actor is Actor.SUPERVISOR and Actor.OFFICE in self.actors)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When something is done: aware UTC time, and the day in the city."""

    now: datetime
    today: date


S = CaseStatus
_REPORTER, _OFFICE, _SYSTEM = frozenset({Actor.REPORTER}), frozenset({Actor.OFFICE}), frozenset({Actor.SYSTEM})
_SUPERVISOR = frozenset({Actor.SUPERVISOR})
_ENDS = {"needs": ("outcome", "text"), "needs_second": True}
_DISPOSES = {"needs": ("disposition",), "needs_second": True, "is_told": False}
_ASKS = {"needs": ("text",), "says": EntryKind.QUESTION}
_REPLIES = {"needs": ("text",), "says": EntryKind.OFFICE_REPLY}
_DISPUTES = {"needs": ("reason",), "says": EntryKind.REVIEW}


def _step(source: CaseStatus, target: CaseStatus, actors: frozenset[Actor], **rest: Any) -> Step:
    return Step(source=source, target=target, actors=actors, **rest)


def _withdrawals(*sources: CaseStatus) -> list[Step]:
    return [_step(source, S.WITHDRAWN, _REPORTER, says=EntryKind.WITHDRAWAL) for source in sources]


OPEN = (S.RECEIVED, S.INFO_REQUESTED, S.TRANSFERRED, S.ACCEPTED, S.ASSESSING, S.REOPEN_REQUESTED, S.REOPENED)
"""Statuses in which somebody still owes the reporter something; a reporter may withdraw from each."""

TABLE: dict[CaseKind, tuple[Step, ...]] = {
    CaseKind.REPORT: (
        _step(S.RECEIVED, S.ACCEPTED, _OFFICE),
        _step(S.RECEIVED, S.NOT_ACCEPTED, _OFFICE, needs=("reason", "channel")),
        _step(S.RECEIVED, S.INFO_REQUESTED, _OFFICE, **_ASKS),
        _step(S.RECEIVED, S.TRANSFERRED, _OFFICE, needs=("to",)),
        _step(S.INFO_REQUESTED, S.RECEIVED, _REPORTER | _SYSTEM),
        _step(S.NOT_ACCEPTED, S.REOPEN_REQUESTED, _REPORTER, **_DISPUTES),
        _step(S.TRANSFERRED, S.ACCEPTED, _OFFICE),
        _step(S.TRANSFERRED, S.CONCLUDED, _OFFICE, **_ENDS),
        _step(S.ACCEPTED, S.ASSESSING, _OFFICE, **_DISPOSES),
        _step(S.ASSESSING, S.ASSESSING, _OFFICE, **_DISPOSES, is_hidden=True),
        _step(S.ASSESSING, S.CONCLUDED, _OFFICE, **_ENDS),
        _step(S.CONCLUDED, S.FEEDBACK_GIVEN, _REPORTER | _SYSTEM),
        _step(S.FEEDBACK_GIVEN, S.REOPEN_REQUESTED, _REPORTER, **_DISPUTES),
        _step(S.REOPEN_REQUESTED, S.REOPENED, _OFFICE, needs=("reason",)),
        _step(S.REOPEN_REQUESTED, S.NOT_ACCEPTED, _OFFICE, needs=("reason",)),
        _step(S.REOPEN_REQUESTED, S.FEEDBACK_GIVEN, _OFFICE, needs=("reason",)),
        _step(S.REOPENED, S.ASSESSING, _OFFICE, **_DISPOSES),
        _step(S.REOPENED, S.FEEDBACK_GIVEN, _OFFICE, needs=("text",)),
        *_withdrawals(*OPEN),
        _step(S.WITHDRAWN, S.ACCEPTED, _SUPERVISOR, needs=("reason",), is_hidden=True),
    ),
    CaseKind.MESSAGE: (
        _step(S.RECEIVED, S.CONCLUDED, _OFFICE, **_REPLIES),
        _step(S.CONCLUDED, S.RECEIVED, _REPORTER),
        _step(S.CONCLUDED, S.FEEDBACK_GIVEN, _SYSTEM),
        _step(S.FEEDBACK_GIVEN, S.RECEIVED, _REPORTER),
        *_withdrawals(S.RECEIVED),
    ),
}
"""A message to the office is received, answered (concluded) and, 14 days later, closed (feedback_given)."""

CLOSED = frozenset({S.NOT_ACCEPTED, S.CONCLUDED, S.FEEDBACK_GIVEN, S.WITHDRAWN})


def steps(row: CaseRow, actor: Actor | None = None, *, origin: CaseStatus | None = None) -> tuple[Step, ...]:
    """Return the steps that are possible now, for one actor or for all.

    `origin` is the status a review was asked from (`review_origin`): a refused review goes back there alone.
    """
    return tuple(
        step
        for step in TABLE[row.kind]
        if step.source is row.status
        and (actor is None or step.may_be_taken_by(actor))
        and not (_goes_back(step) and origin is not None and step.target is not origin)
    )


def steps_of(case: Case, actor: Actor | None = None) -> tuple[Step, ...]:
    """Return the steps possible for an opened case."""
    return steps(case.row, actor, origin=review_origin(case))


def _goes_back(step: Step) -> bool:
    return step.source is S.REOPEN_REQUESTED and step.target in (S.NOT_ACCEPTED, S.FEEDBACK_GIVEN)


def step_to(case: Case, target: CaseStatus, actor: Actor, details: Details) -> Step:
    """Return the step to `target`. Raises `TransitionRefused`, or `ReasonRequired` naming the first thing missing."""
    found = next((step for step in steps_of(case) if step.target is target), None)
    if found is None:
        raise TransitionRefused(case.status, target)
    if not found.may_be_taken_by(actor):
        raise TransitionRefused(case.status, target, f"not a step of the {actor}")
    for need in found.needs:
        if not details.has(need):
            raise ReasonRequired(case.status, target, need)
    return found


def change(
    case: Case,
    target: CaseStatus,
    *,
    actor: Actor,
    at: Moment,
    details: Details | None = None,
    by: str = "",
    approved_by: str = "",
) -> Case:
    """Move the case to `target` and append the step to its history.

    `by` and `approved_by` name operators and stand in the office part. Raises `TransitionRefused` (no such step, not
    this actor's, or a second person's approval is missing) and `ReasonRequired`.
    """
    details = details or Details()
    step = step_to(case, target, actor, details)
    if step.needs_second and (not approved_by or approved_by == by):
        raise TransitionRefused(case.status, target, "a second person's approval required")
    text, data = details.text.strip(), details.as_data()
    if step.says is not None:
        said, text, data = text or details.reason.strip(), "", {}
        case = append(case, kind=step.says, actor=actor, at=at, text=said) if said else case
    moved = replace(case, row=replace(case.row, status=target))
    for part in _parts(step, by):
        noted = {"from": str(case.status)}
        is_told = part is Part.OFFICE or step.is_told
        if is_told:
            noted |= data
        if part is Part.OFFICE:
            noted |= {key: name for key, name in (("by", by), ("approved_by", approved_by)) if name}
        words = text if is_told else ""
        moved = append(
            moved, kind=EntryKind.STATUS, part=part, actor=actor, at=at, status=target, text=words, data=noted
        )
    return moved


def _parts(step: Step, by: str) -> tuple[Part, ...]:
    """Who did it is for the office alone; a reporter's or a timed step has no operator and needs no second entry."""
    if step.is_hidden:
        return (Part.OFFICE,)
    return (Part.SHARED, Part.OFFICE) if by else (Part.SHARED,)


def append(case: Case, *, kind: EntryKind, actor: Actor, at: Moment, part: Part = Part.SHARED, **rest: Any) -> Case:
    """Append one entry. The office's acts and a named reporter's keep their time, all others the day only.

    `rest` are the fields status, text, files and data of `Entry`.
    """
    author = "office" if actor is Actor.SUPERVISOR else str(actor)
    has_time = author == "office" or (actor is Actor.REPORTER and case.row.mode is not Mode.ANONYMOUS)
    entry = Entry(
        seq=max((e.seq for e in case.entries), default=0) + 1,
        kind=kind,
        part=part,
        author=author,
        day=at.today,
        at=at.now if has_time else None,
        **rest,
    )
    return replace(case, entries=(*case.entries, entry))


def timed(case: Case, profile: Profile, at: Moment) -> Case:
    """Return the case as it stands today, with the step that time alone takes, on the day it fell due.

    An unanswered question is given up after `info_request_days`, the feedback window ends after
    `feedback_window_days`. Nobody's key is needed to know it: whoever opens the case sees it, the next act seals it.
    """
    days = {
        S.INFO_REQUESTED: profile.deadlines.info_request_days,
        S.CONCLUDED: profile.deadlines.feedback_window_days,
    }.get(case.status)
    since = last_change(case)
    if days is None or since is None:
        return case
    due = since.day + timedelta(days=days)
    if at.today < due:
        return case
    target = S.RECEIVED if case.status is S.INFO_REQUESTED else S.FEEDBACK_GIVEN
    return change(case, target, actor=Actor.SYSTEM, at=replace(at, today=due))


def shared_entries(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry.part is Part.SHARED)


def last_change(case: Case, status: CaseStatus | None = None) -> Entry | None:
    """Return the last step to `status`, or to where the case stands now."""
    wanted = status or case.status
    changes = (e for e in reversed(case.entries) if e.kind is EntryKind.STATUS and e.status is wanted)
    return next(changes, None)


def open_question(case: Case) -> Entry | None:
    """Return the office's last question that was neither answered nor given up."""
    for entry in reversed(shared_entries(case.entries)):
        if entry.kind is EntryKind.QUESTION:
            return entry
        if entry.kind is EntryKind.ANSWER or (entry.status is S.RECEIVED and entry.author == "system"):
            return None
    return None


def review_origin(case: Case) -> CaseStatus | None:
    """Return the status that the running review was asked from."""
    asked = last_change(case, S.REOPEN_REQUESTED)
    return CaseStatus(asked.data["from"]) if asked and case.status is S.REOPEN_REQUESTED else None


def is_rated(case: Case) -> bool:
    """Whether the reporter rated what was last concluded."""
    for entry in reversed(shared_entries(case.entries)):
        if entry.kind is EntryKind.RATING:
            return True
        if entry.status is S.CONCLUDED:
            return False
    return False


def reporter_acts(case: Case) -> frozenset[str]:
    """Return what the holder of the code may do now: add_info, answer, rate, review, retaliation, named, withdraw."""
    if case.status is S.WITHDRAWN:
        return frozenset()
    acts = {"add_info"}
    possible = {step.target for step in steps_of(case, Actor.REPORTER)}
    if open_question(case) is not None and case.status not in CLOSED:
        acts.add("answer")
    if S.WITHDRAWN in possible:
        acts.add("withdraw")
    if case.row.kind is CaseKind.REPORT:
        acts |= _report_acts(case, possible)
    return frozenset(acts)


def _report_acts(case: Case, possible: set[CaseStatus]) -> set[str]:
    acts = {"retaliation"}
    has_result = last_change(case, S.CONCLUDED) is not None
    if case.status in (S.CONCLUDED, S.FEEDBACK_GIVEN) and has_result and not is_rated(case):
        acts.add("rate")
    if S.REOPEN_REQUESTED in possible or case.status is S.CONCLUDED:
        acts.add("review")
    if case.status not in CLOSED:
        acts.add("named")
    return acts
