"""The words of a report for an announcement: drafted here, read and decided on by a person, kept nowhere."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from casework.anonymise import mask_of
from casework.finders import Kind
from casework.permissions import Act
from casework.publishing import draft
from console.pages.case import id_of
from console.seat import Seat, needs
from console.views import page

router = APIRouter()


@router.post("/cases/{case}/draft")
async def show_draft(request: Request, seat: Annotated[Seat, needs(Act.PUBLISH)], case: str) -> Response:
    """Show the words with third parties masked, and beside them what a person must still look at."""
    drafted = await draft(seat.services, seat.key, id_of(case))
    masked = [(mask_of(Kind(kind), seat.words.language), count) for kind, count in drafted.masked]
    return page(request, seat, "draft.html", draft=drafted, masked=masked, case_hex=case)
