"""An office to test with: a set-up folder, its accounts in memory, and cases sealed to its current key."""

from dataclasses import dataclass, field, replace
from pathlib import Path

from casework.case import Case, CaseId
from storage.vault.accounts import Accounts
from storage.vault.case_rows import SealedCase
from storage.vault.passwords import ArgonCost
from storage.vault.sessions import OperatorSession
from storage.vault.setup import FirstAccounts, Vault, create_folder, first_accounts
from tests.fakes.clock import FakeClock
from tests.unit.storage.vault.case_builders import CODE_TEXT, make_case, stored
from tests.unit.storage.vault.conftest import TODAY
from tests.unit.storage.vault.memory_accounts import MemoryTables

CHEAP = ArgonCost(memory_log2=13, passes=1)
PASSWORD = "correct horse battery"


@dataclass(frozen=True, kw_only=True)
class OfficeHouse:
    vault: Vault
    first: FirstAccounts
    tables: MemoryTables
    accounts: Accounts
    sealed: dict[CaseId, SealedCase] = field(default_factory=dict)

    def add_case(self) -> CaseId:
        """Commit one more case for the current office key."""
        case_id = CaseId(len(self.sealed).to_bytes(16, "big"))
        current = max(self.tables.keys.values(), key=lambda key: key.version).recipient_key
        case = make_case()
        sealed = self.vault.cases.seal_new(replace(case, row=replace(case.row, id=case_id)), CODE_TEXT, current)
        self.sealed[case_id] = sealed
        for wrap in sealed.wraps:
            self.tables.cases[case_id, wrap.part.value, wrap.recipient] = wrap
        return case_id

    def open_case(self, case_id: CaseId, session: OperatorSession) -> Case:
        wraps = tuple(wrap for (owner, _, _), wrap in self.tables.cases.items() if owner == case_id)
        return self.vault.cases.open_by_office(replace(stored(self.sealed[case_id]), wraps=wraps), session)

    async def first_session(self) -> OperatorSession:
        """Log the first operator in, past the one-time password."""
        session = await self.accounts.log_in("admin", self.first.one_time_password)
        return await self.accounts.set_password(session, PASSWORD) if session.must_set_password else session

    async def colleague(self, by: OperatorSession, name: str, role: str = "handler") -> OperatorSession:
        """Add an operator, let them set a password, grant, log in again."""
        one_time = await self.accounts.add(by, name, role)
        await self.accounts.set_password(await self.accounts.log_in(name, one_time), PASSWORD + name)
        if role not in {"admin", "auditor"}:
            await self.accounts.grant(by, name)
        return await self.accounts.log_in(name, PASSWORD + name)

    @property
    def acts(self) -> list[tuple[str, str, str]]:
        return [(entry.actor, entry.act, entry.detail) for entry in self.tables.trail]


def open_office(data: Path, clock: FakeClock, *, is_trial: bool = False) -> OfficeHouse:
    """Set up a folder as the store does."""
    vault = create_folder(data, clock, is_trial=is_trial)
    first = first_accounts(vault, TODAY, cost=CHEAP)
    tables = MemoryTables(
        operators={first.operator.name: first.operator},
        keys={1: first.office_key},
        wraps={(first.wrap.operator, 1): first.wrap},
    )
    accounts = Accounts(tables, vault.server_key, clock, cost=CHEAP)
    return OfficeHouse(vault=vault, first=first, tables=tables, accounts=accounts)
