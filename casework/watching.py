"""Watches: a person in a messenger asks to be told, without a word of content, that there is news.

The address is sealed to the office's key, in a row that names no case; the case's office part names the row. So it
opens only where an operator opens that very case, and a person's "forget me" finds it by a keyed hash of the chat.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from casework.case import Case, EntryKind, Part
from casework.case_life import Actor, Moment, append
from casework.errors import CaseworkError, NoCaseOpen
from casework.intake.questions import CHANNELS_THAT_WRITE
from casework.ports import OfficeKey, UnitOfWork
from casework.recusal import OFFICE
from casework.services import Services
from casework.turn import Turn, current_turn

KEPT = timedelta(days=180)
"""A watch ends by itself."""

SHORTEST_DELAY, LONGEST_DELAY = timedelta(minutes=10), timedelta(hours=3)
"""A ping leaves a random time after the operator's act, so that its time does not tell which act it was."""


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What was opened of one watch. `address` is the channel's own."""

    channel: str
    address: str
    language: str

    def __repr__(self) -> str:
        return "Watched(…)"


def can_watch() -> bool:
    """Tell whether this turn's channel can write first."""
    turn = current_turn.get()
    return turn is not None and turn.channel in CHANNELS_THAT_WRITE and bool(turn.address)


async def with_watch(services: Services, work: UnitOfWork, case: Case, language: str) -> tuple[Case, date | None]:
    """Return the case with a watch of this turn's chat, and its last day; None where nothing can be watched."""
    turn = current_turn.get()
    if turn is None or not can_watch() or case.row.recipient != OFFICE:
        return case, None
    today = services.clock.today()
    address = {"channel": turn.channel, "address": turn.address, "language": language}
    watch_id = await work.watches.put(turn.person, address, today + KEPT)
    moment = Moment(now=services.clock.now(), today=today)
    noted = append(
        case, kind=EntryKind.NOTE, part=Part.OFFICE, actor=Actor.REPORTER, at=moment, data={"watch": watch_id.hex()}
    )
    return noted, today + KEPT


async def watch(services: Services, language: str) -> date | None:
    """Watch the case that is open, or the one whose receipt still lives; return the last day.

    None where the channel cannot write first. Raises `NoCaseOpen`.
    """
    turn = current_turn.get()
    if turn is None or not can_watch():
        return None
    code = await _code_of(turn)
    case = await turn.work.cases.by_code(code) if code is not None else None
    if case is None:
        raise NoCaseOpen
    case, until = await with_watch(services, turn.work, case, language)
    turn.work.cases.save(case)
    return until


async def _code_of(turn: Turn) -> str | None:
    code = await turn.work.case_sessions.get(turn.person)
    if code is not None:
        return code
    receipt = await turn.work.receipts.get(turn.person)
    return receipt.code if receipt is not None else None


async def stop(services: Services) -> bool:
    """End all watches of this chat; return whether there were any."""
    turn = current_turn.get()
    if turn is None:
        return False
    count = await turn.work.watches.count_of(turn.person)
    turn.work.watches.drop_of(turn.person)
    return count > 0


async def watchers_of(work: UnitOfWork, case: Case, key: OfficeKey, today: date) -> list[Watched]:
    """Open the watches of a case that this operator has opened; what has ended or cannot be opened is left out."""
    found = []
    for watch_id in _watches(case):
        try:
            address = await work.watches.open(watch_id, key, today)
        except CaseworkError:
            continue
        if address is not None:
            found.append(Watched(**address))
    return found


async def ping(services: Services, watched: Watched) -> None:
    """Queue a ping."""
    if services.pinger is not None:
        await services.pinger.ping(watched.channel, watched.address, watched.language)


def is_news(before: Case, after: Case) -> bool:
    """Tell whether the office's act left something for the reporter to read."""
    return len(_told(after)) > len(_told(before))


def _told(case: Case) -> list[int]:
    return [entry.seq for entry in case.entries if entry.part is Part.SHARED and entry.author != "reporter"]


def _watches(case: Case) -> Iterable[bytes]:
    return [bytes.fromhex(e.data["watch"]) for e in case.entries if e.part is Part.OFFICE and "watch" in e.data]


def some_time_after(now: datetime) -> datetime:
    """Return when a ping leaves: a random time from now."""
    spread = int((LONGEST_DELAY - SHORTEST_DELAY).total_seconds())
    return now + SHORTEST_DELAY + timedelta(seconds=secrets.randbelow(spread))
