"""An answer that the office suggests: the reporter sees it, and only their yes fills the question."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.bootstrap import Prepared
from casework.intake.questions import FIELDS, PERSONAL, QUESTIONS, SUGGESTIBLE
from console.words import catalogue
from storage.desk_models import HandoffLineRow
from tests.console.program import Program, Reporter, open_program
from tests.console.test_handoff import live, sent
from tests.dialogues.conftest import prepared  # noqa: F401  # the same interpreter, loaded once
from tests.support.desk import DeskBrowser

STORY = "The housing office in Ganjingzi keeps sending my permit back, for three months now"
TAKE, DECLINE = "Take this answer", "Do not take it"


@pytest.fixture
async def program(prepared: Prepared, tmp_path: Path) -> AsyncIterator[Program]:  # noqa: F811
    async with open_program(tmp_path, prepared) as opened:
        yield opened


async def stuck_at_a_name(program: Program, reporter: Reporter) -> tuple[DeskBrowser, str]:
    """Return an operator who has claimed the conversation of a reporter who is asked whom they report."""
    for text in (STORY, "yes", "anonymous", "skip", "/ask_human"):
        await reporter.say(text)
    await reporter.tap("Wait for a person")
    await reporter.tap("Show nothing")
    second = await program.office.seated("second")
    chat = (await live(program))[-1].id.hex()
    await second.post(f"/chats/{chat}/move", {"move": "claim"})
    page = await second.get(f"/chats/{chat}")
    assert "The bot was asking for: who is reported" in page.text
    assert 'name="question" value="accused_name"' in page.text
    return second, chat


def slot_of(reporter: Reporter) -> str | None:
    assert reporter.last is not None
    return reporter.last.state.requested_slot


async def test_only_the_reporter_s_yes_fills_the_question(program: Program) -> None:
    reporter = program.reporter()
    second, chat = await stuck_at_a_name(program, reporter)
    form = {"question": "accused_name", "text": "Wang Qiang"}
    assert (await second.post(f"/chats/{chat}/suggest", form)).status_code == 303
    heard = program.heard_by(reporter)
    assert "“who is reported”" in heard[-1]
    assert "“Wang Qiang”" in heard[-1]
    assert [button.title for button in reporter.buttons] == [TAKE, DECLINE]
    assert await reporter.say("yes") == []  # the operator may have asked something: no other word counts
    assert slot_of(reporter) == "accused_name"
    assert "stands in your report now" in (await reporter.tap(TAKE))[0]
    assert slot_of(reporter) != "accused_name"
    page = (await second.get(f"/chats/{chat}")).text
    assert "The reporter took the suggested answer: who is reported" in page
    assert "Wang Qiang" in page
    assert await reporter.say("thank you") == []  # still with the person
    await second.post(f"/chats/{chat}/move", {"move": "hand_back"})
    assert "Wang Qiang" in " ".join(await reporter.say("Let me see the whole report"))


async def test_no_and_a_question_that_is_over_fill_nothing(program: Program) -> None:
    reporter = program.reporter()
    second, chat = await stuck_at_a_name(program, reporter)
    for text in ("Wang Qiang", "Li Qiang"):
        await second.post(f"/chats/{chat}/suggest", {"question": "accused_name", "text": text})
    program.heard_by(reporter)
    assert "was not taken" in (await reporter.tap(DECLINE))[0]
    assert slot_of(reporter) == "accused_name"
    first = await reporter.tap(TAKE)
    assert "stands in your report" in first[0]
    again = await reporter.tap(TAKE)
    assert "out of date" in again[0]
    page = (await second.get(f"/chats/{chat}")).text
    assert "The reporter did not take the suggested answer: who is reported" in page
    assert page.count("The reporter took the suggested answer: who is reported") == 1


async def test_an_answer_that_the_question_cannot_take_is_told(program: Program) -> None:
    reporter = program.reporter()
    second, chat = await stuck_at_a_name(program, reporter)
    await second.post(f"/chats/{chat}/suggest", {"question": "accused_name", "text": "Wang " * 40})
    program.heard_by(reporter)
    assert "could not take this answer" in (await reporter.tap(TAKE))[0]
    assert slot_of(reporter) == "accused_name"


async def test_what_may_not_be_suggested_is_refused_and_says_nothing(program: Program) -> None:
    reporter = program.reporter()
    second, chat = await stuck_at_a_name(program, reporter)
    before = len(program.heard_by(reporter))
    for question in ("place", "contact", "confirm", "no_such"):
        refused = await second.post(f"/chats/{chat}/suggest", {"question": question, "text": "x"})
        assert refused.status_code == 409
        assert "only the reporter" in refused.text
    assert (await second.post(f"/chats/{chat}/suggest", {"question": "accused_name", "text": " "})).status_code == 422
    intake = await program.office.seated("intake")
    await intake.get(f"/chats/{chat}")
    form = {"question": "accused_name", "text": "x"}
    assert (await intake.post(f"/chats/{chat}/suggest", form)).status_code == 409  # not theirs
    assert len(program.heard_by(reporter)) == before


async def test_answers_are_cut_out_when_the_conversation_ends(program: Program) -> None:
    reporter = program.reporter()
    second, chat = await stuck_at_a_name(program, reporter)
    await second.post(f"/chats/{chat}/suggest", {"question": "accused_name", "text": "Wang Qiang"})
    program.heard_by(reporter)
    buttons = reporter.buttons
    await reporter.say("/resume_bot")
    page = (await second.get(f"/chats/{chat}")).text
    assert "Wang Qiang" not in page
    assert "The reporter went back to the bot" in page
    table = HandoffLineRow.__table__
    rows = await program.app.store.database.read(lambda connection: list(connection.execute(table.select())))
    assert rows
    assert not any(row.is_answer for row in rows)
    reporter.buttons = buttons
    await reporter.tap(TAKE)
    assert slot_of(reporter) == "accused_name"  # nobody waits for it any more


async def test_over_telegram_with_buttons(prepared: Prepared, tmp_path: Path) -> None:  # noqa: F811
    async with open_program(tmp_path, prepared, telegram_token=f"123456:{'x' * 35}") as program:
        reporter = program.reporter(channel="telegram", address="123456/4242")
        second, chat = await stuck_at_a_name(program, reporter)
        await sent(program)
        await second.post(f"/chats/{chat}/suggest", {"question": "accused_name", "text": "Wang Qiang"})
        (post,) = await sent(program)
        assert "Wang Qiang" in post["text"]
        assert [title for title, _ in post["buttons"]] == [TAKE, DECLINE]
        await reporter._turn(tap=post["buttons"][0][1])
        assert slot_of(reporter) != "accused_name"
        assert "stands in your report now" in (await sent(program))[-1]["text"]


def test_every_question_that_may_be_suggested_has_a_name_for_both() -> None:
    assert set(QUESTIONS) >= SUGGESTIBLE
    assert not SUGGESTIBLE & {*PERSONAL, "mode", "reporter_kind", "confirm", "understood", "evidence", "follow_up"}
    assert set(FIELDS) & SUGGESTIBLE
    for language in ("zh", "en"):
        assert {f"question_{name}" for name in SUGGESTIBLE} <= set(catalogue(language))
