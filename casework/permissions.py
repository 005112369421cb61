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
    SEARCH = "search"
    """Search the words of the cases that the operator may open."""
    PRIORITISE = "prioritise"
    LINK = "link"
    TRANSFER = "transfer"
    """Seal a case to another authority's key, and so away from the office's."""
    EXPORT = "export"
    CHAT = "chat"
    """Take over conversations that were handed off."""
    GRANT_KEY = "grant_key"
    ORIGINAL = "original"
    """Open a file as it came, where the reporter kept it so; always with a reason."""
    PUBLISH = "publish"
    """Draft the words of a report for an announcement, third parties masked; a person decides on them."""


_READING = frozenset({Act.LIST, Act.SHOW, Act.SEARCH, Act.EXPORT})
_WRITING = frozenset({Act.ASK, Act.REPLY, Act.CHANGE_STATUS, Act.EXTEND, Act.NOTE, Act.LINK})
_HANDLING = _READING | _WRITING | {Act.CONTACT, Act.ORIGINAL, Act.PUBLISH}
_DIRECTING = frozenset({Act.APPROVE, Act.ASSIGN, Act.PRIORITISE, Act.TRANSFER})

PERMISSIONS: dict[Role, frozenset[Act]] = {
    Role.INTAKE: frozenset({Act.LIST, Act.SHOW, Act.REPLY, Act.NOTE, Act.ENTER_REPORT, Act.CHAT}),
    Role.HANDLER: _HANDLING,
    Role.SUPERVISOR: _HANDLING | _DIRECTING | {Act.ENTER_REPORT, Act.CHAT, Act.GRANT_KEY, Act.MANAGE_ACCOUNTS},
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


class Subject(StrEnum):
    """What an act is done to: with `Act`, the two sides of the table that the desk shows."""

    CASE = "case"
    CHAT = "chat"
    ACCOUNT = "account"
    TRAIL = "trail"


SUBJECTS: dict[Act, Subject] = {act: Subject.CASE for act in Act} | {
    Act.CHAT: Subject.CHAT,
    Act.READ_TRAIL: Subject.TRAIL,
    Act.MANAGE_ACCOUNTS: Subject.ACCOUNT,
    Act.GRANT_KEY: Subject.ACCOUNT,
}
"""What each act is about."""
