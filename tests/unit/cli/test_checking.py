"""`changtong check`: each thing that can be wrong is found, and how bad it is."""

import shutil
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from bot.bootstrap import open_office
from bot.cli import checking
from bot.cli.checking import findings
from bot.settings import Settings
from casework.errors import LogInRefused
from casework.ports import PersonKey
from storage import Store
from storage.retention import delete_expired
from tests.fakes import FakeClock

DAY = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _files_are_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "project_problems", lambda settings: [])


@pytest.fixture
async def store(data: Path) -> AsyncIterator[Store]:
    store, _ = await open_office(Settings(data=data), clock=FakeClock(DAY))
    yield store
    await store.close()


async def _found(data: Path, at: datetime = DAY) -> dict[str, str]:
    return {found.name: found.level for found in await findings(Settings(data=data), FakeClock(at))}


async def test_a_good_folder(data: Path) -> None:
    found = await _found(data)
    assert [name for name, level in found.items() if level == "must"] == []
    assert (found["database"], found["trail"], found["jobs"]) == ("fine", "fine", "fine")
    assert (found["trial"], found["nobody_can_read"], found["no_auditor"]) == ("advice", "advice", "advice")


@pytest.mark.parametrize(("year", "level"), [(2031, "must"), (2026, None)])
async def test_a_calendar_nobody_knows(data: Path, year: int, level: str | None) -> None:
    assert (await _found(data, DAY.replace(year=year))).get("unknown_year") == level


async def test_next_year_is_not_known_yet(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "unknown_years", lambda profile, today: (today.year + 1,))
    assert (await _found(data))["unknown_year"] == "advice"


@pytest.mark.parametrize(("folder", "level"), [("keys", "must"), ("keys/day", "must"), (".", "advice")])
async def test_a_folder_that_others_look_into(data: Path, folder: str, level: str) -> None:
    (data / folder).chmod(0o755)
    assert (await _found(data))["open_folder"] == level


async def test_a_folder_that_others_write_into_is_a_problem(data: Path) -> None:
    (data / "keys").chmod(0o777)
    assert (await _found(data))["problem"] == "must"


@pytest.mark.parametrize(("free", "level"), [(1 << 20, "must"), (1 << 30, "advice"), (1 << 40, "fine")])
async def test_disk_space(data: Path, monkeypatch: pytest.MonkeyPatch, free: int, level: str) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    assert (await _found(data))["space"] == level


async def test_evidence_that_cannot_be_written(data: Path) -> None:
    shutil.rmtree(data / "evidence", ignore_errors=True)
    (data / "evidence").write_text("a file in the folder's place")
    assert (await _found(data))["evidence"] == "must"


async def test_what_the_jobs_left_undone(data: Path, store: Store) -> None:
    async with store.work() as work:
        work.case_sessions.put(PersonKey(b"p" * 32), "code", DAY + timedelta(minutes=15))
        work.outbox.put({"text": "x"}, expires_at=DAY + timedelta(days=5))
        await work.commit()
    assert "undone_rows" not in await _found(data, DAY + timedelta(minutes=70))
    later = await _found(data, DAY + timedelta(days=3))
    assert (later["undone_rows"], later["undone_keys"], "jobs" in later) == ("must", "must", False)


async def test_a_day_key_may_live_its_two_days(data: Path, store: Store) -> None:
    async with store.work() as work:
        work.outbox.put({"text": "x"}, expires_at=DAY + timedelta(days=5))
        await work.commit()
    midnight = datetime(2026, 3, 3, 16, 0, tzinfo=UTC)  # in the city, the end of the next day
    assert "undone_keys" not in await _found(data, midnight + timedelta(minutes=50))
    assert (await _found(data, midnight + timedelta(minutes=70)))["undone_keys"] == "must"


async def test_a_message_that_never_leaves(data: Path, store: Store) -> None:
    async with store.work() as work:
        work.outbox.put({"text": "x"}, expires_at=DAY + timedelta(days=5))
        await work.commit()
    connection = sqlite3.connect(data / "changtong.db")
    with connection:
        connection.execute("UPDATE outbox SET attempts = 10")
    connection.close()
    assert (await _found(data))["undone_parked"] == "must"


async def test_messages_that_were_set_aside_are_counted_after_their_day(data: Path, store: Store) -> None:
    async with store.work() as work:
        work.outbox.put({"text": "x"}, expires_at=DAY + timedelta(days=1))
        await work.commit()
        (row,) = await work.outbox.claim(b"me", timedelta(minutes=1))
        work.outbox.park(row.id, b"me", DAY + timedelta(hours=24))
        await work.commit()
    found = await _found(data)
    assert (found["undone_parked"], "parked_before" in found) == ("must", False)
    store.config.clock.advance(days=1, hours=1)  # type: ignore[attr-defined]
    for _ in range(2):
        await delete_expired(store)
    found = await _found(data)
    assert (found["parked_before"], "undone_parked" in found) == ("advice", False)


async def test_a_newer_database_is_left_alone(data: Path) -> None:
    connection = sqlite3.connect(data / "changtong.db")
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from_the_future'")
    connection.close()
    assert (await _found(data))["problem"] == "must"


async def test_a_database_to_be_migrated(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.migrating.head", lambda: "the_next_one")
    found = await _found(data)
    assert (found["old_database"], "trail" in found) == ("must", False)


async def test_a_changed_trail(data: Path, store: Store) -> None:
    with pytest.raises(LogInRefused):
        await store.accounts.log_in("nobody", "x")
    connection = sqlite3.connect(data / "changtong.db")
    with connection:
        connection.execute("DROP TRIGGER trail_is_not_changed")
        connection.execute("UPDATE trail SET act = 'nothing'")
    connection.close()
    assert (await _found(data))["problem"] == "must"


async def test_key_holders(data: Path) -> None:
    connection = sqlite3.connect(data / "changtong.db")
    with connection:
        connection.execute("UPDATE operators SET has_logged_in = 1")
    assert (await _found(data))["one_holder"] == "advice"
    with connection:
        connection.execute("UPDATE operators SET state = 'pending'")
    connection.close()
    assert (await _found(data))["pending"] == "advice"
    (data / "TRIAL").unlink()
    assert (await _found(data))["nobody_can_read"] == "must"
