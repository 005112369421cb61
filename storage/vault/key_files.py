"""Small private files: written whole or not at all, synced with their folder, refused when others can read them."""

import os
import secrets
import stat
from pathlib import Path

from storage.errors import KeyFileUnsafe

_PRIVATE = 0o600


def write_private(path: Path, data: bytes) -> None:
    """Create `path` (0600) with `data`, durable on return; no reader ever sees half of it. Raises `FileExistsError`."""
    draft = _write_draft(path, data)
    try:
        os.link(draft, path)  # unlike rename it fails when another process was first
    finally:
        draft.unlink()
        sync_folder(path.parent)


def replace_private(path: Path, data: bytes) -> None:
    """Put `data` at `path` (0600) in one step, durable on return."""
    draft = _write_draft(path, data)
    try:
        draft.rename(path)
    except OSError:
        draft.unlink()
        raise
    sync_folder(path.parent)


def read_private(path: Path) -> bytes:
    """Return the content. Raises `FileNotFoundError`; `KeyFileUnsafe` for a link, a foreign owner, a mode over 0600."""
    try:
        # O_NONBLOCK: a pipe in the file's place must not hang the start.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeyFileUnsafe(path, f"cannot be read as a plain file ({error.strerror})") from error
    try:
        status = os.fstat(descriptor)
        _require_private(path, status)
        return os.read(descriptor, status.st_size)
    finally:
        os.close(descriptor)


def destroy(path: Path) -> bool:
    """Overwrite and delete a key file; return whether it was there.

    Overwriting helps on disks that write in place; on others the deletion alone counts. Of a link the link alone goes:
    what it leads to, the server key perhaps, is not ours to overwrite.
    """
    try:
        if not path.is_symlink():
            _overwrite(path)
        path.unlink()
    except FileNotFoundError:  # another replica was first
        return False
    sync_folder(path.parent)
    return True


def _overwrite(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "r+b", buffering=0) as file:
        file.write(secrets.token_bytes(os.fstat(descriptor).st_size))
        os.fsync(descriptor)


def make_private_folder(path: Path) -> None:
    """Create `path` and what is missing above it, 0700, durable."""
    if not path.is_dir():
        make_private_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make names created in or removed from `path` durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_draft(path: Path, data: bytes) -> Path:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        draft.unlink()
        raise
    return draft


def _require_private(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise KeyFileUnsafe(path, "is no plain file")
    if status.st_mode & 0o077:
        raise KeyFileUnsafe(path, f"can be used by others (mode {status.st_mode & 0o777:o}, expected 600)")
    if status.st_uid not in (os.geteuid(), 0):
        raise KeyFileUnsafe(path, f"belongs to user {status.st_uid}")
