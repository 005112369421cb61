"""Coming in: passphrase and second factor; the first time, both are set up."""

import re
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from casework.errors import Conflict, LogInRefused
from console.errors import NotThere, Unfit
from console.options import PREFIX
from console.seat import HalfOpen, Seat, parts_of, words_of
from console.throttle import Crowded
from console.views import bare, go, page

router = APIRouter()
_ATTEMPTS = 4
_OWN_PATH = re.compile(rf"{PREFIX}(?:/[A-Za-z0-9_-]+)*/?")
_LONGEST_NAME, _LONGEST_PASSPHRASE = 64, 512


@router.get("/log-in")
async def show_log_in(request: Request) -> Response:
    secret = request.app.state.cookies.secret_of(request)
    if secret and await parts_of(request).sessions.find(secret) is not None:
        return go("")
    to, is_ended = _own_path(request.query_params.get("to", "")), "ended" in request.query_params
    return bare(request, "log_in.html", to=to, problem="", name="", ended=is_ended)


@router.post("/log-in")
async def log_in(request: Request) -> Response:
    """Check passphrase and code at once; which of them was wrong is not told."""
    form = await request.form(max_files=0, max_fields=10)
    name, passphrase, code, to = (str(form.get(field, "")) for field in ("name", "passphrase", "code", "to"))
    name = name.strip()[:_LONGEST_NAME]
    state, sessions = request.app.state, parts_of(request).sessions
    is_known = sessions.is_marked(name, state.cookies.mark_of(request))
    source = f"known {name}" if is_known else f"from {_address_of(request)}"
    try:
        with state.throttle.attempt(source, is_known=is_known):
            key = await _unlocked(request, name, passphrase[:_LONGEST_PASSPHRASE], code)
    except Crowded as crowded:
        if crowded.is_new:
            await parts_of(request).accounts.note_slowed_down(name)
        return _log_in_again(request, to, name, "slow", 429)
    except LogInRefused:
        state.throttle.failed(source)
        return _log_in_again(request, to, name, "wrong", 401)
    state.throttle.passed(source)
    return await _entered(request, key, to)


async def _unlocked(request: Request, name: str, passphrase: str, code: str) -> Any:
    parts = parts_of(request)
    for attempt in range(_ATTEMPTS):
        try:
            return await parts.accounts.log_in(name, passphrase, second=parts.factors.proof(code))
        except Conflict:
            if attempt + 1 == _ATTEMPTS:
                raise
    raise LogInRefused


def _log_in_again(request: Request, to: str, name: str, problem: str, status: int) -> Response:
    return bare(request, "log_in.html", status, to=_own_path(to), problem=problem, name=name, ended=False)


async def _entered(request: Request, key: Any, to: str) -> Response:
    """Give a fresh session; a cookie that was there before counts for nothing."""
    parts, cookies = parts_of(request), request.app.state.cookies
    if earlier := cookies.secret_of(request):
        await parts.sessions.end(earlier)
    stage = await _stage_of(request, key)
    secret = await parts.sessions.begin(key, stage)
    wanted = _own_path(to).removeprefix(PREFIX)
    response = go(wanted if stage == "open" else {"passphrase": "/passphrase", "enrol": "/second-factor"}[stage])
    cookies.enter(response, secret)
    if stage == "open":
        cookies.remember_browser(response, parts.sessions.device_mark(key.operator))
    return response


async def _stage_of(request: Request, key: Any) -> str:
    if key.must_set_password:
        return "passphrase"
    return "open" if await parts_of(request).factors.is_enrolled(key) else "enrol"


def _own_path(to: str) -> str:
    """Return a path of the desk's own, "" for anything else: an address of elsewhere is never gone to."""
    return to if _OWN_PATH.fullmatch(to) and "/log-" not in to else ""


def _address_of(request: Request) -> str:
    """Return where a request came from; of IPv6 the network, of which one person has very many addresses."""
    address = request.client.host if request.client else ""
    return ":".join(address.split(":")[:4]) if ":" in address else address


@router.get("/passphrase")
async def show_passphrase(request: Request, seat: HalfOpen) -> Response:
    _require_stage(seat, "passphrase")
    return page(request, seat, "passphrase.html", problem="")


