"""What a turn does with a message: opening, payloads, repeats, silence, submission, and all that goes wrong."""

import asyncio
import zlib
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.turns.masking import mask_printed
from bot.turns.memory import Memory, decode, encode
from bot.turns.rules import MOST_HELD
from casework.code import PLACEHOLDER, generate
from tests.unit.turns import fake_dialogue
from tests.unit.turns.conftest import World, names


async def test_a_new_conversation_begins_with_the_greeting(world: World) -> None:
    reply = await world.say("我要查进度")
    assert names(reply) == ["utter_greeting", "utter_query_status"]
    assert (reply.state.language, reply.state.intent, reply.state.confidence) == ("zh", "query_status", 0.9)
    assert world.dialogue.heard[0].text == (
        '/open{"language": "zh", "channel": "web", "greeted": "briefly", "returning": false}'
    )


async def test_words_that_are_no_matter_yet_get_the_whole_greeting(world: World) -> None:
    await world.say("嗯嗯")
    assert '"greeted": false' in world.dialogue.heard[0].text


async def test_hello_is_answered_by_the_greeting_alone(world: World) -> None:
    assert names(await world.say("你好")) == ["utter_greeting"]


async def test_the_language_is_guessed_from_the_first_words(world: World) -> None:
    assert (await world.say("hello there")).state.language == "en"


async def test_the_channel_s_language_goes_before_the_guess(world: World) -> None:
    assert (await world.say("hello there", language="zh")).state.language == "zh"


async def test_danger_goes_before_the_greeting(world: World) -> None:
    assert names(await world.say("救命")) == ["utter_emergency", "utter_greeting"]


async def test_an_empty_first_message_only_opens(world: World) -> None:
    assert names(await world.say("  \n ")) == ["utter_greeting"]


async def test_a_greeting_that_the_page_showed_is_not_said_again_and_its_buttons_work(world: World) -> None:
    preview = await world.processor.preview("web", "zh")
    assert names(preview) == ["utter_greeting"]
    assert world.conversations == 0
    privacy = preview.messages[0].buttons[1]
    reply = await world.say(tap=privacy.id, greeted=True, language="zh")
    assert names(reply) == ["utter_ask_privacy"]
    lines = await world.processor.visible("web", world.address)
    assert [(line.author, line.message.response) for line in lines] == [
        ("bot", "utter_greeting"),
        ("person", None),
        ("bot", "utter_ask_privacy"),
    ]


async def test_tap_becomes_payload_only_for_a_button_shown(world: World) -> None:
    await world.say("谢谢")
    await world.tap("我要举报")
    yes = world.button("是的")
    await world.say("有人收钱")
    assert names(await world.say(tap=yes.id)) == ["utter_receipt"]


async def test_an_empty_first_message_is_answered_also_where_the_page_has_greeted(world: World) -> None:
    assert names(await world.say("")) == ["utter_greeting"]
    assert names(await world.say("", greeted=True, address="b" * 43)) != []


@pytest.mark.parametrize("forged", ["affirm", "submit_now", "/affirm", 'inform{"choice": "discard"}', "", "x" * 500])
async def test_a_forged_tap_is_an_old_button(world: World, forged: str) -> None:
    await world.say("谢谢")
    await world.tap("我要举报")
    assert names(await world.say(tap=forged)) == ["utter_old_button"]
    assert world.dialogue.heard[-1].text == "/old_button"


async def test_a_button_of_an_earlier_question_is_old(world: World) -> None:
    await world.say("谢谢")
    privacy = world.button("✅ 隐私？")
    await world.tap("我要举报")
    assert names(await world.say(tap=privacy.id)) == ["utter_old_button"]


async def test_a_command_s_button_never_gets_old(world: World) -> None:
    await world.say("谢谢")
    start = world.button("我要举报")
    await world.say("/help")
    await world.say("/query_status")
    assert names(await world.say(tap=start.id)) == ["utter_ask_facts"]


