"""The way back: what a reporter who shows the code may read and do.

Every use case needs a turn (`casework.turn.current_turn`): the session belongs to its person. Acts return the case as
it will be after the turn's commit.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from casework.case import CaseKind, CaseStatus, Entry
from casework.code import CodeFinding
from casework.report import Contact
from casework.services import Services


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


async def open_by_code(services: Services, finding: CodeFinding) -> CaseView:
    """Open the case and its session of 15 minutes. Raises `CodeMistyped`, `CodeWait`, `CodeUnknown`."""
    raise NotImplementedError


async def view(services: Services) -> CaseView:
    """Show the open case and prolong its session. Raises `NoCaseOpen`."""
    raise NotImplementedError


async def add_information(services: Services, text: str, files: Sequence[str] = ()) -> CaseView:
    """Add text, or uploads by their ids. Raises `NoCaseOpen`, `ReasonRequired` (neither text nor files)."""
    raise NotImplementedError


async def answer(services: Services, text: str, files: Sequence[str] = ()) -> CaseView:
    """Answer the open question. Raises `NoCaseOpen`, `NothingAsked`, `ReasonRequired`."""
    raise NotImplementedError


async def rate(services: Services, stars: int, text: str = "") -> CaseView:
    """Rate the result, 1 to 5. Raises `NoCaseOpen`, `TransitionRefused` (nothing to rate, or rated already)."""
    raise NotImplementedError


async def request_review(services: Services, reason: str) -> CaseView:
    """Ask for a review. Raises `NoCaseOpen`, `TransitionRefused`, `ReasonRequired`."""
    raise NotImplementedError


async def report_retaliation(services: Services, text: str) -> CaseView:
    """Report retaliation within the case, which becomes high priority. Raises `NoCaseOpen`, `ReasonRequired`."""
    raise NotImplementedError


async def become_named(services: Services, contact: Contact) -> CaseView:
    """Stand behind the report by name, or replace the contact.

    Raises `NoCaseOpen`, `TransitionRefused`, `ReasonRequired` (no name or no contact).
    """
    raise NotImplementedError


async def withdraw(services: Services, reason: str = "") -> CaseView:
    """Withdraw the report: the code opens nothing from then on. Raises `NoCaseOpen`, `TransitionRefused`."""
    raise NotImplementedError


async def close(services: Services) -> None:
    """End the case session ("done")."""
    raise NotImplementedError


async def show_code(services: Services) -> str | None:
    """Return the code that this conversation was given, while its receipt lives."""
    raise NotImplementedError


async def saved(services: Services) -> None:
    """The person has saved the code: delete the receipt."""
    raise NotImplementedError


async def forget(services: Services) -> None:
    """Delete receipt, session and uploads of this person, and have the turn delete the rest."""
    raise NotImplementedError
