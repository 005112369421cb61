from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding.measure import is_question, is_story, size
from bot.understanding.normalise import align, fold, normalise


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60))
def test_align_keeps_every_place(text: str) -> None:
    assert len(align(text)) == len(text)


def test_widths_scripts_case_and_runs_become_one() -> None:
    assert normalise("ＨＥＬＬＯ　我要舉報！！！！") == "hello 我要举报!!"
    assert normalise("a\u200bb") == "ab"
    assert normalise("2000000") == "2000000"


def test_fold_drops_marks_and_closing_particles() -> None:
    assert fold("好的呀！") == fold("好的") == "好的"
    assert fold("???") == "??"


def test_a_story_is_longer_than_forty_characters_or_twenty_five_words() -> None:
    assert not is_story("查" * 40)
    assert is_story("查" * 41)
    assert not is_story("word " * 25)
    assert is_story("word " * 26)
    assert size("") == 0


def test_a_question_has_a_mark_or_a_word() -> None:
    import re

    words = re.compile("吗|^can")
    assert is_question("really?", words)
    assert is_question("可以吗", words)
    assert not is_question("可以", words)
