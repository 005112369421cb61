"""Two processes on one PostgreSQL: what happens in one is live in the other, told by NOTIFY before anybody looks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import Prepared
from bot.channels.web.pushes import Pushes
from bot.desk_pages import ReporterPages, sign_for
from console import live
from console.live import Change, Watch
from storage.bell import DESK
from tests.console.program import Program, Reporter, open_two
from tests.dialogues.conftest import prepared  # noqa: F401  # the same interpreter, loaded once

pytestmark = pytest.mark.postgres
PATIENCE_SECONDS = 30
"""Half of `LOOK_SECONDS` as it is here; how long it takes is measured by the benchmark of the desk."""


@pytest.fixture
async def pair(
    prepared: Prepared,  # noqa: F811
    tmp_path: Path,
    postgres_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[tuple[Program, Program]]:
    monkeypatch.setattr(live, "LOOK_SECONDS", 60.0)  # only a ring can bring news in time
    async with open_two(tmp_path, prepared, postgres_url) as opened:
        yield opened


async def wait_for_a_person(program: Program) -> Reporter:
    reporter = program.reporter()
    await reporter.say("/ask_human")
    await reporter.tap("Wait for a person")
    return reporter


async def is_heard(program: Program, watch: Watch) -> None:
    """Wait until the other process listens: PostgreSQL says so."""
    changes = watch.changes()
    await anext(changes)
    await listened(program)
    await changes.aclose()


async def until(is_so: Callable[[], bool]) -> None:
    for _ in range(500):
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


async def listened(program: Program) -> None:
    for _ in range(500):
        if await listeners(program):
            return
        await asyncio.sleep(0.02)
    raise TimeoutError


async def listeners(program: Program) -> int:
    database: Any = program.app.store.database
    question = f"SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN %{DESK}%'"  # noqa: S608
    async with database.connection() as connection:
        return int((await connection.exec_driver_sql(question)).scalar_one())


async def test_an_open_page_sees_what_another_process_wrote(pair: tuple[Program, Program]) -> None:
    one, two = pair
    watch = two.office.app.state.watch
    await is_heard(one, watch)
    changes = watch.changes()
    assert (await anext(changes)).board.waiting == 0
    reporter = await wait_for_a_person(one)
    change = await asyncio.wait_for(anext(changes), PATIENCE_SECONDS)
    assert isinstance(change, Change)
    assert change.board.waiting == 1
    for number in range(10):
        await reporter.say(f"word {number}")
        change = await asyncio.wait_for(anext(changes), PATIENCE_SECONDS)
        assert len(change.changed) == 1
    await changes.aclose()
    await watch.close()


async def test_a_reporter_s_page_in_another_process_shows_the_office_s_words(pair: tuple[Program, Program]) -> None:
    one, two = pair
    reporter = await wait_for_a_person(one)
    pushes = Pushes()
    ReporterPages(pushes, two.app.conversations, two.app.store.bell).begin()
    await listened(one)
    async with one.app.store.work() as work:
        (handoff,) = await work.handoffs.live()
    second = await one.office.seated("second")
    with pushes.listen(reporter.address) as mine, pushes.listen("somebody else") as other:
        await second.post(f"/chats/{handoff.id.hex()}/move", {"move": "claim"})
        assert "is here now" in (await asyncio.wait_for(mine.get(), PATIENCE_SECONDS) or {})["messages"][0]["text"]
        await second.post(f"/chats/{handoff.id.hex()}/say", {"text": "Good morning."})
        event = await asyncio.wait_for(mine.get(), PATIENCE_SECONDS) or {}
        assert [message["text"] for message in event["messages"]] == ["[Office] Good morning."]
        assert other.empty()


async def test_what_one_process_rings_carries_no_word_and_no_name(pair: tuple[Program, Program]) -> None:
    one, two = pair
    rung: list[str] = []
    with two.app.store.bell.listening(rung.append):
        await listened(one)
        reporter = await wait_for_a_person(one)
        await reporter.say("magnolia smuggler")
        async with one.app.store.work() as work:
            (handoff,) = await work.handoffs.live()
        second = await one.office.seated("second")
        for act, form in (("move", {"move": "claim"}), ("say", {"text": "kumquat warehouse"})):
            await second.post(f"/chats/{handoff.id.hex()}/{act}", form)
        await one.app.store.bell.tell(sign_for(reporter.address, "typing"))
        await until(lambda: any(ring.startswith("sign ") for ring in rung))
    told = " ".join(rung)
    person = one.app.store.person_keys.person("web", reporter.address)
    for secret in ("magnolia", "kumquat", "second", reporter.address, person.hex()):
        assert secret not in told
    assert {ring.partition(" ")[0] for ring in rung} == {"changed", "words", "sign"}


async def test_a_ring_is_heard_again_after_the_connection_was_lost(
    pair: tuple[Program, Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.bell.AGAIN_SECONDS", 0.05)
    one, two = pair
    rung: list[str] = []
    with two.app.store.bell.listening(rung.append):
        await listened(one)
        end = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %{DESK}%'"  # noqa: S608
        await one.app.store.database.outside_transaction([end])
        before = len(rung)
        await until(lambda: len(rung) > before)  # it listens again, and tells that something may have been missed
        await listened(one)
        before = len(rung)
        await wait_for_a_person(one)
        await until(lambda: len(rung) > before)
