"""Cases on paper: as lines for a person, as JSON for a program."""

from collections.abc import Iterator
from typing import Any

from bot.cli.edge import Words
from casework.approvals import waiting
from casework.case import Case, CaseRow, Entry
from casework.profile import Profile
from casework.report import Report

SHOWN_DIGITS = 8
_REPORT_FIELDS = (
    "title", "facts", "accused_unit", "accused_name", "accused_post", "level", "place", "matter", "loss_yuan",
    "delay_days", "scope", "channel", "language", "follow_up",
)  # fmt: skip


def row_line(row: CaseRow, words: Words, profile: Profile) -> str:
    """Return one line of clear columns; no word of the report."""
    category, region = profile.category(row.category), profile.region(row.region)
    cells = [
        row.id.hex()[:SHOWN_DIGITS],
        words.say(f"kind_{row.kind}"),
        words.say(f"status_{row.status}"),
        words.say(f"priority_{row.priority}"),
        category.words.in_language(words.language) if category else row.category,
        region.words.in_language(words.language) if region else "-",
        str(row.day),
        f"→ {row.due_on}" if row.due_on else "",
    ]
    return "\t".join(cells).rstrip()


def row_object(row: CaseRow) -> dict[str, Any]:
    """Return the clear columns by name."""
    return {
        "id": row.id.hex(),
        "kind": row.kind,
        "status": row.status,
        "priority": row.priority,
        "category": row.category,
        "region": row.region,
        "level": row.level,
        "reporter_kind": row.reporter_kind,
        "mode": row.mode,
        "day": str(row.day),
        "due_on": str(row.due_on) if row.due_on else None,
    }


def case_object(case: Case) -> dict[str, Any]:
    """Return an opened case; the keys of its files stay here."""
    report = case.report.as_dict() if case.report else None
    if report:
        report["files"] = [_file(file) for file in report.get("files", ())]
    return {**row_object(case.row), "report": report, "entries": [_entry_object(entry) for entry in case.entries]}


def case_sheet(case: Case, words: Words, profile: Profile) -> Iterator[str]:
    """Yield an opened case as lines: head, report, history, what waits for approval."""
    yield row_line(case.row, words, profile)
    if case.report:
        yield ""
        yield from _report_lines(case.report, words)
    yield ""
    for entry in case.entries:
        yield from _entry_lines(entry, words)
    proposal = waiting(case)
    if proposal is not None:
        yield words.say("proposal_waits", by=proposal.data["by"])


def _report_lines(report: Report, words: Words) -> Iterator[str]:
    for name in _REPORT_FIELDS:
        value = getattr(report, name)
        if value not in (None, ""):
            yield f"{words.say(f'field_{name}')}\t{value}"
    if report.occurred:
        yield f"{words.say('field_occurred')}\t{report.occurred.text}"
    for file in report.files:
        yield f"{words.say('field_file')}\t{file.name} ({file.size} B)"


def _entry_lines(entry: Entry, words: Words) -> Iterator[str]:
    when = entry.at.isoformat(timespec="minutes") if entry.at else str(entry.day)
    what = words.say(f"status_{entry.status}") if entry.status else words.say(f"entry_{entry.kind}")
    yield f"{when}\t{words.say(f'author_{entry.author}')}\t{what}"
    for text in (entry.text, *(str(value) for value in entry.data.values())):
        if text:
            yield f"\t{text}"
    for file in entry.files:
        yield f"\t{words.say('field_file')}: {file.name} ({file.size} B)"


def _entry_object(entry: Entry) -> dict[str, Any]:
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "part": entry.part,
        "author": entry.author,
        "day": str(entry.day),
        "at": entry.at.isoformat() if entry.at else None,
        "status": entry.status,
        "text": entry.text,
        "data": entry.data,
        "files": [{"id": file.id, "name": file.name, "size": file.size} for file in entry.files],
    }


def _file(file: dict[str, Any]) -> dict[str, Any]:
    return {name: file[name] for name in ("id", "name", "size")}
