"""`changtong office …`: for now instead of a desk. Every read and change stands in the audit trail."""

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.desk import By, Desk, desk
from bot.cli.edge import Data, Refused, again, out, run, settings_for, tell
from bot.cli.sheets import FIRST, case_object, distinct_prefixes, row_object
from casework import office
from casework.approvals import Change
from casework.auditing import read_trail
from casework.case import Case, CaseId, CaseKind, CaseStatus, Priority
from casework.case_life import Details, Disposition, Outcome
from casework.case_lists import SHORTEST_PREFIX
from casework.evidence_viewing import open_original
from casework.ports import CaseQuery, TrailEntry
from casework.publishing import draft

PAGE = 50
CaseOption = Annotated[str, typer.Argument(metavar="CASE")]
TextOption = Annotated[str, typer.Argument(metavar="TEXT")]
ReasonOption = Annotated[str, typer.Option("--reason")]
AsJson = Annotated[bool, typer.Option("--json")]
PageOption = Annotated[int, typer.Option("--page", min=1)]
AllOption = Annotated[bool, typer.Option("--all")]


def list_cases(
    by: By = FIRST,
    page: PageOption = 1,
    everything: AllOption = False,
    status: Annotated[list[CaseStatus] | None, typer.Option("--status")] = None,
    kind: Annotated[CaseKind | None, typer.Option("--kind")] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            query = CaseQuery(status=status or None, kind=kind, **_span(page, everything))
            found = await office.page_of_cases(at.services, at.session, query)
            for line in map(_json, map(row_object, found.rows)) if as_json else at.sheets.rows(found.rows):
                out(line)
            if at.paper.width and any(row.priority is Priority.HIGH for row in found.rows):
                tell(at.words.say("high_means"))
            if not found.rows:
                tell(at.words.say("no_cases"))
            if found.unreadable:
                tell(at.words.say("unreadable", names=", ".join(case.hex()[:8] for case in found.unreadable)))
            _tell_more(at, found.has_more, page)

    run(work)


def due(by: By = FIRST, data: Data = None) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            cases = await office.due(at.services, at.session)
            for line in at.sheets.due(cases):
                out(line)
            if not cases:
                tell(at.words.say("nothing_due"))

    run(work)


def show(case: CaseOption, by: By = FIRST, as_json: AsJson = False, data: Data = None) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            opened = await office.open_case(at.services, at.session, await _case_id(at, case))
            lines = [_json(case_object(opened, at.session.operator))] if as_json else at.sheets.case(opened)
            for line in lines:
                out(line)

    run(work)


def contact(case: CaseOption, reason: ReasonOption, by: By = FIRST, data: Data = None) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            found = await office.contact(at.services, at.session, await _case_id(at, case), reason=reason)
            if found is None:
                raise Refused("no_contact")
            for line in at.paper.pairs((at.words.say(f"field_{name}"), value) for name, value in vars(found).items()):
                out(line)

    run(work)


def original(
    case: CaseOption,
    file: Annotated[str, typer.Argument(metavar="FILE")],
    target: Annotated[Path, typer.Argument(metavar="TARGET")],
    reason: ReasonOption,
    by: By = FIRST,
    data: Data = None,
) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            case_id = await _case_id(at, case)
            if target.exists():
                raise Refused("target_exists", path=target)
            opened = await open_original(at.services, at.session, case_id, file.strip().lower(), reason=reason)
            content = b"".join([chunk async for chunk in opened.chunks])
            await asyncio.to_thread(_write_anew, target, content)
            tell(at.words.say("original_written", path=target, name=opened.file.name))

    run(work)


def _write_anew(target: Path, content: bytes) -> None:
    """Write a new file for its owner alone; never over another."""
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)


def publish(case: CaseOption, by: By = FIRST, as_json: AsJson = False, data: Data = None) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            drafted = await draft(at.services, at.session, await _case_id(at, case))
            if as_json:
                out(_json(asdict(drafted)))
                return
            out("\n\n".join(filter(None, (drafted.title, drafted.facts, drafted.result))))
            tell(at.words.say("draft_only"))
            for name in ("stays", "hints"):
                if words := getattr(drafted, name):
                    tell(at.words.say(f"draft_{name}", words=" · ".join(words)))

    run(work)


def ask(case: CaseOption, text: TextOption, by: By = FIRST, data: Data = None) -> None:
    _act(case, by, data, lambda at, case_id: office.ask(at.services, at.session, case_id, text))


def reply(case: CaseOption, text: TextOption, by: By = FIRST, data: Data = None) -> None:
    _act(case, by, data, lambda at, case_id: office.reply(at.services, at.session, case_id, text))


