"""The whole store of one data folder, opened."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from casework.ports import Clock
from casework.profile import Profile
from storage.bell import Bell
from storage.engine import Database, is_absent, open_database
from storage.errors import NotSetUp
from storage.evidence import FolderEvidence
from storage.migrating import migrate, revision
from storage.repositories import meta
from storage.repositories.desk_sessions import DeskRows
from storage.unit_of_work import SqlUnitOfWork, account_records_factory, work_factory
from storage.vault.accounts import Accounts
from storage.vault.case_rows import SUPERIOR, RecipientKey
from storage.vault.desk_sessions import DeskSessions
from storage.vault.passwords import ArgonCost
from storage.vault.records import AccountRecordsFactory
from storage.vault.second_factor import SecondFactors
from storage.vault.server_key import ServerKey
from storage.vault.setup import Vault, open_folder

DATABASE_FILE = "changtong.db"


@dataclass(frozen=True, kw_only=True)
class StoreConfig:
    """Where everything is. `url` "" means SQLite in the data folder; `argon_cost` is lowered by tests alone."""

    url: str = ""
    data: Path
    profile: Profile
    clock: Clock
    argon_cost: ArgonCost | None = None

    @property
    def database_url(self) -> str:
        return self.url or f"sqlite+aiosqlite:///{self.data.absolute() / DATABASE_FILE}"

    @property
    def evidence_folder(self) -> Path:
        return self.data / "evidence"

    @property
    def trail_folder(self) -> Path:
        return self.data / "trail"

    @property
    def superior(self) -> RecipientKey | None:
        """The superior authority's public key, where the profile names one."""
        key = self.profile.superior.public_key
        return RecipientKey(recipient=SUPERIOR, version=1, public_key=key) if key else None


@dataclass(frozen=True, kw_only=True)
class Store:
    """An open store. `person_keys` satisfies `bot.turns.ports.PersonKeys`."""

    config: StoreConfig
    database: Database = field(repr=False)
    vault: Vault = field(repr=False)
    evidence: FolderEvidence
    accounts: Accounts
    account_records: AccountRecordsFactory
    work: Callable[[], AbstractAsyncContextManager[SqlUnitOfWork]]
    bell: Bell = field(repr=False)

    @property
    def person_keys(self) -> ServerKey:
        return self.vault.server_key

    @property
    def is_trial(self) -> bool:
        return self.vault.is_trial

    @property
    def desk_sessions(self) -> DeskSessions:
        """The operators' sessions in the desk."""
        server_key, clock = self.vault.server_key, self.config.clock
        return DeskSessions(DeskRows(self.database), self.account_records, server_key, clock)

    @property
    def second_factors(self) -> SecondFactors:
        return SecondFactors(DeskRows(self.database), self.vault.server_key, self.config.clock)

    async def close(self) -> None:
        """Finish what is queued and close connections and threads."""
        self.accounts.close()
        await self.bell.close()
        await self.database.close()


async def open_store(config: StoreConfig) -> Store:
    """Open the store, bringing an older database to this program's schema.

    Raises `NotSetUp`, `KeyFileMissing`, `KeyFileUnsafe`, `DatabaseNewer`, `DatabaseUnreachable`, `UnknownDatabase`.
    """
    fingerprint = await noted_fingerprint(config)
    vault = open_folder(config.data, config.clock, fingerprint=fingerprint)
    if fingerprint is None:
        raise NotSetUp(config.data)
    await migrate(config.database_url)
    database = open_database(config.database_url)
    records, bell = account_records_factory(database, vault), Bell(database)
    return Store(
        config=config,
        database=database,
        vault=vault,
        evidence=FolderEvidence(config.evidence_folder),
        accounts=Accounts(records, vault.server_key, config.clock, cost=config.argon_cost),
        account_records=records,
        work=work_factory(database, vault, config.clock, config.superior, bell),
        bell=bell,
    )


async def noted_fingerprint(config: StoreConfig) -> bytes | None:
    """Return which server key the database was made with, None for one that is not set up. Looking makes no file."""
    if is_absent(config.database_url) or await revision(config.database_url) is None:
        return None
    database = open_database(config.database_url)
    try:
        noted = await database.read(partial(meta.value_of, name=meta.SERVER_KEY))
    finally:
        await database.close()
    return bytes.fromhex(noted) if noted else None
