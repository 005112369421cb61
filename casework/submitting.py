"""Submit a report, or a message to the office: sealed at once, given a code, answered the same when it comes twice."""

from dataclasses import dataclass, field
from datetime import date

from casework.case import CaseRow
from casework.report import Contact, Report
from casework.services import Services


@dataclass(frozen=True, kw_only=True)
class Submitted:
    """What the reporter gets. `due_on` is the next day the office owes something; `is_repeat`: it was in already."""

    code: str = field(repr=False)
    row: CaseRow
    due_on: date | None
    is_repeat: bool = False


async def submit(services: Services, report: Report, contact: Contact | None, *, draft_id: str) -> Submitted:
    """Seal a report and give its code. Raises `IntakeClosed`, `ReportOnHead`."""
    raise NotImplementedError


async def send_message(services: Services, text: str, *, language: str, draft_id: str) -> Submitted:
    """Seal a message to the office as a case of kind MESSAGE, answered by its code. Raises `IntakeClosed`."""
    raise NotImplementedError
