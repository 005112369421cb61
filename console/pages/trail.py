"""The audit trail, for auditors and admins; that it was read stands in it too."""

from datetime import date
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from casework.auditing import read_trail
from casework.permissions import Act
from casework.ports import TrailEntry
from console.seat import Seat, needs
from console.views import page
from console.words import Words

router = APIRouter()
PAGE = 100
_VALUES = {
    Act.CHANGE_STATUS: "status",
    Act.PRIORITISE: "priority",
    Act.ENTER_REPORT: "value_channel",
    Act.CHAT: "move",
    Act.EXPORT: "detail",
}
"""Acts whose detail begins with a value that has words."""
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
    return page(
        request, seat, "trail.html", read=read, number=number, filters=filters, detail=partial(detail_of, seat.words)
    )


def detail_of(words: Words, entry: TrailEntry) -> str:
    """Write an entry's detail in the reader's words where it is one of ours; a reason or a name stays as it is."""
    if known := words.find(f"detail_{_slug(entry.detail)}"):
        return known
    kinds = {str(act): kind for act, kind in _VALUES.items()}
    first, parted, rest = entry.detail.partition(":" if entry.act == Act.EXPORT else " ")
    value = words.find(f"{kinds[entry.act]}_{first}") if entry.act in kinds else ""
    return f"{value}{parted}{rest}" if value else entry.detail


def _slug(text: str) -> str:
    return "_".join(text.replace(":", " ").split())


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        return None
