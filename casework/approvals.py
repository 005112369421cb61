"""A second person's approval: a disposition, a conclusion or an extension waits in the office part until then."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from casework.case import Case, CaseStatus, Entry, EntryKind, Part
from casework.case_life import Actor, Details, Moment, append, change, last_change, step_to
from casework.errors import ProposalMissing, ReasonRequired, TransitionRefused
from casework.permissions import Act, may
from casework.ports import Operator
from casework.profile import Profile
from casework.recusal import recused_among

EXTENDED = "extended"
_OPEN, _APPROVED, _DECLINED = "open", "approved", "declined"
_PROLONGED = (CaseStatus.ACCEPTED, CaseStatus.ASSESSING, CaseStatus.REOPENED)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What an operator's step led to: a changed case, or a proposal with the operators who may approve it."""

    case: Case
    proposal: Entry | None = field(default=None, repr=False)
    approvers: tuple[str, ...] = ()

    @property
    def needs(self) -> str | None:
        """None: done. "approval": one of `approvers`. "second_supervisor": nobody could approve; add an account."""
        if self.proposal is None:
            return None
        return "approval" if self.approvers else "second_supervisor"


def propose(case: Case, target: CaseStatus, *, by: str, actor: Actor, at: Moment, details: Details) -> Case:
    """Keep a step for approval. Raises what the step would raise."""
    step_to(case, target, actor, details)
    data = details.as_data() | {"act": "status"}
    return _noted(case, by=by, at=at, state=_OPEN, status=target, text=details.text, data=data)


def propose_extension(case: Case, reason: str, *, by: str, at: Moment) -> Case:
    """Keep an extension of the time to conclude, possible once. Raises `TransitionRefused`, `ReasonRequired`."""
    if not reason.strip():
        raise ReasonRequired(case.status, EXTENDED, "reason")
    if not may_be_extended(case):
        raise TransitionRefused(
            case.status, EXTENDED, "the time to conclude is prolonged once, while a case is handled"
        )
    return _noted(case, by=by, at=at, state=_OPEN, text=reason, data={"act": "extension"})


def approve(case: Case, *, by: str, actor: Actor, at: Moment) -> Case:
    """Carry out what was proposed. Raises `ProposalMissing` when nothing waits, or only one's own proposal."""
    proposal = waiting(case)
    if proposal is None or proposal.data["by"] == by:
        raise ProposalMissing
    noted = _noted(case, by=by, at=at, state=_APPROVED, status=proposal.status, data={"act": proposal.data["act"]})
    if proposal.data["act"] == "extension" or proposal.status is None:
        return append(noted, kind=EntryKind.EXTENSION, actor=actor, at=at, text=proposal.text)
    details = Details.from_data(proposal.text, proposal.data)
    names = {"by": proposal.data["by"], "approved_by": by}
    return change(noted, proposal.status, actor=actor, at=at, details=details, **names)


def decline(case: Case, reason: str, *, by: str, at: Moment) -> Case:
    """Put a proposal aside; its author may take it back so. Raises `ProposalMissing`."""
    proposal = waiting(case)
    if proposal is None:
        raise ProposalMissing
    data = {"act": proposal.data["act"]}
    return _noted(case, by=by, at=at, state=_DECLINED, status=proposal.status, text=reason, data=data)


def waiting(case: Case) -> Entry | None:
    """Return the proposal that waits; one made in another status is void."""
    proposals = [entry for entry in case.entries if entry.kind is EntryKind.PROPOSAL]
    last = max(proposals, key=lambda entry: entry.seq, default=None)
    if last is None or last.data["state"] != _OPEN or last.data["from"] != case.status:
        return None
    return last


def approvers(case: Case, operators: Sequence[Operator], profile: Profile) -> tuple[str, ...]:
    """Return who may approve what waits: not its author, nobody recused, nobody without a key."""
    proposal = waiting(case)
    author = proposal.data["by"] if proposal else ""
    recused = recused_among(operators, case, profile)
    return tuple(
        operator.name
        for operator in operators
        if may(operator, Act.APPROVE, case.row.kind)
        and operator.is_key_holder
        and operator.name != author
        and operator.name not in recused
    )


def may_be_extended(case: Case) -> bool:
    """Whether the time to conclude runs and was not prolonged yet."""
    return case.status in _PROLONGED and not is_extended(case)


def is_extended(case: Case) -> bool:
    """Whether the time was prolonged since the case was last accepted or reopened."""
    starts = (last_change(case, status) for status in (CaseStatus.ACCEPTED, CaseStatus.REOPENED))
    since = max((entry.day for entry in starts if entry is not None), default=case.row.day)
    return any(entry.kind is EntryKind.EXTENSION and entry.day >= since for entry in case.entries)


def _noted(case: Case, *, by: str, at: Moment, state: str, data: dict[str, Any], **rest: Any) -> Case:
    data = data | {"by": by, "state": state, "from": str(case.status)}
    return append(case, kind=EntryKind.PROPOSAL, part=Part.OFFICE, actor=Actor.OFFICE, at=at, data=data, **rest)
