"""The desk's sessions and second factors in the store itself, on SQLite."""

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest

from storage import Store
from storage.errors import AccountRefused
from tests.fakes import FakeClock
from tests.support.stores import fresh_store, log_in, make_config


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def store(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Store]:
    async with fresh_store(make_config(tmp_path / "data", clock=clock)) as opened:
        yield opened


async def test_a_session_is_found_by_its_secret_alone(store: Store) -> None:
    sessions = store.desk_sessions
    secret = await sessions.begin(await log_in(store), "open")
    found = await sessions.find(secret)
    assert found is not None
    assert (found.operator, found.stage, found.key.is_key_holder) == ("admin", "open", True)
    assert secret not in repr(found)
    assert await sessions.find(secret[:-1] + ("A" if secret[-1] != "A" else "B")) is None


async def test_a_row_under_another_secret_opens_nothing(store: Store) -> None:
    sessions, key = store.desk_sessions, await log_in(store)
    one, two = await sessions.begin(key, "open"), await sessions.begin(key, "open")
    rows = sessions._rows
    stolen = await rows.session(sessions._row_id(one))
    assert stolen is not None
    await rows.reseal(sessions._row_id(two), stolen.sealed)
    assert await sessions.find(two) is None
    assert await sessions.find(one) is not None


async def test_renewing_ends_the_old_secret(store: Store) -> None:
    sessions, key = store.desk_sessions, await log_in(store)
    old = await sessions.begin(key, "enrol")
    fresh = await sessions.renew(old, key, "open")
    assert await sessions.find(old) is None
    assert (await sessions.find(fresh)) is not None


async def test_what_a_page_asks_by_itself_keeps_no_session_alive(store: Store, clock: FakeClock) -> None:
    sessions = store.desk_sessions
    secret = await sessions.begin(await log_in(store), "open")
    clock.advance(minutes=20)
    assert await sessions.find(secret, touches=False) is not None
    clock.advance(minutes=15)
    assert await sessions.find(secret, touches=False) is None


async def test_old_sessions_are_deleted_by_the_job(store: Store, clock: FakeClock) -> None:
    sessions, key = store.desk_sessions, await log_in(store)
    await sessions.begin(key, "open")
    clock.advance(minutes=31)
    await sessions.begin(key, "open")
    assert await sessions.end_old() == 1
    assert await sessions.end_all_of("admin") == 1


async def test_preferences_are_sealed_to_their_operator(store: Store) -> None:
    sessions = store.desk_sessions
    assert await sessions.preferences("li") == {}
    await sessions.keep_preferences("li", {"filters": [1]})
    assert await sessions.preferences("li") == {"filters": [1]}
    sealed = await sessions._rows.preferences("li")
    assert sealed is not None
    await sessions._rows.put_preferences("wu", sealed)
    assert await sessions.preferences("wu") == {}


async def test_a_second_factor_belongs_to_a_key_pair(store: Store, clock: FakeClock) -> None:
    factors, key = store.second_factors, await log_in(store)
    secret = factors.new_secret()
    assert not await factors.is_enrolled(key)
    assert await factors.enrol(key, secret, "000000") is None
    assert await factors.enrol(key, secret, pyotp.TOTP(secret).at(clock.now())) is not None
    assert await factors.is_enrolled(key)
    assert "otpauth://totp/" in factors.uri(secret, operator="admin", issuer="办公室")
    fresh = await store.accounts.set_password(key, "gleaming otter borrows nine umbrellas")
    assert not await factors.is_enrolled(fresh)
    await factors.rebind(key, fresh)
    assert await factors.is_enrolled(fresh)


async def test_a_factor_follows_its_own_operator_alone(store: Store) -> None:
    key = await log_in(store)
    one_time = await store.accounts.add(key, "li", "auditor")
    other = await store.accounts.log_in("li", one_time)
    with pytest.raises(AccountRefused):
        await store.second_factors.rebind(key, other)
