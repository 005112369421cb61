"""No join of what is kept about a person's conversation with what is kept about a case."""

import time
from datetime import date, datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, inspect, select, text

from bot.bootstrap import App
from storage.backup import backup
from storage.evidence import FolderEvidence
from storage.models import Base
from storage.repositories.case_rows import TABLES
from storage.settle import settle
from tests.fakes import FakeClock
from tests.privacy.conftest import PLANTED, Journey, report_and_return, talker_on

PERSON_SIDE = (
    "conversations",
    "replies",
    "inbox",
    "outbox",
    "receipts",
    "case_sessions",
    "uploads",
    "updates",
    "watches",
)
CASE_SIDE = tuple(table.name for table in TABLES)


async def rows(app: App, names: tuple[str, ...]) -> list[tuple[str, str, Any]]:
    """Return (table, column, value) of every cell."""

    def read(connection: Connection) -> list[tuple[str, str, Any]]:
        tables = [Base.metadata.tables[name] for name in names]
        return [
            (table.name, column, value)
            for table in tables
            for row in connection.execute(select(table)).mappings()
            for column, value in row.items()
        ]

    return await app.store.database.read(read)


async def half_way(app: App, clock: FakeClock) -> None:
    """Somebody else begins a report and stays in it, so that there is a person side to join with."""
    other = talker_on(app, clock)
    await other.say("/start_report")
    await other.say(f"西岗区的窗口让我跑了五趟，每次都要新的材料，{PLANTED[0]}")


def test_every_table_is_of_one_side() -> None:
    others = {"trail", "office_keys", "operators", "office_wraps", "meta"}
    desk = {"desk_sessions", "second_factors", "desk_preferences", "handoffs", "handoff_lines"}
    assert set(Base.metadata.tables) == {*PERSON_SIDE, *CASE_SIDE, *others, *desk}


async def test_no_value_stands_on_both_sides(journey: Journey) -> None:
    await half_way(journey.app, journey.clock)
    person = {v for _, _, v in await rows(journey.app, PERSON_SIDE) if isinstance(v, bytes | str) and len(v) >= 4}
    case = {v for _, _, v in await rows(journey.app, CASE_SIDE) if isinstance(v, bytes | str) and len(v) >= 4}
    assert person
    assert case
    assert person & case == set()
    for mine, theirs in product((v for v in person if isinstance(v, bytes)), (v for v in case if isinstance(v, bytes))):
        assert mine not in theirs
        assert theirs not in mine


async def test_an_anonymous_case_keeps_days_and_no_time(journey: Journey) -> None:
    times = [(t, c, v) for t, c, v in await rows(journey.app, CASE_SIDE) if isinstance(v, datetime)]
    assert times == []
    days = {v for _, _, v in await rows(journey.app, CASE_SIDE) if isinstance(v, date)}
    assert journey.clock.today() in days


