"""One person at a time within this process; the version check in the database does the same across processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from casework.ports import PersonKey


@dataclass
class _Held:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0


class PersonLocks:
    """Locks by person; a lock that nobody holds or awaits is forgotten, so the map never outgrows the live turns."""

    def __init__(self) -> None:
        self._held: dict[PersonKey, _Held] = {}

    def __len__(self) -> int:
        return len(self._held)

    @asynccontextmanager
    async def hold(self, person: PersonKey) -> AsyncIterator[None]:
        held = self._held.setdefault(person, _Held())
        held.users += 1
        try:
            async with held.lock:
                yield
        finally:
            held.users -= 1
            if not held.users:
                del self._held[person]
