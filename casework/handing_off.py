"""Conversations with a person: asked for, claimed by one, spoken in, given back. Who owns them says `casework.handoff`.

What is said from the hand-off on is sealed to the office under a key of that hand-off; neither a case nor a person's
key stands beside it. Every check of ownership stands in the same commit as what it allows.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple, Protocol

from casework.admission import Recorder, operator_of
from casework.deadlines import calendar_of
from casework.errors import CaseworkError
from casework.handoff import HELD, LIVE, By, Move, MoveRefused, Owner, Why, moved, waits_too_long
from casework.intake.questions import SUGGESTIBLE
from casework.permissions import Act
from casework.ports import OfficeKey, Operator, UnitOfWork
from casework.profile import Profile
from casework.services import Services
from casework.turn import current_turn, unit_of_work

STARS = range(1, 6)
QUIET_HOURS = 24


class Speaker(StrEnum):
    """Who a line of the transcript is of. A note and a suggestion never reach the reporter by themselves."""

    REPORTER = "reporter"
    OFFICE = "office"
    NOTE = "note"
    SYSTEM = "system"
    DRAFT = "draft"
    """What the reporter let the person see of their draft."""
    SUGGESTION = "suggestion"
    """An answer to the bot's question that the office suggests: the question's name, a colon, the answer."""


ANSWERS = frozenset({Speaker.DRAFT, Speaker.SUGGESTION})
"""Lines that hold answers to the form: they are cut out when the hand-off ends."""


@dataclass(frozen=True, kw_only=True)
class Said:
    """One line. `by` is an operator's name, for the office alone; of a line of the system `text` names our words."""

    speaker: Speaker
    text: str = field(repr=False)
    at: datetime
    by: str = ""
    seq: int = 0


@dataclass(frozen=True, kw_only=True)
class Way:
    """How the reporter is reached while the hand-off is open."""

    channel: str
    address: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Handoff:
    """One hand-off, its clear columns. `version` is compared at every change."""

    id: bytes
    version: int = 0
    state: Owner
    owner: str = ""
    channel: str
    language: str
    reason: Why
    asked_at: datetime
    claimed_at: datetime | None = None
    last_at: datetime
    snoozed_until: datetime | None = None
    ended_at: datetime | None = None
    unread: int = 0
    alerted: bool = False
    rating: int | None = None
    expires_at: datetime

    @property
    def is_live(self) -> bool:
        return self.state in LIVE


class Glance(NamedTuple):
    """What is looked at again and again of a live hand-off."""

    id: bytes
    version: int
    state: Owner
    owner: str
    unread: int
    alerted: bool


class HandoffStore(Protocol):
    """Hand-offs, sealed; part of the unit of work as `handoffs`."""

    def begin(self, handoff: Handoff, way: Way, lines: Sequence[Said]) -> None: ...

    async def get(self, handoff_id: bytes) -> Handoff | None: ...

    async def live(self) -> list[Handoff]:
        """Return what is not ended: waiting first, the longest wait first."""

    async def glances(self) -> list[Glance]:
        """Return of all live ones what an open page must know, in no order."""

    async def ended(self, limit: int) -> list[Handoff]: ...

    def change(self, handoff: Handoff, lines: Sequence[Said] = ()) -> None:
        """Write at commit when the stored version is the hand-off's, then +1; else `Conflict`. Ended: the way goes."""

    async def lines(self, handoff: Handoff, key: OfficeKey) -> list[Said]:
        """Open the transcript, oldest first."""

    async def way(self, handoff_id: bytes) -> Way | None:
        """Return how to reach the reporter; None when that is over."""

    async def drop_expired(self, now: datetime) -> int: ...


class NoSuchQuestion(CaseworkError):
    """The bot does not ask this question now, or nobody but the reporter may think of an answer to it."""


class PersonGone(CaseworkError):
    """The reporter's conversation is over: nobody is there to hear it."""


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What the reporter is told when they wait: `position` counts from 1."""

    handoff_id: bytes
    position: int


def is_open(profile: Profile, now: datetime) -> bool:
    """Whether people answer now: a working day, within the office's hours."""
    local = now.astimezone(profile.zone)
    hours = profile.office_hours
    return calendar_of(profile).is_working_day(local.date()) and hours.opens <= local.time() < hours.closes


def opens_next(profile: Profile, now: datetime) -> datetime:
    """Return when people answer next, in the city's zone."""
    local = now.astimezone(profile.zone)
    day = local.date()
    if not calendar_of(profile).is_working_day(day) or local.time() >= profile.office_hours.opens:
        day = calendar_of(profile).add(day, 1)
    return datetime.combine(day, _plain(profile.office_hours.opens), tzinfo=profile.zone)


def _plain(hour: time) -> time:
    return hour.replace(tzinfo=None)


# The reporter's side; within a turn.


