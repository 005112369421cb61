"""Makes a data folder and its database ready: keys, tables, the first operator."""

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from storage.engine import open_database
from storage.errors import AlreadySetUp, Conflict, SetupRefused
from storage.migrating import migrate
from storage.repositories import meta
from storage.store import StoreConfig, noted_fingerprint
from storage.unit_of_work import account_records_factory
from storage.vault.key_backup import write_outside
from storage.vault.key_files import make_private_folder
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
    one-time password too) the folder becomes a trial. Of programs that begin at once one sets up, the others wait and
    are told `AlreadySetUp`. Raises `SetupRefused`, `DatabaseNewer`, `DatabaseUnreachable`.
    """
    async with _alone(config.data):
        if await noted_fingerprint(config) is not None:
            raise AlreadySetUp(config.data)
        return await _set_up(config, terminal=terminal, recovery_out=recovery_out)


@asynccontextmanager
async def _alone(folder: Path) -> AsyncIterator[None]:
    """Hold the lock of the folder, which the system takes back from a program that dies."""
    try:
        make_private_folder(folder)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise SetupRefused(f"{folder}: {error.strerror}") from error
    try:
        await asyncio.to_thread(fcntl.flock, descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


async def _set_up(config: StoreConfig, *, terminal: bool, recovery_out: Path | None) -> SetupResult:
    is_trial = not terminal and recovery_out is None
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
    """Write the first accounts and the key's fingerprint together: both or neither.

    Raises `AlreadySetUp` when a program with another data folder was first in this database.
    """
    database = open_database(config.database_url)
    try:
        async with account_records_factory(database, vault)() as records:
            records.save_office_key(first.office_key)
            records.save_operator(first.operator)
            records.save_office_wrap(first.wrap)
            records.also(partial(_note_key, fingerprint=vault.server_key.fingerprint.hex()))
            await records.commit()
    except Conflict as error:
        raise AlreadySetUp(config.data) from error
    finally:
        await database.close()


def _note_key(connection: Connection, fingerprint: str) -> None:
    meta.note_first(connection, meta.SERVER_KEY, fingerprint)
