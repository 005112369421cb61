"""The jobs that end, settle, back up and restore, on both databases."""

import asyncio
import json
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, text

from casework.code import generate
from casework.errors import Conflict
from casework.ports import Receipt, TrailEntry
from casework.report import FileRef
from storage import Store, StoreConfig, open_store, setup
from storage.backup import PERSON_SIDE, backup, backup_keys, restore
from storage.errors import BackupRefused, DatabaseNewer, KeyFileMissing, NotSetUp, TrailBroken
from storage.models import Base
from storage.retention import delete_expired, destroy_day_keys, retain, sweep_evidence, write_trail_head
from storage.settle import settle
from storage.trail_guard import unguard
from tests.fakes import FakeClock
from tests.support.cases import make_case, make_report
from tests.support.stores import fresh_store, log_in, make_config, open_for_test

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
CASE_SIDE = ("cases", "case_parts", "case_keys", "case_entries", "case_files")


@pytest.fixture(params=DATABASES)
def config(request: pytest.FixtureRequest, tmp_path: Path) -> StoreConfig:
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""
    return make_config(tmp_path / "data", url)


@pytest.fixture
async def store(config: StoreConfig) -> AsyncIterator[Store]:
    async with fresh_store(config) as opened:
        yield opened


def clock_of(store: Store) -> FakeClock:
    clock = store.config.clock
    assert isinstance(clock, FakeClock)
    return clock


async def _submit(store: Store, address: str, **changes: Any) -> str:
    """Submit as a turn does: the conversation goes, the case comes."""
    person, code, now = store.person_keys.person("web", address), generate(), store.config.clock.now()
    async with store.work() as work:
        work.conversations.save(person, b"draft", None, now + timedelta(hours=24))
        await work.commit()
    async with store.work() as work:
        work.conversations.delete(person, 1)
        work.cases.add(make_case(**changes), code)
        receipt = Receipt(code=code, language="zh", draft=address)
        work.receipts.put(person, receipt, now + timedelta(minutes=60))
        work.inbox.mark(store.person_keys.update_key("web", address, "1"), store.config.clock.today())
        work.replies.put(store.person_keys.update_key("web", address, "1"), person, b"ok", now + timedelta(hours=24))
        await work.commit()
    return code


async def _counts(store: Store) -> dict[str, int]:
    def count(connection: Connection) -> dict[str, int]:
        names = Base.metadata.tables
        return {name: connection.execute(select(func.count()).select_from(names[name])).scalar_one() for name in names}

    return await store.database.read(count)


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _seal(store: Store, content: bytes = b"photo") -> FileRef:
    return await store.evidence.seal(_chunks(content), name="a.jpg", media_type="image/jpeg", limit_bytes=100)


def _age(store: Store) -> None:
    """Make all files look two hours old."""
    for path in store.config.evidence_folder.rglob("*"):
        os.utime(path, (time.time() - 7200,) * 2)


async def test_what_expired_is_deleted_and_what_lives_stays(store: Store) -> None:
    code = await _submit(store, "a")
    clock_of(store).advance(hours=2)
    async with store.work() as work:
        work.conversations.save(
            store.person_keys.person("web", "b"), b"draft", None, store.config.clock.now() + timedelta(hours=24)
        )
        work.case_sessions.put(
            store.person_keys.person("web", "b"), code, store.config.clock.now() + timedelta(minutes=15)
        )
        await work.commit()
    deleted = await delete_expired(store)
    assert (deleted["receipts"], deleted["replies"], deleted["conversations"], deleted["inbox"]) == (1, 0, 0, 0)
    clock_of(store).advance(hours=25)
    deleted = await delete_expired(store)
    assert (deleted["replies"], deleted["conversations"], deleted["case_sessions"], deleted["inbox"]) == (1, 1, 1, 0)
    clock_of(store).advance(hours=48)
    assert (await delete_expired(store))["inbox"] == 1
    counts = await _counts(store)
    assert {name: counts[name] for name in PERSON_SIDE} == dict.fromkeys(PERSON_SIDE, 0)
    assert counts["cases"] == 1


async def test_a_tombstone_lives_48_hours(store: Store) -> None:
    await _submit(store, "a")
    clock_of(store).advance(hours=48)
    assert (await delete_expired(store))["inbox"] == 0


