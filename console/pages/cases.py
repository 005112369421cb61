"""The queue: built-in and saved filters, counters, most urgent first."""

from dataclasses import asdict
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from casework.case import CaseKind, CaseStatus, Priority
from casework.case_lists import SHORTEST_PREFIX, find_cases
from casework.permissions import Act
from casework.queues import QUEUES, CaseSummary, Narrowing, counted, summaries
from console.errors import NotThere, Unfit
from console.options import PREFIX
from console.seat import Seat, needs
from console.views import go, page

router = APIRouter()
PAGE = 50
MOST_FILTERS = 20
_LONGEST_NAME = 40
_MAIN = ("open", "new", "mine", "news", "to_approve", "due_soon", "overdue", "very_overdue", "waiting", "unassigned")
Lister = Annotated[Seat, needs(Act.LIST)]


@router.get("/cases")
async def queue(request: Request, seat: Lister) -> Response:
    narrowing = narrowing_of(dict(request.query_params))
    known = await summaries(seat.services, seat.key, seat.index)
    found = [case for case in known if narrowing.fits(case, seat.name)]
    number = _page_of(request.query_params.get("page", ""), len(found))
    shown = found[(number - 1) * PAGE : number * PAGE]
    saved = (await seat.parts.sessions.preferences(seat.name)).get("filters", [])
    return page(
        request,
        seat,
        "queue.html",
        cases=shown,
        count=len(found),
        number=number,
        pages=max(1, -(-len(found) // PAGE)),
        narrowing=narrowing,
        address=address_of,
        counters=counted(seat.index, seat.name),
        queues=(*_MAIN, "closed", "all"),
        saved=[(it["name"], Narrowing(**it["filter"])) for it in saved],
        choices=_choices(seat, known),
    )


def narrowing_of(given: dict[str, str]) -> Narrowing:
    """Read a filter from an address; what is not known is left out."""
    queue_name = given.get("queue", "open")
    names = ("status", "category", "region", "kind", "priority", "assigned")
    kept = {name: given[name][:64] for name in names if given.get(name)}
    return Narrowing(queue=queue_name if queue_name in QUEUES else "open", **kept)


def address_of(narrowing: Narrowing, **more: object) -> str:
    """Return the address of a filter's list."""
    values = {name: value for name, value in asdict(narrowing).items() if value} | more
    return f"{PREFIX}/cases?{urlencode(values)}"


def _choices(seat: Seat, known: tuple[CaseSummary, ...]) -> dict[str, list[tuple[str, str]]]:
    words, profile, language = seat.words, seat.services.profile, seat.words.language
    handlers = sorted({case.assigned_to for case in known if case.assigned_to})
    return {
        "status": [(status, words.say(f"status_{status}")) for status in CaseStatus],
        "category": [(it.id, it.words.in_language(language)) for it in profile.categories],
        "region": [(it.id, it.words.in_language(language)) for it in profile.regions],
        "kind": [(kind, words.say(f"kind_{kind}")) for kind in CaseKind],
        "priority": [(priority, words.say(f"priority_{priority}")) for priority in Priority],
        "assigned": [(name, name) for name in handlers],
    }


def _page_of(given: str, count: int) -> int:
    last = max(1, -(-count // PAGE))
    return min(max(1, int(given)), last) if given.isascii() and given.isdigit() and len(given) < 7 else 1


@router.post("/cases/filters")
async def save_filter(seat: Lister) -> Response:
    """Keep the filter shown under a name of the operator's own."""
    name = seat.typed("name", _LONGEST_NAME)
    if not name:
        raise Unfit("name")
    values = {key: seat.typed(key, 64) for key in asdict(Narrowing())}
    narrowing = narrowing_of({key: value for key, value in values.items() if value})
    preferences = await seat.parts.sessions.preferences(seat.name)
    filters: list[dict[str, Any]] = [it for it in preferences.get("filters", []) if it["name"] != name]
    filters = [*filters, {"name": name, "filter": asdict(narrowing)}][-MOST_FILTERS:]
    await seat.parts.sessions.keep_preferences(seat.name, preferences | {"filters": filters})
    return RedirectResponse(address_of(narrowing, done="filter_saved"), status_code=303)


@router.post("/cases/filters/forget")
async def forget_filter(seat: Lister) -> Response:
    preferences = await seat.parts.sessions.preferences(seat.name)
    left = [it for it in preferences.get("filters", []) if it["name"] != seat.typed("name", _LONGEST_NAME)]
    await seat.parts.sessions.keep_preferences(seat.name, preferences | {"filters": left})
    return go("/cases", done="filter_forgotten")


@router.get("/cases/go")
async def go_to_case(request: Request, seat: Annotated[Seat, needs(Act.SHOW)]) -> Response:
    """Open the case whose id begins with the digits typed."""
    digits = request.query_params.get("number", "").strip().lower()
    if len(digits) < SHORTEST_PREFIX:
        raise Unfit("number")
    rows = await find_cases(seat.services, seat.key, digits)
    if len(rows) != 1:
        raise NotThere
    return go(f"/cases/{rows[0].id.hex()}")
