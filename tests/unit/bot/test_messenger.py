"""The composition of the Telegram channel: pings, options, who leads, what a trial folder refuses."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from bot.channels.telegram.texts import texts
from bot.messenger import options_of
from bot.pinging import OutboxPinger
from bot.settings import Settings
from casework.watching import LONGEST_DELAY, SHORTEST_DELAY
from storage.bell import listening
from storage.leadership import lead
from storage.postgres import PostgresDatabase
from tests.fakes import FakeClock, MemoryStore
from tests.support.stores import fresh_store, make_config

TOKEN = "123:abc_DEF-1"


async def test_a_ping_says_the_same_to_all_and_waits_a_random_time() -> None:
    clock = FakeClock()
    store = MemoryStore(clock)
    pinger = OutboxPinger(work=store.work, keys=store.person_keys, clock=clock)
    await pinger.ping("telegram", "123/42", "en")
    await pinger.ping("telegram", "123/42", "en")
    (row,) = store.tables.outbox.values()
    assert row.payload == {"do": "ping", "chat": 42, "text": texts().say("ping", "en")}
    assert SHORTEST_DELAY <= row.not_before - clock.now() <= LONGEST_DELAY
    assert row.person == store.person_keys.person("telegram", "123/42")
    assert row.priority == 2


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_one_process_leads_and_another_after_it(
    backend: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if backend == "postgres" else ""
    config = make_config(tmp_path / "data", url)
    async with fresh_store(config) as store, AsyncExitStack() as first:
        led = await first.enter_async_context(lead(store.database, config.data, "sender"))
        assert led is not None
        assert await led.is_held()
        async with lead(store.database, config.data, "sender") as second:
            assert second is None
        async with lead(store.database, config.data, "poller") as other:
            assert other is not None
        await first.aclose()
        async with lead(store.database, config.data, "sender") as third:
            assert third is not None


@pytest.mark.parametrize("backend", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def test_who_queues_rings_for_who_sends(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue("postgres_url") if backend == "postgres" else ""
    config, rung = make_config(tmp_path / "data", url), asyncio.Event()
    async with fresh_store(config) as store, listening(store.database, rung.set):
        async with store.work() as work:
            for _ in range(2):
                work.outbox.put({"text": "x"}, expires_at=config.clock.now() + timedelta(hours=1))
            await work.commit()
        if backend == "postgres":
            async with asyncio.timeout(10):
                await rung.wait()
        else:
            assert not rung.is_set()


@pytest.mark.postgres
async def test_a_lost_connection_is_a_lost_lead(tmp_path: Path, postgres_url: str) -> None:
    config = make_config(tmp_path / "data", postgres_url)
    async with fresh_store(config) as store:
        async with lead(store.database, config.data, "sender") as led:
            assert led is not None
            end = (
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
            )
            assert isinstance(store.database, PostgresDatabase)
            await store.database.outside_transaction([end])
            assert not await led.is_held()
        async with lead(store.database, config.data, "sender") as led:
            assert led is not None


async def test_options_come_of_the_settings_and_the_secret_of_the_server_key(tmp_path: Path) -> None:
    config = make_config(tmp_path / "data")
    settings = Settings(
        data=config.data,
        telegram_token=SecretStr(TOKEN),
        telegram_api="http://127.0.0.1:8081/",
        public_url="https://report.example/",
        file_limit_mb=50,
    )
    async with fresh_store(config) as store:
        options = options_of(settings, store)
        again = options_of(settings, store)
    assert (options.api, options.webhook, options.bot_id) == ("http://127.0.0.1:8081", "https://report.example", 123)
    assert options.file_limit_bytes == 20 * 1024 * 1024
    assert len(options.webhook_secret) == 64
    assert options.webhook_secret == again.webhook_secret
    assert set(options.campaigns) == {campaign.id for campaign in config.profile.campaigns}
    assert TOKEN not in repr(options)
    assert options.webhook_secret not in repr(options)


def test_polling_can_be_chosen_although_there_is_a_public_address(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, public_url="https://report.example", telegram_polling=True)
    assert settings.telegram_webhook is None


@pytest.mark.parametrize("values", [{"telegram_token": "no token"}, {"telegram_api": "api.telegram.org"}])
def test_what_is_no_token_or_no_address_is_refused(values: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="telegram_") as error:
        Settings(data=tmp_path, **values)  # type: ignore[arg-type]
    assert not any(value in str(error.value) for value in values.values())


async def test_keys_of_the_day_live_as_long_as_what_waits(tmp_path: Path) -> None:
    from storage.retention import destroy_day_keys

    config = make_config(tmp_path / "data")
    async with fresh_store(config) as store:
        person = store.person_keys.person("telegram", "1/2")
        later = config.clock.now() + timedelta(hours=24)
        async with store.work() as work:
            work.chats.change(person, lambda _: {"ids": [[1, 2]]}, expires_at=later)
            await work.commit()
        config.clock.advance(hours=16)  # type: ignore[attr-defined]
        async with store.work() as work:
            work.conversations.save(person, b"new day", 1, later)
            await work.commit()
        assert await destroy_day_keys(store) == []
        async with store.work() as work:
            assert await work.chats.load(person) == {"ids": [[1, 2]]}
