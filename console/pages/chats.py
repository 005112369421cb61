"""Conversations that were handed off: the queue, one conversation, and what is live."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Request
from starlette.responses import Response, StreamingResponse

from casework import handing_off
from casework.errors import Conflict
from casework.handing_off import Handoff, NoSuchQuestion, OpenedHandoff, PersonGone, Said, Speaker
from casework.handoff import Move, MoveRefused, Owner, moves
from casework.intake.questions import SUGGESTIBLE
from casework.permissions import Act
from console.canned import canned_replies
from console.errors import NotThere, Unfit
from console.live import READ, TYPING, Sign
from console.seat import Seat, needs
from console.views import go, page
from console.words import Words

router = APIRouter()
Talker = Annotated[Seat, needs(Act.CHAT)]
T = TypeVar("T")
_ATTEMPTS = 5
_ID_DIGITS = 32
_LONGEST = 3_000
MOST_SHOWN = 50
"""Conversations of a group that a list shows; how many more there are is said."""
_SNOOZES = (15, 60, 240)


def handoff_id_of(digits: str) -> bytes:
    """Read an id from an address. Raises `NotThere`."""
    if len(digits) != _ID_DIGITS or not set(digits) <= set("0123456789abcdef"):
        raise NotThere
    return bytes.fromhex(digits)


@router.get("/chats")
async def show_chats(request: Request, seat: Talker) -> Response:
    return await _chats(request, seat, None, "chats.html")


@router.get("/chats/list")
async def show_list(request: Request, seat: Talker) -> Response:
    """Return the list alone, for an open page."""
    return await _chats(request, seat, None, "chatlist.html", at=request.query_params.get("at", ""))


@router.get("/chats/{chat}")
async def show_chat(request: Request, seat: Talker, chat: str) -> Response:
    opened = await _opened(seat, chat)
    return await _chats(request, seat, opened, "chats.html", at=chat)


@router.get("/chats/{chat}/lines")
async def show_lines(request: Request, seat: Talker, chat: str) -> Response:
    """Return the transcript alone, for an open page."""
    opened = await _opened(seat, chat)
    return page(request, seat, "chatlines.html", opened=opened, lines=_lines(seat, opened), question=_question(opened))


async def _opened(seat: Seat, chat: str) -> OpenedHandoff:
    """Open a conversation; the reporter is shown that their operator has read what was new."""
    opened = await _anew(partial(handing_off.open_handoff, seat.services, seat.key, handoff_id_of(chat)))
    if opened.has_news:
        await seat.parts.talks.sign(seat.key, opened.handoff.id, READ)
    return opened


async def _anew(do: Callable[[], Awaitable[T]]) -> T:
    """Do it, and again when the reporter or a colleague wrote in that moment."""
    for _ in range(_ATTEMPTS - 1):
        with suppress(Conflict):
            return await do()
    return await do()


async def _chats(
    request: Request, seat: Seat, opened: OpenedHandoff | None, template: str, *, at: str = "", **more: Any
) -> Response:
    status = more.pop("status", 200)
    found = await handing_off.queue(seat.services, seat.key)
    groups: tuple[tuple[str, list[Handoff]], ...] = (
        ("mine", [it for it in found if it.owner == seat.name]),
        ("waiting", [it for it in found if it.state is Owner.WAITING]),
        ("others", [it for it in found if it.owner and it.owner != seat.name]),
    )
    values: dict[str, Any] = {
        "groups": groups,
        "most": MOST_SHOWN,
        "at": at,
        "opened": opened,
        "lines": _lines(seat, opened) if opened else (),
        "moves": moves(opened.handoff.state, is_owner=opened.is_mine) if opened else frozenset(),
        "question": _question(opened) if opened else "",
        "canned": canned_replies(seat.services.profile, opened.handoff.language) if opened else (),
        "snoozes": _SNOOZES,
        "is_open": handing_off.is_open(seat.services.profile, seat.services.clock.now()),
        "number": _number,
        "longest": _LONGEST,
        "Move": Move,
        "typed_text": "",
        "problem": "",
    }
    return page(request, seat, template, status, **values | more)


def _question(opened: OpenedHandoff) -> str:
    """Return the question that the bot asks, where an answer to it may be suggested."""
    asked = [line.text for line in opened.lines if line.speaker is Speaker.SYSTEM and line.text.startswith("question ")]
    question = asked[-1].removeprefix("question ") if asked else ""
    return question if question in SUGGESTIBLE and opened.is_mine and opened.handoff.is_live else ""


def _number(handoff: Handoff) -> str:
    """Name a conversation by the first digits of its id; nothing of the reporter is known here."""
    return handoff.id.hex()[:4].upper()


def _lines(seat: Seat, opened: OpenedHandoff) -> list[tuple[Said, str]]:
    return [(line, _text_of(seat, line)) for line in opened.lines]


def _text_of(seat: Seat, line: Said) -> str:
    """Return a line as it is shown; a line of the system names words of ours."""
    if line.speaker in handing_off.ANSWERS:
        return "\n".join(_labelled(seat, row) for row in line.text.split("\n"))
    if line.speaker is not Speaker.SYSTEM:
        return line.text
    name, _, rest = line.text.partition(" ")
    slot = (seat.words.find(f"question_{rest}") or seat.words.find(f"field_{rest}", rest)) if rest else ""
    return seat.words.say(f"chat_did_{name}", name=line.by, question=slot)


def _labelled(seat: Seat, row: str) -> str:
    """Name the field of a draft's line in the operator's words."""
    name, parted, rest = row.partition(": ")
    known = (seat.words.find(f"question_{name}") or seat.words.find(f"field_{name}")) if parted else ""
    return seat.words.pair(known, rest) if known else row


@router.post("/chats/{chat}/say")
async def say(request: Request, seat: Talker, chat: str) -> Response:
    """Answer the reporter; refused, and shown again, when the conversation is not this operator's any more."""
    handoff_id, text = handoff_id_of(chat), seat.typed("text", _LONGEST)
    if not text:
        raise Unfit("text")
    return await _sent(request, seat, chat, seat.parts.talks.say(seat.key, handoff_id, text))


