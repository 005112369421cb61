"""The language of a first message: clear, or not to be told."""

import pytest

from bot.turns.language import spoken_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("甘井子区住建局王科长收钱", "zh"),
        ("OK 我要举报他们收了 ten thousand", "zh"),
        ("The tax office in Xigang took my money", "en"),
        ("hello", None),
        ("匿名", None),
        ("/start_report", None),
        ("13998765432", None),
        ("my boss 张三 took two thousand yuan from every shop in the street", None),
        ("", None),
    ],
)
def test_language_of_a_first_message(text: str, language: str | None) -> None:
    assert spoken_language(text) == language
