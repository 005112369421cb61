"""A person: a message to the office, and what becomes of a draft."""

from dataclasses import replace

import pytest

from casework.report import MAX_FACTS
from tests.unit.actions.stage import Talk, theatre

WORDS = "请告诉我窗口的地址在哪一层楼，我腿脚不方便"


async def asked() -> Talk:
    talk = await Talk().begin()
    assert await talk.tap("ask_human") == ["utter_human", "utter_ask_message_form_office_message"]
    return talk


async def test_a_message_is_confirmed_sent_and_has_a_code() -> None:
    talk = await asked()
    assert await talk.say(WORDS) == ["utter_ask_message_form_message_confirmed"]
    assert WORDS in talk.text
    assert await talk.tap("affirm") == ["utter_message_sent_by", "utter_message_code"]
    assert talk.turn is not None
    assert talk.turn.submitted
    assert talk.turn.issued_code is not None
    assert talk.turn.issued_code in talk.text
    code = talk.turn.issued_code
    assert await talk.tap("show_code") == ["utter_code_again"]
    assert code in talk.text
    assert await talk.tap("done") == ["utter_code_saved", "utter_menu"]
    assert await talk.tap("show_code") == ["utter_code_gone", "utter_menu"]


async def test_goodbye_drops_the_receipt() -> None:
    talk = await asked()
    await talk.say(WORDS)
    await talk.tap("affirm")
    assert await talk.tap("goodbye") == ["utter_goodbye_code", "utter_goodbye"]
    assert (await talk.tap("show_code"))[0] == "utter_code_gone"


async def test_asking_for_a_person_again_asks_the_same_question() -> None:
    talk = await asked()
    assert await talk.tap("ask_human") == ["utter_ask_message_form_office_message"]


@pytest.mark.parametrize("text", ["重写", "/edit_field"])
async def test_it_may_be_written_again(text: str) -> None:
    talk = await asked()
    await talk.say(WORDS)
    await talk.tap("edit_field") if text.startswith("/") else await talk.say(text, "edit_field")
    assert talk.asks == "office_message"
    await talk.say("另一句话，完全不同的一句话")
    assert "另一句话" in talk.text
    assert WORDS not in talk.text


@pytest.mark.parametrize("intent", ["deny", "cancel"])
async def test_it_need_not_be_sent(intent: str) -> None:
    talk = await asked()
    await talk.say(WORDS)
    assert await talk.tap(intent) == ["utter_not_sent", "utter_menu"]
    assert (talk.slot("office_message"), talk.slot("message_draft")) == (None, None)


@pytest.mark.parametrize("intent", ["deny", "cancel", "go_back"])
async def test_the_first_question_may_be_left(intent: str) -> None:
    talk = await asked()
    assert await talk.tap(intent) == ["utter_not_sent", "utter_menu"]
    assert talk.loop is None


async def test_a_question_at_the_confirmation_is_answered() -> None:
    talk = await asked()
    await talk.say(WORDS)
    assert await talk.tap("faq_time") == ["utter_faq_time", "utter_ask_message_form_message_confirmed"]


async def test_too_long_is_told_and_explained_at_the_second_time() -> None:
    talk = await asked()
    long = "很" * (MAX_FACTS + 1)
    assert await talk.say(long) == ["utter_too_long", "utter_ask_message_form_office_message_2"]
    assert str(MAX_FACTS + 1) in talk.text
    assert await talk.say(long) == [
        "utter_too_long",
        "utter_explain_office_message",
        "utter_ask_message_form_office_message_3",
    ]
    assert await talk.say("很" * MAX_FACTS) == ["utter_ask_message_form_message_confirmed"]


async def test_danger_told_in_a_long_message_is_answered_first_and_nothing_is_lost() -> None:
    talk = await asked()
    said = await talk.say("他说我再告就要打断我的腿，我现在不敢出门，怎么办", "emergency", 1.0)
    assert said == ["utter_emergency", "utter_ask_message_form_message_confirmed"]


async def test_a_draft_is_kept_unless_the_person_chose() -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    await talk.say("西岗区住建局的人上个月让我送礼", "describe_incident")
    draft, asks = talk.slot("draft"), talk.asks
    assert (await talk.tap("ask_human"))[0] == "utter_human_draft"
    assert (talk.loop, talk.asks) == ("report_form", asks)
    assert talk.payloads[:2] == ["/resume_bot", '/ask_human{"choice": "message"}']
    await talk.tap("ask_human", choice="message")
    assert await talk.say(WORDS) == ["utter_ask_message_form_message_confirmed_draft"]
    assert (await talk.tap("deny"))[0] == "utter_not_sent"
    assert (talk.loop, talk.asks, talk.slot("draft")) == ("report_form", asks, draft)


async def test_sending_with_a_draft_deletes_its_uploads() -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    await talk.upload("a.jpg")
    await talk.tap("ask_human", choice="message")
    await talk.say(WORDS)
    assert (await talk.tap("affirm"))[-1] == "utter_message_code"
    assert await talk.uploads() == []


async def test_an_intake_that_nobody_reads_takes_nothing() -> None:
    shared = theatre()
    talk = await asked()
    await talk.say(WORDS)
    before = dict(shared.store.operators)
    try:
        for name, operator in before.items():
            shared.store.operators[name] = replace(operator, has_logged_in=False)
        assert await talk.tap("affirm") == ["utter_intake_closed"]
    finally:
        shared.store.operators.update(before)
    assert talk.turn is not None
    assert not talk.turn.submitted
    assert talk.loop is None
