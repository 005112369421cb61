"""What is done to a data folder from outside while nobody is served: claim, migrate, back up, restore."""

from collections.abc import Callable
from pathlib import Path

from bot.bootstrap import open_office, store_config
from bot.clock import SystemClock
from bot.settings import Settings
from casework.profile import load_profile
from storage import StoreConfig
from storage.backup import backup, backup_keys, restore
from storage.key_loss import replace_lost_server_key
from storage.migrating import migrate, revision
from storage.vault.claiming import Claimed, claim
from storage.vault.key_backup import write_outside

__all__ = [
    "Claimed",
    "back_up",
    "claim_folder",
    "migrate_database",
    "replace_server_key",
    "restore_backup",
    "write_outside",
]


async def claim_folder(
    settings: Settings, *, password: str | None, recovery_out: Path | None, show: Callable[[Claimed], None]
) -> None:
    """Turn a trial folder into a real one. What is told once goes to `show`, or to the new file `recovery_out`.

    Raises `NotClaimable`, `LogInRefused`, `SetupRefused`.
    """

    def tell(claimed: Claimed) -> None:
        if recovery_out is None:
            show(claimed)
        else:
            write_outside(recovery_out, settings.data, f"{claimed.recovery_key}\n{claimed.one_time_password}\n")

    store, _ = await open_office(settings)
    try:
        await claim(store.vault, store.accounts, password=password, tell=tell)
    finally:
        await store.close()


async def replace_server_key(settings: Settings, recovery_key: str) -> None:
    """Put a new server key in the place of one that is lost for good. Raises as `storage.key_loss` says."""
    await replace_lost_server_key(_config(settings), recovery_key)


async def migrate_database(settings: Settings) -> tuple[str | None, str]:
    """Bring the database to this program's version; return the revisions before and after."""
    url = _config(settings).database_url
    before = await revision(url)
    await migrate(url)
    return before, await revision(url) or ""


async def back_up(settings: Settings, target: Path, *, keys: bool) -> None:
    """Write a backup without keys, or the keys alone."""
    config = _config(settings)
    await (backup_keys(config, target) if keys else backup(config, target))


async def restore_backup(settings: Settings, source: Path, *, keys: Path | None) -> None:
    """Put a backup into an empty data folder."""
    await restore(_config(settings), source, keys=keys)


def _config(settings: Settings) -> StoreConfig:
    profile = load_profile(settings.profile)
    return store_config(settings, profile, SystemClock(profile.zone))
