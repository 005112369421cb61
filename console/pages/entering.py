"""Entering a report that came by telephone, letter, website or visit; the code is shown once."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from casework.entering import EntryChannel, enter
from casework.errors import Conflict
from casework.intake import MATTERS
from casework.permissions import Act
from casework.profile.values import LEVELS, SCOPES
from casework.report import MAX_FACTS, MAX_TITLE, Contact, Mode, Occurred, Report, ReporterKind
from console.errors import Unfit
from console.seat import Seat, needs
from console.views import page

router = APIRouter()
Enterer = Annotated[Seat, needs(Act.ENTER_REPORT)]
_CONTACT = ("name", "contact", "address", "organisation", "post")


@router.get("/reports/new")
async def show_form(request: Request, seat: Enterer) -> Response:
    return _form(request, seat, {}, "")


@router.post("/reports/new")
async def enter_report(request: Request, seat: Enterer) -> Response:
    try:
        report, contact = read_report(seat)
    except Unfit as unfit:
        typed = {name: value for name, value in (seat.form or {}).items() if isinstance(value, str)}
        return _form(request, seat, typed, unfit.name)
    form = seat.typed("form", 64)
    try:
        submitted = await enter(seat.services, seat.key, report, contact, form=form)
    except Conflict:  # it was sent twice at once: the other one has made the case
        submitted = await enter(seat.services, seat.key, report, contact, form=form)
    return page(request, seat, "entered.html", once=True, code=submitted.code, due_on=submitted.due_on)


def _form(request: Request, seat: Seat, typed: dict[str, Any], problem: str) -> Response:
    return page(
        request,
        seat,
        "enter.html",
        422 if problem else 200,
        typed=typed,
        form=typed.get("form") or secrets.token_hex(16),
        problem=problem,
        channels=list(EntryChannel),
        modes=list(Mode),
        kinds=list(ReporterKind),
        levels=(*LEVELS, "unknown"),
        matters=MATTERS,
        scopes=("none", *SCOPES),
        most_facts=MAX_FACTS,
        most_title=MAX_TITLE,
    )


def read_report(seat: Seat) -> tuple[Report, Contact | None]:
    """Read the form. Raises `Unfit` naming the first field that cannot be taken."""
    profile = seat.services.profile
    channel = _choice(seat, "channel", set(EntryChannel))
    mode = Mode(_choice(seat, "mode", set(Mode)))
    title, facts = _text(seat, "title", MAX_TITLE), _text(seat, "facts", MAX_FACTS)
    region = _choice(seat, "region", {region.id for region in profile.regions})
    category = _choice(seat, "category", {category.id for category in profile.categories})
    kind = seat.typed("reporter_kind")
    unit = seat.typed("accused_unit", 200)
    known = profile.unit_named(unit) if unit else None
    report = Report(
        language="en" if seat.typed("language") == "en" else "zh",
        channel=channel,
        mode=mode,
        reporter_kind=ReporterKind(kind) if kind in set(ReporterKind) else None,
        region=region,
        accused_unit=unit or "unknown",
        accused_unit_id=known.id if known else None,
        accused_name=seat.typed("accused_name", 100) or "unknown",
        accused_post=seat.typed("accused_post", 100) or None,
        level=seat.typed("level") if seat.typed("level") in LEVELS else "unknown",
        title=title,
        category=category,
        facts=facts,
        occurred=Occurred(text=seat.typed("occurred", 200)) if seat.typed("occurred") else None,
        place=seat.typed("place", 200) or None,
        matter=seat.typed("matter") if seat.typed("matter") in MATTERS else None,
        loss_yuan=_number(seat, "loss_yuan"),
        delay_days=int(days) if (days := _number(seat, "delay_days")) is not None else None,
        scope=seat.typed("scope") if seat.typed("scope") in ("none", *SCOPES) else None,
    )
    return report, _contact(seat, mode)


def _contact(seat: Seat, mode: Mode) -> Contact | None:
    contact = Contact(**{name: seat.typed(f"reporter_{name}", 200) for name in _CONTACT})
    if mode is Mode.ANONYMOUS:
        return None
    if not (contact.name if mode is Mode.REAL_NAME else contact.organisation) or not contact.contact:
        raise Unfit("contact")
    return contact


def _choice(seat: Seat, name: str, allowed: set[Any]) -> str:
    given = seat.typed(name)
    if given not in allowed:
        raise Unfit(name)
    return given


def _text(seat: Seat, name: str, most: int) -> str:
    given = seat.typed(name, most + 1)
    if not given or len(given) > most:
        raise Unfit(name)
    return given


def _number(seat: Seat, name: str) -> float | None:
    given = seat.typed(name, 20).replace(",", "")
    if not given:
        return None
    try:
        number = float(given)
    except ValueError:
        raise Unfit(name) from None
    if not 0 <= number < 1e12:
        raise Unfit(name)
    return number
