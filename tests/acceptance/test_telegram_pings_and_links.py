"""Pings to who watches: when they come, what they say, and when they end. And links that open the chat."""

import pytest

from bot.channels.telegram.texts import texts
from casework.watching import KEPT, LONGEST_DELAY, SHORTEST_DELAY
from tests.acceptance.telegram_house import running_program
from tests.acceptance.telegram_talker import TelegramProgram
from tests.dialogues.conftest import folder, prepared
from tests.telegram.client import Seen, Someone
from tests.telegram.fixtures import bot_api_address
from tests.telegram.reporting import report, submit

__all__ = ["bot_api_address", "folder", "prepared"]

pytestmark = pytest.mark.asyncio(loop_scope="module")

REPLY = "已派人去现场核实。"
PING = texts().say("ping", "zh")
ALL_DUE = LONGEST_DELAY.total_seconds() + 1


running = running_program(is_waited_for=True)


async def watcher(running: TelegramProgram) -> tuple[Someone, str]:
    """Return somebody who reported and wishes to be told, with the code."""
    person = await running.side.someone("zh")
    code = await report(person)
    await person.say("提醒我")
    await person.hears("要，提醒我")
    await person.tap("要，提醒我")
    await person.hears("不带任何内容")
    return person, code


async def act(running: TelegramProgram, code: str, text: str = REPLY) -> None:
    await running.desk.act(await running.running(), code, {"reply": text})


async def pings(person: Someone) -> list[Seen]:
    return [message for message in await person.messages() if message.is_by_bot and message.text == PING]


async def test_a_ping_comes_later_once_for_several_acts_and_says_nothing(running: TelegramProgram) -> None:
    person, code = await watcher(running)
    await act(running, code)
    await act(running, code, "请补充日期。")
    await running.wait(SHORTEST_DELAY.total_seconds() - 1)
    await person.quiet(0.5)
    assert await pings(person) == []
    await running.wait(ALL_DUE)
    ping = await person.hears(PING)
    await person.quiet(0.5)
    assert len(await pings(person)) == 1
    assert (ping.buttons, ping.is_protected) == ([], False)
    assert not any(word in ping.text for word in (code, REPLY, "核实", "举报"))
    await person.say(code)
    await person.hears(REPLY)
    await act(running, code, "第三次回复。")
    await running.wait(ALL_DUE)
    await person.hears(PING)


async def test_after_half_a_year_no_ping_comes(running: TelegramProgram) -> None:
    person, code = await watcher(running)
    await running.wait((KEPT.days + 1) * 24 * 3600)
    other, others = await watcher(running)
    await act(running, code)
    await act(running, others)
    await running.wait(ALL_DUE)
    await other.hears(PING)
    await person.quiet(0.5)
    assert await pings(person) == []


async def test_who_blocks_the_bot_is_sent_nothing_more(running: TelegramProgram) -> None:
    person, code = await watcher(running)
    other, others = await watcher(running)
    await act(running, code)
    await act(running, others)
    await person.block()
    await running.side.until(lambda stats: stats["waiting"] == 0)
    await running.wait(ALL_DUE)
    await other.hears(PING)
    await act(running, code, "又有新情况。")
    await act(running, others, "又有新情况。")
    await running.wait(ALL_DUE)
    await other.hears(PING)
    tried = [call for call in await running.side.calls("sendMessage") if call["status"] == 403]
    assert [call for call in tried if call["parameters"]["chat_id"] in (person.chat, str(person.chat))] == []


async def test_after_forget_me_no_ping_comes(running: TelegramProgram) -> None:
    person, code = await watcher(running)
    other, others = await watcher(running)
    await act(running, code)
    await act(running, others)
    await person.say("/forget_me")
    await person.hears("是，全部删除")
    await person.tap("是，全部删除")
    await person.hears("留下的提醒地址")
    await running.wait(ALL_DUE)
    await other.hears(PING)
    await act(running, code, "又有新情况。")
    await act(running, others, "又有新情况。")
    await running.wait(ALL_DUE)
    await other.hears(PING)
    await person.quiet(0.5)
    assert await pings(person) == []


@pytest.mark.parametrize(("client", "link", "menu"), [("zh", "en", "Make a report"), ("en", "zh", "我要举报")])
async def test_a_link_s_language_goes_before_the_client_s(
    running: TelegramProgram, client: str, link: str, menu: str
) -> None:
    person = await running.side.someone(client)
    await person.start(link)
    await person.hears(menu)


async def test_a_campaign_s_link_is_named_once_and_kept_nowhere(running: TelegramProgram) -> None:
    campaign = (await running.running()).profile.campaigns[0]
    person = await running.side.someone("zh")
    await person.start(campaign.id)
    await person.hears(campaign.words.zh)
    await person.hears("我要举报")
    code = await submit(person)
    named = [message for message in await person.messages() if campaign.words.zh in message.text]
    assert len(named) == 1
    app = await running.running()
    async with app.store.work() as work:
        case = await work.cases.by_code(code)
    assert case is not None
    assert case.report is not None
    told = f"{case.report.as_dict()} {[(entry.text, entry.data) for entry in case.entries]}"
    assert case.report.facts in told
    assert campaign.id not in told
    assert campaign.words.zh not in told


async def test_who_has_a_code_is_asked_for_it_and_a_code_in_a_link_opens_nothing(running: TelegramProgram) -> None:
    code = await report(await running.side.someone("zh"))
    person = await running.side.someone("zh")
    await person.start("have_code")
    await person.hears("编码")
    await person.say(code)
    await person.hears("已收到")
    other = await running.side.someone("zh")
    await other.start(code)
    await other.hears("我要举报")
    await other.quiet(0.5)
    assert not any("已收到" in message.text for message in await other.messages())
