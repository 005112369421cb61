"""A case: its clear row, and what a code or the office's key opens of it.

The life of a case (who may move it where, with what reason) stands in `casework.case_life`.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NewType

from casework.report import Contact, FileRef, Mode, Report

CaseId = NewType("CaseId", bytes)
"""16 random bytes; never derived from a person, a code or a time."""


class CaseKind(StrEnum):
    """A report, or a message to the office that has its own code."""

    REPORT = "report"
    MESSAGE = "message"


class CaseStatus(StrEnum):
    """Where a case stands; `casework.case_life` holds the one table of steps."""

    RECEIVED = "received"
    INFO_REQUESTED = "info_requested"
    NOT_ACCEPTED = "not_accepted"
    TRANSFERRED = "transferred"
    ACCEPTED = "accepted"
    ASSESSING = "assessing"
    CONCLUDED = "concluded"
    FEEDBACK_GIVEN = "feedback_given"
    REOPEN_REQUESTED = "reopen_requested"
    REOPENED = "reopened"
    WITHDRAWN = "withdrawn"


class Priority(StrEnum):
    NORMAL = "normal"
    HIGH = "high"


class Part(StrEnum):
    """Which sealed part of the case something stands in, and so who may open it."""

    SHARED = "shared"
    OFFICE = "office"
    CONTACT = "contact"


class EntryKind(StrEnum):
    """What an entry of a case's sealed history is."""

    STATUS = "status"
    QUESTION = "question"
    ANSWER = "answer"
    ADDITION = "addition"
    OFFICE_REPLY = "office_reply"
    RATING = "rating"
    REVIEW = "review"
    RETALIATION = "retaliation"
    WITHDRAWAL = "withdrawal"
    NAMED = "named"
    NOTE = "note"
    PROPOSAL = "proposal"
    """A step that waits for a second person, or what became of it; always in the office part."""
    EXTENSION = "extension"
    """The time to conclude was prolonged, once."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the sealed history, oldest has seq 1; unique within its part (a code sees the shared part alone).

    `author` is "reporter", "office" or "system". `day` is all that is kept of a reporter's time; `at` (UTC) is
    set for the office's acts and for named reporters only.
    """

    seq: int
    kind: EntryKind
    part: Part = Part.SHARED
    author: str
    day: date
    at: datetime | None = None
    status: CaseStatus | None = None
    text: str = field(default="", repr=False)
    files: tuple[FileRef, ...] = field(default=(), repr=False)
    data: dict[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, kw_only=True)
class CaseRow:
    """The clear columns of a case: what a thief of the database can read."""

    id: CaseId
    kind: CaseKind
    status: CaseStatus
    version: int = 0
    category: str = "other"
    region: str = ""
    level: str = "unknown"
    reporter_kind: str = ""
    mode: Mode = Mode.ANONYMOUS
    priority: Priority = Priority.NORMAL
    day: date
    received_at: datetime | None = None
    due_on: date | None = None
    delete_on: date | None = None
    """The day on which a closed case ends (`casework.retention`)."""
    recipient: str = "office"
    """Whose key opens it: "office", or "superior" for a report on the office's own head."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """An opened case. Changed by copy; `CaseStore.save` seals what is new.

    `report` is None for kind MESSAGE (its text is the first entry). `entries` hold the parts that the opener
    may read. `contact` is only ever set on a case about to be added or replaced, never by opening.
    `keys` is the store's own (part keys in memory); nobody else looks into it.
    """

    row: CaseRow
    report: Report | None = None
    entries: tuple[Entry, ...] = ()
    contact: Contact | None = field(default=None, repr=False)
    recusal: tuple[str, ...] = ()
    """Ids of operators who must neither see nor hear of it (in the office part)."""
    keys: Any = field(default=None, repr=False, compare=False)

    @property
    def id(self) -> CaseId:
        return self.row.id

    @property
    def status(self) -> CaseStatus:
        return self.row.status
