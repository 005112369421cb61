"""Watches: an address to ping, sealed to the office's key. No case stands beside; the case's office part names it."""

import json
import secrets
from datetime import date
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select

from casework.errors import IntakeClosed
from casework.ports import OfficeKey, PersonKey
from storage.collected import Collected
from storage.errors import Tampered
from storage.models import WatchRecord
from storage.repositories.office_public_key import OfficePublicKey
from storage.vault.case_rows import OFFICE
from storage.vault.sealing import message_size, pad, seal_box, unpad
from storage.vault.server_key import ServerKey
from storage.vault.sessions import require_session

_WATCH = "watch.v1"

_w: Any = WatchRecord.__table__
_PUT = insert(_w)
_OF_CHAT = _w.c.forget_id == bindparam("chat")
_DROP_OF = delete(_w).where(_OF_CHAT)
_DROP = delete(_w).where(_w.c.id == bindparam("which"))
_COUNT_OF = select(func.count()).select_from(_w).where(_OF_CHAT)
_BY_ID = select(_w).where(_w.c.id == bindparam("which"))


class Watches:
    """Satisfies `casework.ports.WatchStore`."""

    def __init__(self, collected: Collected, server_key: ServerKey, office_keys: OfficePublicKey) -> None:
        self._collected, self._server_key, self._office_keys = collected, server_key, office_keys

    async def put(self, person: PersonKey, address: dict[str, Any], expires_on: date) -> bytes:
        """Collect a watch and return its random id. Raises `IntakeClosed` without a key of the office."""
        key = await self._office_keys.current(self._collected)
        if key is None:
            raise IntakeClosed
        watch_id = secrets.token_bytes(16)
        box = seal_box(key.public_key, _WATCH, watch_id, pad(json.dumps(address).encode(), message_size))
        row = {"id": watch_id, "forget_id": self._server_key.forget_id(person), "office_version": key.version}
        self._collected.execute(_PUT, {**row, "box": box, "expires_on": expires_on})
        return watch_id

    async def count_of(self, person: PersonKey) -> int:
        """Return how many watches this chat has."""
        row = await self._collected.first(_COUNT_OF, {"chat": self._server_key.forget_id(person)})
        count: int = row[0]
        return count

    def drop_of(self, person: PersonKey) -> None:
        """Collect the end of this chat's watches."""
        self._collected.execute(_DROP_OF, {"chat": self._server_key.forget_id(person)})

    def drop(self, watch_id: bytes) -> None:
        """Collect the end of one watch."""
        self._collected.execute(_DROP, {"which": watch_id})

    async def open(self, watch_id: bytes, key: OfficeKey, today: date) -> dict[str, Any] | None:
        """Return the address for an operator's session; None when the watch has ended.

        Raises `KeyNotGranted`, `PasswordMustChange`, `Tampered`.
        """
        row = await self._collected.first(_BY_ID, {"which": watch_id})
        if row is None or row.expires_on < today:
            return None
        session = require_session(key)
        opened = session.open_box(OFFICE, row.office_version, _WATCH, watch_id, row.box)
        address = json.loads(unpad(opened, _WATCH))
        if not isinstance(address, dict):
            raise Tampered(_WATCH, "is no address")
        return address
