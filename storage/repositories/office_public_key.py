"""The office's public key that new cases are sealed to: remembered, and verified where it counts."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from casework.errors import Conflict
from storage.collected import Collected
from storage.models import OfficeKeyRow
from storage.prepared import Prepared
from storage.vault.case_rows import OFFICE, RecipientKey

_k: Any = OfficeKeyRow.__table__
_QUESTION = select(_k.c.version, _k.c.public_key).order_by(_k.c.version.desc()).limit(1)
_NEWEST = Prepared(_QUESTION)
_LOCKED = Prepared(_QUESTION.with_for_update(read=True))


@dataclass
class OfficePublicKey:
    """One for all units of work of a store."""

    known: RecipientKey | None = None

    async def current(self, collected: Collected) -> RecipientKey | None:
        """Return the key as last seen, None when there is none."""
        if self.known is None and (row := await collected.first(_NEWEST, {})) is not None:
            self.known = RecipientKey(recipient=OFFICE, version=row.version, public_key=row.public_key)
        return self.known

    def require(self, connection: Connection, key: RecipientKey) -> None:
        """Raise `Conflict` when the key was rotated since: what is sealed to the old one would be lost.

        The row is locked where the database can, so that a rotation waits for this transaction.
        """
        row = _LOCKED.first(connection, {})
        if row is None or (row.version, row.public_key) != (key.version, key.public_key):
            self.known = None
            raise Conflict("office key")
