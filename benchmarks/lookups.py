"""Finding and opening a case by its code, among few and among many."""

import asyncio
import secrets
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from benchmarks.figures import Figure, at_least, at_most, of_runs, percentile
from benchmarks.houses import databases, folder, office, opened
from benchmarks.submissions import submit_many
from bot.bootstrap import set_up
from bot.settings import Settings
from storage import Store
from storage.store import DATABASE_FILE

TOPIC = "look-ups"
CODES = 200
FEW, MANY, MOST = 1_000, 100_000, 1_000_000
_TABLES = ("cases", "case_parts", "case_keys", "case_entries")
_BATCH = 2_000


async def measure(*, is_full: bool, runs: int = 3) -> list[Figure]:
    """Look up at 1, 8 and 64 at once on each database; then one by one among 10³, 10⁵ and (full) 10⁶ cases."""
    figures = []
    with databases() as urls:
        for name, url in urls.items():
            async with office(url) as (store, services):
                codes = sorted((await submit_many(services, count=CODES, at_once=8)).codes)
                for at_once in (1, 8, 64):
                    rates = [await _rate(store, codes * 5, at_once) for _ in range(runs + 1)][1:]
                    goal = at_least(300)
                    figures.append(of_runs(TOPIC, f"{name}, {at_once} at once", rates, "look-ups/s", goal))
    return figures + await _among((FEW, MANY, MOST) if is_full else (FEW, MANY))


async def _rate(store: Store, codes: Sequence[str], at_once: int) -> float:
    waiting = iter(codes)
    begun = time.perf_counter()
    await asyncio.gather(*(_look_up(store, waiting) for _ in range(at_once)))
    return len(codes) / (time.perf_counter() - begun)


async def _look_up(store: Store, codes: Iterator[str]) -> list[float]:
    """Open the cases of `codes` one after the other; return the seconds of each."""
    took = []
    for code in codes:
        begun = time.perf_counter()
        async with store.work() as work:
            case = await work.cases.by_code(code)
        took.append(time.perf_counter() - begun)
        if case is None or case.report is None:
            raise RuntimeError("a case that was submitted is not found by its code")
    return took


async def _among(sizes: Sequence[int]) -> list[Figure]:
    """Measure one folder that grows; the codes belong to cases submitted into it, the rest is bulk-made."""
    figures: list[Figure] = []
    with folder() as data:
        settings = Settings(data=data)
        await set_up(settings, is_terminal=False)
        async with opened(settings) as (_, services):
            codes = sorted((await submit_many(services, count=CODES, at_once=8)).codes)
        present = len(codes)
        for size in sizes:
            await asyncio.to_thread(grow, data / DATABASE_FILE, size - present)
            present = size
            async with opened(settings) as (store, _):
                medians = await _warm_medians(store, codes)
            figures.append(of_runs(TOPIC, f"one look-up among {size:,} cases, p50", medians, "ms"))
    for figure in figures[1:]:
        ratio = (figure.best or figure.value) / (figures[0].best or figures[0].value)
        goal = at_most(1.5) if "1,000,000" in figure.name else None
        name = figure.name.replace(", p50", "") + f" / among {FEW:,}"
        figures.append(Figure(topic=TOPIC, name=name, value=ratio, unit="×", goal=goal))
    return figures


async def _warm_medians(store: Store, codes: Sequence[str], runs: int = 7) -> list[float]:
    passes = [await _look_up(store, iter(codes)) for _ in range(runs + 3)]
    return [percentile(took, 50) * 1e3 for took in passes[3:]]


def grow(path: Path, count: int) -> None:
    """Add `count` cases: copies of the rows of one real case under random ids and look-ups, in the order of the ids.

    Nobody can open them; they have the shape, the size and the place in every index that real ones have.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        for pragma in ("cache_size=-400000", "synchronous=OFF", "journal_mode=OFF", "foreign_keys=OFF"):
            database.execute(f"PRAGMA {pragma}")
        database.execute("BEGIN")
        source = database.execute("SELECT id FROM cases LIMIT 1").fetchone()[0]
        ids = sorted(secrets.token_bytes(16) for _ in range(count))
        for table in _TABLES:
            _copy(database, table, source, ids)
        database.execute("COMMIT")


def _copy(database: sqlite3.Connection, table: str, source: bytes, ids: Sequence[bytes]) -> None:
    key = "id" if table == "cases" else "case_id"
    rows = database.execute(f"SELECT * FROM {table} WHERE {key} = ?", (source,))  # noqa: S608  # our own tables
    names = [column[0] for column in rows.description]
    patterns = rows.fetchall()
    insert = f"INSERT INTO {table} VALUES ({', '.join('?' * len(names))})"  # noqa: S608
    own = frozenset({"lookup", "id"})
    for start in range(0, len(ids), _BATCH):
        some = ids[start : start + _BATCH]
        made = [_row(names, pattern, key, case_id, own) for case_id in some for pattern in patterns]
        database.executemany(insert, made)


def _row(
    names: Sequence[str], pattern: Sequence[object], key: str, case_id: bytes, own: frozenset[str]
) -> list[object]:
    """Return a row of `pattern`'s values, with the case's id and random values where each row has its own."""
    made: list[object] = []
    for name, value in zip(names, pattern, strict=True):
        if name == key:
            made.append(case_id)
        elif name in own and isinstance(value, bytes):
            made.append(secrets.token_bytes(len(value)))
        else:
            made.append(value)
    return made
