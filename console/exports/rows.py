"""The columns that a list and a ledger share."""

from collections.abc import Callable

from casework.profile import Profile
from casework.queues import CaseSummary
from console.views import short
from console.words import Words

Cell = str | int

COLUMNS = (
    "case", "kind", "status", "priority", "title", "unit", "about", "region", "level", "reporter", "received", "due",
    "clock", "how_near", "assigned",
)  # fmt: skip
"""Names of the headings; `row_of` gives the cells in this order."""


def row_of(case: CaseSummary, words: Words, profile: Profile) -> list[str]:
    """Return a case's cells as text."""
    row, clock = case.row, case.clock
    category, region = profile.category(row.category), profile.region(row.region)
    cells: dict[str, Callable[[], str]] = {
        "case": lambda: short(row.id),
        "kind": lambda: words.say(f"kind_{row.kind}"),
        "status": lambda: words.say(f"status_{row.status}"),
        "priority": lambda: words.say(f"priority_{row.priority}"),
        "title": lambda: case.title,
        "unit": lambda: words.value("accused_unit", case.unit),
        "about": lambda: category.words.in_language(words.language) if category else row.category,
        "region": lambda: region.words.in_language(words.language) if region else "",
        "level": lambda: words.value("level", row.level),
        "reporter": lambda: words.value("mode", row.mode),
        "received": lambda: str(row.day),
        "due": lambda: str(clock.due_on) if clock else "",
        "clock": lambda: words.say(f"clock_{clock.name}") if clock else "",
        "how_near": lambda: words.say(f"near_{case.level}") if case.level else "",
        "assigned": lambda: case.assigned_to or "",
    }
    return [cells[name]() for name in COLUMNS]


def headings(words: Words) -> list[str]:
    return [words.say(f"column_{name}") for name in COLUMNS]


def harmless(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (what begins with =, +, -, @ or a control character)."""
    bare = cell.lstrip(" \u00a0\u3000\ufeff")
    return f"'{cell}" if bare[:1] in ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠") else cell
