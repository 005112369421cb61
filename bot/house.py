"""The store's housekeeping, as the jobs ask for it."""

from dataclasses import dataclass

from storage import Store, retention
from storage.closed_cases import delete_closed_cases
from storage.settle import settle


@dataclass(frozen=True)
class StoreHouse:
    """Satisfies `bot.jobs.ports.Housekeeping`."""

    store: Store

    async def drop_expired(self) -> int:
        return sum((await retention.delete_expired(self.store)).values())

    async def destroy_day_keys(self) -> int:
        return len(await retention.destroy_day_keys(self.store))

    async def sweep_evidence(self) -> int:
        return len(await retention.sweep_evidence(self.store))

    async def checkpoint(self) -> None:
        await retention.checkpoint(self.store)

    async def delete_closed_cases(self) -> int:
        return await delete_closed_cases(self.store)

    async def settle(self) -> None:
        await settle(self.store)

    async def write_trail_head(self) -> None:
        await retention.write_trail_head(self.store)
