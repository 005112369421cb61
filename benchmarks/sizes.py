"""How much room a sealed report takes."""

from benchmarks.figures import Figure, at_most
from benchmarks.houses import databases, office
from benchmarks.submissions import submit_many
from storage import Store
from storage.settle import settle

TOPIC = "size"
_PAGE_COUNT = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
_SIZE = {"sqlite": _PAGE_COUNT, "postgresql": "SELECT pg_database_size(current_database())"}


async def measure(count: int = 5_000) -> list[Figure]:
    """Submit `count` reports of 1 kB of text; count all the database gained, receipts and indexes included."""
    figures = []
    with databases() as urls:
        for name, url in urls.items():
            async with office(url) as (store, services):
                empty = await database_bytes(store)
                await submit_many(services, count=count, at_once=64)
                grown = await database_bytes(store) - empty
                await settle(store)
                settled = await database_bytes(store) - empty
            figures += [
                _figure(f"{name}: bytes a report of 1 kB, {count:,} reports", grown / count),
                _figure(f"{name}: the same after settling", settled / count),
            ]
    return figures


def _figure(name: str, value: float) -> Figure:
    return Figure(topic=TOPIC, name=name, value=value, unit="bytes", goal=at_most(6_000))


async def database_bytes(store: Store) -> int:
    """Return the size of the database in bytes, without the journal."""
    question = _SIZE[store.database.backend]
    return await store.database.read(lambda connection: int(connection.exec_driver_sql(question).scalar_one()))
