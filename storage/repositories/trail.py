"""The audit trail: numbered, each entry's MAC over the one before it; no foreign key to what it tells of."""

import hmac
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, insert, select
from sqlalchemy.orm import Session

from casework.ports import TrailEntry
from storage.collected import Collected
from storage.errors import TrailBroken
from storage.models import TrailRecord
from storage.vault.server_key import ServerKey

FIRST = bytes(32)
_PAGE = 1_000


class AuditTrail:
    """Satisfies `casework.ports.Trail`."""

    def __init__(self, collected: Collected, server_key: ServerKey) -> None:
        self._collected, self._key = collected, server_key.subkey("trail")

    def append(self, entry: TrailEntry) -> None:
        """Take the next position at commit; two at once on PostgreSQL: one of them is a `Conflict`."""

        def command(session: Session) -> None:
            position, previous = _head(session)
            values = _columns(entry) | {"position": position + 1}
            session.execute(insert(TrailRecord).values(**values, mac=self._mac(previous, position + 1, entry)))

        self._collected.add(command)

    async def entries(self, limit: int = 100) -> list[TrailEntry]:
        """Return the newest entries, newest first."""
        question = select(TrailRecord.__table__).order_by(TrailRecord.position.desc()).limit(limit)
        rows = await self._collected.database.read(lambda session: session.execute(question).all())
        return [_entry(row) for row in rows]

    async def verify(self) -> int:
        """Return how many entries are sound; raises `TrailBroken`."""
        position, previous = 0, FIRST
        while rows := await self._page(position):
            for row in rows:
                position += 1
                if row.position != position:
                    raise TrailBroken(position, "is missing")
                if not hmac.compare_digest(row.mac, self._mac(previous, position, _entry(row))):
                    raise TrailBroken(position, "was changed")
                previous = row.mac
        return position

    async def head(self) -> tuple[int, bytes]:
        """Return the newest position and its MAC: what is written outside the database, to notice a cut-off end."""
        return await self._collected.database.read(_head)

    async def _page(self, after: int) -> Sequence[Row[Any]]:
        question = select(TrailRecord.__table__).where(TrailRecord.position > after)
        page = question.order_by(TrailRecord.position).limit(_PAGE)
        return await self._collected.database.read(lambda session: session.execute(page).all())

    def _mac(self, previous: bytes, position: int, entry: TrailEntry) -> bytes:
        said = [position, entry.at.isoformat(), entry.actor, entry.act, entry.case_ref, entry.detail]
        return hmac.digest(self._key, previous + json.dumps(said, ensure_ascii=False).encode(), "sha256")


def _head(session: Session) -> tuple[int, bytes]:
    newest = select(TrailRecord.position, TrailRecord.mac).order_by(TrailRecord.position.desc()).limit(1)
    row = session.execute(newest).one_or_none()
    return (row.position, row.mac) if row else (0, FIRST)


def _columns(entry: TrailEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "actor": entry.actor,
        "act": entry.act,
        "case_ref": entry.case_ref,
        "detail": entry.detail,
    }


def _entry(row: Row[Any]) -> TrailEntry:
    return TrailEntry(at=row.at, actor=row.actor, act=row.act, case_ref=row.case_ref, detail=row.detail)
