"""The original of a cleaned file: only where it was wanted, only with a reason, and the trail says so."""

from collections.abc import AsyncIterator

import pytest

from casework.case import CaseId
from casework.errors import CaseUnknown, NotPermitted, ReasonRequired
from casework.evidence_viewing import open_original
from casework.report import FileRef
from casework.services import Services
from casework.submitting import submit
from tests.fakes import FakeOfficeKey, MemoryStore
from tests.unit.casework.conftest import make_operator, make_report


async def _chunks(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _submitted(services: Services, *, keeps: bool) -> tuple[CaseId, FileRef]:
    clean = await services.evidence.seal(_chunks(b"clean"), name="a.jpg", media_type="", limit_bytes=100)
    original = await services.evidence.seal(_chunks(b"original"), name="a.jpg", media_type="", limit_bytes=100)
    file = FileRef(
        id=clean.id, key=clean.key, name="a.jpg", size=5, removed="place", original_id=original.id,
        original_key=original.key, original_size=8, keeps_original=keeps,
    )  # fmt: skip
    done = await submit(services, make_report(files=(file,)), None, draft_id="d1")
    return done.row.id, file


@pytest.fixture
def key(store: MemoryStore) -> FakeOfficeKey:
    store.add_operator(make_operator("wang", role="supervisor"))
    return FakeOfficeKey(operator="wang")


async def test_an_original_opens_with_a_reason_that_stands_in_the_trail(
    services: Services, store: MemoryStore, key: FakeOfficeKey
) -> None:
    case_id, file = await _submitted(services, keeps=True)
    opened = await open_original(services, key, case_id, file.id, reason="court asks for it")
    assert b"".join([chunk async for chunk in opened.chunks]) == b"original"
    async with store.work() as work:
        entry = (await work.trail.entries())[0]
    assert (entry.actor, entry.act, entry.detail) == ("wang", "original", f"{file.id[:8]}: court asks for it")


async def test_who_may_only_read_messages_opens_no_original(services: Services, store: MemoryStore) -> None:
    case_id, file = await _submitted(services, keeps=True)
    store.add_operator(make_operator("liu", role="intake"))
    with pytest.raises(NotPermitted):
        await open_original(services, FakeOfficeKey(operator="liu"), case_id, file.id, reason="curious")


async def test_without_a_reason_it_stays_closed(services: Services, key: FakeOfficeKey) -> None:
    case_id, file = await _submitted(services, keeps=True)
    with pytest.raises(ReasonRequired):
        await open_original(services, key, case_id, file.id, reason="  ")


async def test_where_nobody_wanted_it_there_is_none(services: Services, key: FakeOfficeKey) -> None:
    case_id, file = await _submitted(services, keeps=False)
    with pytest.raises(CaseUnknown):
        await open_original(services, key, case_id, file.id, reason="curious")