async def ask(services: Services, *, language: str, reason: Why, draft: str = "", question: str = "") -> Waiting:
    """Put the conversation of this turn into the queue.

    `draft` is what the reporter lets the person see of theirs, `question` the slot that the bot was asking for.
    """
    turn = current_turn.get()
    if turn is None:
        raise RuntimeError("a hand-off needs a turn: the conversation belongs to its person")
    now, store = services.clock.now(), turn.work.handoffs
    handoff = Handoff(
        id=secrets.token_bytes(16),
        state=moved(Owner.BOT, Move.ASK, By.REPORTER),
        channel=turn.channel,
        language=language,
        reason=reason,
        asked_at=now,
        last_at=now,
        expires_at=now + timedelta(days=services.profile.retention.handoff_days),
    )
    lines = [Said(speaker=Speaker.SYSTEM, text=f"question {question}", at=now)] if question else []
    lines += [Said(speaker=Speaker.DRAFT, text=draft, at=now)] if draft else []
    store.begin(handoff, Way(channel=turn.channel, address=turn.address), lines)
    turn.handoff = handoff.id
    if services.team is not None:
        services.team.point(turn.work, "emergency" if reason is Why.EMERGENCY else "waiting")
    waiting = [other for other in await store.live() if other.state is Owner.WAITING]
    return Waiting(handoff_id=handoff.id, position=len(waiting) + 1)


async def hear(work: UnitOfWork, handoff_id: bytes, text: str, now: datetime) -> Handoff | None:
    """Take the reporter's words into the transcript; None when the conversation is the bot's again."""
    handoff = await work.handoffs.get(handoff_id)
    if handoff is None or not handoff.is_live:
        return None
    state = Owner.HUMAN if handoff.state is Owner.SNOOZED else handoff.state
    changed = replace(handoff, state=state, last_at=now, unread=handoff.unread + 1, snoozed_until=None)
    work.handoffs.change(changed, [Said(speaker=Speaker.REPORTER, text=text, at=now)])
    return changed


async def confirm(
    work: UnitOfWork, handoff_id: bytes, decided: "Decided", now: datetime, *, title: str = ""
) -> Handoff | None:
    """Note what the reporter made of a suggestion, and what the bot asks next; None when the conversation is the bot's.

    `title` is the button they pressed.
    """
    handoff = await work.handoffs.get(handoff_id)
    if handoff is None or not handoff.is_live:
        return None
    lines = [Said(speaker=Speaker.REPORTER, text=title, at=now)] if title else []
    lines.append(Said(speaker=Speaker.SYSTEM, text=f"{decided.outcome} {decided.question}", at=now))
    if decided.next_question and decided.next_question != decided.question:
        lines.append(Said(speaker=Speaker.SYSTEM, text=f"question {decided.next_question}", at=now))
    state = Owner.HUMAN if handoff.state is Owner.SNOOZED else handoff.state
    changed = replace(handoff, state=state, last_at=now, unread=handoff.unread + 1, snoozed_until=None)
    work.handoffs.change(changed, lines)
    return changed


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What became of a suggestion: `outcome` is taken, unfit (the question would not have it) or declined."""

    outcome: str
    question: str
    next_question: str = ""


async def take_back(work: UnitOfWork, handoff_id: bytes, now: datetime) -> bool:
    """The reporter goes back to the bot. False when the conversation was the bot's already."""
    handoff = await work.handoffs.get(handoff_id)
    if handoff is None or not handoff.is_live:
        return False
    state = moved(handoff.state, Move.HAND_BACK, By.REPORTER)
    work.handoffs.change(_ended(handoff, state, now), [Said(speaker=Speaker.SYSTEM, text="taken_back", at=now)])
    return True


async def left(work: UnitOfWork, handoff_id: bytes, now: datetime) -> None:
    """The reporter is gone for good: nobody can be answered any more."""
    handoff = await work.handoffs.get(handoff_id)
    if handoff is not None and handoff.is_live:
        work.handoffs.change(_ended(handoff, Owner.CLOSED, now), [Said(speaker=Speaker.SYSTEM, text="left", at=now)])


async def rate(work: UnitOfWork, handoff_id: bytes, stars: int) -> None:
    """Keep the reporter's answer to "was this of help?", 1 to 5, once."""
    handoff = await work.handoffs.get(handoff_id)
    if handoff is not None and handoff.rating is None and stars in STARS:
        work.handoffs.change(replace(handoff, rating=stars))


def _ended(handoff: Handoff, state: Owner, now: datetime) -> Handoff:
    return replace(handoff, state=state, ended_at=now, snoozed_until=None, unread=0, last_at=now)


# The desk's side.


