"""Figures as tables (Markdown) for `changtong nlu evaluate`."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

_COLUMNS: Final = ("count", "accuracy", "macro_f1", "first", "ranked", "first_three", "asked_back", "outside")
_LEFT: Final = 34
BEGIN: Final = "<!-- figures: changtong nlu evaluate --into docs/nlu.md -->"
END: Final = "<!-- end of figures -->"


def tables(told: Mapping[str, Any]) -> str:
    """Return all figures: intents with and without context, what is confused, categories, entities."""
    lines: list[str] = []
    for context, found in told.get("intents", {}).items():
        groups = {"all": found["all"], **found["by language"], **found["by style"]}
        lines += [f"## {context}", "", *_table(groups, _COLUMNS), "", *_confusions(found["confused"]), ""]
    for name, columns in (("categories", ("count", "first", "first_three")), ("entities", ("count", "found"))):
        if name in told:
            lines += [f"## {name}", "", *_table(told[name], columns), ""]
    return "\n".join(lines).rstrip()


def renew(document: Path, told: Mapping[str, Any]) -> bool:
    """Put the figures between the document's two marks; False when it has none, and nothing is written."""
    before, begin, rest = document.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        return False
    document.write_text(f"{before}{BEGIN}\n{tables(told)}\n{END}{after}", encoding="utf-8")
    return True


def cross_table(parts: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a row for each part and one for the mean, weighted by size."""
    total = sum(part["count"] for part in parts.values())
    mean = {
        name: sum(part[name] * part["count"] for part in parts.values() if part[name] is not None) / total
        for name in ("accuracy", "macro_f1", "first", "ranked", "first_three", "asked_back")
    }
    return "\n".join(_table({**parts, "mean": {"count": total, **mean}}, _COLUMNS))


def _table(groups: Mapping[str, Mapping[str, Any]], columns: Iterable[str]) -> list[str]:
    names = [*columns]
    head = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    return head + [
        f"| {group} | {' | '.join(_cell(row.get(name)) for name in names)} |" for group, row in groups.items()
    ]


def _confusions(confused: Iterable[tuple[str, str, int]]) -> list[str]:
    """Draw how often one was taken for another, the commonest first."""
    return [f"    {f'{meant} -> {taken}':<{_LEFT * 2 - 8}} {n:>3} {'#' * n}" for meant, taken, n in confused]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.3f}".lstrip("0") if isinstance(value, float) and value < 1 else f"{value:.3g}"
