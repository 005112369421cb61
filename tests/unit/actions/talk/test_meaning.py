"""What is said to words that were not understood, where no question is open."""

import secrets
from dataclasses import dataclass, field

import pytest

from bot.dialogue import Said
from tests.unit.actions.stage import Meaning, Talk


@dataclass(frozen=True, kw_only=True)
class Doubtful(Meaning):
    """Not understood, but with a ranking."""

    likely: list[tuple[str, float]] = field(default_factory=list)

    @property
    def ranking(self) -> list[tuple[str, float]]:
        return self.likely


async def _doubt(talk: Talk, *likely: tuple[str, float]) -> list[str]:
    """Say something that may mean any of `likely`; return the names of the responses."""
    talk.shared.interpreter.meaning = Doubtful(likely=list(likely))
    return await talk._turn(Said(text="hm", message_id=secrets.token_hex(8)))


async def test_statements_that_were_not_understood_become_the_beginning_of_the_story() -> None:
    talk = await Talk().begin()
    assert await talk.say("我开出租的", intent="inform") == ["utter_not_understood", "utter_menu"]
    assert await talk.say("机场那边", intent="inform") == ["utter_ask_report_form_facts_more"]
    assert [part["text"] for part in talk.slot("draft")["facts"]] == ["我开出租的", "机场那边"]
    assert talk.slot("early") is None


async def test_they_wait_for_a_wish_to_report_but_not_for_long() -> None:
    talk = await Talk().begin()
    await talk.say("我开出租的", intent="inform")
    assert await talk.tap("start_report") == ["utter_ask_report_form_facts_more"]
    other = await Talk().begin()
    await other.say("我开出租的", intent="inform")
    other.shared.clock.advance(minutes=31)
    assert await other.tap("start_report") == ["utter_ask_report_form_facts"]


async def test_a_second_question_that_has_no_answer_gets_another_one() -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    first = await talk.say("你是真人吗", intent="out_of_scope")
    second = await talk.say("那你是谁呢", intent="out_of_scope")
    assert first == ["utter_cannot_answer", "utter_ask_report_form_facts"]
    assert second == ["utter_cannot_answer_2", "utter_ask_report_form_facts"]


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_the_likeliest_are_offered_in_plain_words(language: str) -> None:
    talk = await Talk(language=language).begin()
    likely = [
        ("withdraw_report", 0.3),
        ("affirm", 0.2),
        ("faq_time", 0.2),
        ("dissatisfied_result", 0.1),
        ("help", 0.05),
    ]
    assert await _doubt(talk, *likely) == ["utter_did_you_mean"]
    assert talk.payloads == ["/withdraw_report", "/faq_time", "/request_review", "/out_of_scope"]


async def test_what_is_the_same_button_is_offered_once_and_three_at_most() -> None:
    talk = await Talk().begin()
    likely = [("describe_incident", 0.2), ("start_report", 0.2), ("watch", 0.2), ("show_code", 0.2), ("add_info", 0.2)]
    await _doubt(talk, *likely)
    assert talk.payloads == ["/start_report", "/watch", "/show_code", "/out_of_scope"]


async def test_none_of_these_asks_for_other_words_then_offers_a_person() -> None:
    talk = await Talk().begin()
    await _doubt(talk, ("watch", 0.3))
    assert await talk.tap("out_of_scope") == ["utter_rephrase", "utter_menu"]
    assert await _doubt(talk, ("watch", 0.3)) == ["utter_offer_person"]
    assert talk.payloads == ["/ask_human", "/faq_contact", "/start_report"]


async def test_what_is_off_the_subject_gets_the_menu_and_counts() -> None:
    talk = await Talk().begin()
    assert await talk.say("pizza", intent="out_of_scope") == ["utter_not_understood", "utter_menu"]
    assert await talk.say("pasta", intent="out_of_scope") == ["utter_rephrase", "utter_menu"]


async def test_something_understood_between_begins_anew() -> None:
    talk = await Talk().begin()
    await talk.say("pizza", intent="out_of_scope")
    await talk.say("thanks", intent="thanks")
    assert await _doubt(talk, ("faq_time", 0.3)) == ["utter_did_you_mean"]


async def test_nothing_likely_enough_offers_the_menu() -> None:
    talk = await Talk().begin()
    assert await _doubt(talk, ("faq_time", 0.05), ("affirm", 0.3)) == ["utter_not_understood", "utter_menu"]
