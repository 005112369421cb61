"""One case: what it holds, what happened, and what this operator may do next."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from casework import approvals, linking, office, permissions
from casework.case import Case, CaseId, CaseKind, CaseStatus, Entry, EntryKind, Part, Priority
from casework.case_life import Details, Disposition, Outcome, Step, open_question
from casework.deadlines import level
from casework.errors import Conflict, ReasonRequired
from casework.linking import Link, LinkKind
from casework.office import OpenedCase
from casework.permissions import Act
from casework.queues import CaseSummary, summaries
from casework.recusal import recused_among
from casework.transferring import transfer
from console.errors import NotThere
from console.seat import Seat, needs
from console.views import go, page

router = APIRouter()
_ID_DIGITS = 32
Reader = Annotated[Seat, needs(Act.SHOW)]


def id_of(digits: str) -> CaseId:
    """Read a case's id from an address. Raises `NotThere`."""
    if len(digits) != _ID_DIGITS or not set(digits) <= set("0123456789abcdef"):
        raise NotThere
    return CaseId(bytes.fromhex(digits))


@router.get("/cases/{case}")
async def show_case(request: Request, seat: Reader, case: str) -> Response:
    return await case_page(request, seat, id_of(case))


async def case_page(request: Request, seat: Seat, case_id: CaseId, status: int = 200, **more: Any) -> Response:
    opened = await office.open_case(seat.services, seat.key, case_id)
    known = await summaries(seat.services, seat.key, seat.index) if seat.may(Act.SEARCH) else ()
    values: dict[str, Any] = {
        "opened": opened,
        "case": opened.case,
        "row": opened.case.row,
        "report": opened.case.report,
        "timeline": timeline(opened.case),
        "clocks": _clocks(seat, opened),
        "question": open_question(opened.case),
        "proposal": approvals.waiting(opened.case),
        "mine": _is_mine(seat, opened),
        "links": _links(opened.case, known),
        "similar": linking.similar(opened.case, known) if Act.LINK in opened.acts else (),
        "assignees": await _assignees(seat, opened) if Act.ASSIGN in opened.acts else (),
        "steps": _steps(opened),
        "dispositions": list(Disposition),
        "outcomes": list(Outcome),
        "link_kinds": list(LinkKind),
        "can_hand_over": seat.services.profile.superior.public_key is not None,
        "contact": None,
        "needed": "",
        "problem": "",
        "typed": {},
    }
    return page(request, seat, "case.html", status, **values | more)


def _steps(opened: OpenedCase) -> list[Step]:
    """Return the steps with a form of their own: a question, and the reply to a message, are written below."""
    written = {CaseKind.REPORT: CaseStatus.INFO_REQUESTED, CaseKind.MESSAGE: CaseStatus.CONCLUDED}
    return [step for step in opened.steps if step.target is not written[opened.case.row.kind]]


def timeline(case: Case) -> tuple[tuple[Entry, tuple[Entry, ...]], ...]:
    """Return the entries, a step of the office's part beside the told step that it belongs to."""
    lines: list[tuple[Entry, tuple[Entry, ...]]] = []
    for entry in case.entries:
        told = lines[-1][0] if lines else None
        is_beside = (
            told is not None
            and entry.kind is EntryKind.STATUS
            and entry.part is Part.OFFICE
            and told.kind is EntryKind.STATUS
            and told.part is Part.SHARED
            and told.status is entry.status
            and not lines[-1][1]
        )
        if is_beside and told is not None:
            lines[-1] = (told, (entry,))
        else:
            lines.append((entry, ()))
    return tuple(lines)


def _clocks(seat: Seat, opened: OpenedCase) -> list[tuple[Any, str]]:
    today, profile = seat.services.clock.today(), seat.services.profile
    return [(clock, str(level(clock, today, profile))) for clock in opened.deadlines]


def _is_mine(seat: Seat, opened: OpenedCase) -> bool:
    proposal = approvals.waiting(opened.case)
    return proposal is not None and proposal.data["by"] == seat.name


def _links(case: Case, known: tuple[CaseSummary, ...]) -> list[tuple[Link, CaseSummary | None]]:
    """Return the links, each with its case where the operator may see that one too."""
    by_id = {summary.id: summary for summary in known}
    return [(link, by_id.get(link.other)) for link in linking.links_of(case)]


async def _assignees(seat: Seat, opened: OpenedCase) -> list[str]:
    async with seat.services.work() as work:
        operators = await work.operators.all()
    recused, kind = recused_among(operators, opened.case, seat.services.profile), opened.case.row.kind
    return [it.name for it in operators if permissions.may(it, Act.SHOW, kind) and it.name not in recused]


Done = Callable[[Seat, CaseId, int | None], Awaitable[str]]


async def _ask(seat: Seat, case_id: CaseId, seen: int | None) -> str:
    await office.ask(seat.services, seat.key, case_id, seat.typed("text"), seen=seen)
    return "asked"


async def _reply(seat: Seat, case_id: CaseId, seen: int | None) -> str:
    await office.reply(seat.services, seat.key, case_id, seat.typed("text"), seen=seen)
    return "replied"


