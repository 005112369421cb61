from hypothesis import given, settings
from hypothesis import strategies as st

from casework.intake import is_prepared_letter, propose_title
from casework.intake.letters import cut

LETTER = "尊敬的领导：\n我要反映情况。\n一、" + "他收了钱。" * 40 + "\n二、他不办事。\n此致\n敬礼"


def test_a_letter_is_long_and_shaped_like_one() -> None:
    assert is_prepared_letter(LETTER)
    assert is_prepared_letter("Dear Sir or Madam,\n" + "He asked for money. " * 20 + "\nYours faithfully")
    assert not is_prepared_letter("尊敬的领导：他收钱。此致敬礼")
    assert not is_prepared_letter("他收了钱，又不办事。" * 40)


def test_a_title_says_something_and_fits() -> None:
    assert propose_title("您好，我要举报某科长收钱。后来又收了一次。") == "某科长收钱"
    assert propose_title(LETTER) != "尊敬的领导"
    long = propose_title(
        "We applied on 3 March for a permit and the housing bureau refused the papers four times in a row"
    )
    assert len(long) <= 50
    assert not long.endswith(" ")
    assert propose_title("") == ""


@settings(max_examples=60)
@given(st.text(max_size=300))
def test_a_title_never_exceeds_fifty(facts: str) -> None:
    assert len(propose_title(facts)) <= 50


def test_a_long_text_is_cut_after_a_sentence() -> None:
    assert cut("一二三。四五六。七八九", 9) == "一二三。四五六。"
    assert cut("没有句号的一段话", 4) == "没有句号"
    assert cut("短", 9) == "短"
