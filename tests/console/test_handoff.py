"""From the bot to a person and back: the whole program on one side, the desk's pages on the other."""

import asyncio
import json
import re
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.bootstrap import Prepared
from casework import handing_off
from casework.errors import Conflict
from casework.handoff import Owner, Why
from console import live as live_pages
from console.words import Words
from storage.backup import DESK_LIVE, PERSON_SIDE, backup
from storage.models import Base
from storage.repositories.case_rows import TABLES
from tests.console.program import Program, Reporter, open_program
from tests.dialogues.conftest import prepared  # noqa: F401  # the same interpreter, loaded once


@pytest.fixture
async def program(prepared: Prepared, tmp_path: Path) -> AsyncIterator[Program]:  # noqa: F811
    async with open_program(tmp_path, prepared) as opened:
        yield opened


async def waiting(program: Program) -> tuple[Reporter, str]:
    """Return a reporter in the middle of a report who waits for a person, and the hand-off's id in hex."""
    reporter = program.reporter()
    await reporter.say("The housing office in Ganjingzi keeps sending my permit back, for three months now")
    assert reporter.last is not None
    assert reporter.last.state.active_loop == "report_form"
    offered = await reporter.say("/ask_human")
    assert "somebody can join" in offered[0]
    await reporter.tap("Wait for a person")
    told = await reporter.tap("Show nothing")
    assert "you are number 1" in told[0]
    return reporter, (await live(program))[0].id.hex()


async def live(program: Program) -> list[handing_off.Handoff]:
    async with program.app.store.work() as work:
        return await work.handoffs.live()


async def test_there_and_back_the_form_is_where_it_was(program: Program) -> None:
    reporter, chat = await waiting(program)
    assert reporter.last is not None
    question = reporter.last.state.requested_slot
    assert await reporter.say("Are you there?") == []
    second = await program.office.seated("second")
    page = await second.get(f"/chats/{chat}")
    assert "Are you there?" in page.text
    assert "keeps sending my permit back" not in page.text  # only what was said since
    refused = await second.post(f"/chats/{chat}/say", {"text": "too early"})
    assert refused.status_code == 409
    assert ">too early</textarea>" in refused.text
    assert "somebody else was faster" in refused.text
    assert (await second.post(f"/chats/{chat}/move", {"move": "claim"})).status_code == 303
    assert (await second.post(f"/chats/{chat}/say", {"text": "Yes, I am."})).status_code == 303
    heard = program.heard_by(reporter)
    assert "is here now" in heard[0]
    assert heard[1] == "[Office] Yes, I am."
    assert "second" not in " ".join(heard)  # a role, never a name
    assert await reporter.say("yes") == []  # a word that the bot would have taken for an answer
    assert (await second.post(f"/chats/{chat}/move", {"move": "hand_back"})).status_code == 303
    heard = program.heard_by(reporter)
    assert "the bot answers you again" in heard[2]
    assert reporter.last.state.requested_slot == question
    answered = await reporter.say("skip")
    assert answered
    assert reporter.last.state.active_loop == "report_form"
    assert not await live(program)


async def test_the_page_drawn_anew_shows_what_the_office_said(program: Program) -> None:
    reporter, chat = await waiting(program)
    second = await program.office.seated("second")
    await second.post(f"/chats/{chat}/move", {"move": "claim"})
    await second.post(f"/chats/{chat}/say", {"text": "Good morning."})
    assert "bot: [Office] Good morning." in await reporter.visible()


@pytest.mark.parametrize("is_claimed", [False, True])
async def test_the_reporter_goes_back_to_the_bot(program: Program, is_claimed: bool) -> None:
    reporter, chat = await waiting(program)
    second = await program.office.seated("second")
    if is_claimed:
        await second.post(f"/chats/{chat}/move", {"move": "claim"})
    assert await reporter.say("/resume_bot")
    assert reporter.last is not None
    assert reporter.last.state.active_loop == "report_form"
    said = await second.post(f"/chats/{chat}/say", {"text": "Hello?"})
    assert said.status_code == 409
    assert all("Hello" not in text for text in program.heard_by(reporter))
    page = await second.get(f"/chats/{chat}")
    assert "The reporter went back to the bot" in page.text


