"""Whether an operator may do something with a case, and the trail's line about it."""

from dataclasses import dataclass

from casework import permissions
from casework.case import Case, CaseId, Part
from casework.case_life import Moment
from casework.errors import NotPermitted, Recused
from casework.permissions import Act
from casework.ports import OfficeKey, Operator, TrailEntry, UnitOfWork
from casework.profile import Profile
from casework.recusal import is_recused
from casework.services import Services


@dataclass(frozen=True)
class Recorder:
    """Writes an operator's acts into the trail: names, ids and reasons, never what a case holds."""

    services: Services
    work: UnitOfWork
    actor: str

    def note(self, act: Act, case_id: CaseId | None = None, detail: str = "") -> None:
        now, ref = self.services.clock.now(), case_id.hex() if case_id else ""
        self.work.trail.append(TrailEntry(at=now, actor=self.actor, act=str(act), case_ref=ref, detail=detail))

    async def require(self, operator: Operator, act: Act) -> None:
        """Check the role alone; a refusal is recorded at once. Raises `NotPermitted`."""
        try:
            permissions.require(operator, act)
        except NotPermitted as refused:
            self.note(act, detail=refusal_of(refused))
            await self.work.commit()
            raise


async def operator_of(work: UnitOfWork, key: OfficeKey) -> Operator:
    """Return the account behind a session as it stands now. Raises `NotPermitted` when there is none."""
    operator = await work.operators.get(key.operator)
    if operator is None:
        raise NotPermitted(f"{key.operator}: no such operator")
    return operator


def admit(operator: Operator, act: Act, case: Case, profile: Profile) -> None:
    """Check kind, recusal and assignment. Raises `NotPermitted`, `Recused`."""
    permissions.require(operator, act, case.row.kind)
    if is_recused(operator, case, profile):
        raise Recused(operator.name)
    if operator.role in permissions.NEEDS_ASSIGNMENT and assigned_to(case) != operator.name:
        raise NotPermitted(f"{operator.name}: the case is not assigned to them")


def refusal_of(refused: NotPermitted) -> str:
    """Return what the trail says of a refusal."""
    return f"refused: {type(refused).__name__}"


def assigned_to(case: Case) -> str | None:
    """Return the operator who works the case (an opened office part is needed)."""
    given = [entry for entry in case.entries if entry.part is Part.OFFICE and "assigned" in entry.data]
    return str(max(given, key=lambda entry: entry.seq).data["assigned"]) if given else None


def moment_of(services: Services) -> Moment:
    return Moment(now=services.clock.now(), today=services.clock.today())
