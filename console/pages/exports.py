"""Files that leave the desk; each is recorded in the trail."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from casework.exporting import case_for_export, list_for_export
from casework.permissions import Act
from console.pages.case import id_of
from console.pages.cases import narrowing_of
from console.seat import Seat, needs
from console.views import short

router = APIRouter()
Exporter = Annotated[Seat, needs(Act.EXPORT)]
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.post("/cases/{case}/file.docx")
async def case_file(seat: Exporter, case: str) -> Response:
    """Return the case file: what was reported, told and asked; no internal note, no contact."""
    from console.exports.case_file import written

    opened = await case_for_export(seat.services, seat.key, id_of(case))
    content = written(opened, seat.words, seat.services.profile, seat.services.clock.now())
    return _file(content, _DOCX, f"case-{short(opened.id)}.docx")


@router.post("/exports/ledger.xlsx")
async def ledger(request: Request, seat: Exporter) -> Response:
    from console.exports.ledger import written

    narrowing = narrowing_of(_given(seat))
    cases = await list_for_export(seat.services, seat.key, seat.index, narrowing, what="ledger")
    return _file(written(cases, seat.words, seat.services.profile), _XLSX, f"ledger-{seat.services.clock.today()}.xlsx")


@router.post("/exports/cases.csv")
async def case_list(request: Request, seat: Exporter) -> Response:
    from console.exports.case_list import written

    narrowing = narrowing_of(_given(seat))
    cases = await list_for_export(seat.services, seat.key, seat.index, narrowing, what="list")
    content = written(cases, seat.words, seat.services.profile)
    return _file(content, "text/csv; charset=utf-8", f"cases-{seat.services.clock.today()}.csv")


def _given(seat: Seat) -> dict[str, str]:
    return {name: value for name, value in (seat.form or {}).items() if isinstance(value, str)}


def _file(content: bytes, media_type: str, name: str) -> Response:
    return Response(
        content, media_type=media_type, headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    )
