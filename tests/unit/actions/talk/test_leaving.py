"""Cancel, start over, forget, goodbye, coming back, finishing."""

import pytest

from tests.unit.actions.stage import Talk, opened

FACTS = "西岗区住建局的人上个月让我送礼"


async def with_draft() -> Talk:
    talk = await Talk().begin()
    await talk.tap("start_report")
    await talk.say(FACTS, "describe_incident")
    return talk


@pytest.mark.parametrize(
    ("intent", "purpose"), [("cancel", "cancel"), ("start_over", "start_over"), ("forget_me", "forget")]
)
async def test_what_loses_something_asks_first_and_no_keeps_it(intent: str, purpose: str) -> None:
    talk = await with_draft()
    draft, asked = talk.slot("draft"), talk.asks
    assert await talk.tap(intent) == [f"utter_confirm_{purpose}"]
    assert talk.payloads == ["/affirm", "/deny"]
    assert (await talk.tap("deny"))[0] == f"utter_kept_{purpose}"
    assert (talk.loop, talk.asks, talk.slot("draft")) == ("report_form", asked, draft)
    assert talk.slot("confirm_purpose") is None


@pytest.mark.parametrize("intent", ["cancel", "go_back"])
async def test_leaving_the_question_is_a_no(intent: str) -> None:
    talk = await with_draft()
    await talk.tap("cancel")
    assert (await talk.tap(intent))[0] == "utter_kept_cancel"


async def test_yes_deletes_the_draft_and_its_uploads() -> None:
    talk = await with_draft()
    await talk.upload("a.jpg")
    await talk.tap("cancel")
    assert await talk.tap("affirm") == ["utter_done_discard", "utter_menu"]
    assert (talk.loop, talk.slot("draft"), talk.slot("facts"), await talk.uploads()) == (None, None, None, [])
    assert talk.slot("language") == "zh"


async def test_start_over_begins_a_new_draft() -> None:
    talk = await with_draft()
    before = talk.slot("draft")
    await talk.tap("start_over")
    assert await talk.tap("affirm") == ["utter_done_start_over", "utter_ask_report_form_facts"]
    assert talk.loop == "report_form"
    assert talk.slot("draft") not in (None, before)


async def test_forget_deletes_everything_of_the_person() -> None:
    talk = await with_draft()
    await talk.upload("a.jpg")
    await talk.tap("forget_me")
    assert await talk.tap("affirm") == ["utter_done_forget", "utter_menu"]
    assert talk.turn is not None
    assert talk.turn.forget
    assert await talk.uploads() == []


async def test_a_question_is_answered_and_the_confirmation_put_again() -> None:
    talk = await with_draft()
    await talk.tap("cancel")
    assert await talk.tap("faq_time") == ["utter_faq_time", "utter_confirm_cancel"]


async def test_shorter_words_after_failures_then_an_explanation_and_a_person() -> None:
    talk = await with_draft()
    await talk.tap("cancel")
    assert await talk.say("嗯嗯嗯嗯") == ["utter_ask_confirm_form_confirmed_2"]
    assert await talk.say("嗯嗯嗯嗯") == ["utter_explain_confirmed", "utter_ask_confirm_form_confirmed_3"]
    assert talk.payloads == ["/affirm", "/deny", "/ask_human"]


async def test_a_long_text_is_no_yes() -> None:
    talk = await with_draft()
    await talk.tap("cancel")
    await talk.say("是的，他们就是这样做的，我都说了很多遍了", "affirm")
    assert talk.loop == "confirm_form"


async def test_nothing_to_cancel_or_to_start_over() -> None:
    talk = await Talk().begin()
    assert await talk.tap("cancel") == ["utter_nothing_to_cancel", "utter_menu"]
    assert await talk.tap("start_over") == ["utter_menu"]


async def test_start_over_leaves_a_form_of_one_question() -> None:
    talk = await Talk().begin()
    await talk.tap("query_status")
    assert await talk.tap("start_over") == ["utter_menu"]
    assert (talk.loop, talk.asks) == (None, None)


