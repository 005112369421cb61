import pytest

from bot.understanding.sounds import by_sound, rough, syllable


@pytest.mark.parametrize(
    ("char", "sound"),
    [
        ("啊", "a"),
        ("报", "bao"),
        ("抱", "bao"),
        ("举", "ju"),
        ("中", "zhong"),
        ("座", "zuo"),
        ("女", "nv"),
        ("埃", "ai"),
    ],
)
def test_common_characters_have_their_syllable(char: str, sound: str) -> None:
    assert syllable(char) == sound


@pytest.mark.parametrize("char", ["a", "1", "，", "舉", "獐", "🙂", "", "〇"])
def test_what_is_not_among_the_common_characters_has_none(char: str) -> None:
    assert syllable(char) == ""


@pytest.mark.parametrize(
    ("one", "other"), [("zhang", "zan"), ("shi", "si"), ("ning", "lin"), ("ren", "len"), ("cheng", "cen")]
)
def test_sounds_that_are_mixed_up_are_one(one: str, other: str) -> None:
    assert rough(one) == rough(other)


def test_a_syllable_of_one_consonant_alone_stays() -> None:
    assert rough("n") == "n"


@pytest.mark.parametrize(("one", "other"), [("举报", "据抱"), ("西岗区", "西冈区"), ("申诉", "深速")])
def test_homophones_are_written_alike(one: str, other: str) -> None:
    assert by_sound(one) == by_sound(other) != one


def test_what_has_no_sound_stands_for_itself() -> None:
    assert by_sound("ab 12，舉") == "ab 12，舉"
