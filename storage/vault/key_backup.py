"""Writes the keys of a data folder apart from its data, and puts them back."""

from datetime import date, timedelta
from pathlib import Path

from storage.errors import KeyFileUnsafe, SetupRefused
from storage.vault.key_files import make_private_folder, read_private, write_private
from storage.vault.sealing import KEY_BYTES
from storage.vault.server_key import ServerKey
from storage.vault.setup import server_key_path

_TITLE = "changtong key backup v1"


def write_outside(path: Path, data: Path, text: str) -> None:
    """Write a secret to a new file (0600) that must not lie in the data folder. Raises `SetupRefused`."""
    if path.resolve().is_relative_to(data.resolve()):
        raise SetupRefused(f"{path}: lies in the data folder; a thief of one would have both")
    try:
        write_private(path, text.encode())
    except FileExistsError as error:
        raise SetupRefused(f"{path}: is there already") from error
    except OSError as error:
        raise SetupRefused(f"{path}: {error.strerror}") from error


def back_up_keys(data: Path, path: Path, *, with_day_keys: bool = False) -> None:
    """Write the server key to `path`, outside the data folder.

    Day keys go along only when asked, to move a running service: a kept copy would undo every deletion of two days.
    Raises `SetupRefused`, `KeyFileMissing`, `KeyFileUnsafe`.
    """
    server_key = ServerKey.load(server_key_path(data))
    days = sorted((data / "keys" / "day").glob("????-??-??")) if with_day_keys else []
    lines = [_TITLE, *(f"day {file.name} {read_private(file).hex()}" for file in days), server_key.as_text().decode()]
    write_outside(path, data, "\n".join(lines))


def restore_keys(path: Path, data: Path, today: date) -> ServerKey:
    """Put the keys of a backup into a data folder; day keys that would be destroyed by now are left out.

    What lies there already and is the same stays. Raises `SetupRefused` for another server key, `KeyFileUnsafe`.
    """
    days, server_key = _read_backup(path)
    make_private_folder(data / "keys" / "day")
    _restore(server_key_path(data), server_key.as_text())
    for day, key in days.items():
        if day >= today - timedelta(days=1):
            _restore(data / "keys" / "day" / day.isoformat(), key)
    return server_key


def _read_backup(path: Path) -> tuple[dict[date, bytes], ServerKey]:
    try:
        title, *lines = read_private(path).decode("ascii").splitlines()
        if title != _TITLE:
            raise ValueError("the first line is not a key backup's")
        words = [line.split(" ") for line in lines if line.startswith("day ")]
        days = {date.fromisoformat(day): bytes.fromhex(key) for _, day, key in words}
        if any(len(key) != KEY_BYTES for key in days.values()):
            raise ValueError("a day key is cut")
        return days, ServerKey.parse("\n".join(lines[len(words) :]))
    except FileNotFoundError as error:
        raise SetupRefused(f"{path}: is not there") from error
    except ValueError as error:
        raise KeyFileUnsafe(path, "is no key backup, or is damaged") from error


def _restore(path: Path, content: bytes) -> None:
    try:
        write_private(path, content)
    except FileExistsError as error:
        if read_private(path) != content:
            raise SetupRefused(f"{path}: another key lies here; move it away first") from error
