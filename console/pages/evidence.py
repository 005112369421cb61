"""Evidence seen without trusting it: pictures drawn anew, text as text, all else only to be saved."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from casework.errors import ReasonRequired
from casework.evidence_viewing import OpenedFile, open_file, open_original
from casework.permissions import Act
from console.errors import NotThere
from console.headers import SANDBOX
from console.pages.case import id_of
from console.pictures import NoPicture, drawn_anew
from console.seat import Seat, needs
from console.views import page

router = APIRouter()
MOST_SHOWN_BYTES = 25 * 1024 * 1024
MOST_TEXT_CHARACTERS = 200_000
_TEXT = (".txt", ".csv", ".md", ".log", ".json", ".eml")
_PICTURE = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".heif")
Reader = Annotated[Seat, needs(Act.SHOW)]


@router.get("/cases/{case}/files/{file}")
async def view_file(request: Request, seat: Reader, case: str, file: str) -> Response:
    """Show a file within a page of ours; how depends on its name, never on what it claims to be."""
    return await _file_page(request, seat, case, file)


async def _file_page(request: Request, seat: Seat, case: str, file: str, needed: str = "") -> Response:
    opened = await open_file(seat.services, seat.key, id_of(case), file)
    name, text = opened.file.name.lower(), None
    if name.endswith(_TEXT) and opened.file.size <= MOST_SHOWN_BYTES:
        text = (await _all_of(opened.chunks)).decode("utf-8", "replace")[:MOST_TEXT_CHARACTERS]
    is_picture = name.endswith(_PICTURE)
    values: dict[str, Any] = {
        "file": opened.file,
        "case_hex": case,
        "text": text,
        "is_picture": is_picture,
        "needed": needed,
    }
    return page(request, seat, "file.html", **values)


@router.get("/cases/{case}/files/{file}/picture")
async def picture(seat: Reader, case: str, file: str) -> Response:
    """Return the picture drawn anew: what was hidden in the file stays behind."""
    opened = await open_file(seat.services, seat.key, id_of(case), file)
    if opened.file.size > MOST_SHOWN_BYTES:
        raise NotThere
    try:
        content = await drawn_anew(await _all_of(opened.chunks))
    except NoPicture as error:
        raise NotThere from error
    return Response(content, media_type="image/jpeg", headers={"content-security-policy": SANDBOX})


@router.get("/cases/{case}/files/{file}/saved")
async def saved(seat: Reader, case: str, file: str) -> Response:
    """Hand the file out as it is kept, to be saved, never to be opened here."""
    return _to_save(await open_file(seat.services, seat.key, id_of(case), file))


@router.post("/cases/{case}/files/{file}/original")
async def original(request: Request, seat: Annotated[Seat, needs(Act.ORIGINAL)], case: str, file: str) -> Response:
    """Hand the file out as it came, with all that it tells on its maker; the reason stands in the trail."""
    try:
        opened = await open_original(seat.services, seat.key, id_of(case), file, reason=seat.typed("reason", 500))
    except ReasonRequired as missing:
        return await _file_page(request, seat, case, file, missing.what)
    return _to_save(opened)


def _to_save(opened: OpenedFile) -> Response:
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{quote(opened.file.name, safe='')}",
        "content-security-policy": SANDBOX,
    }
    return StreamingResponse(opened.chunks, media_type="application/octet-stream", headers=headers)


async def _all_of(chunks: object) -> bytes:
    return b"".join([chunk async for chunk in chunks])  # type: ignore[attr-defined]
