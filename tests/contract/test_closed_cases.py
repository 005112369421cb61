"""Closed cases end with their time, on both databases: whole, with keys and files; a line without content is left."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select, text

from casework.case import CaseStatus
from casework.code import generate
from casework.profile import load_profile
from casework.retention import QUIET_DAYS, delete_on
from storage import Store
from storage.closed_cases import ACT, ACTOR, delete_closed_cases
from storage.repositories.case_rows import TABLES
from storage.retention import sweep_evidence
from tests.fakes import FakeClock
from tests.support.cases import DAY, make_case, make_entry, make_report
from tests.support.stores import PROFILE, fresh_store, make_config

DALIAN = load_profile(PROFILE)
KEPT = timedelta(days=DALIAN.retention.closed_case_days)
DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=DATABASES)
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Store]:
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""
    async with fresh_store(make_config(tmp_path / "data", url)) as opened:
        yield opened


def clock_of(store: Store) -> FakeClock:
    clock = store.config.clock
    assert isinstance(clock, FakeClock)
    return clock


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _rows(store: Store) -> dict[str, int]:
    def count(connection: Connection) -> dict[str, int]:
        return {t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in TABLES}

    return await store.database.read(count)


def test_a_closed_case_ends_after_the_profile_s_time_and_an_open_one_never() -> None:
    closed = make_case(
        row={"status": CaseStatus.FEEDBACK_GIVEN}, entries=(make_entry(status=CaseStatus.FEEDBACK_GIVEN),)
    )
    assert delete_on(closed, DALIAN) == DAY + KEPT
    assert delete_on(make_case(), DALIAN) is None
    assert delete_on(make_case(row={"status": CaseStatus.REOPENED}), DALIAN) is None


def test_closed_again_it_counts_anew() -> None:
    later = date(2027, 1, 5)
    entries = (make_entry(status=CaseStatus.CONCLUDED), make_entry(seq=2, day=later, status=CaseStatus.CONCLUDED))
    assert delete_on(make_case(row={"status": CaseStatus.CONCLUDED}, entries=entries), DALIAN) == later + KEPT


def test_never_within_thirty_days_of_the_reporter_s_word() -> None:
    last = DAY + KEPT - timedelta(days=3)
    entries = (make_entry(status=CaseStatus.CONCLUDED), make_entry(seq=2, day=last, author="reporter"))
    assert delete_on(make_case(row={"status": CaseStatus.CONCLUDED}, entries=entries), DALIAN) == last + timedelta(
        days=QUIET_DAYS
    )


async def test_a_case_is_deleted_whole_on_its_day_and_not_before(store: Store) -> None:
    clock = clock_of(store)
    file = await store.evidence.seal(_chunks(b"photo"), name="a.jpg", media_type="", limit_bytes=100)
    code, other = generate(), generate()
    today = clock.today()
    due = make_case(
        row={"status": CaseStatus.CONCLUDED, "delete_on": today + timedelta(days=5)}, report=make_report(files=(file,))
    )
    stays = make_case(row={"id": make_case().row.id})
    async with store.work() as work:
        work.cases.add(due, code)
        work.cases.add(stays, other)
        await work.commit()
    before = await _rows(store)
    assert await delete_closed_cases(store) == 0
    assert await _rows(store) == before
    clock.advance(hours=24 * 5)
    assert await delete_closed_cases(store) == 1
    assert {name: count for name, count in (await _rows(store)).items() if count} == {
        name: count // 2 for name, count in before.items() if name != "case_files" and count
    }
    async with store.work() as work:
        assert await work.cases.by_code(code) is None
        assert await work.cases.by_code(other) is not None
        entry = (await work.trail.entries())[0]
        assert (entry.actor, entry.act, entry.case_ref, entry.detail) == (ACTOR, ACT, due.id.hex(), "")
        assert await work.trail.verify() == 1
    assert await delete_closed_cases(store) == 0


async def test_its_files_go_with_the_next_sweep(store: Store) -> None:
    clock = clock_of(store)
    file = await store.evidence.seal(_chunks(b"photo"), name="a.jpg", media_type="", limit_bytes=100)
    original = await store.evidence.seal(_chunks(b"original"), name="a.jpg", media_type="", limit_bytes=100)
    kept = replace(file, original_id=original.id, original_key=original.key, original_size=8, keeps_original=True)
    case = make_case(
        row={"status": CaseStatus.CONCLUDED, "delete_on": clock.today()}, report=make_report(files=(kept,))
    )
    async with store.work() as work:
        work.cases.add(case, generate())
        await work.commit()
    store.evidence._now = lambda: 4e9
    assert await sweep_evidence(store) == []
    await delete_closed_cases(store)
    assert set(await sweep_evidence(store)) == {file.id, original.id}


async def test_a_closed_case_of_an_older_program_gets_its_time_from_today(store: Store) -> None:
    case = make_case(row={"status": CaseStatus.CONCLUDED})
    async with store.work() as work:
        work.cases.add(case, generate())
        await work.commit()
    await store.database.write(lambda c: c.execute(text("UPDATE cases SET delete_on = NULL")).rowcount)
    assert await delete_closed_cases(store) == 0
    async with store.work() as work:
        row = await work.cases.row(case.id)
    assert row is not None
    assert row.delete_on == clock_of(store).today() + KEPT
