"""Keys of one day each, for all that lives briefly. Destroying the key is the deletion."""

from collections.abc import Collection
from datetime import date
from pathlib import Path

from casework.ports import Clock


class DayKeys:
    """Day keys in one folder, shared by replicas, outside every backup."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock

    def seal(self, context: str, row_id: bytes, data: bytes) -> bytes:
        """Encrypt `data` under today's key, padded to a multiple of 512 bytes, bound to label and row."""
        raise NotImplementedError

    def open(self, context: str, row_id: bytes, ciphertext: bytes) -> bytes:
        """Decrypt. Raises `DayKeyGone` (read it as "deleted") or `Tampered`."""
        raise NotImplementedError

    @staticmethod
    def day_of(ciphertext: bytes) -> date:
        """Return the day whose key sealed `ciphertext`: what the store lists as live (also a clear column is fine)."""
        raise NotImplementedError

    def destroy_unused(self, live_days: Collection[date]) -> list[date]:
        """Destroy past days' keys that are not in `live_days`, and every key of the day before yesterday or older.

        Returns the days destroyed.
        """
        raise NotImplementedError
