"""Makes the report and the contact part from the values of a draft."""

from collections.abc import Sequence
from typing import Any

from casework.intake.ground import Ground
from casework.intake.questions import SKIPPED, UNKNOWN, Values, bookkeeping
from casework.intake.titles import propose_title
from casework.report import MAX_FILES, Contact, FileRef, Mode, Occurred, Report, ReporterKind


def assemble(
    values: Values, files: Sequence[FileRef], ground: Ground, *, channel: str
) -> tuple[Report, Contact | None]:
    """Return the report and, unless it is anonymous, who reports. Skipped is None; unknown stays "unknown"."""
    mode = Mode(values["mode"])
    facts = str(values["facts"])
    unit = _held(values, "accused_unit")
    report = Report(
        language=ground.language,
        channel=channel,
        mode=mode,
        reporter_kind=ReporterKind(kind) if (kind := _held(values, "reporter_kind")) else None,
        region=values["region"],
        accused_unit=unit["name"] if isinstance(unit, dict) else unit,
        accused_unit_id=unit["id"] if isinstance(unit, dict) else None,
        accused_name=_held(values, "accused_name"),
        accused_post=_held(values, "accused_post"),
        level=_held(values, "level") or UNKNOWN,
        title=_held(values, "title") or propose_title(values, ground),
        category=_known(values, "category") or "other",
        facts=facts,
        occurred=_occurred(values.get("occurred")),
        place=_held(values, "place"),
        matter=_held(values, "matter"),
        loss_yuan=_known(values, "loss"),
        delay_days=_known(values, "delay"),
        scope=_held(values, "scope"),
        files=tuple(files)[:MAX_FILES],
        follow_up=_known(values, "follow_up") or "code",
        earlier_code_given=bool(bookkeeping(values).get("earlier_code")),
    )
    return report, None if mode is Mode.ANONYMOUS else _contact(values)


def _held(values: Values, name: str) -> Any:
    """Return the value; None when it was skipped or not asked."""
    value = values.get(name)
    return None if value == SKIPPED else value


def _known(values: Values, name: str) -> Any:
    value = _held(values, name)
    return None if value == UNKNOWN else value


def _occurred(value: Any) -> Occurred | None:
    if isinstance(value, dict):
        return Occurred(**value)
    return Occurred(text=UNKNOWN) if value == UNKNOWN else None


def _contact(values: Values) -> Contact | None:
    contact = Contact(
        name=_known(values, "reporter_name") or "",
        contact=_known(values, "contact") or "",
        address=_known(values, "address") or "",
        organisation=_known(values, "organisation") or "",
        credit_code=_known(values, "credit_code") or "",
        industry=_known(values, "industry") or "",
        post=_known(values, "post") or "",
    )
    return None if contact.is_empty else contact
