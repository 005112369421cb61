"""Who sits at the desk: the session behind the cookie, checked before every page, and what the page may need of it."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.datastructures import FormData

from casework import permissions
from casework.admission import Recorder
from casework.permissions import Act
from casework.ports import OfficeKey, Operator
from casework.queues import CaseIndex
from casework.services import Services
from console.errors import ForeignForm, LoggedOut, StageOpen
from console.options import PREFIX
from console.ports import DeskParts, Session
from console.words import Words

STAGES = {"passphrase": f"{PREFIX}/passphrase", "enrol": f"{PREFIX}/second-factor"}
"""Where a session must go before it is open."""


@dataclass(frozen=True, kw_only=True)
class Seat:
    """One operator at one request. `form` is what a POST brought, its token checked."""

    parts: DeskParts = field(repr=False)
    session: Session = field(repr=False)
    secret: str = field(repr=False)
    operator: Operator
    words: Words = field(repr=False)
    index: CaseIndex = field(repr=False)
    form: FormData | None = field(default=None, repr=False)

    @property
    def services(self) -> Services:
        return self.parts.services

    @property
    def key(self) -> OfficeKey:
        key: OfficeKey = self.session.key
        return key

    @property
    def name(self) -> str:
        return self.operator.name

    def may(self, act: Act) -> bool:
        return permissions.may(self.operator, act)

    def typed(self, name: str, most: int = 10_000) -> str:
        """Return a field of the form as text, line ends made one; "" when it is missing or no text."""
        value = self.form.get(name) if self.form is not None else None
        return value.replace("\r\n", "\n").strip()[:most] if isinstance(value, str) else ""


def parts_of(request: Request) -> DeskParts:
    parts: DeskParts = request.app.state.parts
    return parts


def words_of(request: Request) -> Words:
    """Return the words of the language that this browser chose or prefers."""
    state = request.app.state
    language = state.cookies.language_of(request, state.options.default_language)
    return Words.of(language, parts_of(request).services.profile.zone)


async def half_open(request: Request) -> Seat:
    """Return the seat of a session, whatever its stage. Raises `LoggedOut`, `ForeignForm`."""
    seat = await without_form(request)
    return replace(seat, form=await _form_of(request, seat.session)) if request.method == "POST" else seat


async def without_form(request: Request) -> Seat:
    """Return the seat behind the cookie, a form not read. Raises `LoggedOut`."""
    parts, secret = parts_of(request), request.app.state.cookies.secret_of(request)
    is_by_itself = "x-live" in request.headers and request.method == "GET"  # whoever sends words is there
    session = await parts.sessions.find(secret, touches=not is_by_itself) if secret else None
    if secret is None or session is None:
        raise LoggedOut
    async with parts.services.work() as work:
        operator = await work.operators.get(session.operator)
    if operator is None:
        raise LoggedOut
    return Seat(
        parts=parts,
        session=session,
        secret=secret,
        operator=operator,
        words=words_of(request),
        index=request.app.state.indexes.of(secret),
    )


async def seated(request: Request) -> Seat:
    """Return the seat of an open session. Raises `StageOpen` when something is to be set up first."""
    seat = await half_open(request)
    if seat.session.stage != "open":
        raise StageOpen(STAGES[seat.session.stage])
    return seat


async def _form_of(request: Request, session: Session) -> FormData:
    form = await request.form(max_files=0, max_fields=200)
    token = form.get("csrf") or request.headers.get("x-csrf", "")
    if not isinstance(token, str) or not hmac.compare_digest(token.encode(), session.csrf.encode()):
        raise ForeignForm
    return form


class Needs:
    """A page's guard: an open session whose role allows the act. The generated tests walk these."""

    def __init__(self, act: Act | None) -> None:
        self.act = act

    async def __call__(self, request: Request) -> Seat:
        seat = await seated(request)
        if self.act is not None and not seat.may(self.act):
            await _refuse(seat, self.act)
        return seat


async def _refuse(seat: Seat, act: Act) -> None:
    """Record the refusal. Raises `NotPermitted`."""
    async with seat.services.work() as work:
        await Recorder(seat.services, work, seat.name).require(seat.operator, act)


def needs(act: Act) -> Any:
    """Return the annotation's dependency: `seat: Annotated[Seat, needs(Act.LIST)]`."""
    return Depends(Needs(act))


Anyone = Annotated[Seat, Depends(Needs(None))]
"""Any operator with an open session."""

HalfOpen = Annotated[Seat, Depends(half_open)]

Handler = Callable[..., Awaitable[Any]]