async def _note(seat: Seat, case_id: CaseId, seen: int | None) -> str:
    await office.note(seat.services, seat.key, case_id, seat.typed("text"))
    return "noted"


async def _assign(seat: Seat, case_id: CaseId, seen: int | None) -> str:
    await office.assign(seat.services, seat.key, case_id, seat.typed("to", 64), seen=seen)
    return "assigned"


async def _prioritise(seat: Seat, case_id: CaseId, seen: int | None) -> str:
    priority = Priority.HIGH if seat.typed("priority") == Priority.HIGH else Priority.NORMAL
    await office.prioritise(seat.services, seat.key, case_id, priority, seat.typed("reason"), seen=seen)
    return "prioritised"


async def _extend(seat: Seat, case_id: CaseId, seen: int | None) -> str:
    change = await office.extend(seat.services, seat.key, case_id, seat.typed("reason"), seen=seen)
    return _needs(change)


async def _approve(seat: Seat, case_id: CaseId, seen: int | None) -> str:
    await office.approve(seat.services, seat.key, case_id, seen=seen)
    return "approved"


async def _decline(seat: Seat, case_id: CaseId, seen: int | None) -> str:
    await office.decline(seat.services, seat.key, case_id, seat.typed("reason"), seen=seen)
    return "declined"


async def _step(seat: Seat, case_id: CaseId, seen: int | None) -> str:
    target = seat.typed("target")
    if target not in set(CaseStatus):
        raise NotThere
    details = Details(
        text=seat.typed("text"),
        reason=seat.typed("reason"),
        channel=seat.typed("channel", 500),
        to=seat.typed("to", 200),
        disposition=_one_of(Disposition, seat.typed("disposition")),
        outcome=_one_of(Outcome, seat.typed("outcome")),
    )
    change = await office.change_status(seat.services, seat.key, case_id, CaseStatus(target), details, seen=seen)
    return _needs(change)


def _needs(change: approvals.Change) -> str:
    return f"needs_{change.needs}" if change.needs else "changed"


def _one_of(kind: Any, given: str) -> Any:
    return kind(given) if given in set(kind) else None


async def _link(seat: Seat, case_id: CaseId, seen: int | None) -> str:
    kind = _one_of(LinkKind, seat.typed("kind"))
    rows = await office.find_cases(seat.services, seat.key, seat.typed("other", _ID_DIGITS).lower())
    if kind is None or len(rows) != 1:
        raise NotThere
    await linking.link(seat.services, seat.key, case_id, rows[0].id, kind, seen=seen)
    return "linked"


async def _transfer(seat: Seat, case_id: CaseId, seen: int | None) -> str:
    await transfer(seat.services, seat.key, case_id, reason=seat.typed("reason"), seen=seen)
    return "transferred"


_ACTS: dict[str, tuple[Act, Done]] = {
    "ask": (Act.ASK, _ask),
    "reply": (Act.REPLY, _reply),
    "note": (Act.NOTE, _note),
    "assign": (Act.ASSIGN, _assign),
    "priority": (Act.PRIORITISE, _prioritise),
    "extend": (Act.EXTEND, _extend),
    "approve": (Act.APPROVE, _approve),
    "decline": (Act.APPROVE, _decline),
    "step": (Act.CHANGE_STATUS, _step),
    "link": (Act.LINK, _link),
    "transfer": (Act.TRANSFER, _transfer),
}
"""What a form of the case page does, by the last part of its address, and the act that it needs."""


def _handler(name: str, act: Act, done: Done) -> Callable[..., Awaitable[Response]]:
    async def handle(request: Request, seat: Seat, case: str) -> Response:
        case_id = id_of(case)
        try:
            told = await done(seat, case_id, _seen(seat))
        except ReasonRequired as missing:
            return await case_page(request, seat, case_id, needed=missing.what, typed=_typed(seat) | {"act": name})
        except Conflict:
            kept = _typed(seat) | {"act": name}
            return await case_page(request, seat, case_id, 409, problem="refused_Conflict", typed=kept)
        return go("/cases", done=told) if name == "transfer" else go(f"/cases/{case}", done=told)

    handle.__annotations__["seat"] = Annotated[Seat, needs(act)]
    return handle


def _seen(seat: Seat) -> int | None:
    given = seat.typed("seen", 9)
    return int(given) if given.isascii() and given.isdigit() else None


def _typed(seat: Seat) -> dict[str, str]:
    """Return what was typed, so that a refused form loses nothing."""
    return {name: value for name, value in (seat.form or {}).items() if isinstance(value, str) and name != "csrf"}


for _name, (_act, _done) in _ACTS.items():
    router.add_api_route(f"/cases/{{case}}/{_name}", _handler(_name, _act, _done), methods=["POST"])


@router.post("/cases/{case}/contact")
async def uncover(request: Request, seat: Annotated[Seat, needs(Act.CONTACT)], case: str) -> Response:
    """Show the contact on this answer alone; the reason stands in the trail."""
    case_id = id_of(case)
    try:
        found = await office.contact(seat.services, seat.key, case_id, reason=seat.typed("reason", 500))
    except ReasonRequired as missing:
        return await case_page(request, seat, case_id, needed=missing.what, typed={"act": "contact"})
    return await case_page(request, seat, case_id, contact=found or "none")