async def test_day_keys_go_when_no_live_row_uses_them(store: Store) -> None:
    await _submit(store, "a")
    first = store.config.clock.today()
    clock_of(store).advance(hours=15)
    assert store.config.clock.today() > first
    assert await destroy_day_keys(store) == []
    await delete_expired(store)
    assert await destroy_day_keys(store) == [], "the reply still lives"
    clock_of(store).advance(hours=9)
    await delete_expired(store)
    assert await destroy_day_keys(store) == [first]


async def test_a_day_key_survives_midnight_by_ten_minutes(store: Store) -> None:
    clock_of(store).advance(hours=13, minutes=59)
    store.vault.day_keys.seal("x", b"1" * 16, b"not committed yet")
    first = store.config.clock.today()
    clock_of(store).advance(minutes=5)
    assert store.config.clock.today() > first
    assert await destroy_day_keys(store) == []
    clock_of(store).advance(minutes=10)
    assert await destroy_day_keys(store) == [first]


async def test_a_conversation_whose_key_is_gone_is_a_new_one(store: Store) -> None:
    person = store.person_keys.person("web", "a")
    for state in (b"old", b"new"):
        async with store.work() as work:
            assert await work.conversations.load(person) is None
            work.conversations.save(person, state, None, store.config.clock.now() + timedelta(hours=24))
            await work.commit()
            clock_of(store).advance(hours=72 if state == b"old" else 0)
    async with store.work() as work:
        stored = await work.conversations.load(person)
    assert stored is not None
    assert (stored.version, stored.state) == (1, b"new")


async def test_what_stood_under_a_destroyed_key_reads_as_deleted(store: Store) -> None:
    person, far = store.person_keys.person("web", "a"), store.config.clock.now() + timedelta(days=9)
    file = FileRef(id="0" * 32, key="a2V5", name="a", size=1)
    async with store.work() as work:
        work.receipts.put(person, Receipt(code=generate(), language="zh", draft="d"), far)
        work.case_sessions.put(person, generate(), far)
        work.uploads.put(person, file, far)
        work.replies.put(b"k" * 32, person, b"x", far)
        work.outbox.put({"to": "a"}, expires_at=far)
        await work.commit()
    clock_of(store).advance(hours=72)
    async with store.work() as work:
        assert await work.receipts.get(person) is None
        assert await work.case_sessions.get(person) is None
        assert await work.uploads.of(person) == []
        assert await work.replies.get(b"k" * 32) is None
        assert await work.outbox.claim(b"me", timedelta(minutes=1)) == []


async def test_the_sweep_spares_files_of_cases_and_of_live_uploads(store: Store) -> None:
    of_report, of_entry, of_draft, of_nobody = [await _seal(store, bytes([65 + n])) for n in range(4)]
    code = await _submit(store, "a", report=make_report(files=(of_report,)))
    async with store.work() as work:
        case = await work.cases.by_code(code)
        assert case is not None
        entry = replace(case.entries[0], seq=2, files=(of_entry,))
        work.cases.save(replace(case, entries=(*case.entries, entry)))
        work.uploads.put(store.person_keys.person("web", "b"), of_draft, store.config.clock.now() + timedelta(hours=24))
        await work.commit()
    assert await sweep_evidence(store) == [], "younger than an hour"
    _age(store)
    assert await sweep_evidence(store) == [of_nobody.id]
    assert b"".join([chunk async for chunk in store.evidence.open(of_entry)]) == b"B"
    counts = await _counts(store)
    assert counts["case_files"] == 2


async def test_one_run_does_all_and_counts(store: Store) -> None:
    await _submit(store, "a")
    await _seal(store)
    _age(store)
    clock_of(store).advance(hours=24 * 3)
    done = await retain(store)
    assert (done.rows["receipts"], done.days, done.files) == (1, 1, 1)
    if store.database.backend == "sqlite":
        assert (store.config.data / "changtong.db-wal").stat().st_size == 0


async def test_the_trail_head_notices_a_cut_end(store: Store) -> None:
    assert await write_trail_head(store) is None
    for act in ("read", "note"):
        async with store.work() as work:
            work.trail.append(TrailEntry(at=store.config.clock.now(), actor="anna", act=act))
            await work.commit()
    head = await write_trail_head(store)
    assert head is not None
    assert head.position == 2
    cut = text("DELETE FROM trail WHERE position = 2")
    with pytest.raises(Conflict):
        await store.database.write(lambda connection: connection.execute(cut))
    await store.database.write(unguard)
    await store.database.write(lambda connection: connection.execute(cut))
    async with store.work() as work:
        with pytest.raises(TrailBroken) as caught:
            await work.trail.verify()
    assert caught.value.position == 2


