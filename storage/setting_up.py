"""Makes a data folder and its database ready: keys, tables, the first operator."""

import asyncio
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from storage.engine import open_database
from storage.errors import SetupRefused
from storage.migrating import migrate
from storage.repositories import meta
from storage.store import StoreConfig, noted_fingerprint
from storage.unit_of_work import account_records_factory
from storage.vault.key_backup import write_outside
from storage.vault.setup import FirstAccounts, Vault, create_folder, first_accounts


@dataclass(frozen=True, kw_only=True)
class SetupResult:
    """What is shown once. What went to `recovery_out` is None here; a trial folder has no recovery key."""

    one_time_password: str | None = field(repr=False)
    recovery_key: str | None = field(repr=False)
    is_trial: bool


async def setup(config: StoreConfig, *, terminal: bool, recovery_out: Path | None = None) -> SetupResult:
    """Make keys, tables and the first operator; a set-up that was broken off is finished.

    Without a terminal and without `recovery_out` (a new file outside the data folder; without a terminal it gets the
    one-time password too) the folder becomes a trial. Raises `SetupRefused`, `DatabaseNewer`, `DatabaseUnreachable`.
    """
    is_trial = not terminal and recovery_out is None
    if await noted_fingerprint(config) is not None:
        raise SetupRefused(f"{config.data}: is set up already")
    vault = create_folder(config.data, config.clock, is_trial=is_trial)
    await migrate(config.database_url)
    make = partial(first_accounts, vault, config.clock.today(), cost=config.argon_cost)
    first = await asyncio.to_thread(make)
    if recovery_out is not None:
        lines = [first.recovery_key, *([] if terminal else [first.one_time_password])]
        write_outside(recovery_out, config.data, "\n".join(lines) + "\n")
    await _keep(config, vault, first)
    return SetupResult(
        one_time_password=first.one_time_password if terminal or is_trial else None,
        recovery_key=first.recovery_key if terminal and recovery_out is None else None,
        is_trial=is_trial,
    )


async def _keep(config: StoreConfig, vault: Vault, first: FirstAccounts) -> None:
    """Write the first accounts and the key's fingerprint together: both or neither."""
    database = open_database(config.database_url)
    try:
        async with account_records_factory(database, vault)() as records:
            records.save_office_key(first.office_key)
            records.save_operator(first.operator)
            records.save_office_wrap(first.wrap)
            records.also(partial(_note_key, fingerprint=vault.server_key.fingerprint.hex()))
            await records.commit()
    finally:
        await database.close()


def _note_key(connection: Connection, fingerprint: str) -> None:
    meta.note(connection, meta.SERVER_KEY, fingerprint)
