"""What can go wrong in casework, as one tree.

CaseworkError
├── ProfileRefused            a profile file holds problems (all of them, with file and line)
├── IntakeClosed              no key holder could read a report now
├── TransitionRefused         the case life has no such step
│   └── ReasonRequired        the step needs a reason, a text or an outcome that is missing
├── TooManyReports            this person handed in as many reports today as the profile allows a day
├── ReportOnHead              about the office's own head, and no superior authority's key is known
├── CodeMistyped              not a code: the check symbol or the length is wrong; never counted
├── CodeUnknown               opens nothing: unknown, withdrawn and expired look alike; counted
├── CodeWait                  this conversation typed too many wrong codes; told to wait
├── NoCaseOpen                no case session: the code is to be typed first
├── NothingAsked              an answer was given, but the office asked nothing
├── CaseUnknown               no such case, or none that this key opens
├── CaseUnreadable            a case is there, but this session's key does not open it (drawn on by storage)
├── ProposalMissing           there is nothing to approve, or nobody but its author could
├── NothingToPublish          the case holds no report whose words could be drafted for an announcement
├── Conflict                  somebody else changed the row since it was read: run again
├── NotPermitted              the operator's role does not allow the act
│   └── Recused               the operator belongs to the accused unit or is named
├── LogInRefused              unknown operator, wrong password, disabled or still pending
└── EvidenceRefused           an attachment was not taken; `reason` is the word of `/evidence_refused`
    ├── FileTooLarge          it is larger than the limit
    ├── FileEmpty             it has no bytes
    ├── FileNotTaken          it is of no allowed kind, or cannot be cleaned; `reason` says which
    └── NoSpace               the disk is full
"""

from dataclasses import dataclass
from pathlib import Path


class CaseworkError(Exception):
    """The root of casework's errors."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One fault in a file that people edit: where it is and what is expected there."""

    file: Path
    line: int | None
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


class ProfileRefused(CaseworkError):
    """The profile holds `problems`, all listed at once."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


class IntakeClosed(CaseworkError):
    """Nobody who could open the report has ever logged in."""


class TransitionRefused(CaseworkError):
    """`status` has no step to `target`; `why` says what stands in the way, for operators."""

    def __init__(self, status: str, target: str, why: str = "no such step") -> None:
        super().__init__(f"{status} -> {target}: {why}")
        self.status, self.target, self.why = status, target, why


class ReasonRequired(TransitionRefused):
    """The step needs `what` (reason, channel, outcome, text, disposition)."""

    def __init__(self, status: str, target: str, what: str) -> None:
        super().__init__(status, target, f"{what} required")
        self.what = what


class TooManyReports(CaseworkError):
    """This person handed in `limit` reports today."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"{limit} today")
        self.limit = limit


class ReportOnHead(CaseworkError):
    """The report is about the office's own head and nobody above has a key here."""


class CodeMistyped(CaseworkError):
    """What was typed cannot be a code: say so, and ask to compare it with what was saved."""


class CodeUnknown(CaseworkError):
    """The code opens nothing: it was never given, its case was withdrawn, or its time is over."""


class CodeWait(CaseworkError):
    """Too many wrong codes in this conversation; try again in `minutes`."""

    def __init__(self, minutes: int) -> None:
        super().__init__(f"wait {minutes} minutes")
        self.minutes = minutes


class NoCaseOpen(CaseworkError):
    """The person has not shown a code, or its session ended."""


class NothingAsked(CaseworkError):
    """There is no open question in this case."""


class CaseUnknown(CaseworkError):
    """No such case, or it is sealed to somebody else."""


class CaseUnreadable(CaseworkError):
    """The case is sealed under a key that this session lacks, or what is kept of it is damaged."""


class ProposalMissing(CaseworkError):
    """No disposition or conclusion waits for this operator's approval."""


class NothingToPublish(CaseworkError):
    """A message to the office is no report, and without a finder nothing is masked."""


class Conflict(CaseworkError):
    """The row moved on since it was read."""


class NotPermitted(CaseworkError):
    """The operator's role does not allow the act."""


class Recused(NotPermitted):
    """The operator is of the accused unit, or is named."""


class LogInRefused(CaseworkError):
    """Unknown operator, wrong password, disabled or pending: all look alike."""


class EvidenceRefused(CaseworkError):
    """An attachment was not taken and nothing of it is kept. `reason` is too_large, empty or no_space."""

    reason: str


class FileTooLarge(EvidenceRefused):
    """An attachment has more than `limit_bytes`; nothing of it was kept."""

    reason = "too_large"

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"more than {limit_bytes} bytes")
        self.limit_bytes = limit_bytes


class FileEmpty(EvidenceRefused):
    """An attachment has no bytes."""

    reason = "empty"


class FileNotTaken(EvidenceRefused):
    """The file is of no allowed kind or cannot be cleaned; `reason` is a word of `storage.cleaning.Refusal`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NoSpace(EvidenceRefused):
    """The disk is full."""

    reason = "no_space"
