"""Search in the words of cases: the page at once, its hits batch by batch."""

import json
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from casework.permissions import Act
from casework.searching import Found, search
from console.seat import Seat, needs
from console.views import page, short

router = APIRouter()
_LONGEST = 100
Searcher = Annotated[Seat, needs(Act.SEARCH)]


@router.get("/search")
async def show_search(request: Request, seat: Searcher) -> Response:
    return page(request, seat, "search.html", words_typed="", found=[], progress=None)


@router.post("/search")
async def do_search(request: Request, seat: Searcher) -> Response:
    """Search; the words come in a form and so stand in no address, no history and no log."""
    typed = seat.typed("words", _LONGEST)
    if request.headers.get("accept", "").startswith("text/event-stream"):
        return StreamingResponse(_events(seat, typed), media_type="text/event-stream")
    found: list[Found] = []
    progress = None
    async for progress in search(seat.services, seat.key, typed):
        found += progress.found
    return page(request, seat, "search.html", words_typed=typed, found=found, progress=progress)


async def _events(seat: Seat, typed: str) -> AsyncIterator[bytes]:
    async for progress in search(seat.services, seat.key, typed):
        told = {
            "done": progress.done,
            "total": progress.total,
            "told": seat.words.say("search_progress", done=progress.done, total=progress.total),
            "cut": seat.words.say("search_cut") if progress.is_cut else "",
            "found": [_hit(seat, hit) for hit in progress.found],
        }
        yield f"data: {json.dumps(told, ensure_ascii=False)}\n\n".encode()
    yield b"event: end\ndata: {}\n\n"


def _hit(seat: Seat, hit: Found) -> dict[str, str]:
    where = seat.words.find(f"field_{hit.where}") or seat.words.find(f"entry_{hit.where}", hit.where)
    return {
        "id": hit.row.id.hex(),
        "number": short(hit.row.id),
        "title": hit.title,
        "status": seat.words.say(f"status_{hit.row.status}"),
        "where": where,
        "excerpt": hit.excerpt,
    }
