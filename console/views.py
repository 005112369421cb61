"""Pages drawn from templates: what every page shows beside its own content."""

import re
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
_PAGE = re.compile(
    rf"{PREFIX}/(?:cases/[0-9a-f]{{32}}(?:/files/[A-Za-z0-9_-]+)?|chats/[0-9a-f]{{32}}|reports/new|second-factor"
    r"|(?:cases|chats|accounts|me|search|trail|passphrase|log-in)(?=/|$))"
)
"""Pages whose forms are sent to addresses below them."""


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
    language = words_of(request).language
    return {"path": page_of(request), "options": request.app.state.options, "language": language, "once": False}


def page_of(request: Request) -> str:
    """Return the address of the page that a request belongs to: the address of a form alone shows nothing."""
    if request.method != "POST":
        return request.url.path
    found = _PAGE.match(request.url.path)
    return found[0] if found else f"{PREFIX}/"


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