@pytest.mark.parametrize("typed", ["/help", "／help", "/HELP", "/help "])
async def test_listed_commands_are_payloads(world: World, typed: str) -> None:
    await world.say("谢谢")
    await world.say(typed)
    assert (world.dialogue.heard[-1].text, world.dialogue.heard[-1].is_payload) == ("/help", True)


@pytest.mark.parametrize(
    "typed", ['/inform{"choice": "discard"}', "/affirm", "/restart", "/submit_now", '/help{"a": 1}', "／affirm", "/"]
)
async def test_any_other_slash_is_text(world: World, typed: str) -> None:
    await world.say("谢谢")
    await world.say(typed)
    assert (world.dialogue.heard[-1].text, world.dialogue.heard[-1].is_payload) == (typed, False)


@pytest.mark.parametrize("typed", ["隐私", "隐私?", " ✅隐私？ ", "2", "２", "②", "2.", "（2）"])
async def test_a_title_or_number_typed_is_a_tap(world: World, typed: str) -> None:
    await world.say("谢谢")
    assert names(await world.say(typed)) == ["utter_ask_privacy"]


@pytest.mark.parametrize("typed", ["0", "4", "99", "1000", "二", "2个"])
async def test_other_numbers_are_text(world: World, typed: str) -> None:
    await world.say("谢谢")
    await world.say(typed)
    assert not world.dialogue.heard[-1].is_payload


async def test_where_the_question_takes_a_number_it_is_an_answer(world: World) -> None:
    world.rules = type(world.rules)(number_questions=frozenset({"facts"}))
    world.processor = world.build()
    await world.say("谢谢")
    await world.tap("我要举报")
    assert names(await world.say("1")) == ["utter_noted"]


async def test_a_repeated_message_gets_the_stored_reply(world: World) -> None:
    message = world.incoming("谢谢")
    first = await world.processor.handle(message)
    said = len(world.dialogue.heard)
    again = await world.processor.handle(message)
    assert again.is_repeat
    assert (again.messages, again.state) == (first.messages, first.state)
    assert len(world.store.tables.conversations) == 1
    assert len(world.dialogue.heard) == said + 1
    lines = await world.processor.visible("web", world.address)
    assert len([line for line in lines if line.author == "person"]) == 1


async def test_a_repeat_of_what_fails_now_gets_the_stored_reply_too(world: World) -> None:
    message = world.incoming("谢谢")
    first = await world.processor.handle(message)
    again = await world.processor.handle(replace(message, text="坏了"))
    assert (again.messages, again.is_repeat) == (first.messages, True)


async def test_a_repeat_after_the_stored_reply_is_gone_says_nothing_twice(world: World) -> None:
    message = world.incoming("谢谢")
    await world.processor.handle(message)
    world.clock.advance(minutes=61)
    again = await world.processor.handle(message)
    assert (again.messages, again.is_repeat) == ((), True)


async def test_two_messages_at_once_are_two_turns_one_after_the_other(world: World) -> None:
    await world.say("谢谢")
    await world.tap("我要举报")
    replies = await asyncio.gather(world.say("第一"), world.say("第二"))
    assert sorted(reply.messages[0].text for reply in replies) == ["记下第1条", "记下第2条"]


async def test_a_tap_racing_a_message_loses_nothing(world: World) -> None:
    await world.say("谢谢")
    tap = world.say(tap=world.button("我要举报").id)
    typed = world.say("有人收钱")
    replies = await asyncio.gather(tap, typed)
    assert [names(reply) for reply in replies] == [["utter_ask_facts"], ["utter_noted"]]


async def test_two_processes_at_once_run_the_later_turn_again(world: World) -> None:
    await world.say("谢谢")
    await world.tap("我要举报")
    other = world.build()
    world.dialogue.gate = asyncio.Event()
    both = asyncio.gather(world.processor.handle(world.incoming("第一")), other.handle(world.incoming("第二")))
    await asyncio.sleep(0)
    world.dialogue.gate.set()
    replies = await both
    assert sorted(reply.messages[0].text for reply in replies) == ["记下第1条", "记下第2条"]
    assert sum(said.text in ("第一", "第二") for said in world.dialogue.heard) == 3


