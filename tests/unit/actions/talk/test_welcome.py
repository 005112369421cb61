"""The first words, the language, questions and courtesies."""

import pytest

from tests.unit.actions.stage import Talk

INTRODUCTION = ["utter_welcome", "utter_channel_web", "utter_rights", "utter_other_ways", "utter_menu"]


async def test_a_new_conversation_hears_everything() -> None:
    talk = Talk()
    await talk.begin(greeted=False)
    assert [message.response for message in talk.heard] == INTRODUCTION
    assert talk.payloads[-4:] == ["/start_report", "/query_status", "/help", "/ask_human"]
    assert "(0411) 12388" in talk.text


async def test_a_page_that_greeted_hears_nothing_and_the_language_is_kept() -> None:
    talk = await Talk(language="en").begin()
    assert talk.heard == ()
    assert (talk.slot("language"), talk.slot("channel")) == ("en", "web")


async def test_an_unknown_language_leaves_the_first() -> None:
    talk = await Talk().begin(language="fr")
    assert talk.slot("language") == "zh"


async def test_an_expired_draft_is_told_also_where_the_page_greeted() -> None:
    talk = await Talk().begin(returning=True)
    assert [message.response for message in talk.heard] == ["utter_draft_expired"]
    assert "24" in talk.text


async def test_a_draft_that_nobody_knows_of_is_told_as_a_perhaps() -> None:
    talk = await Talk().begin(returning="perhaps")
    assert [message.response for message in talk.heard] == ["utter_draft_perhaps_expired"]


@pytest.mark.parametrize(
    ("channel", "response"), [("terminal", "utter_channel_terminal"), ("x", "utter_channel_other")]
)
async def test_each_channel_says_its_own_limits(channel: str, response: str) -> None:
    talk = Talk(channel=channel)
    await talk.begin(greeted=False)
    assert response in [message.response for message in talk.heard]


async def test_a_greeting_right_after_the_first_words_shows_no_second_menu() -> None:
    talk = await Talk().begin()
    assert await talk.say("你好", "greet") == ["utter_greet"]
    assert await talk.say("你好", "greet") == ["utter_greet", "utter_menu"]


async def test_who_chooses_a_language_first_hears_the_limits_in_it() -> None:
    talk = await Talk().begin()
    said = await talk.tap("change_language", language_code="en")
    assert said == ["utter_language_changed", *INTRODUCTION[1:]]
    assert "English" in talk.text
    assert talk.slot("language") == "en"


async def test_later_the_language_alone_changes() -> None:
    talk = await Talk().begin()
    await talk.tap("help")
    assert await talk.tap("change_language") == ["utter_language_changed", "utter_menu"]
    assert await talk.tap("change_language") == ["utter_language_changed", "utter_menu"]
    assert talk.slot("language") == "zh"


async def test_a_language_we_do_not_speak() -> None:
    talk = await Talk().begin()
    await talk.tap("help")
    assert await talk.tap("change_language", language_code="fr") == ["utter_language_unknown", "utter_menu"]
    assert talk.slot("language") == "zh"


@pytest.mark.parametrize(
    "intent",
    ["ask_retaliation", "faq_scope", "faq_time", "faq_evidence", "faq_false_report", "faq_contact"],
)
async def test_questions_are_answered_then_the_choices(intent: str) -> None:
    talk = await Talk().begin()
    assert await talk.tap(intent) == [f"utter_{intent}", "utter_menu"]
    assert "{" not in talk.text


@pytest.mark.parametrize("intent", ["ask_anonymity", "ask_privacy"])
async def test_questions_of_secrecy_name_the_limits_of_the_channel(intent: str) -> None:
    talk = await Talk(language="en").begin()
    assert await talk.tap(intent) == [f"utter_{intent}", "utter_channel_web", "utter_menu"]


async def test_inside_a_form_the_question_follows_instead_of_the_choices() -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    for intent, response in (("faq_time", "utter_faq_time"), ("watch", "utter_watch"), ("thanks", "utter_thanks")):
        assert await talk.tap(intent) == [response, "utter_ask_report_form_facts_short"]
    assert await talk.tap("old_button") == ["utter_old_button", "utter_ask_report_form_facts"]
    assert (await talk.tap("help"))[0] == "utter_help_in_form"


async def test_thanks_open_nothing() -> None:
    talk = await Talk().begin()
    assert await talk.tap("thanks") == ["utter_thanks"]
    assert talk.payloads == []


async def test_danger_first_names_emergency_numbers() -> None:
    talk = await Talk().begin()
    assert await talk.tap("emergency") == ["utter_emergency"]
    assert [talk.text.index(number) for number in ("110", "120", "119", "12356")] == sorted(
        talk.text.index(number) for number in ("110", "120", "119", "12356")
    )
    assert talk.payloads == ["/ask_human"]


async def test_danger_inside_a_form_offers_the_way_back_to_the_question() -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    assert (await talk.tap("emergency"))[0] == "utter_emergency"
    assert talk.payloads[:2] == ["/ask_human", "/resume_bot"]
    assert await talk.tap("resume_bot") == ["utter_resumed", "utter_ask_report_form_facts"]


async def test_resuming_where_nothing_is_open_offers_the_choices() -> None:
    talk = await Talk().begin()
    assert await talk.tap("resume_bot") == ["utter_resumed", "utter_menu"]


async def test_an_old_button_and_pings_where_nothing_is_open() -> None:
    talk = await Talk().begin()
    assert await talk.tap("old_button") == ["utter_old_button", "utter_menu"]
    assert await talk.tap("watch") == ["utter_watch", "utter_menu"]
