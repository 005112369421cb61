"""Who may do what: one table of roles and acts. What it does not name is not allowed."""

from enum import StrEnum

from casework.case import CaseKind
from casework.errors import NotPermitted
from casework.ports import Operator


class Role(StrEnum):
    """The roles of operators; `admin` and `auditor` read no case."""

    INTAKE = "intake"
    HANDLER = "handler"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Act(StrEnum):
    """What operators do. Acts on a case are checked against its kind, its assignment and recusal too."""

    LIST = "list"
    SHOW = "show"
    CONTACT = "contact"
    ASK = "ask"
    REPLY = "reply"
    CHANGE_STATUS = "change_status"
    APPROVE = "approve"
    EXTEND = "extend"
    ASSIGN = "assign"
    NOTE = "note"
    ENTER_REPORT = "enter_report"
    READ_TRAIL = "read_trail"
    MANAGE_ACCOUNTS = "manage_accounts"


_HANDLING = frozenset({Act.LIST, Act.SHOW, Act.CONTACT, Act.ASK, Act.REPLY, Act.CHANGE_STATUS, Act.EXTEND, Act.NOTE})

PERMISSIONS: dict[Role, frozenset[Act]] = {
    Role.INTAKE: frozenset({Act.LIST, Act.SHOW, Act.REPLY, Act.NOTE, Act.ENTER_REPORT}),
    Role.HANDLER: _HANDLING,
    Role.SUPERVISOR: _HANDLING | {Act.APPROVE, Act.ASSIGN, Act.ENTER_REPORT},
    Role.ADMIN: frozenset({Act.MANAGE_ACCOUNTS, Act.READ_TRAIL}),
    Role.AUDITOR: frozenset({Act.READ_TRAIL}),
}

KINDS: dict[Role, frozenset[CaseKind]] = {
    Role.INTAKE: frozenset({CaseKind.MESSAGE}),
    Role.HANDLER: frozenset(CaseKind),
    Role.SUPERVISOR: frozenset(CaseKind),
}
"""Which kinds of case a role works on: the intake desk answers messages, it does not read reports."""

NEEDS_ASSIGNMENT = frozenset({Role.HANDLER})
"""Roles that see only the cases assigned to them."""


def may(operator: Operator, act: Act, kind: CaseKind | None = None) -> bool:
    """Whether an active operator's role allows the act, on a case of `kind` if one is meant."""
    if operator.state != "active" or operator.role not in PERMISSIONS:
        return False
    role = Role(operator.role)
    return act in PERMISSIONS[role] and (kind is None or kind in KINDS.get(role, frozenset()))


def require(operator: Operator, act: Act, kind: CaseKind | None = None) -> None:
    """Raise `NotPermitted` unless `may` says yes."""
    if not may(operator, act, kind):
        raise NotPermitted(f"{operator.role}: {act} not allowed")
