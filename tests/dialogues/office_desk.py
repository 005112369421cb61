"""The office's side of a transcript: two supervisors, so that what one proposes the other approves."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.bootstrap import App
from casework import office
from casework.case import CaseId, CaseStatus
from casework.case_life import Details
from casework.ports import OfficeKey
from storage.vault.setup import read_trial

_PASSWORD = "a long enough sentence for the second"
_SECOND = "second"


@dataclass
class OfficeDesk:
    """Acts on the case of a code. Its keys are kept over a restart of the program."""

    _keys: tuple[OfficeKey, OfficeKey] | None = field(default=None, repr=False)

    async def act(self, app: App, code: str, act: Mapping[str, str]) -> None:
        """Carry out `{ask: …}`, `{reply: …}`, `{note: …}` or `{status: …}` with its details; a proposal is approved."""
        first, second = await self._opened(app)
        case_id = await _case_of(app, code)
        name, *_ = act
        if name == "status":
            await _move(app, (first, second), case_id, act)
        else:
            write = {"ask": office.ask, "reply": office.reply, "note": office.note}[name]
            await write(app.services, first, case_id, act[name])

    async def _opened(self, app: App) -> tuple[OfficeKey, OfficeKey]:
        if self._keys is None:
            self._keys = await _two_supervisors(app)
        return self._keys


async def _case_of(app: App, code: str) -> CaseId:
    async with app.store.work() as work:
        case = await work.cases.by_code(code)
    assert case is not None, "the code opens nothing"
    return case.row.id


async def _move(app: App, keys: tuple[OfficeKey, OfficeKey], case_id: CaseId, act: Mapping[str, str]) -> None:
    told = {name: value for name, value in act.items() if name not in ("status", "text")}
    details = Details.from_data(act.get("text", ""), told)
    change = await office.change_status(app.services, keys[0], case_id, CaseStatus(act["status"]), details)
    if change.needs:
        await office.approve(app.services, keys[1], case_id)


async def _two_supervisors(app: App) -> tuple[OfficeKey, OfficeKey]:
    trial = read_trial(app.settings.data)
    assert trial is not None, "transcripts run in trial folders"
    accounts = app.store.accounts
    first = await accounts.log_in(trial.name, trial.password)
    given = await accounts.add(first, _SECOND, "supervisor")
    await accounts.set_password(await accounts.log_in(_SECOND, given), _PASSWORD)
    await accounts.grant(first, _SECOND)
    return first, await accounts.log_in(_SECOND, _PASSWORD)
