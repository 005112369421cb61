import pytest

from casework.case import CaseKind
from casework.errors import NotPermitted
from casework.permissions import KINDS, PERMISSIONS, Act, Role, may, require
from tests.unit.casework.conftest import make_operator

OF_CASES = frozenset({Act.SHOW, Act.CONTACT, Act.ASK, Act.REPLY, Act.CHANGE_STATUS, Act.NOTE, Act.LIST, Act.APPROVE})


def test_every_role_has_its_row() -> None:
    assert set(PERMISSIONS) == set(Role)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDITOR])
def test_admin_and_auditor_read_no_case(role: Role) -> None:
    assert not PERMISSIONS[role] & OF_CASES
    assert role not in KINDS


def test_only_a_supervisor_approves_and_assigns() -> None:
    assert [role for role in Role if Act.APPROVE in PERMISSIONS[role]] == [Role.SUPERVISOR]
    assert [role for role in Role if Act.ASSIGN in PERMISSIONS[role]] == [Role.SUPERVISOR]


def test_intake_answers_messages_and_reads_no_report() -> None:
    intake = make_operator("a", role="intake")
    assert may(intake, Act.SHOW, CaseKind.MESSAGE)
    assert not may(intake, Act.SHOW, CaseKind.REPORT)
    assert not may(intake, Act.CONTACT)


@pytest.mark.parametrize("changes", [{"state": "pending"}, {"state": "disabled"}, {"role": "minister"}])
def test_whoever_is_not_active_or_known_may_nothing(changes: dict[str, str]) -> None:
    operator = make_operator("a", **changes)
    assert not any(may(operator, act) for act in Act)
    with pytest.raises(NotPermitted):
        require(operator, Act.SHOW)
