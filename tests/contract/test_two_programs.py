"""Two programs on one database: a bot and an office command, or two replicas."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from casework.code import generate
from casework.errors import Conflict
from casework.ports import CaseQuery, TrailEntry
from storage import Store, StoreConfig, setup
from storage.errors import AlreadySetUp
from storage.migrating import migrate
from storage.setting_up import SetupResult
from tests.support.cases import make_case
from tests.support.stores import fresh_store, log_in, make_config, open_for_test

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=DATABASES)
async def pair(request: pytest.FixtureRequest, config: StoreConfig) -> AsyncIterator[tuple[Store, Store]]:
    async with fresh_store(config) as one, open_for_test(config) as two:
        yield one, two


@pytest.fixture
def config(request: pytest.FixtureRequest, tmp_path: Path) -> StoreConfig:
    is_postgres = "postgres" in request.node.callspec.id
    return make_config(tmp_path / "data", str(request.getfixturevalue("postgres_url")) if is_postgres else "")


@pytest.mark.parametrize("_database", DATABASES)  # read by `config`
async def test_of_programs_that_set_up_at_once_one_does_and_its_password_holds(
    config: StoreConfig, _database: str
) -> None:
    results = await asyncio.gather(*(setup(config, terminal=True) for _ in range(4)), return_exceptions=True)
    assert [type(result) for result in results if not isinstance(result, SetupResult)] == [AlreadySetUp] * 3
    (done,) = (result for result in results if isinstance(result, SetupResult))
    async with open_for_test(config) as store:
        session = await store.accounts.log_in("admin", done.one_time_password or "")
        assert session.operator == "admin"


@pytest.mark.postgres
async def test_two_folders_cannot_both_set_up_one_database(tmp_path: Path, postgres_url: str) -> None:
    configs = [make_config(tmp_path / name, postgres_url) for name in ("one", "two")]
    await migrate(configs[0].database_url)
    results = await asyncio.gather(*(setup(one, terminal=False) for one in configs), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["AlreadySetUp", "SetupResult"]
    (winner,) = (c for c, result in zip(configs, results, strict=True) if isinstance(result, SetupResult))
    async with open_for_test(winner) as store:
        assert (await log_in(store)).operator == "admin"


async def _converse(store: Store, state: bytes, expected: int | None) -> None:
    async with store.work() as work:
        person = store.person_keys.person("web", "a")
        work.conversations.save(person, state, expected, store.config.clock.now() + timedelta(hours=24))
        await work.commit()


async def test_of_two_turns_of_one_person_one_is_run_again(pair: tuple[Store, Store]) -> None:
    for expected in (None, 1, 2):
        results = await asyncio.gather(*(_converse(store, b"x", expected) for store in pair), return_exceptions=True)
        assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]


async def test_one_message_is_answered_once(pair: tuple[Store, Store]) -> None:
    async def answer(store: Store) -> None:
        async with store.work() as work:
            work.inbox.mark(b"k" * 32, store.config.clock.today())
            work.cases.add(make_case(), generate())
            await work.commit()

    results = await asyncio.gather(*map(answer, pair), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    async with pair[0].work() as work:
        assert len(await work.cases.rows(CaseQuery())) == 1


async def test_64_at_once_from_two_programs_are_all_taken(pair: tuple[Store, Store]) -> None:
    async def submit(store: Store) -> None:
        async with store.work() as work:
            work.cases.add(make_case(), generate())
            await work.commit()

    await asyncio.gather(*(submit(pair[number % 2]) for number in range(64)))
    async with pair[0].work() as work:
        assert len(await work.cases.rows(CaseQuery(limit=100))) == 64


async def test_what_one_wrote_the_other_opens(pair: tuple[Store, Store]) -> None:
    case, code = make_case(), generate()
    async with pair[0].work() as work:
        work.cases.add(case, code)
        await work.commit()
    session = await log_in(pair[1])
    async with pair[1].work() as work:
        assert await work.cases.by_code(code) == case
        assert await work.cases.by_office(case.id, session) == case


async def test_the_trail_has_no_gap_and_no_fork(pair: tuple[Store, Store]) -> None:
    async def act(store: Store, number: int) -> None:
        while True:
            async with store.work() as work:
                work.trail.append(TrailEntry(at=store.config.clock.now(), actor="anna", act=f"act {number}"))
                try:
                    await work.commit()
                except Conflict:
                    continue
                return

    await asyncio.gather(*(act(pair[number % 2], number) for number in range(12)))
    async with pair[0].work() as work:
        assert await work.trail.verify() == 12
        assert {entry.act for entry in await work.trail.entries()} == {f"act {number}" for number in range(12)}


async def test_the_other_program_learns_of_a_new_office_key(pair: tuple[Store, Store]) -> None:
    async def submit(store: Store) -> bytes:
        case = make_case()
        async with store.work() as work:
            work.cases.add(case, generate())
            await work.commit()
        return case.id

    one, two = pair
    await submit(two)
    session = await one.accounts.rotate_key(await log_in(one))
    with pytest.raises(Conflict):
        await submit(two)
    await submit(two)
    async with one.work() as work:
        rows = await work.cases.rows(CaseQuery())
        assert len(rows) == 2
        assert all([await work.cases.by_office(row.id, session) for row in rows])
