"""That one types, that one has read: shown on both sides where the channel can, and kept nowhere."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import Prepared
from bot.channels.web.pushes import Pushes
from bot.desk_pages import ReporterPages
from console.live import Sign, Watch
from storage.models import Base
from tests.console.program import Program, open_program
from tests.console.test_handoff import live, sent, waiting
from tests.dialogues.conftest import prepared  # noqa: F401  # the same interpreter, loaded once


@pytest.fixture
async def program(prepared: Prepared, tmp_path: Path) -> AsyncIterator[Program]:  # noqa: F811
    async with open_program(tmp_path, prepared) as opened:
        yield opened


async def next_sign(changes: AsyncIterator[Any]) -> Sign:
    async with asyncio.timeout(5):
        async for change in changes:
            if isinstance(change, Sign):
                return change
    raise AssertionError


async def counts(program: Program) -> dict[str, int]:
    """Return how many rows each table has."""
    tables = Base.metadata.sorted_tables
    return await program.app.store.database.read(
        lambda connection: {table.name: len(list(connection.execute(table.select()))) for table in tables}
    )


async def test_the_operator_sees_that_the_reporter_types_and_has_read(program: Program) -> None:
    reporter, chat = await waiting(program)
    watch: Watch = program.office.app.state.watch
    changes = watch.changes()
    await anext(changes)
    second = await program.office.seated("second")
    await second.post(f"/chats/{chat}/move", {"move": "claim"})
    before = await counts(program)
    for what in ("typing", "read"):
        waits = asyncio.ensure_future(next_sign(changes))
        assert await program.app.conversations.sign("web", reporter.address, what)
        assert await waits == Sign(what=what, chat=chat)
    assert await counts(program) == before
    await changes.aclose()
    await watch.close()


async def test_nobody_is_shown_what_a_reporter_types_to_the_bot(program: Program) -> None:
    rung: list[str] = []
    reporter = program.reporter()
    with program.app.store.bell.listening(rung.append):
        assert not await program.app.conversations.sign("web", reporter.address, "typing")  # unknown
        await reporter.say("hello")
        assert not await program.app.conversations.sign("web", reporter.address, "typing")
    assert rung == []


async def test_the_reporter_sees_that_their_operator_types_and_has_read(program: Program) -> None:
    reporter, chat = await waiting(program)
    pushes = Pushes()
    ReporterPages(pushes, program.app.conversations, program.app.store.bell).begin()
    second, intake = await program.office.seated("second"), await program.office.seated("intake")
    await second.post(f"/chats/{chat}/move", {"move": "claim"})
    with pushes.listen(reporter.address) as page:
        await reporter.say("Is anybody there?")
        await intake.get(f"/chats/{chat}")
        assert (await intake.post(f"/chats/{chat}/typing")).status_code == 204
        assert page.empty()  # not theirs: whoever only looks shows nothing
        before = await counts(program)
        await second.get(f"/chats/{chat}/lines", headers={"x-live": "1"})
        assert (await page.get() or {})["sign"] == "read"
        await second.get(f"/chats/{chat}/lines", headers={"x-live": "1"})
        assert page.empty()  # read already
        assert (await second.post(f"/chats/{chat}/typing")).status_code == 204
        assert (await page.get() or {})["sign"] == "typing"
        assert await counts(program) == before


async def test_over_telegram_the_office_s_typing_is_an_action_of_some_seconds(
    prepared: Prepared,  # noqa: F811
    tmp_path: Path,
) -> None:
    async with open_program(tmp_path, prepared, telegram_token=f"123456:{'x' * 35}") as program:
        reporter = program.reporter(channel="telegram", address="123456/4242")
        await reporter.say("/ask_human")
        await reporter.tap("Wait for a person")
        (handoff,) = await live(program)
        second = await program.office.seated("second")
        await second.post(f"/chats/{handoff.id.hex()}/move", {"move": "claim"})
        await sent(program)
        await second.post(f"/chats/{handoff.id.hex()}/typing")
        assert await sent(program) == [{"do": "typing", "chat": 4242}]
        await reporter.say("hello")
        await second.get(f"/chats/{handoff.id.hex()}")
        assert await sent(program) == []  # Telegram gives a bot no read marks
        await second.post(f"/chats/{handoff.id.hex()}/typing")
        program.office.clock.advance(seconds=6)
        assert await sent(program) == []  # too late to mean anything
