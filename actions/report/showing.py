"""How the answers of a draft are shown: labels and values, a line each."""

from collections.abc import Iterable
from typing import Any

from actions.report.draft import Values
from actions.speaking import ButtonDict, DomainDict, button, label, titled
from casework.intake import FIELDS, GROUPS, SKIPPED, UNKNOWN, Ground, applicable, propose_title

_CHOICES = ("mode", "reporter_kind", "level", "matter", "scope", "follow_up")
_FACTS_SHOWN = 300


def lines_of(names: Iterable[str], values: Values, domain: DomainDict, ground: Ground, files: int = 0) -> str:
    """Return "label: value" lines of the questions that have an answer."""
    shown = ((name, shown_value(name, values, domain, ground, files)) for name in names if values.get(name) is not None)
    return "\n".join(
        label(domain, "utter_label_line", ground.language, label=field_label(name, domain, ground), value=value)
        for name, value in shown
    )


def field_label(name: str, domain: DomainDict, ground: Ground) -> str:
    return label(domain, f"utter_label_{name}", ground.language)


def shown_value(name: str, values: Values, domain: DomainDict, ground: Ground, files: int = 0) -> str:
    """Return the answer as a person reads it."""
    value, language = values.get(name), ground.language
    if name == "evidence":
        return label(domain, "utter_label_file_count" if files else "utter_label_no_files", language, n=files)
    if value == SKIPPED:
        return label(domain, "utter_label_skipped", language)
    if value == UNKNOWN:
        return label(domain, "utter_label_unknown", language)
    if name in _CHOICES:
        return label(domain, f"utter_label_{name}_{value}", language)
    if name in ("loss", "delay"):
        return label(domain, f"utter_label_{name}_value", language, n=f"{value:,.0f}")
    return _named(name, value, ground)


def _named(name: str, value: Any, ground: Ground) -> str:
    """Return what the profile or the reporter calls it."""
    if name == "region" and (region := ground.profile.region(value)) is not None:
        return region.words.in_language(ground.language)
    if name == "category" and (category := ground.profile.category(value)) is not None:
        return category.words.in_language(ground.language)
    if name == "accused_unit":
        return _unit_name(value, ground)
    if name == "occurred":
        return _when(value)
    text = str(value)
    return text if name != "facts" or len(text) <= _FACTS_SHOWN else text[:_FACTS_SHOWN] + "…"


def _unit_name(value: Any, ground: Ground) -> str:
    unit = ground.profile.unit(value.get("id"))
    return unit.words.in_language(ground.language) if unit else str(value["name"])


def _when(value: Any) -> str:
    """Return the words typed and, where they were read, the days."""
    text, start, end = str(value["text"]), value.get("start"), value.get("end")
    if not start or text in (start, end):
        return text
    return f"{text} ({start})" if start == end else f"{text} ({start} – {end})"


def shown_fields(values: Values) -> list[str]:
    """Return the questions whose answers the summary shows, in order."""
    names = set(applicable({**values, "draft": {**values["draft"], "short": False}}))
    return [name for name in FIELDS if name in names and values.get(name) is not None]


def summary(values: Values, domain: DomainDict, ground: Ground, files: int) -> str:
    """Return a line an answer; the title is the proposed one until another is given."""
    if values["title"] is None and values["facts"]:
        values = {**values, "title": propose_title(values, ground)}
    return lines_of(shown_fields(values), values, domain, ground, files)


def edit_buttons(names: Iterable[str], domain: DomainDict, ground: Ground) -> list[ButtonDict]:
    """Return a button for each question to change."""
    return [titled(field_label(name, domain, ground), "edit_field", field=name) for name in names]


def fields_of_group(group: str, values: Values) -> list[str]:
    """Return the questions of a group of the summary that this draft may answer."""
    names = set(applicable({**values, "draft": {**values["draft"], "short": False}}))
    return [name for name in GROUPS[group] if name in names]


def group_buttons(values: Values, domain: DomainDict, ground: Ground) -> list[ButtonDict]:
    """Return a button for each group of the summary; a group of one question changes that."""
    buttons = []
    for group in GROUPS:
        if names := fields_of_group(group, values):
            target = names[0] if len(names) == 1 else group
            buttons.append(button(domain, f"edit_{group}", ground.language, "edit_field", field=target))
    return buttons
