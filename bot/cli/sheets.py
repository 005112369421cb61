"""Cases on paper: for a person as tables and sheets, for a program as lines and JSON."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from bot.cli.edge import Words
from bot.cli.paper import Paper
from casework.approvals import waiting
from casework.case import Case, CaseKind, CaseRow, Entry, EntryKind, Part, Priority
from casework.deadlines import level
from casework.office import DueCase, OpenedCase
from casework.permissions import Act
from casework.ports import Clock, TrailEntry
from casework.profile import Profile
from casework.report import Report

SHOWN_DIGITS = 8
_REPORT_FIELDS = (
    "title", "facts", "accused_unit", "accused_name", "accused_post", "level", "place", "matter", "loss_yuan",
    "delay_days", "scope", "channel", "language", "follow_up",
)  # fmt: skip
_COLUMNS = ("case", "status", "about", "region", "received", "due")
_DUE_COLUMNS = ("case", "clock", "due", "how_near", "status", "about", "region")


class Sheets:
    """Writes cases in the operator's words, times in the city's zone."""

    def __init__(self, paper: Paper, words: Words, profile: Profile, clock: Clock, by: str) -> None:
        self._paper, self._words, self._profile, self._clock, self._by = paper, words, profile, clock, by

    def rows(self, rows: Iterable[CaseRow]) -> Iterator[str]:
        """Yield a list of clear columns; no word of a report."""
        if self._paper.width is None:
            yield from (self._piped(row) for row in rows)
            return
        cells = [self._cells(row) for row in rows]
        yield from self._paper.table([self._words.say(f"column_{name}") for name in _COLUMNS], cells, {1, 2, 3})

    def due(self, cases: Iterable[DueCase]) -> Iterator[str]:
        """Yield clocks, the worst first."""
        if self._paper.width is None:
            for case in cases:
                yield f"{case.level}\t{case.deadline.name}\t{case.deadline.due_on}\t{self._piped(case.row)}"
            return
        header = [self._words.say(f"column_{name}") for name in _DUE_COLUMNS]
        yield from self._paper.table(header, [self._due_cells(case) for case in cases], {4, 5, 6})

    def trail(self, entries: Iterable[TrailEntry]) -> Iterator[str]:
        """Yield acts of operators, newest first."""
        header = [self._words.say(f"column_{name}") for name in ("time", "actor", "act", "case", "detail")]
        digits = None if self._paper.width is None else SHOWN_DIGITS
        rows = [
            (self._time(entry.at), entry.actor, self._act(entry.act), entry.case_ref[:digits], entry.detail)
            for entry in entries
        ]
        yield from self._paper.table(header, rows, {1, 2, 4})

    def _act(self, act: str) -> str:
        is_for_people = self._paper.width is not None and self._words.has(f"act_{act}")
        return self._words.say(f"act_{act}") if is_for_people else act

    def case(self, opened: OpenedCase) -> Iterator[str]:
        """Yield an opened case: head, report, history, what waits for approval, what can be done next."""
        case = opened.case
        yield from self._paper.pairs(self._head(opened))
        if case.report:
            yield ""
            yield from self._paper.pairs(self._report(case.report))
        yield ""
        yield from self._history(case)
        proposal = waiting(case)
        if proposal is not None:
            names = ", ".join(opened.approvers) or "-"
            yield ""
            yield self._words.say("proposal_waits", by=proposal.data["by"], names=names)
        yield from self._next(opened)

    def _piped(self, row: CaseRow) -> str:
        cells = [
            row.id.hex()[:SHOWN_DIGITS],
            self._words.say(f"kind_{row.kind}"),
            self._words.say(f"status_{row.status}"),
            self._words.say(f"priority_{row.priority}"),
            self._category(row),
            self._region(row),
            str(row.day),
            f"→ {row.due_on}" if row.due_on else "",
        ]
        return "\t".join(cells).rstrip()

    def _cells(self, row: CaseRow) -> list[str]:
        mark = "!" if row.priority is Priority.HIGH else ""
        status, due = self._words.say(f"status_{row.status}"), str(row.due_on or "")
        return [row.id.hex()[:SHOWN_DIGITS] + mark, status, self._about(row), self._region(row), str(row.day), due]

    def _due_cells(self, case: DueCase) -> list[str]:
        number, status, about, region, _, _ = self._cells(case.row)
        clock = self._words.say(f"clock_{case.deadline.name}")
        return [number, clock, str(case.deadline.due_on), self._words.say(f"near_{case.level}"), status, about, region]

    def _about(self, row: CaseRow) -> str:
        return self._words.say("kind_message") if row.kind is CaseKind.MESSAGE else self._category(row)

    def _category(self, row: CaseRow) -> str:
        category = self._profile.category(row.category)
        return category.words.in_language(self._words.language) if category else row.category

    def _region(self, row: CaseRow) -> str:
        region = self._profile.region(row.region)
        return region.words.in_language(self._words.language) if region else "-"

    def _head(self, opened: OpenedCase) -> Iterator[tuple[str, str]]:
        row, say = opened.case.row, self._words.say
        yield say("column_case"), row.id.hex()
        yield say("column_status"), say(f"status_{row.status}")
        yield say("column_about"), f"{say(f'kind_{row.kind}')} · {self._category(row)} · {self._region(row)}"
        if row.priority is Priority.HIGH:
            yield say("column_priority"), say("priority_high")
        if row.kind is CaseKind.REPORT:
            yield say("column_reporter"), " · ".join(self._reporter(row))
        yield say("column_received"), self._time(row.received_at) if row.received_at else str(row.day)
        for clock in opened.deadlines:
            near = say(f"near_{level(clock, self._clock.today(), self._profile)}")
            guess = f" · {say('is_estimate')}" if clock.is_estimate else ""
            yield say("column_due"), f"{clock.due_on} {say(f'clock_{clock.name}')} · {near}{guess}"
        yield say("column_assigned"), opened.assigned_to or say("nobody")

    def _reporter(self, row: CaseRow) -> Iterator[str]:
        yield self._words.say(f"value_mode_{row.mode}")
        if row.reporter_kind:
            yield self._value("reporter_kind", row.reporter_kind)

    def _report(self, report: Report) -> Iterator[tuple[str, str]]:
        for name in _REPORT_FIELDS:
            value = getattr(report, name)
            if value not in (None, ""):
                words = f"{value:,.2f}".removesuffix(".00") if name == "loss_yuan" else self._value(name, value)
                yield self._words.say(f"field_{name}"), words
        if report.occurred:
            yield self._words.say("field_occurred"), report.occurred.text
        for file in report.files:
            yield self._words.say("field_file"), f"{file.name} ({file.size} B)"

    def _value(self, field: str, value: object) -> str:
        name = f"value_{field}_{value}"
        return self._words.say(name) if self._words.has(name) else str(value)

    def _history(self, case: Case) -> Iterator[str]:
        """Yield the entries; who took a step stands in the office part and is told with the step itself."""
        told: Entry | None = None
        for entry in case.entries:
            if told is not None and entry.part is Part.OFFICE and _is_step(entry) and entry.status is told.status:
                for label, value in self._data(replace(entry, data={**entry.data} | dict.fromkeys(told.data))):
                    yield from self._paper.block(f"{label}: {value}")
                told = None
            else:
                yield from self._entry(entry, case.row)
                told = entry if _is_step(entry) and entry.part is Part.SHARED else None

    def _entry(self, entry: Entry, row: CaseRow) -> Iterator[str]:
        is_message = row.kind is CaseKind.MESSAGE and entry.kind is EntryKind.ADDITION and entry.seq == 1
        kind = "watch" if "watch" in entry.data else entry.kind
        name = "kind_message" if is_message else f"entry_{kind}"
        what = self._words.say(f"status_{entry.status}" if _is_step(entry) else name)
        when = self._time(entry.at) if entry.at else str(entry.day)
        secret = self._words.say("for_the_office") if entry.part is Part.OFFICE else ""
        cells = (when, self._words.say(f"author_{entry.author}"), what, secret)
        yield ("\t" if self._paper.width is None else "  ").join(cell for cell in cells if cell)
        if entry.text:
            yield from self._paper.block(entry.text)
        for label, value in self._data(entry):
            yield from self._paper.block(f"{label}: {value}")
        for file in entry.files:
            yield from self._paper.block(f"{self._words.say('field_file')}: {file.name} ({file.size} B)")

    def _data(self, entry: Entry) -> Iterator[tuple[str, str]]:
        """Yield what an entry carries beside its text; where it came from is told by the entry before."""
        if entry.kind is EntryKind.PROPOSAL and entry.status is not None:
            yield self._words.say("data_step"), self._words.say(f"status_{entry.status}")
        for name, value in entry.data.items():
            if name in ("from", "act", "watch") or value is None:
                continue
            yield self._words.say(f"data_{name}") if self._words.has(f"data_{name}") else name, self._value(name, value)

    def _next(self, opened: OpenedCase) -> Iterator[str]:
        commands = list(next_commands(opened, self._by))
        if not commands:
            return
        yield ""
        yield self._words.say("next_commands")
        yield from (f"  changtong office {it.replace(SECOND, self._words.say('second_mark'))}" for it in commands)
        if any("--channel" in command for command in commands):
            yield f"  --channel {'|'.join(channel.id for channel in self._profile.right_channels)}|…"

    def _time(self, moment: Any) -> str:
        return f"{moment.astimezone(self._profile.zone):%Y-%m-%d %H:%M}"


def _is_step(entry: Entry) -> bool:
    return entry.kind is EntryKind.STATUS and entry.status is not None


def next_commands(opened: OpenedCase, by: str) -> Iterator[str]:
    """Yield the commands that `by` could run now, from the table of steps and the acts allowed.

    "…" stands for words of their own, `SECOND` says that somebody else approves it.
    """
    number = opened.case.id.hex()[:SHOWN_DIGITS]
    end = "" if by == FIRST else f" --by {by}"
    for step in opened.steps:
        if step.says is None:
            needs = "".join(f" --{need} …" for need in step.needs)
            yield f"status {number} {step.target}{needs}{end}{SECOND if step.needs_second else ''}"
    for act, rest in _ACTS.items():
        if act in opened.acts:
            yield f"{act} {number}{rest}{end}{SECOND if act is Act.EXTEND else ''}"
    if opened.may_decline:
        yield f"decline {number} --reason …{end}"


FIRST = "admin"
SECOND = " (second)"
_ACTS = {
    Act.ASK: " …",
    Act.REPLY: " …",
    Act.NOTE: " …",
    Act.ASSIGN: " NAME",
    Act.CONTACT: " --reason …",
    Act.EXTEND: " --reason …",
    Act.APPROVE: "",
}


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


def case_object(opened: OpenedCase, by: str) -> dict[str, Any]:
    """Return an opened case; the keys of its files stay here."""
    case = opened.case
    report = case.report.as_dict() if case.report else None
    if report:
        report["files"] = [_file(file) for file in report.get("files", ())]
    return {
        **row_object(case.row),
        "assigned_to": opened.assigned_to,
        "report": report,
        "entries": [_entry_object(entry) for entry in case.entries],
        "next": list(next_commands(opened, by)),
    }


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
        "data": {name: True if name == "watch" else value for name, value in entry.data.items()},
        "files": [{"id": file.id, "name": file.name, "size": file.size} for file in entry.files],
    }


def _file(file: dict[str, Any]) -> dict[str, Any]:
    return {name: file[name] for name in ("id", "name", "size")}


def distinct_prefixes(ids: Iterable[str]) -> list[str]:
    """Return the ids in as few digits (8 or more) as tell them apart."""
    whole = sorted(ids)
    for digits in range(SHOWN_DIGITS, len(whole[0]) if whole else 0):
        short = [one[:digits] for one in whole]
        if len(set(short)) == len(whole):
            return short
    return whole
