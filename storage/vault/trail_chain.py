"""The audit trail's chain: each entry's MAC covers the one before; the last is written daily outside the database.

Whoever changes, inserts or removes an entry without the server key breaks the chain; whoever cuts off its end is told
by the head file.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date
from pathlib import Path

from casework.ports import TrailEntry
from storage.errors import TrailBroken
from storage.vault.key_files import make_private_folder, replace_private
from storage.vault.server_key import ServerKey

MAC_BYTES = 32
START = bytes(MAC_BYTES)
"""What stands before the first entry."""


@dataclass(frozen=True, kw_only=True)
class ChainedEntry:
    """One entry in its place. `position` counts from 1 without gaps; `mac` is unique too."""

    position: int
    entry: TrailEntry
    mac: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class TrailHead:
    """How long the trail was on a day, and the MAC it ended with."""

    day: date
    position: int
    mac: bytes = field(repr=False)


class TrailChain:
    """Makes and checks the chain under a subkey of the server key."""

    def __init__(self, server_key: ServerKey) -> None:
        self._key = server_key.subkey("trail")

    def link(self, entry: TrailEntry, previous: ChainedEntry | None) -> ChainedEntry:
        """Put `entry` after `previous` (None: it is the first)."""
        position = previous.position + 1 if previous else 1
        mac = self._mac(position, entry, previous.mac if previous else START)
        return ChainedEntry(position=position, entry=entry, mac=mac)

    def verify(self, entries: Iterable[ChainedEntry], heads: Iterable[TrailHead] = ()) -> int:
        """Check all entries, oldest first, and that the heads stand in them; returns how many there are.

        Raises `TrailBroken` naming the first that is unsound.
        """
        expected = _by_position(heads)
        position, before = 0, START
        for chained in entries:
            position += 1
            if chained.position != position:
                raise TrailBroken(position, "is missing")
            if not hmac.compare_digest(chained.mac, self._mac(position, chained.entry, before)):
                raise TrailBroken(position, "was changed")
            if expected.pop(position, {chained.mac}) != {chained.mac}:
                raise TrailBroken(position, "is not what the head file says")
            before = chained.mac
        if expected:
            raise TrailBroken(position + 1, f"is missing: the trail had {max(expected)} entries")
        return position

    def _mac(self, position: int, entry: TrailEntry, before: bytes) -> bytes:
        text = json.dumps(
            [
                position,
                entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
                entry.actor,
                entry.act,
                entry.case_ref,
                entry.detail,
            ],
            separators=(",", ":"),
        )
        return hashlib.blake2b(before + text.encode("ascii"), key=self._key, digest_size=MAC_BYTES).digest()


def write_head(folder: Path, head: TrailHead) -> Path:
    """Write the day's head to `folder/<date>` as text (position and MAC), to be copied out of operators' reach."""
    make_private_folder(folder)
    path = folder / head.day.isoformat()
    replace_private(path, f"{head.position} {head.mac.hex()}\n".encode("ascii"))
    return path


def read_heads(folder: Path) -> list[TrailHead]:
    """Return the heads in `folder`, oldest first. Raises `TrailBroken` for one that cannot be read."""
    return [_read_head(path) for path in sorted(folder.glob("????-??-??"))] if folder.is_dir() else []


def _by_position(heads: Iterable[TrailHead]) -> dict[int, set[bytes]]:
    macs: dict[int, set[bytes]] = {}
    for head in heads:
        macs.setdefault(head.position, set()).add(head.mac)
    return macs


def _read_head(path: Path) -> TrailHead:
    try:
        position, mac = path.read_text("ascii").split()
        return TrailHead(day=date.fromisoformat(path.name), position=int(position), mac=bytes.fromhex(mac))
    except ValueError as error:
        raise TrailBroken(0, f"the head of {path.name} cannot be read") from error