async def test_a_changed_trail_entry_is_named(store: Store) -> None:
    for act in ("read", "note", "read"):
        async with store.work() as work:
            work.trail.append(TrailEntry(at=store.config.clock.now(), actor="anna", act=act))
            await work.commit()
    change = text("UPDATE trail SET actor = 'bert' WHERE position = 2")
    with pytest.raises(Conflict):
        await store.database.write(lambda connection: connection.execute(change))
    await store.database.write(unguard)
    await store.database.write(lambda connection: connection.execute(change))
    async with store.work() as work:
        with pytest.raises(TrailBroken) as caught:
            await work.trail.verify()
    assert caught.value.position == 2


async def test_after_settling_cases_still_open_and_nothing_ties_them_to_persons(store: Store) -> None:
    codes = [await _submit(store, f"a{n}") for n in range(12)]
    await settle(store)
    later = [await _submit(store, f"b{n}") for n in range(5)]
    async with store.work() as work:
        case = await work.cases.by_code(codes[0])
        assert case is not None
        work.cases.save(replace(case, entries=(*case.entries, replace(case.entries[0], seq=2))))
        await work.commit()
    await settle(store)
    async with store.work() as work:
        cases = [await work.cases.by_code(code) for code in (*codes, *later)]
    assert all(cases)
    if store.database.backend == "postgresql":
        await _assert_transactions_tell_nothing(store)
    else:
        _assert_file_tells_nothing(store.config.data / "changtong.db")


async def _column(store: Store, statement: str) -> list[Any]:
    return await store.database.read(lambda connection: list(connection.execute(text(statement)).scalars()))


async def _assert_transactions_tell_nothing(store: Store) -> None:
    persons = {xmin for table in PERSON_SIDE for xmin in await _column(store, f"SELECT xmin::text FROM {table}")}  # noqa: S608
    assert persons
    for table in CASE_SIDE:
        found = set(await _column(store, f"SELECT xmin::text FROM {table}"))  # noqa: S608
        assert len(found) <= 2, "one transaction a night"
        assert not found & persons
    of_today = "SELECT id FROM cases WHERE age(xmin) = (SELECT min(age(xmin)) FROM cases) ORDER BY ctid"
    in_order = await _column(store, of_today)
    assert len(in_order) == 6, "the five of today and the changed one"
    assert in_order == sorted(in_order)


def _assert_file_tells_nothing(path: Path) -> None:
    assert path.with_name(path.name + "-wal").stat().st_size == 0
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
        for table in (*CASE_SIDE, *PERSON_SIDE):
            with pytest.raises(sqlite3.OperationalError, match="rowid"):
                connection.execute(f"SELECT rowid FROM {table}")  # noqa: S608


def test_no_column_of_the_person_side_stands_on_the_case_side() -> None:
    def columns(tables: tuple[str, ...]) -> set[str]:
        return {column.name for table in tables for column in Base.metadata.tables[table].columns}

    # Random ids, counts from 1, ciphertexts, and a day: nothing that is one row's alone on both sides.
    assert columns(PERSON_SIDE) & columns(CASE_SIDE) == {"id", "version", "sealed", "day"}
    assert not [
        key.target_fullname
        for table in (*PERSON_SIDE, "trail")
        for column in Base.metadata.tables[table].columns
        for key in column.foreign_keys
    ]


async def _restored(store: Store, tmp_path: Path, url: str) -> StoreConfig:
    await backup(store.config, tmp_path / "backup")
    await backup_keys(store.config, tmp_path / "keys.txt")
    other = make_config(tmp_path / "other", url, clock_of(store))
    await restore(other, tmp_path / "backup", keys=tmp_path / "keys.txt")
    return other


@pytest.fixture
def other_url(store: Store, request: pytest.FixtureRequest) -> str:
    if store.database.backend == "sqlite":
        return ""
    return str(request.getfixturevalue("postgres_server").fresh_url())


async def test_a_backup_brings_cases_evidence_and_trail_back_and_no_person(
    store: Store, tmp_path: Path, other_url: str
) -> None:
    file = await _seal(store)
    code = await _submit(store, "a", report=make_report(files=(file,)))
    session = await log_in(store)
    await write_trail_head(store)
    other = await _restored(store, tmp_path, other_url)
    assert not (tmp_path / "backup" / "keys").exists()
    async with open_for_test(other) as again:
        counts = await _counts(again)
        assert {name: counts[name] for name in PERSON_SIDE} == dict.fromkeys(PERSON_SIDE, 0)
        async with again.work() as work:
            case = await work.cases.by_code(code)
            assert case is not None
            assert await work.cases.by_office(case.id, session) is not None
            assert await work.trail.verify() == 1
        assert case.report is not None
        assert [chunk async for chunk in again.evidence.open(case.report.files[0])] == [b"photo"]


