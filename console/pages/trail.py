"""The audit trail, for auditors and admins; that it was read stands in it too."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from casework.auditing import read_trail
from casework.permissions import Act
from console.seat import Seat, needs
from console.views import page

router = APIRouter()
PAGE = 100
_LONGEST = 64


@router.get("/trail")
async def show_trail(request: Request, seat: Annotated[Seat, needs(Act.READ_TRAIL)]) -> Response:
    given = request.query_params
    number = int(given["page"]) if given.get("page", "").isascii() and given.get("page", "").isdigit() else 1
    number = min(max(number, 1), 100_000)
    actor, case = given.get("actor", "").strip()[:_LONGEST], given.get("case", "").strip().lower()[:_LONGEST]
    read = await read_trail(
        seat.services,
        seat.key,
        actor=actor,
        case_prefix=case,
        day=_day(given.get("day", "")),
        offset=(number - 1) * PAGE,
        limit=PAGE,
    )
    filters = {"actor": actor, "case": case, "day": given.get("day", "")[:10]}
    return page(request, seat, "trail.html", read=read, number=number, filters=filters)


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        return None
