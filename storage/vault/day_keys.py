"""Keys of one day each, for all that lives briefly. Destroying the key is the deletion.

Key id in a ciphertext: the day's ordinal (4 bytes) and 4 bytes that name the key itself, so that a key that was lost
and made anew on the same day reads as gone, not as tampering.
"""

import threading
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from pathlib import Path

from casework.ports import Clock
from storage.errors import DayKeyGone, KeyFileUnsafe, Tampered
from storage.vault.key_files import destroy, make_private_folder, read_private, sync_folder, write_private
from storage.vault.sealing import KEY_BYTES, key_id, key_id_of, message_size, new_key, open_sealed, pad, seal, unpad

_DAY = 4


class DayKeys:
    """Day keys in one folder, shared by replicas, outside every backup. Safe in several threads and processes.

    A key is used on its day and opens until the end of the next: a row written at midnight lives its 24 hours.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._keys: dict[date, bytes] = {}
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return "DayKeys(…)"

    def seal(self, context: str, row_id: bytes, data: bytes) -> bytes:
        """Encrypt `data` under today's key, padded to a multiple of 512 bytes, bound to label and row."""
        day = self._clock.today()
        key = self._keys.get(day) or self._load(day, create=True)
        return seal(key, context, row_id, pad(data, message_size), named=_key_id(day, key))

    def open(self, context: str, row_id: bytes, ciphertext: bytes) -> bytes:
        """Decrypt. Raises `DayKeyGone` (read it as "deleted") or `Tampered`."""
        day = self.day_of(ciphertext)
        if day < self._oldest():
            raise DayKeyGone(day.isoformat())
        key = self._keys.get(day) or self._load(day, create=False)
        if key_id_of(ciphertext) != _key_id(day, key):
            raise DayKeyGone(day.isoformat())
        return unpad(open_sealed(key, context, row_id, ciphertext), context)

    @staticmethod
    def day_of(ciphertext: bytes) -> date:
        """Return the day whose key sealed `ciphertext`. Raises `Tampered` when it names none."""
        try:
            return date.fromordinal(int.from_bytes(key_id_of(ciphertext)[:_DAY], "big"))
        except (ValueError, OverflowError) as error:
            raise Tampered("day key", "names no day") from error

    def days(self) -> list[date]:
        """Return the days that have a key, oldest first."""
        return sorted(day for day, _ in self._files())

    def destroy_unused(self, live_days: Collection[date]) -> list[date]:
        """Destroy past days' keys that are not in `live_days`, and every key of the day before yesterday or older.

        Today's key stays. Returns the days destroyed.
        """
        today, destroyed = self._clock.today(), []
        for day, path in sorted(self._files()):
            if day < self._oldest() or (day < today and day not in live_days):
                destroy(path)
                destroyed.append(day)
        with self._lock:
            for day in list(self._keys):
                if day in destroyed or day < self._oldest():
                    del self._keys[day]
        return destroyed

    def _oldest(self) -> date:
        return self._clock.today() - timedelta(days=1)

    def _load(self, day: date, *, create: bool) -> bytes:
        with self._lock:
            if day not in self._keys:
                self._keys[day] = self._read(self._folder / day.isoformat(), create=create)
                # Another process may have made the name and not synced it yet; nothing is sealed before it lasts.
                sync_folder(self._folder)
            return self._keys[day]

    def _read(self, path: Path, *, create: bool) -> bytes:
        try:
            key = read_private(path)
        except FileNotFoundError as error:
            if not create:
                raise DayKeyGone(path.name) from error
            key = self._create(path)
        if len(key) != KEY_BYTES:
            raise KeyFileUnsafe(path, f"has {len(key)} bytes, expected {KEY_BYTES}")
        return key

    def _create(self, path: Path) -> bytes:
        make_private_folder(self._folder)
        key = new_key()
        try:
            write_private(path, key)
        except FileExistsError:  # another process was first: its key is everybody's
            return read_private(path)
        return key

    def _files(self) -> Iterator[tuple[date, Path]]:
        if not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            try:
                yield date.fromisoformat(path.name), path
            except ValueError:  # a draft of a process that died while writing
                continue


def _key_id(day: date, key: bytes) -> bytes:
    return day.toordinal().to_bytes(_DAY, "big") + key_id(key)[:4]
