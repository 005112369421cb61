"""Builders of cases, and of what a database would give back."""

from dataclasses import replace
from typing import Any

from casework import code as codes
from casework.case import Case, CaseId, CaseKind, CaseRow, CaseStatus, Entry, EntryKind, Part
from casework.report import Mode, Report
from storage.vault.case_rows import SealedCase, SealedChange, StoredCase
from tests.unit.storage.vault.conftest import TODAY

CODE_TEXT = codes.generate()


def make_report(**values: Any) -> Report:
    known: dict[str, Any] = {
        "language": "zh",
        "channel": "web",
        "mode": Mode.ANONYMOUS,
        "region": "zhongshan",
        "title": "办证被拖",
        "facts": "窗口说系统坏了",
    }
    return Report(**known | values)


def make_case(**values: Any) -> Case:
    row = CaseRow(id=CaseId(b"c" * 16), kind=CaseKind.REPORT, status=CaseStatus.RECEIVED, day=TODAY)
    received = Entry(seq=1, kind=EntryKind.STATUS, author="system", day=TODAY, status=CaseStatus.RECEIVED)
    known: dict[str, Any] = {"row": row, "report": make_report(), "entries": (received,)}
    return Case(**known | values)


def make_entry(seq: int, part: Part = Part.SHARED, **values: Any) -> Entry:
    known: dict[str, Any] = {"kind": EntryKind.ADDITION, "author": "reporter", "day": TODAY, "text": f"line {seq}"}
    return Entry(seq=seq, part=part, **known | values)


def stored(sealed: SealedCase, *changes: SealedChange) -> StoredCase:
    """What the database gives back after these writes."""
    parts = {part.part: part for part in sealed.parts}
    wraps = {(wrap.part, wrap.recipient): wrap for wrap in sealed.wraps}
    entries = list(sealed.entries)
    row = sealed.row
    for change in changes:
        parts |= {part.part: part for part in change.parts}
        wraps |= {(wrap.part, wrap.recipient): wrap for wrap in change.wraps}
        entries += change.entries
        row = replace(change.row, version=change.row.version + 1)
    shuffled = tuple(reversed(entries))
    return StoredCase(row=row, parts=tuple(parts.values()), entries=shuffled, wraps=tuple(wraps.values()))
