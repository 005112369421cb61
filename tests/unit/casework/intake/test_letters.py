from casework.intake import is_prepared_letter
from casework.intake.letters import cut

LETTER = "尊敬的领导：\n我要反映情况。\n一、" + "他收了钱。" * 40 + "\n二、他不办事。\n此致\n敬礼"


def test_a_letter_is_long_and_shaped_like_one() -> None:
    assert is_prepared_letter(LETTER)
    assert is_prepared_letter("Dear Sir or Madam,\n" + "He asked for money. " * 20 + "\nYours faithfully")
    assert not is_prepared_letter("尊敬的领导：他收钱。此致敬礼")
    assert not is_prepared_letter("他收了钱，又不办事。" * 40)


def test_a_long_text_is_cut_after_a_sentence() -> None:
    assert cut("一二三。四五六。七八九", 9) == "一二三。四五六。"
    assert cut("没有句号的一段话", 4) == "没有句号"
    assert cut("短", 9) == "短"