async def test_of_several_who_claim_at_once_one_gets_it(program: Program) -> None:
    _, chat = await waiting(program)
    browsers = [await program.office.seated(name) for name in ("second", "intake")]
    for browser in browsers:
        await browser.get(f"/chats/{chat}")
    answers = await asyncio.gather(*(b.post(f"/chats/{chat}/move", {"move": "claim"}) for b in browsers))
    assert sorted(answer.status_code for answer in answers) == [303, 409]
    (handoff,) = await live(program)
    assert handoff.state is Owner.HUMAN
    winner = ("second", "intake")[[answer.status_code for answer in answers].index(303)]
    assert handoff.owner == winner


async def test_a_note_never_reaches_the_reporter(program: Program) -> None:
    reporter, chat = await waiting(program)
    second = await program.office.seated("second")
    await second.post(f"/chats/{chat}/note", {"text": "sounds frightened"})
    assert "sounds frightened" in (await second.get(f"/chats/{chat}")).text
    assert all("frightened" not in text for text in [*program.heard_by(reporter), *await reporter.visible()])


async def test_who_writes_in_the_same_moment_hinders_nobody(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    _, chat = await waiting(program)
    second = await program.office.seated("second")
    await second.get(f"/chats/{chat}")
    faults = [Conflict("hand-off"), Conflict("hand-off")]
    for name in ("note", "open_handoff"):
        real = getattr(handing_off, name)

        async def hindered(*given: Any, real: Any = real) -> Any:
            if faults:
                raise faults.pop()
            return await real(*given)

        monkeypatch.setattr(handing_off, name, hindered)
    assert (await second.post(f"/chats/{chat}/note", {"text": "kept at the third try"})).status_code == 303
    faults.append(Conflict("hand-off"))
    assert "kept at the third try" in (await second.get(f"/chats/{chat}")).text
    faults += [Conflict("hand-off")] * 9
    refused = await second.get(f"/chats/{chat}")
    assert refused.status_code == 409


async def test_answering_is_no_rest_and_yesterdays_words_show_their_day(program: Program) -> None:
    _, chat = await waiting(program)
    second = await program.office.seated("second")
    await second.post(f"/chats/{chat}/move", {"move": "claim"})
    live_page = {"x-live": "1"}
    for number in range(2):
        program.office.clock.advance(minutes=20)
        lines = await second.post(f"/chats/{chat}/note", {"text": f"note {number}"}, headers=live_page)
        assert f"note {number}" in lines.text
    program.office.clock.advance(minutes=20)
    await second.get(f"/chats/{chat}/lines", headers=live_page)  # a page that asks by itself
    program.office.clock.advance(minutes=11)
    assert (await second.get(f"/chats/{chat}/lines", headers=live_page)).status_code == 401
    said_on = Words.of("en", program.app.profile.zone).time(program.office.clock.now() - timedelta(minutes=51))
    program.office.clock.advance(days=1)
    assert said_on in (await (await program.office.seated("intake")).get(f"/chats/{chat}")).text


async def test_transfer_snooze_and_close(program: Program) -> None:
    reporter, chat = await waiting(program)
    second, intake = await program.office.seated("second"), await program.office.seated("intake")
    await second.post(f"/chats/{chat}/move", {"move": "claim"})
    await second.post(f"/chats/{chat}/move", {"move": "transfer"})
    assert (await live(program))[0].state is Owner.WAITING
    assert (await intake.post(f"/chats/{chat}/move", {"move": "claim"})).status_code == 303
    assert (await second.post(f"/chats/{chat}/say", {"text": "still me"})).status_code == 409
    assert (await intake.post(f"/chats/{chat}/move", {"move": "snooze", "minutes": "60"})).status_code == 303
    assert (await live(program))[0].state is Owner.SNOOZED
    await reporter.say("one more thing")
    assert (await live(program))[0].state is Owner.HUMAN
    await intake.post(f"/chats/{chat}/move", {"move": "close"})
    assert not await live(program)
    heard = program.heard_by(reporter)
    assert "Was this of help" in heard[-1]
    assert "Thank you for telling us" in (await reporter.tap("★★★★"))[0]
    async with program.app.store.work() as work:
        assert (await work.handoffs.ended(1))[0].rating == 4


async def test_who_leaves_cannot_be_answered(program: Program) -> None:
    reporter, chat = await waiting(program)
    second = await program.office.seated("second")
    await second.post(f"/chats/{chat}/move", {"move": "claim"})
    await program.app.conversations.leave("web", reporter.address)
    assert not await live(program)
    assert (await second.post(f"/chats/{chat}/say", {"text": "Hello?"})).status_code == 409


async def test_waiting_too_long_alerts_and_a_day_ends_it(program: Program) -> None:
    await waiting(program)
    program.office.clock.advance(minutes=4)
    assert (await handing_off.tend(program.app.services)).alerts == 0
    program.office.clock.advance(minutes=2)
    assert (await handing_off.tend(program.app.services)).alerts == 1
    assert (await handing_off.tend(program.app.services)).alerts == 0
    assert (await live(program))[0].alerted
    program.office.clock.advance(hours=25)
    assert (await handing_off.tend(program.app.services)).given_up == 1
    program.office.clock.advance(days=8)
    assert (await handing_off.tend(program.app.services)).deleted == 1


async def test_outside_the_hours_a_message_is_offered(program: Program) -> None:
    program.office.clock.advance(hours=9)
    reporter = program.reporter()
    answer = await reporter.say("/ask_human")
    assert any("leave the office a message" in text for text in answer)
    assert not await live(program)


async def test_the_database_tells_neither_words_nor_person(program: Program) -> None:
    reporter, chat = await waiting(program)
    await reporter.say("magnolia smuggler")
    second = await program.office.seated("second")
    await second.post(f"/chats/{chat}/move", {"move": "claim"})
    await second.post(f"/chats/{chat}/say", {"text": "kumquat warehouse"})
    folder = program.app.store.config.data
    stored = b"".join(path.read_bytes() for path in folder.glob("changtong.db*"))
    for planted in (b"magnolia", b"kumquat", reporter.address.encode()):
        assert planted not in stored
    await reporter.say("/resume_bot")
    async with program.app.store.work() as work:
        assert await work.handoffs.way(bytes.fromhex(chat)) is None


async def test_what_the_draft_shows_is_the_reporters_choice(program: Program) -> None:
    reporter = program.reporter()
    await reporter.say("The housing office in Ganjingzi keeps sending my permit back, my phone is 13912345678")
    await reporter.say("/ask_human")
    await reporter.tap("Wait for a person")
    await reporter.tap("Show it without what tells who I am")
    second = await program.office.seated("second")
    text = (await second.get(f"/chats/{(await live(program))[0].id.hex()}")).text
    assert "keeps sending my permit back" in text
    assert "13912345678" not in text


async def test_handlers_and_auditors_have_no_conversations(program: Program) -> None:
    _, chat = await waiting(program)
    for name in ("handler", "auditor", "keeper"):
        browser = await program.office.seated(name)
        for path in ("/chats", f"/chats/{chat}", f"/chats/{chat}/lines", "/live"):
            assert (await browser.get(path)).status_code == 403
        assert (await browser.post(f"/chats/{chat}/move", {"move": "claim"})).status_code == 403


async def test_the_stream_tells_what_changed(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_pages, "LOOK_SECONDS", 3_600.0)  # rung for, not looked for
    second = await program.office.seated("second")
    watch = program.office.app.state.watch
    changes = watch.changes()
    first = await anext(changes)
    assert (first.board.waiting, first.is_first) == (0, True)
    _, chat = await waiting(program)
    change = await asyncio.wait_for(anext(changes), 60)
    assert (change.board.waiting, change.changed, change.gone) == (1, (chat,), ())
    assert json.loads(change.as_json("second")) == {
        "waiting": 1, "late": False, "unread": 0, "changed": [chat], "gone": [], "first": False
    }  # fmt: skip
    await changes.aclose()
    await watch.close()
    listed = await second.get("/chats/list")
    assert re.search(rf"Reporter {chat[:4].upper()}", listed.text)


async def test_a_new_office_key_opens_what_was_said(program: Program) -> None:
    reporter, chat = await waiting(program)
    await reporter.say("before the rotation")
    fresh = await program.app.store.accounts.rotate_key(program.office.founder)
    opened = await handing_off.open_handoff(program.app.services, fresh, bytes.fromhex(chat))
    assert "before the rotation" in [line.text for line in opened.lines]


async def test_no_backup_holds_a_conversation_or_a_session(program: Program, tmp_path: Path) -> None:
    await waiting(program)
    await program.office.seated("second")
    await backup(program.app.store.config, tmp_path / "backup")
    (dump,) = (path for path in (tmp_path / "backup").iterdir() if path.name.startswith("database"))
    with closing(sqlite3.connect(dump)) as copy:
        for table in DESK_LIVE:
            assert copy.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # noqa: S608


async def test_over_telegram_the_office_s_words_leave_through_the_outbox(
    prepared: Prepared,  # noqa: F811
    tmp_path: Path,
) -> None:
    async with open_program(tmp_path, prepared, telegram_token=f"123456:{'x' * 35}") as program:
        reporter = program.reporter(channel="telegram", address="123456/4242")
        await reporter.say("The housing office in Ganjingzi keeps sending my permit back, for three months now")
        await reporter.say("/ask_human")
        await reporter.tap("Wait for a person")
        await reporter.tap("Show nothing")
        await sent(program)
        (handoff,) = await live(program)
        second = await program.office.seated("second")
        for form in ({"move": "claim"}, {"text": "Good morning."}, {"move": "hand_back"}):
            act = "say" if "text" in form else "move"
            assert (await second.post(f"/chats/{handoff.id.hex()}/{act}", form)).status_code == 303
        posts = await sent(program)
        assert [post["chat"] for post in posts] == [4242] * len(posts)
        texts = " ".join(str(post) for post in posts)
        for expected in ("is here now", "[Office] Good morning.", "the bot answers you again"):
            assert expected in texts
        assert not program.pushes
        assert reporter.last is not None
        assert (await reporter.say("skip")) is not None
        assert reporter.last.state.active_loop == "report_form"


async def sent(program: Program) -> list[dict[str, Any]]:
    """Take all that waits in the outbox, oldest first."""
    taken: list[dict[str, Any]] = []
    while True:
        async with program.app.store.work() as work:
            rows = await work.outbox.claim(b"tester", timedelta(minutes=1))
            for row in rows:
                taken.append(row.payload)
                work.outbox.sent(row.id, b"tester")
            await work.commit()
        if not rows:
            return taken


async def test_no_value_joins_a_hand_off_with_a_person_or_a_case(program: Program) -> None:
    reporter, chat = await waiting(program)
    await reporter.say("something else")
    await program.office.submit()
    handoffs = await _cells(program, ("handoffs", "handoff_lines"))
    assert bytes.fromhex(chat) in handoffs
    for names in (PERSON_SIDE, tuple(table.name for table in TABLES)):
        others = await _cells(program, names)
        assert others
        assert handoffs & others == set()
        assert all(mine not in theirs and theirs not in mine for mine in handoffs for theirs in others)


async def _cells(program: Program, names: tuple[str, ...]) -> set[bytes]:
    """Return what could join rows: every value of bytes, ids and keys among them."""

    def read(connection: Connection) -> set[bytes]:
        rows = (row for name in names for row in connection.execute(select(Base.metadata.tables[name])).all())
        return {value for row in rows for value in row if isinstance(value, bytes) and len(value) >= 4}

    return await program.app.store.database.read(read)


async def test_an_emergency_goes_first(program: Program) -> None:
    await waiting(program)
    other = program.reporter()
    await other.say("somebody is threatening me with a knife right now")
    await other.tap("A person")
    await other.tap("Wait for a person")
    found = await handing_off.queue(program.app.services, program.office.founder)
    assert [it.reason for it in found] == [Why.EMERGENCY, Why.ASKED]