async def test_a_restore_without_keys_opens_once_the_keys_are_there(
    store: Store, tmp_path: Path, other_url: str
) -> None:
    await backup(store.config, tmp_path / "backup")
    other = make_config(tmp_path / "other", other_url, clock_of(store))
    await restore(other, tmp_path / "backup")
    with pytest.raises(KeyFileMissing):
        await open_store(other)


async def test_a_restore_refuses_a_full_database_and_foreign_keys(store: Store, tmp_path: Path, other_url: str) -> None:
    await backup(store.config, tmp_path / "backup")
    with pytest.raises(BackupRefused, match="not empty"):
        await restore(store.config, tmp_path / "backup")
    stranger = make_config(tmp_path / "stranger", "", clock_of(store))
    await setup(stranger, terminal=False)
    await backup_keys(stranger, tmp_path / "foreign.txt")
    other = make_config(tmp_path / "other", other_url, clock_of(store))
    with pytest.raises(BackupRefused, match="another database"):
        await restore(other, tmp_path / "backup", keys=tmp_path / "foreign.txt")
    assert not (tmp_path / "other" / "keys" / "server").exists()


async def test_a_backup_is_refused_where_it_would_do_harm(store: Store, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="in the data folder"):
        await backup(store.config, store.config.data / "backup")
    (tmp_path / "there").mkdir()
    with pytest.raises(BackupRefused, match="there already"):
        await backup(store.config, tmp_path / "there")
    with pytest.raises(NotSetUp):
        await backup(make_config(tmp_path / "nothing"), tmp_path / "backup")


async def test_a_damaged_or_newer_backup_is_refused(store: Store, tmp_path: Path, other_url: str) -> None:
    await backup(store.config, tmp_path / "backup")
    other = make_config(tmp_path / "other", other_url, clock_of(store))
    path = tmp_path / "backup" / "manifest.json"
    good = json.loads(path.read_text())
    for change, refusal in (
        ({"revision": "9999_01_01_future"}, DatabaseNewer),
        ({"format": 2}, BackupRefused),
        ({"backend": "oracle"}, BackupRefused),
        ({"surplus": 1}, BackupRefused),
    ):
        path.write_text(json.dumps(good | change))
        with pytest.raises(refusal):
            await restore(other, tmp_path / "backup")


async def test_an_outgoing_row_is_claimed_by_one(store: Store) -> None:
    later = store.config.clock.now() + timedelta(hours=1)
    async with store.work() as work:
        work.outbox.put({"text": "one"}, expires_at=later)
        await work.commit()
    lease = timedelta(minutes=1)
    async with store.work() as one, store.work() as two:
        claims = await asyncio.gather(one.outbox.claim(b"1", lease), two.outbox.claim(b"2", lease))
    assert sorted(map(len, claims)) == [0, 1]
    claimed = next(claim[0] for claim in claims if claim)
    assert (claimed.payload, claimed.attempts) == ({"text": "one"}, 1)


async def test_a_lost_lease_comes_back_and_the_loser_cannot_finish(store: Store) -> None:
    now, lease, person = store.config.clock.now(), timedelta(minutes=1), store.person_keys.person("web", "a")
    async with store.work() as work:
        work.outbox.put({"text": "one"}, expires_at=now + timedelta(hours=1), person=person)
        await work.commit()
        (first,) = await work.outbox.claim(b"1", lease)
    clock_of(store).advance(minutes=2)
    async with store.work() as work:
        (second,) = await work.outbox.claim(b"2", lease)
        assert second.attempts == 2
        work.outbox.again(second.id, b"2", store.config.clock.now() + timedelta(minutes=5))
        await work.commit()
        assert await work.outbox.claim(b"3", lease) == []
    clock_of(store).advance(minutes=6)
    async with store.work() as work:
        (third,) = await work.outbox.claim(b"3", lease)
        work.outbox.sent(third.id, b"3")
        await work.commit()
        work.outbox.drop_of(person)
        await work.commit()
    assert first.id == third.id
    assert (await _counts(store))["outbox"] == 0