async def queue(services: Services, key: OfficeKey) -> tuple[Handoff, ...]:
    """List the live hand-offs. Raises `NotPermitted`."""
    async with unit_of_work(services.work) as work:
        operator = await _chatting(services, work, key)
        found = await work.handoffs.live()
    found.sort(key=lambda it: it.reason is not Why.EMERGENCY)  # the order among equals stays
    mine = (it for it in found if it.owner == operator.name)
    return (*mine, *(it for it in found if it.owner != operator.name))


@dataclass(frozen=True, kw_only=True)
class OpenedHandoff:
    """A hand-off with its transcript. Before it is claimed only what was said is shown, never who."""

    handoff: Handoff
    lines: tuple[Said, ...] = field(repr=False)
    is_mine: bool
    has_news: bool = False
    """Its owner reads something for the first time."""


async def open_handoff(services: Services, key: OfficeKey, handoff_id: bytes) -> OpenedHandoff:
    """Open a hand-off; its owner has then read what came. Raises `NotPermitted`, `MoveRefused` (there is none)."""
    async with unit_of_work(services.work) as work:
        operator = await _chatting(services, work, key)
        handoff = await _existing(work, handoff_id)
        is_mine = handoff.owner == operator.name
        has_news = is_mine and handoff.unread > 0 and handoff.is_live
        if has_news:
            work.handoffs.change(replace(handoff, unread=0))
        lines = await work.handoffs.lines(handoff, key)
        return OpenedHandoff(handoff=handoff, lines=tuple(lines), is_mine=is_mine, has_news=has_news)


async def claim(services: Services, key: OfficeKey, handoff_id: bytes) -> Handoff:
    """Take a waiting conversation; of several at once exactly one gets it. Raises `MoveRefused` for the others.

    Within `Talks.move` the reporter is told in the same commit.
    """
    return await _moved(services, key, handoff_id, Move.CLAIM)


async def transfer(services: Services, key: OfficeKey, handoff_id: bytes) -> Handoff:
    """Give a conversation back to the team's queue; it keeps its place. Raises `MoveRefused`."""
    return await _moved(services, key, handoff_id, Move.TRANSFER)


async def snooze(services: Services, key: OfficeKey, handoff_id: bytes, minutes: int) -> Handoff:
    """Look at it again later, or when the reporter writes. Raises `MoveRefused`."""
    until = services.clock.now() + timedelta(minutes=max(1, min(minutes, 24 * 60)))
    return await _moved(services, key, handoff_id, Move.SNOOZE, until=until)


async def wake(services: Services, key: OfficeKey, handoff_id: bytes) -> Handoff:
    return await _moved(services, key, handoff_id, Move.WAKE)


async def hand_back(services: Services, key: OfficeKey, handoff_id: bytes) -> Handoff:
    """Give the conversation to the bot, its form where it was. Raises `MoveRefused`."""
    return await _moved(services, key, handoff_id, Move.HAND_BACK)


async def close(services: Services, key: OfficeKey, handoff_id: bytes) -> Handoff:
    """End it for good. Raises `MoveRefused`."""
    return await _moved(services, key, handoff_id, Move.CLOSE)


async def say(services: Services, key: OfficeKey, handoff_id: bytes, text: str) -> Handoff:
    """Add the operator's words, only while the conversation is theirs. Raises `MoveRefused`, `NotPermitted`."""
    return await _spoken(services, key, handoff_id, Speaker.OFFICE, text.strip())


async def _spoken(services: Services, key: OfficeKey, handoff_id: bytes, speaker: Speaker, text: str) -> Handoff:
    async with unit_of_work(services.work) as work:
        operator = await _chatting(services, work, key)
        handoff = await _existing(work, handoff_id)
        if handoff.state not in HELD or handoff.owner != operator.name:
            raise MoveRefused(handoff.state, Move.CLAIM)
        now = services.clock.now()
        changed = replace(handoff, state=Owner.HUMAN, snoozed_until=None, last_at=now, unread=0)
        line = Said(speaker=speaker, text=text, at=now, by=operator.name)
        work.handoffs.change(changed, [line])
        return changed


async def suggest(services: Services, key: OfficeKey, handoff_id: bytes, question: str, text: str) -> Handoff:
    """Suggest an answer to the bot's question, which only the reporter can give. Raises as `say`, `NoSuchQuestion`."""
    if question not in SUGGESTIBLE:
        raise NoSuchQuestion(question)
    return await _spoken(services, key, handoff_id, Speaker.SUGGESTION, f"{question}: {text.strip()}")


async def note(services: Services, key: OfficeKey, handoff_id: bytes, text: str) -> None:
    """Write for the team alone: there is no way from here to the reporter. Raises `MoveRefused`, `NotPermitted`."""
    async with unit_of_work(services.work) as work:
        operator = await _chatting(services, work, key)
        handoff = await _existing(work, handoff_id)
        line = Said(speaker=Speaker.NOTE, text=text.strip(), at=services.clock.now(), by=operator.name)
        work.handoffs.change(handoff, [line])


