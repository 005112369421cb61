"""Real stores for tests: set up in a moment, because Argon2 is told to be cheap."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from casework.profile import load_profile
from storage import Store, StoreConfig, open_store, setup
from storage.vault.passwords import ArgonCost
from storage.vault.sessions import OperatorSession
from storage.vault.setup import read_trial
from tests.fakes import FakeClock

PROFILE = Path(__file__).parents[2] / "profiles" / "dalian.yml"
CHEAP = ArgonCost(memory_log2=13, passes=1)


def make_config(data: Path, url: str = "", clock: FakeClock | None = None) -> StoreConfig:
    """Return a configuration; `url` "" means SQLite."""
    return StoreConfig(url=url, data=data, profile=load_profile(PROFILE), clock=clock or FakeClock(), argon_cost=CHEAP)


@asynccontextmanager
async def open_for_test(config: StoreConfig) -> AsyncIterator[Store]:
    """Open a store, closed at the end."""
    store = await open_store(config)
    try:
        yield store
    finally:
        await store.close()


@asynccontextmanager
async def fresh_store(config: StoreConfig) -> AsyncIterator[Store]:
    """Set up a trial folder and open it."""
    await setup(config, terminal=False)
    async with open_for_test(config) as store:
        yield store


async def log_in(store: Store) -> OperatorSession:
    """Enter as the first operator of a trial folder."""
    trial = read_trial(store.config.data)
    assert trial is not None
    return await store.accounts.log_in(trial.name, trial.password)
