"""Hand-offs in memory: nothing sealed, the same conflicts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from casework.errors import Conflict
from casework.handing_off import ANSWERS, Glance, Handoff, Said, Way
from casework.handoff import Owner
from casework.ports import OfficeKey

if TYPE_CHECKING:
    from tests.fakes.memory import Tables, Writes


@dataclass(kw_only=True)
class HandoffTables:
    """`ways` lose a hand-off that ended."""

    handoffs: dict[bytes, Handoff] = field(default_factory=dict)
    handoff_lines: dict[bytes, tuple[Said, ...]] = field(default_factory=dict)
    ways: dict[bytes, Way] = field(default_factory=dict)


class MemoryHandoffs:
    """Satisfies `casework.handing_off.HandoffStore`."""

    def __init__(self, writes: "Writes") -> None:
        self._writes = writes

    def begin(self, handoff: Handoff, way: Way, lines: Sequence[Said]) -> None:
        def operation(tables: "Tables") -> None:
            tables.handoffs[handoff.id] = handoff
            tables.ways[handoff.id] = way
            _say(tables, handoff.id, lines)

        self._writes.add(operation)

    async def get(self, handoff_id: bytes) -> Handoff | None:
        return self._writes.view().handoffs.get(handoff_id)

    async def live(self) -> list[Handoff]:
        found = [handoff for handoff in self._writes.view().handoffs.values() if handoff.is_live]
        return sorted(found, key=lambda handoff: (handoff.state is not Owner.WAITING, handoff.asked_at, handoff.id))

    async def glances(self) -> list[Glance]:
        return [Glance(it.id, it.version, it.state, it.owner, it.unread, it.alerted) for it in await self.live()]

    async def ended(self, limit: int) -> list[Handoff]:
        found = [handoff for handoff in self._writes.view().handoffs.values() if not handoff.is_live]
        return sorted(found, key=lambda handoff: handoff.ended_at or handoff.asked_at, reverse=True)[:limit]

    def change(self, handoff: Handoff, lines: Sequence[Said] = ()) -> None:
        def operation(tables: "Tables") -> None:
            old = tables.handoffs.get(handoff.id)
            if old is None or old.version != handoff.version:
                raise Conflict("hand-off")
            tables.handoffs[handoff.id] = replace(handoff, version=handoff.version + 1)
            if not handoff.is_live:
                tables.ways.pop(handoff.id, None)
            _say(tables, handoff.id, lines)
            if not handoff.is_live:
                kept = (line for line in tables.handoff_lines[handoff.id] if line.speaker not in ANSWERS)
                tables.handoff_lines[handoff.id] = tuple(kept)

        self._writes.add(operation)

    async def lines(self, handoff: Handoff, key: OfficeKey) -> list[Said]:
        return list(self._writes.view().handoff_lines.get(handoff.id, ()))

    async def way(self, handoff_id: bytes) -> Way | None:
        return self._writes.view().ways.get(handoff_id)

    async def drop_expired(self, now: datetime) -> int:
        tables = self._writes.committed
        old = [handoff.id for handoff in tables.handoffs.values() if handoff.expires_at <= now]
        for handoff_id in old:
            for table in (tables.handoffs, tables.handoff_lines, tables.ways):
                table.pop(handoff_id, None)
        return len(old)


def _say(tables: "Tables", handoff_id: bytes, lines: Sequence[Said]) -> None:
    before = tables.handoff_lines.get(handoff_id, ())
    numbered = (replace(line, seq=len(before) + place) for place, line in enumerate(lines, start=1))
    tables.handoff_lines[handoff_id] = (*before, *numbered)
