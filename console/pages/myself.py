"""An operator's own account: passphrase, second factor, sessions."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from casework.errors import LogInRefused
from console.errors import Unfit
from console.pages.log_in import new_passphrase
from console.seat import Anyone, Seat
from console.throttle import Crowded
from console.views import go, page

router = APIRouter()


@router.get("/me")
async def show_myself(request: Request, seat: Anyone) -> Response:
    return page(request, seat, "me.html", problem="")


@router.post("/me/passphrase")
async def change_passphrase(request: Request, seat: Anyone) -> Response:
    """Choose another passphrase: the present one and a fresh code are asked, all other sessions end."""
    try:
        fresh = await _changed(request, seat)
    except Unfit as unfit:
        return page(request, seat, "me.html", 422, problem=unfit.name)
    await seat.parts.factors.rebind(seat.session.key, fresh)
    await seat.parts.sessions.end_all_of(seat.name, but=seat.secret)
    secret = await seat.parts.sessions.renew(seat.secret, fresh, "open")
    request.app.state.indexes.drop(seat.secret)
    response = go("/me", done="passphrase_changed")
    request.app.state.cookies.enter(response, secret)
    return response


async def _changed(request: Request, seat: Seat) -> Any:
    present = seat.form.get("present", "") if seat.form else ""
    proof = seat.parts.factors.proof(seat.typed("code", 20))
    source = f"self {seat.name}"
    try:
        with request.app.state.throttle.attempt(source, is_known=True):
            key = await seat.parts.accounts.log_in(seat.name, str(present)[:512], second=proof)
    except (LogInRefused, Crowded) as error:
        request.app.state.throttle.failed(source)
        raise Unfit("present") from error
    return await new_passphrase(seat, key)