async def way_to(services: Services, key: OfficeKey, handoff_id: bytes) -> Way:
    """Return how to reach the reporter. Raises `PersonGone`, `NotPermitted`."""
    async with unit_of_work(services.work) as work:
        await _chatting(services, work, key)
        way = await work.handoffs.way(handoff_id)
    if way is None:
        raise PersonGone
    return way


async def way_of_own(services: Services, key: OfficeKey, handoff_id: bytes) -> Way | None:
    """Return how to reach the reporter of a conversation that is this operator's, None of any other."""
    async with unit_of_work(services.work) as work:
        operator = await _chatting(services, work, key)
        handoff = await work.handoffs.get(handoff_id)
        is_own = handoff is not None and handoff.state in HELD and handoff.owner == operator.name
        return await work.handoffs.way(handoff_id) if is_own else None


async def nobody_there(services: Services, key: OfficeKey, handoff_id: bytes) -> None:
    """End a hand-off whose reporter cannot be reached any more. Raises `NotPermitted`."""
    async with unit_of_work(services.work) as work:
        await _chatting(services, work, key)
        await left(work, handoff_id, services.clock.now())


async def _moved(
    services: Services, key: OfficeKey, handoff_id: bytes, move: Move, *, until: datetime | None = None
) -> Handoff:
    async with unit_of_work(services.work) as work:
        operator = await _chatting(services, work, key)
        handoff = await _existing(work, handoff_id)
        is_owner = handoff.state in HELD and handoff.owner == operator.name
        state = moved(handoff.state, move, By.OWNER if is_owner else By.OPERATOR)
        now = services.clock.now()
        changed = _after(handoff, state, move, operator, now, until)
        work.handoffs.change(changed, [Said(speaker=Speaker.SYSTEM, text=str(move), at=now, by=operator.name)])
        Recorder(services, work, operator.name).note(Act.CHAT, detail=f"{move} {handoff.id.hex()[:8]}")
        return changed


def _after(
    handoff: Handoff, state: Owner, move: Move, operator: Operator, now: datetime, until: datetime | None
) -> Handoff:
    if state not in LIVE:
        return _ended(handoff, state, now)
    changed = replace(handoff, state=state, last_at=now, snoozed_until=until)
    if move is Move.CLAIM:
        return replace(changed, owner=operator.name, claimed_at=now)
    if move is Move.TRANSFER:
        return replace(changed, owner="", alerted=False)
    return changed


async def _chatting(services: Services, work: UnitOfWork, key: OfficeKey) -> Operator:
    operator = await operator_of(work, key)
    await Recorder(services, work, operator.name).require(operator, Act.CHAT)
    return operator


async def _existing(work: UnitOfWork, handoff_id: bytes) -> Handoff:
    handoff = await work.handoffs.get(handoff_id)
    if handoff is None:
        raise MoveRefused(Owner.CLOSED, Move.CLAIM)
    return handoff


# The clock's side; for a job.


@dataclass(frozen=True, kw_only=True)
class Tended:
    """What one look did, as counts; `alerts` are new ones: somebody waits too long."""

    alerts: int = 0
    woken: int = 0
    given_up: int = 0
    deleted: int = 0


async def tend(services: Services) -> Tended:
    """Alert the team, wake what was snoozed, end what nobody will hear any more, delete what had its days."""
    now, alert_minutes = services.clock.now(), services.profile.office_hours.alert_minutes
    alerts = woken = given_up = 0
    async with services.work() as work:
        for handoff in await work.handoffs.live():
            changed = _tended(handoff, now, alert_minutes)
            if changed is None:
                continue
            work.handoffs.change(changed)
            given_up += not changed.is_live
            woken += changed.is_live and changed.state is not handoff.state
            alerts += changed.is_live and changed.state is handoff.state
        if alerts and services.team is not None:
            services.team.point(work, "late")
        await work.commit()
        deleted = await work.handoffs.drop_expired(now)
    return Tended(alerts=alerts, woken=woken, given_up=given_up, deleted=deleted)


def _tended(handoff: Handoff, now: datetime, alert_minutes: int) -> Handoff | None:
    if now - handoff.last_at >= timedelta(hours=QUIET_HOURS):
        return _ended(handoff, moved(handoff.state, Move.CLOSE, By.CLOCK), now)
    if handoff.state is Owner.SNOOZED and handoff.snoozed_until is not None and now >= handoff.snoozed_until:
        return replace(handoff, state=moved(handoff.state, Move.WAKE, By.CLOCK), snoozed_until=None)
    is_late = handoff.state is Owner.WAITING and waits_too_long(handoff.asked_at, now, alert_minutes)
    return replace(handoff, alerted=True) if is_late and not handoff.alerted else None
