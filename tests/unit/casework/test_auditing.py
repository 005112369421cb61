"""Reading the trail: by admin and auditor alone, by actor, case and day of the city."""

from datetime import UTC, date, datetime

import pytest

from casework import office
from casework.auditing import read_trail
from casework.errors import NotPermitted
from casework.ports import TrailEntry
from casework.services import Services
from casework.submitting import submit
from tests.fakes import FakeOfficeKey, MemoryStore
from tests.unit.casework.conftest import make_operator, make_report

FOUNDER, AUDITOR = FakeOfficeKey(operator="founder"), FakeOfficeKey(operator="zhao")


@pytest.fixture(autouse=True)
def _auditor(store: MemoryStore) -> None:
    store.add_operator(make_operator("zhao", role="auditor", is_key_holder=False))


async def test_the_trail_is_filtered_and_that_it_was_read_is_in_it(services: Services, store: MemoryStore) -> None:
    submitted = await submit(services, make_report(), None, draft_id="d1")
    await office.show(services, FOUNDER, submitted.row.id)
    await office.list_cases(services, FOUNDER)
    read = await read_trail(services, AUDITOR, actor="founder")
    assert ([entry.act for entry in read.entries], read.sound) == (["list", "show"], 2)
    of_case = await read_trail(services, AUDITOR, case_prefix=submitted.row.id.hex()[:6].upper())
    assert [entry.act for entry in of_case.entries] == ["show"]
    assert [entry.act for entry in store.tables.trail if entry.actor == "zhao"] == ["read_trail"] * 2


async def test_a_day_is_the_city_s(services: Services, store: MemoryStore) -> None:
    late = TrailEntry(at=datetime(2026, 3, 1, 17, 0, tzinfo=UTC), actor="a", act="one in the morning of the second")
    early = TrailEntry(at=datetime(2026, 3, 1, 15, 0, tzinfo=UTC), actor="a", act="eleven in the evening of the first")
    store.tables.trail += [early, late]
    assert (await read_trail(services, AUDITOR, actor="a", day=date(2026, 3, 2))).entries == (late,)
    assert (await read_trail(services, AUDITOR, actor="a", day=date(2026, 3, 1))).entries == (early,)


async def test_it_comes_in_pages(services: Services, store: MemoryStore) -> None:
    entries = [TrailEntry(at=services.clock.now(), actor="a", act=str(n)) for n in range(5)]
    store.tables.trail += entries
    first = await read_trail(services, AUDITOR, actor="a", limit=3)
    assert ([e.act for e in first.entries], first.has_more) == (["4", "3", "2"], True)
    last = await read_trail(services, AUDITOR, actor="a", limit=3, offset=3)
    assert ([e.act for e in last.entries], last.has_more) == (["1", "0"], False)
    assert len((await read_trail(services, AUDITOR, actor="a", limit=None)).entries) == 5


async def test_who_works_cases_does_not_read_it(services: Services, store: MemoryStore) -> None:
    with pytest.raises(NotPermitted):
        await read_trail(services, FOUNDER)
    assert [(e.actor, e.act, e.detail) for e in store.tables.trail] == [
        ("founder", "read_trail", "refused: NotPermitted")
    ]
