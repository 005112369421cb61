"""Backup and restore of the database and the evidence; keys go their own way.

A backup holds no row of a live conversation: what day keys seal could not be opened from it, and nobody should try.
"""

import asyncio
import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path

from sqlalchemy import URL, make_url

from storage.engine import is_absent
from storage.errors import BackupRefused, DatabaseNewer, NotSetUp
from storage.migrating import known_revisions, revision
from storage.store import StoreConfig, noted_fingerprint
from storage.vault.key_backup import back_up_keys, restore_keys
from storage.vault.key_files import make_private_folder, sync_folder
from storage.vault.setup import server_key_path

PERSON_SIDE = (
    "conversations", "replies", "inbox", "outbox", "receipts", "case_sessions", "uploads", "updates", "watches",
)  # fmt: skip
"""Tables that no backup holds."""
DESK_LIVE = ("desk_sessions", "handoffs", "handoff_lines")
"""Nor these: sessions end within hours, and hand-offs are deleted after the profile's days everywhere."""
FORMAT = 1
_MANIFEST, _DUMP = "manifest.json", "database"


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What a backup is of. `fingerprint` (hex) names the server key that belongs to it."""

    format: int
    backend: str
    revision: str
    fingerprint: str
    day: str


async def backup(config: StoreConfig, target: Path) -> Manifest:
    """Write database, evidence and trail heads to the new folder `target`, while the service runs.

    Raises `BackupRefused`, `NotSetUp`.
    """
    fingerprint = await noted_fingerprint(config)
    if fingerprint is None:
        raise NotSetUp(config.data)
    draft = _draft_of(config, target)
    url = make_url(config.database_url)
    manifest = Manifest(
        format=FORMAT,
        backend=url.get_backend_name(),
        revision=await revision(url) or "",
        fingerprint=fingerprint.hex(),
        day=config.clock.today().isoformat(),
    )
    await asyncio.to_thread(make_private_folder, draft)
    # The database first: every file it refers to was there before its row was.
    await (_dump_sqlite(url, draft / _DUMP) if manifest.backend == "sqlite" else _dump_postgres(url, draft / _DUMP))
    await asyncio.to_thread(_finish, config, draft, target, manifest)
    return manifest


async def backup_keys(config: StoreConfig, path: Path) -> None:
    """Write the server key to the new file `path`, outside the data folder. Raises `SetupRefused`, `KeyFileMissing`."""
    await asyncio.to_thread(back_up_keys, config.data, path)


async def restore(config: StoreConfig, source: Path, *, keys: Path | None = None) -> Manifest:
    """Put a backup into an empty database and data folder; `keys` is what `backup_keys` wrote.

    Raises `BackupRefused`, `DatabaseNewer`, `SetupRefused` and `KeyFileUnsafe` (the keys).
    """
    manifest = await asyncio.to_thread(_read_manifest, source)
    url = make_url(config.database_url)
    if manifest.backend != url.get_backend_name():
        raise BackupRefused(f"{source}: is a backup of {manifest.backend}, the database is {url.get_backend_name()}")
    if manifest.revision not in known_revisions():
        raise DatabaseNewer(manifest.revision)
    if not is_absent(url) and await revision(url) is not None:
        raise BackupRefused("the database is not empty")
    await asyncio.to_thread(make_private_folder, config.data)
    if keys is not None:
        await asyncio.to_thread(_restore_keys, config, keys, manifest)
    await asyncio.to_thread(_copy_files, source / "evidence", config.evidence_folder)
    await asyncio.to_thread(_copy_files, source / "trail", config.trail_folder)
    # The database last: a restore that was broken off is still an empty one, and is done again.
    await (_load_sqlite if manifest.backend == "sqlite" else _load_postgres)(url, source / _DUMP)
    return manifest


def _draft_of(config: StoreConfig, target: Path) -> Path:
    if target.exists():
        raise BackupRefused(f"{target}: is there already")
    if target.absolute().is_relative_to(config.data.absolute()):
        raise BackupRefused(f"{target}: lies in the data folder it is a backup of")
    draft = target.with_name(f".{target.name}.partial")
    shutil.rmtree(draft, ignore_errors=True)
    return draft


def _finish(config: StoreConfig, draft: Path, target: Path, manifest: Manifest) -> None:
    _copy_files(config.evidence_folder, draft / "evidence")
    _copy_files(config.trail_folder, draft / "trail")
    (draft / _MANIFEST).write_text(json.dumps(asdict(manifest), indent=2) + "\n", encoding="utf-8")
    for path in draft.rglob("*"):
        if path.is_file():
            _sync(path)
        else:
            sync_folder(path)
    sync_folder(draft)
    draft.rename(target)
    sync_folder(target.parent)


def _read_manifest(source: Path) -> Manifest:
    try:
        manifest = Manifest(**json.loads((source / _MANIFEST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BackupRefused(f"{source}: is no backup, or is damaged ({_MANIFEST})") from error
    if manifest.format != FORMAT:
        raise BackupRefused(f"{source}: format {manifest.format}, expected {FORMAT}")
    return manifest


def _restore_keys(config: StoreConfig, keys: Path, manifest: Manifest) -> None:
    path = server_key_path(config.data)
    was_there = path.exists()
    server_key = restore_keys(keys, config.data, config.clock.today())
    if server_key.fingerprint.hex() != manifest.fingerprint:
        if not was_there:
            path.unlink()
        raise BackupRefused(f"{keys}: holds the keys of another database")


def _copy_files(source: Path, target: Path) -> None:
    """Copy the finished files below `source`; one that is swept meanwhile was needed by nobody."""
    if not source.is_dir():
        return
    for path in source.rglob("*"):
        inside = path.relative_to(source)
        if not path.is_file() or inside.parts[0] == "incoming" or path.name.startswith("."):
            continue
        make_private_folder((target / inside).parent)
        try:
            shutil.copy(path, target / inside)  # with a time of its own: that of writing tells who wrote
        except FileNotFoundError:
            continue


async def _dump_sqlite(url: URL, path: Path) -> None:
    await asyncio.to_thread(_copy_sqlite, Path(url.database or ""), path)


def _copy_sqlite(source: Path, path: Path) -> None:
    with closing(sqlite3.connect(source, timeout=30, isolation_level=None)) as connection:
        connection.execute("VACUUM INTO ?", (str(path),))
    with closing(sqlite3.connect(path, isolation_level=None)) as copy:
        copy.execute("PRAGMA secure_delete=ON")
        for table in (*PERSON_SIDE, *DESK_LIVE):
            copy.execute(f'DELETE FROM "{table}"')  # noqa: S608  # names of our own tables
        copy.execute("VACUUM")
    path.chmod(0o600)


async def _load_sqlite(url: URL, dump: Path) -> None:
    await asyncio.to_thread(_place_sqlite, dump, Path(url.database or ""))


def _place_sqlite(dump: Path, path: Path) -> None:
    draft = path.with_name(f".{path.name}.restoring")
    shutil.copyfile(dump, draft)
    draft.chmod(0o600)
    _sync(draft)
    draft.rename(path)
    sync_folder(path.parent)


async def _dump_postgres(url: URL, path: Path) -> None:
    left_out = [f"--exclude-table-data={table}" for table in (*PERSON_SIDE, *DESK_LIVE)]
    await _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", *left_out, f"--file={path}")
    await asyncio.to_thread(path.chmod, 0o600)


async def _load_postgres(url: URL, dump: Path) -> None:
    options = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
    await _run(url, "pg_restore", *options, f"--dbname={url.database}", str(dump))


async def _run(url: URL, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment. Raises `BackupRefused`."""
    if (path := shutil.which(program)) is None:
        raise BackupRefused(f"{program}: not installed; it is needed for a backup of PostgreSQL")
    where = {"PGHOST": url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password}
    told = {name: str(value) for name, value in where.items() if value is not None}
    process = await asyncio.create_subprocess_exec(
        path,
        *arguments,
        env=os.environ | told | {"PGDATABASE": url.database or ""},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await process.communicate()
    if process.returncode != 0:
        raise BackupRefused(f"{program}: {said.decode(errors='replace').strip()}")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
