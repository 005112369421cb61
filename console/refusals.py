"""What went wrong, as a page: expected failures in their own words, all others without a word of what they held."""

from typing import Any

import structlog
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from casework.errors import (
    CaseUnknown,
    CaseUnreadable,
    CodeUnknown,
    Conflict,
    IntakeClosed,
    NothingToPublish,
    NotPermitted,
    ProposalMissing,
    ReasonRequired,
    Recused,
    ReportOnHead,
    TransitionRefused,
)
from casework.handing_off import NoSuchQuestion, PersonGone
from casework.handoff import MoveRefused
from console.errors import ForeignForm, LoggedOut, NotThere, StageOpen, Unfit
from console.options import PREFIX
from console.seat import without_form, words_of
from console.views import bare, go, page, page_of

_log = structlog.get_logger(__name__)

_STATUS: dict[str, int] = {
    "Recused": 404,
    "CaseUnknown": 404,
    "NotThere": 404,
    "CaseUnreadable": 409,
    "CodeUnknown": 409,
    "Conflict": 409,
    "MoveRefused": 409,
    "PersonGone": 409,
    "NoSuchQuestion": 409,
    "ForeignForm": 403,
    "NotPermitted": 403,
    "ReasonRequired": 422,
    "TransitionRefused": 409,
    "ProposalMissing": 409,
    "NothingToPublish": 409,
    "IntakeClosed": 409,
    "ReportOnHead": 409,
    "Unfit": 422,
    "WeakPassphrase": 422,
    "LastKeyHolder": 409,
    "AccountRefused": 409,
    "PasswordMustChange": 403,
    "KeyNotGranted": 409,
    "TrailBroken": 500,
}
"""By name: those of storage are known by their names alone. Whoever is recused sees what is not there."""

_HANDLED: tuple[type[Exception], ...] = (
    RequestValidationError,
    HTTPException,
    LoggedOut,
    StageOpen,
    ForeignForm,
    NotThere,
    Unfit,
    NotPermitted,
    Recused,
    CaseUnknown,
    CaseUnreadable,
    CodeUnknown,
    Conflict,
    MoveRefused,
    PersonGone,
    NoSuchQuestion,
    ReasonRequired,
    TransitionRefused,
    ProposalMissing,
    NothingToPublish,
    IntakeClosed,
    ReportOnHead,
    Exception,
)


def handled() -> tuple[type[Exception], ...]:
    """Return the classes that `answer` is to be registered for."""
    return _HANDLED


async def answer(request: Request, error: Exception) -> Response:
    """Answer any error; what nobody foresaw is logged by its class alone."""
    if isinstance(error, LoggedOut):
        return _to_log_in(request)
    if isinstance(error, StageOpen):
        return go(error.where.removeprefix(PREFIX))
    name, status = _name_of(error)
    if status == 500:
        _log.error("desk.request_failed", error=type(error).__name__)
    if request.url.path.startswith(f"{PREFIX}/live"):
        return JSONResponse({"error": name}, status_code=status)
    return await _told(request, name, status, error)


def _name_of(error: Exception) -> tuple[str, int]:
    if isinstance(error, HTTPException):
        return ("NotThere" if error.status_code in (404, 405) else "Fault"), error.status_code
    if isinstance(error, RequestValidationError):
        return "NotThere", 404
    known = (base.__name__ for base in type(error).__mro__)
    name = next((name for name in known if name in _STATUS), "Fault")
    return ("NotThere" if _STATUS.get(name) == 404 else name), _STATUS.get(name, 500)


def _to_log_in(request: Request) -> Response:
    """Send to the log-in page, which leads back to one of our own pages, by its path alone; tell a script so."""
    if _asks_a_script(request):
        return JSONResponse({"error": "LoggedOut"}, status_code=401)
    wanted = page_of(request)
    asked = [f"to={wanted}"] if wanted not in (PREFIX, f"{PREFIX}/") else []
    asked += ["ended=1"] if request.app.state.cookies.secret_of(request) else []
    response = go("/log-in" + ("?" + "&".join(asked) if asked else ""))
    request.app.state.cookies.leave(response)
    return response


def _asks_a_script(request: Request) -> bool:
    is_stream = request.headers.get("accept", "").startswith("text/event-stream")
    return is_stream or "x-live" in request.headers or request.url.path in (f"{PREFIX}/live", f"{PREFIX}/awake")


async def _told(request: Request, name: str, status: int, error: Exception) -> Response:
    words = words_of(request)
    text = words.find(f"refused_{name}") or words.say("refused_Fault")
    if isinstance(error, Unfit):
        text = words.find(f"unfit_{error.name}", text)
    what = getattr(error, "what", "")
    detail = words.find(f"need_{what}") if what else words.find(f"why_{_slug(getattr(error, 'why', ''))}")
    is_again = name == "Conflict" or (request.method == "POST" and (status in (409, 422) or name == "ForeignForm"))
    values: dict[str, Any] = {"text": text, "detail": detail, "code": status, "again": is_again}
    try:
        seat = await without_form(request)
    except Exception:  # a refusal is told also when the session itself cannot be read
        seat = None
    if seat is not None and seat.session.stage == "open":
        return page(request, seat, "error.html", status, **values)
    return bare(request, "error.html", status, **values)


def _slug(text: str) -> str:
    return "".join(symbol if symbol.isalnum() else "_" for symbol in text)