async def test_sizes_say_little(journey: Journey) -> None:
    """Reports come in 1, 2, 4, 8 or 16 kB, entries of the history in steps of 512 bytes."""
    for sentences in (1, 2, 3, 14):
        await report_and_return(
            journey.app, journey.clock, "西岗区税务局的李某某拖着不给办退税，跑了五趟。" * sentences
        )
    await half_way(journey.app, journey.clock)
    cells = await rows(journey.app, CASE_SIDE)
    reports = [len(v) for t, c, v in cells if (t, c) == ("case_parts", "sealed") and len(v) > 900]
    overhead = min(reports) - 1024
    assert 0 < overhead < 100
    assert {(size - overhead) // 1024 for size in reports} <= {1, 2, 4, 8, 16}
    assert all((size - overhead) % 1024 == 0 for size in reports)
    assert len(set(reports)) < len(reports), "reports of different length are as large"
    entries = {len(v) for t, c, v in cells if (t, c) == ("case_entries", "sealed")}
    assert all((size - min(entries)) % 512 == 0 for size in entries)


async def test_ids_and_order_tell_no_time(journey: Journey) -> None:
    """Ten reports in a row lie in the order of random ids: what was first cannot be told from last."""
    for _ in range(9):
        await report_and_return(journey.app, journey.clock)
    await settle(journey.app.store)

    def stored(connection: Connection) -> list[bytes]:
        order = " ORDER BY ctid" if connection.dialect.name == "postgresql" else ""
        return [bytes(row[0]) for row in connection.execute(text(f"SELECT id FROM cases{order}"))]  # noqa: S608

    ids = await journey.app.store.database.read(stored)
    assert len(ids) == 10
    assert ids == sorted(ids)


async def test_sqlite_keeps_no_rowid_and_no_sequence(journey: Journey) -> None:
    if journey.server is not None:
        pytest.skip("about SQLite")

    def made(connection: Connection) -> tuple[list[str], list[str]]:
        names = inspect(connection).get_table_names()
        sources = connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'table'")).scalars()
        return names, [sql for sql in sources if sql]

    names, sources = await journey.app.store.database.read(made)
    assert "sqlite_sequence" not in names
    ours = [sql for sql in sources if "alembic_version" not in sql]
    assert len(ours) == len(Base.metadata.tables)
    assert [sql.split("(")[0] for sql in ours if "WITHOUT ROWID" not in sql] == []


async def test_after_the_settling_transaction_marks_join_nothing(journey: Journey) -> None:
    if journey.server is None:
        pytest.skip("about PostgreSQL")
    await report_and_return(journey.app, journey.clock)
    await half_way(journey.app, journey.clock)

    def marks(names: tuple[str, ...]) -> Any:
        def read(connection: Connection) -> dict[str, set[int]]:
            return {
                name: set(connection.execute(text(f"SELECT xmin::text::bigint FROM {name}")).scalars())  # noqa: S608
                for name in names
            }

        return read

    database = journey.app.store.database
    before_person = set().union(*(await database.read(marks(PERSON_SIDE))).values())
    before_case = set().union(*(await database.read(marks(CASE_SIDE))).values())
    assert before_person & before_case, "before the settling they do join: the threat model says so"
    await settle(journey.app.store)
    person = set().union(*(await database.read(marks(PERSON_SIDE))).values())
    case = set().union(*(await database.read(marks(CASE_SIDE))).values())
    assert person & case == set()
    assert len(case) == 1, "all cases of the day carry one mark"


async def test_looking_a_case_up_writes_nothing_on_the_case_side(journey: Journey) -> None:
    before = await rows(journey.app, (*CASE_SIDE, "trail"))
    talker = talker_on(journey.app, journey.clock)
    answer = await talker.say(journey.code)
    assert any("已收到" in message.text for message in answer.messages)
    after = await rows(journey.app, (*CASE_SIDE, "trail"))
    assert sorted(map(repr, before)) == sorted(map(repr, after))


async def test_the_trail_knows_no_reporter(journey: Journey) -> None:
    """Reporters' acts stand in the sealed history alone."""
    assert await rows(journey.app, ("trail",)) == []


async def test_files_and_folders_of_evidence_tell_no_time_of_day(journey: Journey, tmp_path: Path) -> None:
    """The time of an upload stands, to the microsecond, in the row of the person who sent it."""
    folder = journey.data / "evidence"
    before = times_below(folder)
    assert {when % 86_400 for when in before} != {0}
    await backup(journey.app.store.config, tmp_path / "backup")
    assert times_below(tmp_path / "backup" / "evidence") & before == set()
    kept = {path.name for path in files_below(folder)}
    await FolderEvidence(folder, now=lambda: time.time() + 3700).sweep(kept)
    assert {path.name for path in files_below(folder)} == kept
    assert {when % 86_400 for when in times_below(folder)} == {0}


def times_below(folder: Path) -> set[float]:
    return {path.stat().st_mtime for path in folder.rglob("*")}


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
