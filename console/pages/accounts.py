"""Operators' accounts: added, granted the key, reset, disabled, declared for recusal."""

from typing import Annotated

from fastapi import APIRouter, Request
from starlette.responses import Response

from casework.permissions import Act, Role
from console.errors import NotThere, Unfit
from console.seat import Seat, needs
from console.views import go, page

router = APIRouter()
Keeper = Annotated[Seat, needs(Act.MANAGE_ACCOUNTS)]
Granter = Annotated[Seat, needs(Act.GRANT_KEY)]
_LONGEST = 200


@router.get("/accounts")
async def show_accounts(request: Request, seat: Keeper) -> Response:
    return await _accounts(request, seat)


async def _accounts(request: Request, seat: Seat, *, new: tuple[str, str] | None = None, why: str = "") -> Response:
    async with seat.services.work() as work:
        operators = await work.operators.all()
    order = {"pending": 0, "active": 1, "disabled": 2}
    operators.sort(key=lambda it: (order.get(it.state, 3), it.name))
    return page(request, seat, "accounts.html", operators=operators, roles=list(Role), new=new, why=why, once=bool(new))


@router.post("/accounts")
async def add_account(request: Request, seat: Keeper) -> Response:
    """Make a pending account; its one-time password is shown on this answer alone."""
    name, role = seat.typed("name", 40), seat.typed("role")
    if not name or role not in set(Role):
        raise Unfit("account")
    names = _names(seat.typed("declared", _LONGEST))
    password = await seat.parts.accounts.add(
        seat.session.key, name, role, unit=seat.typed("unit", _LONGEST), declared_names=names
    )
    return await _accounts(request, seat, new=(name, password), why="added")


def _names(typed: str) -> tuple[str, ...]:
    parts = typed.replace("，", ",").replace("、", ",").split(",")
    return tuple(part.strip() for part in parts if part.strip())


@router.post("/accounts/{name}/grant")
async def grant(seat: Granter, name: str) -> Response:
    await seat.parts.accounts.grant(seat.session.key, await _known(seat, name))
    return go("/accounts", done="granted")


@router.post("/accounts/{name}/reset")
async def reset(request: Request, seat: Keeper, name: str) -> Response:
    """Give a new one-time password; all sessions of the account end."""
    password = await seat.parts.accounts.reset(seat.session.key, await _known(seat, name))
    await seat.parts.sessions.end_all_of(name)
    return await _accounts(request, seat, new=(name, password), why="reset")


@router.post("/accounts/{name}/disable")
async def disable(seat: Keeper, name: str) -> Response:
    await seat.parts.accounts.disable(seat.session.key, await _known(seat, name))
    await seat.parts.sessions.end_all_of(name)
    return go("/accounts", done="disabled")


@router.post("/accounts/{name}/declare")
async def declare(seat: Keeper, name: str) -> Response:
    known = await _known(seat, name)
    names = _names(seat.typed("declared", _LONGEST))
    await seat.parts.accounts.declare(seat.session.key, known, unit=seat.typed("unit", _LONGEST), declared_names=names)
    return go("/accounts", done="declared")


async def _known(seat: Seat, name: str) -> str:
    async with seat.services.work() as work:
        operator = await work.operators.get(name)
    if operator is None:
        raise NotThere
    return operator.name