def note(case: CaseOption, text: TextOption, by: By = FIRST, data: Data = None) -> None:
    _act(case, by, data, lambda at, case_id: office.note(at.services, at.session, case_id, text))


def assign(case: CaseOption, to: Annotated[str, typer.Argument()], by: By = FIRST, data: Data = None) -> None:
    _act(case, by, data, lambda at, case_id: office.assign(at.services, at.session, case_id, to))


def approve(case: CaseOption, by: By = FIRST, data: Data = None) -> None:
    _act(case, by, data, lambda at, case_id: office.approve(at.services, at.session, case_id))


def decline(case: CaseOption, reason: ReasonOption, by: By = FIRST, data: Data = None) -> None:
    _act(case, by, data, lambda at, case_id: office.decline(at.services, at.session, case_id, reason))


def extend(case: CaseOption, reason: ReasonOption, by: By = FIRST, data: Data = None) -> None:
    _propose(case, by, data, lambda at, case_id: office.extend(at.services, at.session, case_id, reason))


def status(
    case: CaseOption,
    target: Annotated[CaseStatus, typer.Argument()],
    text: Annotated[str, typer.Option("--text")] = "",
    reason: Annotated[str, typer.Option("--reason")] = "",
    channel: Annotated[str, typer.Option("--channel")] = "",
    to: Annotated[str, typer.Option("--to")] = "",
    disposition: Annotated[Disposition | None, typer.Option("--disposition")] = None,
    outcome: Annotated[Outcome | None, typer.Option("--outcome")] = None,
    by: By = FIRST,
    data: Data = None,
) -> None:
    details = Details(text=text, reason=reason, channel=channel, to=to, disposition=disposition, outcome=outcome)
    _propose(
        case,
        by,
        data,
        lambda at, case_id: office.change_status(at.services, at.session, case_id, target, details),
    )


def trail(
    by: By = FIRST,
    actor: Annotated[str, typer.Option("--actor", metavar="NAME")] = "",
    case: Annotated[str, typer.Option("--case", metavar="CASE")] = "",
    day: Annotated[datetime | None, typer.Option("--day", formats=["%Y-%m-%d"])] = None,
    page: PageOption = 1,
    everything: AllOption = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            wanted: date | None = day.date() if day else None
            span = _span(page, everything)
            read = await read_trail(at.services, at.session, actor=actor, case_prefix=case, day=wanted, **span)
            for line in map(_json, map(_trail_object, read.entries)) if as_json else at.sheets.trail(read.entries):
                out(line)
            tell(at.words.say("check_trail", count=read.sound))
            _tell_more(at, read.has_more, page)

    run(work)


def _span(page: int, everything: bool) -> dict[str, Any]:
    return {"offset": 0, "limit": None} if everything else {"offset": (page - 1) * PAGE, "limit": PAGE}


def _tell_more(at: Desk, has_more: bool, page: int) -> None:
    if has_more:
        tell(at.words.say("page_more", page=page + 1))


def _act(case: str, by: str, data: Any, act: Callable[[Desk, CaseId], Awaitable[Case]]) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            case_id = await _case_id(at, case)
            changed = await again(lambda: act(at, case_id))
            tell(at.words.say("case_is_now", status=at.words.say(f"status_{changed.status}")))

    run(work)


def _propose(case: str, by: str, data: Any, act: Callable[[Desk, CaseId], Awaitable[Change]]) -> None:
    """Carry a step out, or tell who may approve it."""

    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            case_id = await _case_id(at, case)
            change = await again(lambda: act(at, case_id))
            if change.needs:
                tell(at.words.say(f"needs_{change.needs}", names=", ".join(change.approvers)))
            else:
                tell(at.words.say("case_is_now", status=at.words.say(f"status_{change.case.status}")))

    run(work)


async def _case_id(at: Desk, given: str) -> CaseId:
    """Return the id meant by its first hex digits, of those that the operator may see."""
    wanted = given.strip().lower().rstrip("!")
    rows = await again(lambda: office.find_cases(at.services, at.session, wanted))
    if len(rows) > 1:
        names = ", ".join(distinct_prefixes(row.id.hex() for row in rows))
        raise Refused("case_ambiguous", case=given, names=names)
    if not rows:
        raise Refused("case_not_found" if len(wanted) >= SHORTEST_PREFIX else "case_too_short", case=given)
    return rows[0].id


def _trail_object(entry: TrailEntry) -> dict[str, Any]:
    return {
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "act": entry.act,
        "case": entry.case_ref or None,
        "detail": entry.detail,
    }


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
