"""`changtong office …`: for now instead of a desk. Every read and change stands in the audit trail."""

import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import typer

from bot.cli.desk import By, Desk, desk
from bot.cli.edge import Data, Refused, out, run, settings_for, tell
from bot.cli.sheets import case_object, case_sheet, row_line, row_object
from casework import office
from casework.case import Case, CaseId, CaseStatus
from casework.case_life import Details, Disposition, Outcome

FIRST = "admin"
CaseOption = Annotated[str, typer.Argument(metavar="CASE")]
TextOption = Annotated[str, typer.Argument(metavar="TEXT")]
AsJson = Annotated[bool, typer.Option("--json")]


def list_cases(by: By = FIRST, as_json: AsJson = False, data: Data = None) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            for row in await office.list_cases(at.services, at.session):
                out(_json(row_object(row)) if as_json else row_line(row, at.words, at.services.profile))

    run(work)


def due(by: By = FIRST, data: Data = None) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            for case in await office.due(at.services, at.session):
                line = row_line(case.row, at.words, at.services.profile)
                out(f"{case.level}\t{case.deadline.name}\t{case.deadline.due_on}\t{line}")

    run(work)


def show(case: CaseOption, by: By = FIRST, as_json: AsJson = False, data: Data = None) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            _print(at, await office.show(at.services, at.session, await _case_id(at, case)), as_json)

    run(work)


def contact(
    case: CaseOption, reason: Annotated[str, typer.Option("--reason")], by: By = FIRST, data: Data = None
) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            found = await office.contact(at.services, at.session, await _case_id(at, case), reason=reason)
            if found is None:
                raise Refused("no_contact")
            for name, value in vars(found).items():
                if value:
                    out(f"{at.words.find(f'field_{name}') or name}\t{value}")

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


def decline(
    case: CaseOption, reason: Annotated[str, typer.Option("--reason")], by: By = FIRST, data: Data = None
) -> None:
    _act(case, by, data, lambda at, case_id: office.decline(at.services, at.session, case_id, reason))


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

    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            change = await office.change_status(at.services, at.session, await _case_id(at, case), target, details)
            if change.needs:
                tell(at.words.say(f"needs_{change.needs}", names=", ".join(change.approvers)))
            else:
                tell(at.words.say("case_is_now", status=at.words.say(f"status_{change.case.status}")))

    run(work)


def _act(case: str, by: str, data: Any, act: Callable[[Desk, CaseId], Awaitable[Case]]) -> None:
    async def work() -> None:
        async with desk(settings_for(data), by) as at:
            changed = await act(at, await _case_id(at, case))
            tell(at.words.say("case_is_now", status=at.words.say(f"status_{changed.status}")))

    run(work)


async def _case_id(at: Desk, given: str) -> CaseId:
    """Return the id meant by its first hex digits; only cases that the operator may see are looked at."""
    wanted = given.strip().lower()
    rows = await office.list_cases(at.services, at.session)
    found = [row.id for row in rows if row.id.hex().startswith(wanted)] if wanted else []
    if len(found) != 1:
        raise Refused("case_not_found" if not found else "case_ambiguous", case=given)
    return found[0]


def _print(at: Desk, case: Case, as_json: bool) -> None:
    if as_json:
        out(_json(case_object(case)))
        return
    for line in case_sheet(case, at.words, at.services.profile):
        out(line)


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)
