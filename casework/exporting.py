"""What leaves the desk as a file: recorded before it is made, and only of cases that the operator may open."""

from collections.abc import Sequence

from casework.admission import Recorder, operator_of
from casework.case import Case, CaseId
from casework.permissions import Act
from casework.ports import OfficeKey
from casework.queues import CaseIndex, CaseSummary, Narrowing, summaries
from casework.services import Services
from casework.turn import unit_of_work
from casework.working import at_case


async def case_for_export(services: Services, key: OfficeKey, case_id: CaseId) -> Case:
    """Open a case for its file (案卷). Raises what `office.show` raises."""
    async with at_case(services, key, Act.EXPORT, case_id, detail="case file") as desk:
        return desk.case


async def list_for_export(
    services: Services, key: OfficeKey, index: CaseIndex, narrowing: Narrowing, *, what: str
) -> Sequence[CaseSummary]:
    """Return the cases that fit, for a list or the ledger (台账); the trail tells how many. Raises `NotPermitted`."""
    async with unit_of_work(services.work) as work:
        operator = await operator_of(work, key)
        await Recorder(services, work, operator.name).require(operator, Act.EXPORT)
    found = [case for case in await summaries(services, key, index) if narrowing.fits(case, operator.name)]
    async with unit_of_work(services.work) as work:
        Recorder(services, work, operator.name).note(Act.EXPORT, detail=f"{what}: {len(found)} cases")
    return found
