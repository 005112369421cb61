"""Reports that came by telephone, letter, website or visit: entered by an operator, with a code for the reporter.

The operator has seen that code. So it is good until the reporter uses it for the first time: then they get another,
and this one opens nothing any more (`way_back.open_by_code`).
"""

import hashlib
import secrets
from dataclasses import asdict, replace
from enum import StrEnum

from casework.admission import Recorder, operator_of
from casework.permissions import Act
from casework.ports import OfficeKey
from casework.report import Contact, Report
from casework.services import Services
from casework.submitting import Submitted, submit
from casework.turn import unit_of_work


class EntryChannel(StrEnum):
    """How a report came that did not come through the bot."""

    TELEPHONE = "telephone"
    LETTER = "letter"
    WEBSITE = "website"
    VISIT = "visit"


async def enter(
    services: Services, key: OfficeKey, report: Report, contact: Contact | None, *, form: str = ""
) -> Submitted:
    """Seal a report that an operator typed. Raises `NotPermitted`, `IntakeClosed`, `ReportOnHead`.

    The same words sent again from the same `form` (its random name) within the hour are the same case, and give the
    same code: an answer that was lost on its way is asked for again. Raises `CodeUnknown` when that code was used
    since, and `Conflict` when both came at once.

    The trail tells that a report was entered and how it had come, not which case it became: an anonymous caller's
    case has a day and no time.
    """
    channel = EntryChannel(report.channel)
    async with unit_of_work(services.work) as work:
        operator = await operator_of(work, key)
        trail = Recorder(services, work, operator.name)
        await trail.require(operator, Act.ENTER_REPORT)
        trail.note(Act.ENTER_REPORT, detail=str(channel))
    return await submit(
        services, replace(report, code_seen=True), contact, draft_id=_draft(operator.name, form, report, contact)
    )


def _draft(operator: str, form: str, report: Report, contact: Contact | None) -> str:
    if not form:
        return secrets.token_hex(16)
    return hashlib.sha256(repr((operator, form, asdict(report), contact and asdict(contact))).encode()).hexdigest()
