"""Two answers of one turn: a question that both put is put once."""

from bot.turns.exchange import asked_once
from bot.turns.ports import SpokenMessage


def said(response: str, text: str = "") -> SpokenMessage:
    return SpokenMessage(text=text or response, response=response)


def test_the_later_question_stands_and_nothing_else_is_dropped() -> None:
    before = (said("utter_resumed"), said("utter_ask_report_form_mode", "old"), said("utter_noted"))
    after = (said("utter_noted"), said("utter_ask_report_form_mode", "new"))
    joined = asked_once(before, after)
    assert [message.text for message in joined] == ["utter_resumed", "utter_noted", "utter_noted", "new"]