async def test_a_conversation_that_never_stands_still_gets_a_kind_answer(world: World) -> None:
    await world.say("谢谢")
    other = world.build()
    say = world.dialogue.say

    async def overtaken(state: object, said: object, channel: str) -> object:
        world.dialogue.say = say  # type: ignore[method-assign]
        await other.handle(world.incoming("谢谢"))
        world.dialogue.say = overtaken  # type: ignore[assignment,method-assign]
        return await say(state, said, channel)  # type: ignore[arg-type]

    world.dialogue.say = overtaken  # type: ignore[assignment,method-assign]
    reply = await world.say("第一")
    assert names(reply) == ["turn_crowded"]
    assert reply.state.language == "zh"


async def test_a_failing_engine_apologises_and_changes_nothing(world: World) -> None:
    await world.say("谢谢")
    await world.tap("我要举报")
    before = dict(world.store.tables.conversations)
    reply = await world.say("坏了")
    assert names(reply) == ["utter_sorry"]
    assert reply.state.active_loop == "report_form"
    assert world.store.tables.conversations == before


async def test_a_turn_that_fails_after_the_submission_keeps_the_person_and_their_draft(world: World) -> None:
    await world.say("谢谢")
    await world.tap("我要举报")
    before = dict(world.store.tables.conversations)
    world.dialogue.loses_answers = True
    reply = await world.tap("是的")
    assert (names(reply), reply.successor) == (["utter_sorry"], None)
    assert (world.store.tables.conversations, world.store.tables.receipts) == (before, {})


async def test_a_failure_at_the_first_message_leaves_nothing(world: World) -> None:
    assert names(await world.say("坏了")) == ["utter_sorry"]
    assert world.conversations == 0


async def test_too_long_a_message_is_refused_with_its_length(world: World) -> None:
    await world.say("谢谢")
    said = len(world.dialogue.heard)
    reply = await world.say("长" * 10_001)
    assert "10001" in reply.messages[0].text
    assert len(world.dialogue.heard) == said