async def test_goodbye_keeps_the_draft_and_puts_it_aside() -> None:
    talk = await with_draft()
    assert await talk.tap("goodbye") == ["utter_goodbye_draft"]
    assert talk.loop is None
    assert await talk.say("你好", "greet") == ["utter_greet", "utter_menu_draft"]
    assert (await talk.tap("resume_bot"))[0] == "utter_resumed"
    assert talk.loop == "report_form"


async def test_goodbye_closes_the_case() -> None:
    talk, _ = await opened()
    assert await talk.tap("goodbye") == ["utter_case_closed", "utter_goodbye"]
    assert await talk.tap("query_status") == ["utter_ask_code_form_code_given"]


async def test_done_closes_the_case_and_then_nothing() -> None:
    talk, _ = await opened()
    assert await talk.tap("done") == ["utter_case_closed", "utter_menu"]
    assert await talk.tap("done") == ["utter_nothing_to_finish", "utter_menu"]


async def test_cancel_with_a_draft_put_aside_asks_too() -> None:
    talk = await with_draft()
    await talk.tap("goodbye")
    assert await talk.tap("cancel") == ["utter_confirm_cancel"]


async def test_back_after_a_silence_shows_nothing_before_the_choice() -> None:
    talk = await with_draft()
    asked = talk.asks
    assert await talk.tap("returned") == ["utter_ask_returned_form_returned_choice"]
    assert FACTS not in talk.text
    assert await talk.tap("returned") == ["utter_ask_returned_form_returned_choice"]
    await talk.tap("inform", choice="go_on")
    assert (talk.loop, talk.asks) == ("report_form", asked)


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("继续", "resume_bot", "report_form"),
        ("好", "affirm", "report_form"),
        ("看看", "review_report", "report_form"),
        ("算了", "cancel", "confirm_form"),
        ("不要了", "deny", "confirm_form"),
        ("随便说点什么", "nlu_fallback", "returned_form"),
    ],
)
async def test_the_choice_may_be_typed(text: str, intent: str, expected: str) -> None:
    talk = await with_draft()
    await talk.tap("returned")
    await talk.say(text, intent)
    assert talk.loop == expected


async def test_see_shows_the_draft_and_goes_on() -> None:
    talk = await with_draft()
    await talk.tap("returned")
    assert (await talk.tap("inform", choice="see"))[0] == "utter_review"
    assert FACTS in talk.text
    assert talk.loop == "report_form"


async def test_discard_asks_once_more() -> None:
    talk = await with_draft()
    await talk.tap("returned")
    assert await talk.tap("inform", choice="discard") == ["utter_confirm_discard"]
    assert (await talk.tap("deny"))[0] == "utter_kept_discard"
    assert talk.loop == "report_form"
    await talk.tap("returned")
    await talk.tap("inform", choice="discard")
    assert await talk.tap("affirm") == ["utter_done_discard", "utter_menu"]


async def test_back_in_a_confirmation_goes_on_there() -> None:
    talk = await with_draft()
    await talk.tap("cancel")
    await talk.tap("returned")
    assert await talk.tap("inform", choice="go_on") == ["utter_confirm_cancel"]


async def test_back_without_a_draft_offers_no_review() -> None:
    talk, _ = await opened()
    await talk.tap("add_info")
    await talk.tap("returned")
    assert talk.payloads == ['/inform{"choice": "go_on"}', '/inform{"choice": "discard"}']
    await talk.tap("inform", choice="go_on")
    assert talk.loop == "add_info_form"
    await talk.tap("returned")
    assert await talk.tap("inform", choice="discard") == ["utter_left", "utter_menu"]


async def test_back_at_the_code_question_asks_it_again() -> None:
    talk = await Talk().begin()
    await talk.tap("query_status")
    await talk.tap("returned")
    assert await talk.tap("inform", choice="go_on") == ["utter_ask_code_form_code_given"]
