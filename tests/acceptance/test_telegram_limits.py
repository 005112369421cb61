"""What bounds a person and the bot: floods, reports a day, old buttons, and the pace at which messages leave."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.channels.messages import Incoming, Reply
from bot.channels.telegram.answering import TYPING_AFTER_SECONDS
from bot.channels.telegram.flood import ONE_A_MINUTE
from bot.channels.telegram.texts import texts
from tests.acceptance.telegram_house import running_program
from tests.acceptance.telegram_talker import TelegramProgram
from tests.dialogues.conftest import folder, prepared
from tests.telegram.client import PATIENCE_SECONDS, Seen, Someone, TestSide
from tests.telegram.fixtures import bot_api_address
from tests.telegram.reporting import STORIES, onward, report, submit

__all__ = ["bot_api_address", "folder", "prepared"]

pytestmark = pytest.mark.asyncio(loop_scope="module")


running = running_program(is_waited_for=True)


async def test_a_flood_is_answered_once_and_holds_up_nobody_else(running: TelegramProgram) -> None:
    person, other = await running.side.someone("zh"), await running.side.someone("zh")
    await person.start("zh")
    await person.hears("我要举报")
    for _ in range(ONE_A_MINUTE + 15):
        await person.say("/help")
    flooded = texts().say("flooded", "zh")
    await person.hears(flooded)
    await other.start("zh")
    await other.hears("我要举报")
    await running.side.until(lambda stats: stats["waiting"] == 0)
    await person.quiet(1.0)
    assert [message.text for message in await person.messages()].count(flooded) == 1


async def test_a_person_hands_in_five_reports_a_day(running: TelegramProgram) -> None:
    person = await running.side.someone("zh")
    codes = [await report(person)]
    codes += [await submit(person, telling=(f"{STORIES['zh']}第{number}件。",)) for number in range(4)]
    assert len(set(codes)) == 5
    for text in ("/start_report", f"{STORIES['zh']}第六件。"):
        await person.quiet(0.1)
        await person.say(text)
        await person.hears(_is_new)
    await person.say("/done")
    await _tapping_on(person, "今天从这里已经提交了 5 份")
    assert await report(await running.side.someone("zh"))


def _is_new(message: Seen) -> bool:
    return not message.earlier


async def _tapping_on(person: Someone, words: str) -> None:
    """Tap what leads on until these words come."""

    def leads_on(message: Seen) -> bool:
        return _is_new(message) and (bool(onward(message)) or words in message.text)

    while words not in (message := await person.hears(leads_on)).text:
        await person.tap(onward(message), message_id=message.id)


async def test_an_old_button_says_so_and_every_press_is_answered(running: TelegramProgram) -> None:
    person = await running.side.someone("zh")
    await person.start("zh")
    menu = await person.hears("我要举报")
    await person.say("/start_report")
    await person.hears("发生了什么事")
    await person.say(STORIES["zh"])
    await person.hears(lambda message: bool(message.buttons))
    await person.say("/done")
    question = await person.hears(lambda message: "对" in message.titles)
    await person.tap("对", message_id=question.id)
    await person.hears("匿名")
    await _press_again(running.side, person, question, "对")
    await person.hears("按钮")
    await _loses_its_buttons(person, menu)
    answered = await _loses_its_buttons(person, question)
    assert answered.text.endswith("✓ 对")
    assert (await running.side.stats())["unanswered"] == []


async def _press_again(side: TestSide, person: Someone, message: Seen, title: str) -> None:
    """Deliver the press of a button that the server no longer shows: it was on its way."""
    sent = await side.do("updates")
    number = sent[-1]["body"]["update_id"] + 1
    await side.do("renumber", next_id=number + 1)
    data = next(button["callback_data"] for button in message.buttons if button["text"] == title)
    user = {"id": person.id, "is_bot": False, "first_name": "x", "language_code": "zh"}
    press = {"id": "4242", "from": user, "message": message.body, "chat_instance": "1", "data": data}
    await side.do("raw", body={"update_id": number, "callback_query": press}, queue=person.id)


async def _loses_its_buttons(person: Someone, message: Seen) -> Seen:
    """Wait for the edit of an older message: it leaves after the answer, at the chat's pace."""
    for _ in range(int(PATIENCE_SECONDS * 10)):
        if not (now := await _now(person, message)).buttons:
            return now
        await asyncio.sleep(0.1)
    raise AssertionError(f"still with buttons: {message.text}")


async def _now(person: Someone, message: Seen) -> Seen:
    return next(seen for seen in await person.messages() if seen.id == message.id)


async def test_a_slow_answer_shows_that_the_bot_is_writing(
    running: TelegramProgram, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert running.overheard is not None
    quickly = running.overheard.handle_waiting

    async def slowly(waiting: Sequence[Incoming]) -> list[Reply]:
        await asyncio.sleep(TYPING_AFTER_SECONDS + 1)
        return await quickly(waiting)

    monkeypatch.setattr(running.overheard, "handle_waiting", slowly)
    person = await running.side.someone("zh")
    await person.start("zh")
    await person.hears("我要举报")
    shown = [call["parameters"] for call in await running.side.calls("sendChatAction")]
    assert (str(person.chat), "typing") in {(str(call["chat_id"]), call["action"]) for call in shown}
