"""The same tests on the store in memory, on SQLite and on PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.turns.ports import TurnWorkFactory
from casework.ports import Evidence, OfficeKey
from tests.fakes import FakeClock, FakeOfficeKey, MemoryStore
from tests.support.stores import fresh_store, log_in, make_config

KINDS = ["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A store under test, its clock, and an office key that opens its cases."""

    work: TurnWorkFactory
    clock: FakeClock
    evidence: Evidence
    office_key: OfficeKey
    person_keys: Any

    def person(self, address: str = "a") -> Any:
        return self.person_keys.person("test", address)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest) -> str | None:
    """Return None for memory, "" for SQLite, a URL for PostgreSQL."""
    if request.param == "postgres":
        return str(request.getfixturevalue("postgres_url"))
    return None if request.param == "memory" else ""


@pytest.fixture
async def ground(database_url: str | None, tmp_path: Path) -> AsyncIterator[Ground]:
    clock = FakeClock()
    if database_url is None:
        memory = MemoryStore(clock)
        yield Ground(
            work=memory.work,
            clock=clock,
            evidence=memory.evidence,
            office_key=FakeOfficeKey(),
            person_keys=memory.person_keys,
        )
        return
    opened: AbstractAsyncContextManager[Any] = fresh_store(make_config(tmp_path / "data", database_url, clock))
    async with opened as store:
        yield Ground(
            work=store.work,
            clock=clock,
            evidence=store.evidence,
            office_key=await log_in(store),
            person_keys=store.person_keys,
        )
