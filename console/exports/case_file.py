"""The case file (案卷) as a document: the shared part alone, so no internal note and no contact can be in it."""

import io
import re
from datetime import datetime
from typing import Any

from casework.case import Case, Entry, EntryKind
from casework.case_life import shared_entries
from casework.profile import Profile
from console.views import short
from console.words import Words

FIELDS = (
    "accused_unit", "accused_name", "accused_post", "level", "place", "matter", "loss_yuan", "delay_days", "scope",
    "channel", "language",
)  # fmt: skip
_NOT_ALLOWED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def written(case: Case, words: Words, profile: Profile, now: datetime) -> bytes:
    from docx import Document
    from docx.shared import Pt

    document = Document()
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.title = words.say("case_file_title", number=short(case.id))
    style = document.styles["Normal"]
    style.font.size = Pt(10.5)
    document.add_heading(words.say("case_file_title", number=short(case.id)), level=0)
    document.add_paragraph(f"{profile.office.words.in_language(words.language)} · {words.time(now)}")
    _table(document, _head(case, words, profile))
    if case.report is not None:
        document.add_heading(_plain(case.report.title), level=1)
        for paragraph in _plain(case.report.facts).split("\n"):
            document.add_paragraph(paragraph)
    document.add_heading(words.say("history"), level=1)
    for entry in shared_entries(case.entries):
        _entry(document, entry, words)
    document.add_paragraph(words.say("case_file_without"))
    stored = io.BytesIO()
    document.save(stored)
    return stored.getvalue()


def _head(case: Case, words: Words, profile: Profile) -> list[tuple[str, str]]:
    row, report = case.row, case.report
    category, region = profile.category(row.category), profile.region(row.region)
    pairs = [
        (words.say("column_case"), row.id.hex()),
        (words.say("column_status"), words.say(f"status_{row.status}")),
        (words.say("column_about"), category.words.in_language(words.language) if category else row.category),
        (words.say("column_region"), region.words.in_language(words.language) if region else ""),
        (words.say("column_reporter"), words.value("mode", row.mode)),
        (words.say("column_received"), words.time(row.received_at) if row.received_at else words.day(row.day)),
    ]
    if report is not None:
        values = ((name, getattr(report, name)) for name in FIELDS)
        pairs += [(words.say(f"field_{name}"), words.value(name, value)) for name, value in values if value is not None]
        if report.occurred:
            pairs.append((words.say("field_occurred"), report.occurred.text))
        pairs += [(words.say("field_file"), f"{file.name} ({words.size(file.size)})") for file in report.files]
    return pairs


def _table(document: Any, pairs: list[tuple[str, str]]) -> None:
    table = document.add_table(rows=0, cols=2)
    table.style = "Light Grid Accent 1"
    for label, value in pairs:
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, _plain(value)


def _entry(document: Any, entry: Entry, words: Words) -> None:
    is_step = entry.kind is EntryKind.STATUS and entry.status is not None
    what = words.say(f"status_{entry.status}" if is_step else f"entry_{entry.kind}")
    when = words.time(entry.at) if entry.at else words.day(entry.day)
    line = document.add_paragraph()
    line.add_run(f"{when} · {words.say(f'author_{entry.author}')} · {what}").bold = True
    if entry.text:
        document.add_paragraph(_plain(entry.text))
    for name, value in entry.data.items():
        if name in ("reason", "channel", "to", "outcome", "stars"):
            document.add_paragraph(words.pair(words.say(f"data_{name}"), words.value(name, _plain(str(value)))))
    for file in entry.files:
        document.add_paragraph(words.pair(words.say("field_file"), f"{_plain(file.name)} ({words.size(file.size)})"))


def _plain(text: str) -> str:
    """Drop what a document cannot hold."""
    return _NOT_ALLOWED.sub("", text)
