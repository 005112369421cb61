"""Passing a case to another authority for good: re-wrapped for its key, taken from this office's, recorded.

From the commit on nobody of this office opens it; the reporter's code still does. A case that is only told to be
passed on (to an office without a key here) takes the step of the table and stays: `office.change_status`.
"""

from dataclasses import replace

from casework.case import Case, CaseId, CaseStatus
from casework.case_life import Details
from casework.errors import ReportOnHead
from casework.permissions import Act
from casework.ports import OfficeKey
from casework.recusal import SUPERIOR
from casework.services import Services
from casework.working import at_case, require_text


async def transfer(
    services: Services, key: OfficeKey, case_id: CaseId, *, reason: str, seen: int | None = None
) -> Case:
    """Pass the case to the superior authority. The reporter is told to whom; the reason stands in the trail.

    Returns the case as it was sealed. Raises `ReportOnHead` when the profile names no key of the superior,
    `TransitionRefused` where the table has no such step, `ReasonRequired`, and what `office.show` raises.
    """
    superior = services.profile.superior
    async with at_case(services, key, Act.TRANSFER, case_id, detail=reason.strip(), seen=seen) as desk:
        require_text(desk.case, Act.TRANSFER, reason, "reason")
        if superior.public_key is None:
            raise ReportOnHead
        language = desk.case.report.language if desk.case.report else "zh"
        case = desk.changed(CaseStatus.TRANSFERRED, Details(to=superior.words.in_language(language)))
        await desk.work.cases.hand_over(case, key, SUPERIOR)
        return desk.save(replace(case, row=replace(case.row, recipient=SUPERIOR)))
