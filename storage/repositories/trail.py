"""The audit trail: numbered and chained; no foreign key to what it tells of."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select

from casework.ports import TrailEntry, TrailQuery
from storage.collected import Collected
from storage.models import TrailRecord
from storage.vault.trail_chain import ChainedEntry, TrailChain, read_heads


class AuditTrail:
    """Satisfies `casework.ports.Trail`. `heads` is the folder that holds each day's head."""

    def __init__(self, collected: Collected, chain: TrailChain, heads: Path) -> None:
        self._collected, self._chain, self._heads = collected, chain, heads

    def append(self, entry: TrailEntry) -> None:
        """Take the next position at commit; of two at once on PostgreSQL one is a `Conflict`."""

        def command(connection: Connection) -> None:
            chained = self._chain.link(entry, newest(connection))
            connection.execute(insert(TrailRecord).values(_columns(chained)))

        self._collected.add(command)

    async def entries(self, limit: int = 100) -> list[TrailEntry]:
        """Return the newest entries, newest first."""
        found = await self._read(select(TrailRecord.__table__).order_by(TrailRecord.position.desc()).limit(limit))
        return [chained.entry for chained in found]

    async def find(self, query: TrailQuery) -> list[TrailEntry]:
        """Return the entries that fit, newest first."""
        question = select(TrailRecord.__table__).where(*_conditions(query)).order_by(TrailRecord.position.desc())
        return [chained.entry for chained in await self._read(question.limit(query.limit).offset(query.offset))]

    async def verify(self) -> int:
        """Return how many entries are sound, the daily heads compared too; raises `TrailBroken`."""
        chained = await self._read(select(TrailRecord.__table__).order_by(TrailRecord.position))
        return self._chain.verify(chained, read_heads(self._heads))

    async def _read(self, question: Select[Any]) -> list[ChainedEntry]:
        return [chained_entry(row) for row in await self._collected.all(question)]


def _conditions(query: TrailQuery) -> Iterable[Any]:
    t = TrailRecord
    if query.actor:
        yield t.actor == query.actor
    if query.case_prefix:
        yield t.case_ref.startswith(query.case_prefix, autoescape=True)
    if query.since is not None:
        yield t.at >= query.since
    if query.until is not None:
        yield t.at < query.until


def newest(connection: Connection) -> ChainedEntry | None:
    """Return the last entry of the chain."""
    row = connection.execute(select(TrailRecord.__table__).order_by(TrailRecord.position.desc()).limit(1)).one_or_none()
    return chained_entry(row) if row else None


def _columns(chained: ChainedEntry) -> dict[str, Any]:
    entry = chained.entry
    return {
        "position": chained.position,
        "at": entry.at,
        "actor": entry.actor,
        "act": entry.act,
        "case_ref": entry.case_ref,
        "detail": entry.detail,
        "mac": chained.mac,
    }


def chained_entry(row: Row[Any]) -> ChainedEntry:
    """Read a row of the trail."""
    entry = TrailEntry(at=row.at, actor=row.actor, act=row.act, case_ref=row.case_ref, detail=row.detail)
    return ChainedEntry(position=row.position, entry=entry, mac=row.mac)
