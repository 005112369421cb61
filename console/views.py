"""Pages drawn from templates: what every page shows beside its own content."""

from pathlib import Path
from typing import Any

from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, RedirectResponse, Response

from casework.case import CaseRow
from casework.permissions import Act
from console.options import PREFIX
from console.seat import Seat, words_of

TEMPLATES = Path(__file__).with_name("templates")
SHOWN_DIGITS = 8


def environment() -> Environment:
    """Return the templates' environment; whatever a page shows is escaped."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    templates.globals.update(root=PREFIX, Act=Act, short=short)
    return templates


def short(case_id: bytes) -> str:
    """Return the first digits of a case's id."""
    return case_id.hex()[:SHOWN_DIGITS]


def page(request: Request, seat: Seat, template: str, status: int = 200, **values: Any) -> Response:
    """Draw a page for a seated operator. `done` in the address names what has just been done."""
    done = request.query_params.get("done", "")
    told = f"done_{done}" if done.isidentifier() and seat.words.has(f"done_{done}") else ""
    profile = seat.services.profile
    shown: dict[str, Any] = {
        "seat": seat,
        "may": seat.may,
        "csrf": seat.session.csrf,
        "profile": profile,
        "today": seat.services.clock.today(),
        "now": seat.services.clock.now(),
        "told": told,
        "category": lambda row: _category(seat, row),
        "region": lambda region_id: _region(seat, region_id),
    }
    shown |= _common(request) | {"_": seat.words.say, "words": seat.words}
    return _drawn(request, template, status, shown | values)


def bare(request: Request, template: str, status: int = 200, **values: Any) -> Response:
    """Draw a page for somebody who is not logged in."""
    words = words_of(request)
    return _drawn(request, template, status, {"seat": None, "_": words.say, "words": words} | _common(request) | values)


def _common(request: Request) -> dict[str, Any]:
    return {"path": request.url.path, "options": request.app.state.options, "language": words_of(request).language}


def _drawn(request: Request, template: str, status: int, values: dict[str, Any]) -> Response:
    drawn = request.app.state.templates.get_template(template).render(values)
    return HTMLResponse(drawn, status_code=status)


def go(path: str, *, done: str = "") -> Response:
    """Answer a POST: see another page of the desk."""
    return RedirectResponse(f"{PREFIX}{path}" + (f"?done={done}" if done else ""), status_code=303)


def _category(seat: Seat, row: CaseRow) -> str:
    category = seat.services.profile.category(row.category)
    return category.words.in_language(seat.words.language) if category else row.category


def _region(seat: Seat, region_id: str) -> str:
    region = seat.services.profile.region(region_id)
    return region.words.in_language(seat.words.language) if region else "–"
