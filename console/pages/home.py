"""Where the desk begins for each role, and its keys."""

from fastapi import APIRouter, Request
from starlette.responses import JSONResponse, Response

from casework.permissions import Act
from console.seat import Anyone
from console.views import go, page

router = APIRouter()
_FIRST = ((Act.SEARCH, "/cases"), (Act.LIST, "/cases"), (Act.MANAGE_ACCOUNTS, "/accounts"), (Act.READ_TRAIL, "/trail"))


@router.get("")
@router.get("/")
async def home(seat: Anyone) -> Response:
    """Go to what this role works with first."""
    return go(next((path for act, path in _FIRST if seat.may(act)), "/about/permissions"))


@router.get("/awake")
async def awake(seat: Anyone) -> Response:
    """Tell an open page whose session this is and its forms' token; asked while somebody types, it prolongs it."""
    return JSONResponse({"name": seat.name, "csrf": seat.session.csrf})


@router.get("/keys")
async def keys(request: Request, seat: Anyone) -> Response:
    """List the keys that work without a mouse."""
    return page(request, seat, "keys.html")
