"""Builders of cases and reports with defaults."""

import secrets
from datetime import date
from typing import Any

from casework.case import Case, CaseId, CaseKind, CaseRow, CaseStatus, Entry, EntryKind
from casework.report import Mode, Report

DAY = date(2026, 3, 2)


def make_report(**changes: Any) -> Report:
    values: dict[str, Any] = {
        "language": "zh",
        "channel": "web",
        "mode": Mode.ANONYMOUS,
        "region": "zhongshan",
        "title": "审批无故拖延",
        "facts": "窗口三次以系统升级为由不予受理。",
        "accused_unit": "某局窗口",
    }
    return Report(**values | changes)


def make_row(**changes: Any) -> CaseRow:
    values: dict[str, Any] = {
        "id": CaseId(secrets.token_bytes(16)),
        "kind": CaseKind.REPORT,
        "status": CaseStatus.RECEIVED,
        "category": "inaction",
        "region": "zhongshan",
        "day": DAY,
        "due_on": date(2026, 3, 23),
    }
    return CaseRow(**values | changes)


def make_entry(**changes: Any) -> Entry:
    values: dict[str, Any] = {"seq": 1, "kind": EntryKind.STATUS, "author": "system", "day": DAY}
    return Entry(**values | changes)


def make_case(**changes: Any) -> Case:
    """Return a received report; `row` changes go in as `row={...}`."""
    row = make_row(**changes.pop("row", {}))
    values: dict[str, Any] = {
        "row": row,
        "report": make_report(),
        "entries": (make_entry(status=CaseStatus.RECEIVED),),
    }
    return Case(**values | changes)
