"""What is an answer and what is a command."""

from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.follow_up.stars import stars_of
from actions.talk import reading


def tracker(text: str, intent: str = "nlu_fallback", confidence: float = 0.9, *, at: int | None = None) -> Tracker:
    entities = [] if at is None else [{"entity": "value", "value": 1, "start": at}]
    message: dict[str, Any] = {"text": text, "intent": {"name": intent, "confidence": confidence}, "entities": entities}
    return Tracker("c", {}, message, [], False, None, {}, None)


@pytest.mark.parametrize(
    ("text", "at"),
    [("/affirm", None), (" /affirm ", None), ('/affirm{"value": 1}', 7), ('/affirm@1.0{"value": 1}', 11)],
)
def test_a_payload_is_no_text(text: str, at: int | None) -> None:
    said = tracker(text, "affirm", 1.0, at=at)
    assert reading.is_payload(said)
    assert reading.text_of(said) == ""
    assert reading.free_text(said) is None


@pytest.mark.parametrize("text", ["/affirmation", "/help me", "/etc/passwd", '/affirm{"value": 1}', "是"])
def test_what_only_begins_like_one_is_text(text: str) -> None:
    said = tracker(text, "affirm", 0.5)
    assert not reading.is_payload(said)
    assert reading.free_text(said) == text


@pytest.mark.parametrize(
    ("text", "intent", "confidence", "expected"),
    [
        ("能匿名吗", "ask_anonymity", 0.7, True),
        ("能匿名吗", "ask_anonymity", 0.5, False),
        ("can I stay anonymous", "ask_anonymity", 0.7, True),
        ("我反映过三次，窗口的人都不理我，进度到底怎么样了", "query_status", 0.9, False),
        ("nobody ever answered my report and I have waited for half a year", "query_status", 0.95, False),
        ("我反映过三次，窗口的人都不理我，进度到底怎么样了", "query_status", 1.0, True),
        ("他又来了", "inform", 1.0, False),
        ("有人要杀我", "emergency", 1.0, True),
        ("他说我再告就要打断我的腿，我现在不敢出门，怎么办", "emergency", 1.0, False),
        ("是的", "affirm", 1.0, False),
    ],
)
def test_a_digression_is_short_and_sure_or_exact(text: str, intent: str, confidence: float, expected: bool) -> None:
    assert reading.is_digression(tracker(text, intent, confidence)) is expected
    assert (reading.free_text(tracker(text, intent, confidence)) is None) is expected


def test_a_long_text_is_no_command_whatever_it_may_mean() -> None:
    assert reading.is_said(tracker("取消", "cancel"), "cancel")
    assert reading.is_said(tracker("/cancel", "cancel", 1.0), "cancel")
    assert not reading.is_said(tracker("他们说要取消我的补贴，连个理由都不给", "cancel"), "cancel")
    assert not reading.is_said(tracker("取消", "cancel"), "deny")


def test_without_a_turn_there_is_no_code() -> None:
    assert not reading.has_code()


@pytest.mark.parametrize(
    ("value", "stars"),
    [
        (5, 5),
        ("5", 5),
        (" 3 ", 3),
        ("四星", 4),
        ("给两颗星", 2),
        ("5分", 5),
        ("five stars", 5),
        ("5 out of 5", 5),
        ("５", 5),
        ("3到4", None),
        ("0", None),
        ("6", None),
        ("15", None),
        ("", None),
        (None, None),
        ("他们一共来了三次，每次都要我重新排队", None),
        ("不知道", None),
    ],
)
def test_stars(value: object, stars: int | None) -> None:
    assert stars_of(value) == stars


THREATENED = "they came to threaten me and he demolished my stall"


@pytest.mark.parametrize(
    ("text", "confidence", "words"),
    [
        ("I want to add: he also took two boxes", 0.6, "he also took two boxes"),
        ("我要补充：他还拿走了两箱茶叶", 1.0, "他还拿走了两箱茶叶"),
        (
            "they came to threaten me and he demolished my stall",
            0.7,
            "they came to threaten me and he demolished my stall",
        ),
        ("they came to threaten me and he demolished my stall", 1.0, ""),
        ("I want a review because nobody asked", 1.0, "I want a review because nobody asked"),
        ("我要复核，因为没问证人", 1.0, "我要复核，因为没问证人"),
        ("add information", 0.9, ""),
        ("/add_info", 1.0, ""),
    ],
)
def test_what_a_wish_says_besides_is_kept(text: str, confidence: float, words: str) -> None:
    assert reading.words_beside(tracker(text, "add_info", confidence)) == words


@pytest.mark.parametrize(("text", "is_bare"), [("yes", True), ("是的", True), ("yes he also took ropes", False)])
def test_a_bare_yes_says_nothing_else(text: str, is_bare: bool) -> None:
    assert reading.is_bare(tracker(text, "affirm"), "affirm") is is_bare