@router.post("/chats/{chat}/suggest")
async def suggest(request: Request, seat: Talker, chat: str) -> Response:
    """Suggest an answer to the bot's question: it counts only when the reporter says so."""
    handoff_id, text, question = handoff_id_of(chat), seat.typed("text", _LONGEST), seat.typed("question", 40)
    if not text:
        raise Unfit("text")
    opened = await handing_off.open_handoff(seat.services, seat.key, handoff_id)
    reporters = Words.of(opened.handoff.language, seat.services.profile.zone)
    asked = reporters.find(f"question_{question}")
    return await _sent(request, seat, chat, seat.parts.talks.suggest(seat.key, handoff_id, question, asked, text))


@router.post("/chats/{chat}/note")
async def note(request: Request, seat: Talker, chat: str) -> Response:
    handoff_id, text = handoff_id_of(chat), seat.typed("text", _LONGEST)
    if not text:
        raise Unfit("text")
    await _anew(partial(handing_off.note, seat.services, seat.key, handoff_id, text))
    return await _after(request, seat, chat)


@router.post("/chats/{chat}/typing")
async def typing(seat: Talker, chat: str) -> Response:
    """Show the reporter that their operator types."""
    await seat.parts.talks.sign(seat.key, handoff_id_of(chat), TYPING)
    return Response(status_code=204)


@router.post("/chats/{chat}/move")
async def move(request: Request, seat: Talker, chat: str) -> Response:
    """Claim, transfer, snooze, wake, hand back or close."""
    handoff_id, wanted = handoff_id_of(chat), seat.typed("move")
    if wanted not in set(Move) - {Move.ASK}:
        raise NotThere
    if wanted == Move.SNOOZE:
        minutes = seat.typed("minutes", 4)
        rest = int(minutes) if minutes.isascii() and minutes.isdigit() else 60
        await _anew(partial(handing_off.snooze, seat.services, seat.key, handoff_id, rest))
    elif wanted == Move.WAKE:
        await _anew(partial(handing_off.wake, seat.services, seat.key, handoff_id))
    else:
        await seat.parts.talks.move(seat.key, handoff_id, Move(wanted))
    is_over = wanted in (Move.HAND_BACK, Move.CLOSE, Move.TRANSFER)
    return go("/chats", done=f"chat_{wanted}") if is_over else go(f"/chats/{chat}", done=f"chat_{wanted}")


async def _sent(request: Request, seat: Seat, chat: str, sending: Awaitable[None]) -> Response:
    """Wait for words to be sent; when they cannot be, they stand in the page's box again."""
    try:
        await sending
    except (MoveRefused, PersonGone, NoSuchQuestion) as refused:
        if "x-live" in request.headers:
            raise
        opened = await _opened(seat, chat)
        kept = {"typed_text": seat.typed("text", _LONGEST), "problem": type(refused).__name__, "status": 409}
        return await _chats(request, seat, opened, "chats.html", at=chat, **kept)
    return await _after(request, seat, chat)


async def _after(request: Request, seat: Seat, chat: str) -> Response:
    """An open page gets the transcript, any other is led back to the conversation."""
    if "x-live" in request.headers:
        return await show_lines(request, seat, chat)
    return go(f"/chats/{chat}")


@router.get("/live")
async def live(request: Request, seat: Talker) -> StreamingResponse:
    """Tell an open page what changed: how many wait, and the versions of the conversations."""
    return StreamingResponse(_events(request, seat), media_type="text/event-stream")


async def _events(request: Request, seat: Seat) -> AsyncIterator[bytes]:
    yield b"retry: 2000\n\n"
    async for change in request.app.state.watch.changes():
        if change is None:
            if await seat.parts.sessions.find(seat.secret, touches=False) is None:
                yield b"event: ended\ndata: {}\n\n"
                return
            yield b": beat\n\n"
            continue
        if isinstance(change, Sign):
            yield f"event: sign\ndata: {json.dumps([change.what, change.chat])}\n\n".encode()
        else:
            yield f"data: {change.as_json(seat.name)}\n\n".encode()