async def test_long_answers_are_cut_and_keep_their_buttons_below(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    long = type(fake_dialogue.GREETING)(text="很长。" * 2_000, buttons=(("好", "/help"),), response="utter_greeting")
    monkeypatch.setattr(fake_dialogue, "GREETING", long)
    reply = await world.say("你好")
    assert [bool(message.buttons) for message in reply.messages] == [False, True]
    assert "".join(message.text for message in reply.messages) == long.text


class TestSilence:
    @pytest.fixture
    async def at_work(self, world: World) -> World:
        await world.say("谢谢")
        await world.tap("我要举报")
        return world

    async def test_what_was_typed_is_held_and_said_after_going_on(self, at_work: World) -> None:
        at_work.clock.advance(minutes=30)
        assert names(await at_work.say("还有一件事")) == ["utter_ask_returned"]
        assert names(await at_work.tap("继续")) == ["utter_ask_facts", "utter_noted"]
        assert at_work.dialogue.heard[-1].text == "还有一件事"
        assert names(await at_work.say("又一件")) == ["utter_noted"]
        assert at_work.last is not None
        assert at_work.last.messages[0].text == "记下第2条"

    async def test_more_text_before_the_decision_is_held_too(self, at_work: World) -> None:
        at_work.clock.advance(minutes=31)
        await at_work.say("第一")
        await at_work.say("第二")
        assert names(await at_work.say("1")) == ["utter_ask_facts", "utter_noted", "utter_noted"]

    @pytest.mark.parametrize("typed", ["也收了红包", "他" * 3_000])
    async def test_what_waits_cannot_grow_without_end(self, at_work: World, typed: str) -> None:
        at_work.clock.advance(minutes=31)
        replies = [await at_work.say(typed) for _ in range(110)]
        assert names(replies[0]) == ["utter_ask_returned"]
        assert names(replies[-1]) == ["turn_too_much_waits"]
        before = len(at_work.dialogue.heard)
        await at_work.say("1")
        waiting = [said.text for said in at_work.dialogue.heard[before + 1 :]]
        assert set(waiting) == {typed}
        assert len(waiting) <= MOST_HELD
        assert sum(map(len, waiting)) <= at_work.rules.text_limit

    async def test_a_tap_is_held(self, at_work: World) -> None:
        yes = at_work.button("是的")
        at_work.clock.advance(minutes=31)
        assert names(await at_work.say(tap=yes.id)) == ["utter_ask_returned"]
        assert names(await at_work.tap("继续")) == ["utter_ask_facts", "utter_receipt"]

    async def test_pleasantries_are_not_held(self, at_work: World) -> None:
        at_work.clock.advance(minutes=31)
        await at_work.say("谢谢")
        assert names(await at_work.tap("继续")) == ["utter_ask_facts"]

    async def test_after_discarding_an_answer_is_not_said_but_a_wish_is(self, at_work: World) -> None:
        at_work.clock.advance(minutes=31)
        await at_work.say("张三")
        await at_work.say("我要查进度")
        assert names(await at_work.tap("放弃")) == ["utter_discarded"]
        at_work.clock.advance(minutes=1)
        await at_work.say("/start_report")
        at_work.clock.advance(minutes=31)
        await at_work.say("我要查进度")
        assert names(await at_work.tap("放弃")) == ["utter_discarded", "utter_query_status"]

    async def test_danger_is_answered_at_once(self, at_work: World) -> None:
        at_work.clock.advance(minutes=31)
        assert names(await at_work.say("救命")) == ["utter_emergency", "utter_ask_returned"]

    async def test_a_code_is_never_held(self, at_work: World) -> None:
        at_work.clock.advance(minutes=31)
        code = generate()
        await at_work.say(f"查 {code}")
        assert at_work.dialogue.heard[-1].text == f"查 {PLACEHOLDER}"
        assert at_work.dialogue.codes_seen[-1] == code

    async def test_nothing_is_shown_of_a_silent_conversation(self, at_work: World) -> None:
        assert await at_work.processor.visible("web", at_work.address)
        at_work.clock.advance(minutes=30)
        assert await at_work.processor.visible("web", at_work.address) == ()

    async def test_nor_to_who_writes_first_and_draws_the_page_anew(self, at_work: World) -> None:
        """Somebody else may hold the telephone: their first words must not bring back what was said before."""
        await at_work.say("王某收了钱")
        at_work.clock.advance(minutes=31)
        await at_work.say("你好")
        lines = await at_work.processor.visible("web", at_work.address)
        assert [line.message.text for line in lines] == ["你好", "继续吗？"]
        await at_work.tap("继续")
        lines = await at_work.processor.visible("web", at_work.address)
        assert [line.message.text for line in lines] == ["你好", "继续吗？", "继续", "经过？"]

    async def test_nor_where_nothing_is_asked(self, world: World) -> None:
        await world.say("你好")
        await world.say("他们说案子已转交")
        world.clock.advance(minutes=31)
        await world.say("谢谢")
        lines = await world.processor.visible("web", world.address)
        assert [line.message.text for line in lines] == ["谢谢", "<thanks>"]

    async def test_without_a_draft_nothing_is_asked(self, world: World) -> None:
        await world.say("谢谢")
        world.clock.advance(minutes=31)
        assert names(await world.say("我要查进度")) == ["utter_query_status"]

    async def test_after_24_hours_the_draft_is_gone_and_the_person_is_told(self, at_work: World) -> None:
        at_work.clock.advance(hours=24)
        assert names(await at_work.say("我要查进度")) == ["utter_greeting", "utter_expired", "utter_query_status"]
        assert await at_work.say("有人收钱")
        assert at_work.last is not None
        assert at_work.last.state.active_loop is None

    async def test_an_expired_conversation_without_a_draft_is_begun_anew_in_its_language(self, world: World) -> None:
        await world.say("hello there")
        world.clock.advance(hours=25)
        reply = await world.say("我要查进度")
        assert names(reply) == ["utter_greeting", "utter_query_status"]
        assert reply.state.language == "en"

    async def test_who_returns_and_has_no_row_any_more_is_told_what_may_have_been(self, world: World) -> None:
        reply = await world.say("我要查进度", returning=True, greeted=True)
        assert names(reply) == ["utter_perhaps_expired", "utter_query_status"]

    @pytest.mark.parametrize("blob", [b"of another time", encode(Memory(id="x", engine={"slots": {}}))])
    async def test_a_memory_of_another_program_is_begun_anew(self, at_work: World, blob: bytes) -> None:
        work = at_work.store.tables.conversations
        person = next(iter(work))
        work[person] = type(work[person])(
            version=work[person].version,
            state=blob,
            updated_at=at_work.clock.now(),
            expires_at=at_work.clock.now() + timedelta(hours=1),
        )
        assert names(await at_work.say("我要查进度")) == ["utter_greeting", "utter_expired", "utter_query_status"]


class TestCarryingOn:
    @pytest.fixture
    async def at_work(self, world: World) -> World:
        await world.say("谢谢")
        await world.tap("我要举报")
        return world

    async def test_the_draft_goes_on_under_the_successor_alone(self, at_work: World) -> None:
        await at_work.say("第一")
        before = at_work.store.person_keys.person("web", at_work.address)
        await at_work.say(tap=buttons_of(at_work)["留言"])
        after = at_work.store.person_keys.person("web", at_work.address)
        assert list(at_work.store.tables.conversations) == [after]
        assert after != before
        assert (await at_work.say("第二")).messages[0].text == "记下第2条"

    async def test_no_code_stays_in_what_is_carried(self, at_work: World) -> None:
        await at_work.say("第一")
        reply = await at_work.say(tap=buttons_of(at_work)["留言"])
        code = reply.messages[0].custom["receipt"][0]
        [kept] = at_work.store.tables.conversations.values()
        assert code.encode() not in zlib.decompress(kept.state)

    async def test_without_a_successor_the_conversation_is_deleted(self, world: World) -> None:
        world.channel = "terminal"
        await world.say("谢谢")
        await world.tap("我要举报")
        await world.tap("留言")
        assert world.conversations == 0

    async def test_going_on_said_on_the_way_back_is_not_said_twice(self, at_work: World) -> None:
        at_work.clock.advance(minutes=31)
        await at_work.say("/start_report")
        assert names(await at_work.say("1")) == ["utter_ask_facts"]


def buttons_of(world: World) -> dict[str, str]:
    memory = decode(next(iter(world.store.tables.conversations.values())).state)
    return {button.title: button.id for button in memory.shown}


class TestSubmission:
    @pytest.fixture
    async def submitted(self, world: World) -> World:
        await world.say("谢谢")
        await world.tap("我要举报")
        self.before = world.address
        self.message = world.incoming(tap=world.button("是的").id)
        self.reply = await world.processor.handle(self.message)
        assert self.reply.successor is not None
        world.address = self.reply.successor
        return world

    async def test_the_conversation_is_deleted_and_the_secret_replaced(self, submitted: World) -> None:
        assert submitted.conversations == 0
        assert submitted.address != self.before
        code = await submitted.processor.receipt_code("web", submitted.address)
        assert code is not None
        assert code in self.reply.messages[0].text
        assert await submitted.processor.receipt_code("web", self.before) is None

    async def test_a_repeat_gets_code_and_secret_again_while_the_receipt_lives(self, submitted: World) -> None:
        again = await submitted.processor.handle(self.message)
        assert again.is_repeat
        assert (again.messages, again.successor) == (self.reply.messages, self.reply.successor)

    async def test_what_is_kept_of_the_reply_holds_no_code(self, submitted: World) -> None:
        code = self.reply.messages[0].custom["receipt"][0]
        [kept] = submitted.store.tables.replies.values()
        assert code.encode() not in zlib.decompress(kept.value)
        submitted.store.tables.receipts.clear()
        again = await submitted.processor.handle(self.message)
        assert again.messages[0].text == f"查询码 {PLACEHOLDER}"

    async def test_an_empty_message_is_answered_too(self, submitted: World) -> None:
        assert names(await submitted.say("")) != []

    async def test_the_next_words_are_not_greeted_again(self, submitted: World) -> None:
        reply = await submitted.say("我要查进度", returning=True)
        assert names(reply) == ["utter_query_status"]
        assert reply.state.language == "zh"

    async def test_buttons_of_the_receipt_work_though_their_conversation_is_gone(self, submitted: World) -> None:
        assert names(await submitted.say(tap="withdraw_report")) == ["utter_withdraw_report"]

    async def test_but_not_every_payload_does(self, submitted: World) -> None:
        assert names(await submitted.say(tap="affirm")) == ["utter_old_button"]

    async def test_elsewhere_the_person_stays_the_same(self, world: World) -> None:
        world.channel = "terminal"
        await world.say("谢谢")
        await world.tap("我要举报")
        reply = await world.tap("是的")
        assert reply.successor is None
        assert await world.processor.receipt_code("terminal", world.address)


class TestForgetting:
    async def test_leave_deletes_all_at_once(self, world: World) -> None:
        await world.say("谢谢")
        await world.tap("我要举报")
        await world.upload()
        await world.processor.leave("web", world.address)
        tables = world.store.tables
        assert (tables.conversations, tables.uploads, tables.replies) == ({}, {}, {})
        assert names(await world.say("我要查进度")) == ["utter_greeting", "utter_query_status"]

    async def test_leave_without_a_conversation(self, world: World) -> None:
        await world.processor.leave("web", world.address)
        assert world.conversations == 0

    async def test_forget_me_leaves_no_row_of_the_person(self, world: World) -> None:
        await world.say("谢谢")
        await world.upload()
        message = world.incoming("/forget_me")
        reply = await world.processor.handle(message)
        assert (names(reply), reply.is_forgotten) == (["utter_forgotten"], True)
        tables = world.store.tables
        assert (tables.conversations, tables.uploads, tables.replies, tables.receipts) == ({}, {}, {}, {})
        assert (await world.processor.handle(message)).messages == ()


class TestCodes:
    async def test_a_code_reaches_the_turn_and_never_the_engine(self, world: World) -> None:
        await world.say("谢谢")
        code = generate()
        await world.say(f"我的码是 {code.lower()} 谢谢")
        assert world.dialogue.heard[-1].text == f"我的码是 {PLACEHOLDER} 谢谢"
        assert world.dialogue.codes_seen[-1] == code
        lines = await world.processor.visible("web", world.address)
        assert code.lower() not in repr([line.message.text for line in lines])

    async def test_no_code_of_the_bot_is_kept_in_the_lines(self, world: World) -> None:
        code = generate()
        assert mask_printed(f"查询码：{code}。") == f"查询码：{PLACEHOLDER}。"
        assert mask_printed("2024-01-05 AAAAA-BBBBB") == "2024-01-05 AAAAA-BBBBB"


class TestWaiting:
    async def test_texts_that_waited_together_are_one_answer(self, world: World) -> None:
        await world.say("谢谢")
        await world.tap("我要举报")
        waiting = [world.incoming("第一"), world.incoming("第二"), world.incoming("写完了"), world.incoming("/help")]
        replies = await world.processor.handle_waiting(waiting)
        assert [names(reply) for reply in replies] == [["utter_noted"], ["utter_done"], ["utter_help"]]
        assert [said.text for said in world.dialogue.heard[-3:]] == ["第一\n第二", "/done", "/help"]

    async def test_each_of_them_counts_as_answered(self, world: World) -> None:
        await world.say("谢谢")
        waiting = [world.incoming("第一"), world.incoming("第二")]
        [reply] = await world.processor.handle_waiting(waiting)
        again = await world.processor.handle(waiting[0])
        assert (again.messages, again.is_repeat) == (reply.messages, True)

    async def test_nothing_waiting(self, world: World) -> None:
        assert await world.processor.handle_waiting([]) == []