@router.post("/passphrase")
async def set_passphrase(request: Request, seat: HalfOpen) -> Response:
    """Take the place of a one-time password; who is not granted the key yet waits outside."""
    _require_stage(seat, "passphrase")
    try:
        fresh = await new_passphrase(seat, seat.session.key)
    except Unfit as unfit:
        return page(request, seat, "passphrase.html", 422, problem=unfit.name)
    response = go("/second-factor")
    request.app.state.cookies.enter(response, await seat.parts.sessions.renew(seat.secret, fresh, "enrol"))
    return response


async def new_passphrase(seat: Seat, key: Any) -> Any:
    """Take the passphrase typed twice for the account of `key`; returns its new key. Raises `Unfit`."""
    raw = seat.form.get("passphrase") if seat.form else ""
    again = seat.form.get("again") if seat.form else ""
    if not isinstance(raw, str) or raw != again:
        raise Unfit("differ")
    if len(raw) > _LONGEST_PASSPHRASE:
        raise Unfit("long")
    try:
        return await seat.parts.accounts.set_password(key, raw)
    except Exception as error:
        names = {base.__name__ for base in type(error).__mro__}
        if "WeakPassphrase" in names:
            raise Unfit("weak") from error
        if "AccountRefused" in names:
            raise Unfit("same") from error
        raise


@router.get("/second-factor")
async def show_second_factor(request: Request, seat: HalfOpen) -> Response:
    _require_stage(seat, "enrol")
    return await _enrolment(request, seat, "")


async def _enrolment(request: Request, seat: Seat, problem: str) -> Response:
    secret = seat.session.pending
    if not secret:
        secret = seat.parts.factors.new_secret()
        await seat.parts.sessions.keep_pending(seat.secret, seat.session, secret)
    uri = seat.parts.factors.uri(secret, operator=seat.name, issuer=request.app.state.options.issuer)
    grouped = " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))
    status = 422 if problem else 200
    return page(request, seat, "second_factor.html", status, qr=_qr(uri), typed_secret=grouped, problem=problem)


@router.post("/second-factor")
async def enrol(request: Request, seat: HalfOpen) -> Response:
    """Keep the factor once its first code is right; the recovery codes are shown once, on this answer alone."""
    _require_stage(seat, "enrol")
    if not seat.session.pending:
        return go("/second-factor")
    codes = await seat.parts.factors.enrol(seat.session.key, seat.session.pending, seat.typed("code", 20))
    if codes is None:
        return await _enrolment(request, seat, "wrong_code")
    is_waiting = seat.operator.state != "active"
    response = page(request, seat, "recovery_codes.html", once=True, codes=codes, is_waiting=is_waiting)
    if is_waiting:
        await seat.parts.sessions.end(seat.secret)
        request.app.state.cookies.leave(response)
    else:
        secret = await seat.parts.sessions.renew(seat.secret, seat.session.key, "open")
        request.app.state.cookies.enter(response, secret)
        request.app.state.cookies.remember_browser(response, seat.parts.sessions.device_mark(seat.name))
    return response


def _require_stage(seat: Seat, stage: str) -> None:
    if seat.session.stage != stage:
        raise NotThere


def _qr(text: str) -> str:
    """Return a QR code as a PNG data URI."""
    import segno

    return str(segno.make(text, error="m").png_data_uri(scale=5, border=3))


@router.post("/log-out")
async def log_out(request: Request, seat: HalfOpen) -> Response:
    """End this session, or with `everywhere` all of this operator's."""
    if seat.typed("everywhere"):
        await seat.parts.sessions.end_all_of(seat.name)
    else:
        await seat.parts.sessions.end(seat.secret)
    request.app.state.indexes.drop(seat.secret)
    response = go("/log-in")
    request.app.state.cookies.leave(response)
    response.headers["clear-site-data"] = '"cache"'
    return response


@router.post("/language")
async def speak(request: Request) -> Response:
    """Choose the language; needs no session, changes nothing else."""
    form = await request.form(max_files=0, max_fields=5)
    chosen, back = str(form.get("language", "")), _own_path(str(form.get("to", "")))
    response = go(back.removeprefix(PREFIX) if back else "")
    if words_of(request).has(f"language_{chosen}") and chosen in ("zh", "en"):
        request.app.state.cookies.speak(response, chosen)
    return response
