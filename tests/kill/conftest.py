"""A fresh trial folder on either database, and what the office finds in it afterwards."""

import asyncio
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.bootstrap import Prepared, open_office
from bot.clock import SystemClock
from bot.settings import Settings
from casework import office
from casework.case import Case
from casework.profile import load_profile
from storage import StoreConfig, setup
from tests.dialogues.conftest import CACHE, prepared
from tests.support.stores import CHEAP, PROFILE, log_in

__all__ = ["prepared"]


@dataclass(frozen=True, kw_only=True)
class House:
    """A data folder with its database."""

    data: Path
    database_url: str

    @property
    def settings(self) -> Settings:
        return Settings(data=self.data, database_url=self.database_url or None)  # type: ignore[arg-type]

    @property
    def journal(self) -> Path:
        return self.data / "changtong.db-wal"

    async def cases(self) -> list[Case]:
        """Open every case as the first operator."""
        store, services = await open_office(self.settings)
        try:
            session = await log_in(store)
            rows = await office.list_cases(services, session)
            return [await office.show(services, session, row.id) for row in rows]
        finally:
            await store.close()

    def check_database(self) -> None:
        """Assert that what was broken off left a sound file, and an ordered end no journal behind."""
        if self.database_url:
            return
        assert not self.journal.exists() or self.journal.stat().st_size == 0
        connection = sqlite3.connect(self.data / "changtong.db")
        try:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        finally:
            connection.close()


MakeHouse = Callable[[], House]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def house(request: pytest.FixtureRequest, prepared: Prepared, tmp_path: Path) -> House:
    """Set a folder up, beside a model that is trained already."""
    url = request.getfixturevalue("postgres_url") if request.param == "postgres" else ""
    data, profile = tmp_path / "data", load_profile(PROFILE)
    clock = SystemClock(profile.zone)
    config = StoreConfig(url=url, data=data, profile=profile, clock=clock, argon_cost=CHEAP)
    asyncio.run(setup(config, terminal=False))
    (data / "cache").symlink_to(CACHE)
    return House(data=data, database_url=url)
