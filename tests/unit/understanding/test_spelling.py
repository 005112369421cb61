import pytest

from bot.understanding.spelling import Speller, count_words

TEXTS = [f"please report the official {i}" for i in range(12)] + [
    f"我要举报他{'一二三四五六七八九十'[i]}" for i in range(10)
]


@pytest.fixture
def speller() -> Speller:
    return Speller(*count_words([*TEXTS, "a rapport of friends"]))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("reprot", "report"),
        ("repor", "report"),
        ("repport", "report"),
        ("repert", "report"),
        ("hte officail", "the official"),
        ("我要据报他", "我要举报他"),
        ("我要举抱他", "我要举报他"),
    ],
)
def test_one_error_is_mended(speller: Speller, typed: str, meant: str) -> None:
    assert speller.mend(typed) == meant


@pytest.mark.parametrize(
    "text", ["report", "deport", "rep", "tha", "zebra crossing", "我要报举", "今天天气", "", "1234"]
)
def test_what_is_right_or_too_far_off_stays(speller: Speller, text: str) -> None:
    assert speller.mend(text) == text


def test_a_character_held_by_its_other_neighbour_stays() -> None:
    pairs = {"举报": 10, "数据": 9}
    assert Speller({}, pairs).mend("数据报") == "数据报"


def test_without_words_nothing_changes() -> None:
    assert Speller({}, {}).mend("hte reprot 据报") == "hte reprot 据报"


def test_words_are_counted_once_a_text() -> None:
    words, pairs = count_words(["the the report", "the 举报举报", "a b"])
    assert words == {"report": 1, "the": 2}
    assert pairs == {"举报": 1, "报举": 1}
