"""Which language to greet in, before anybody has chosen one."""

import unicodedata

LANGUAGES = ("zh", "en")
_ENOUGH_HAN = 4
_ENOUGH_LATIN = 15
_ENOUGH_WORDS = 5


def guess_language(text: str, default: str) -> str:
    """Guess from the script: any Han character means "zh", else two Latin letters mean "en", else `default`."""
    letters = [char for char in text if char.isalpha()]
    if any(_is_han(char) for char in letters):
        return "zh"
    latin = sum("LATIN" in unicodedata.name(char, "") for char in letters)
    return "en" if latin >= 2 else default


def spoken_language(text: str) -> str | None:
    """Return the language a first message is clearly written in, whatever the page offered; None: too short."""
    han = sum(map(_is_han, text))
    latin = sum(char.isascii() and char.isalpha() for char in text)
    if han >= _ENOUGH_HAN and han * 3 >= latin:
        return "zh"
    return "en" if not han and latin >= _ENOUGH_LATIN and len(text.split()) >= _ENOUGH_WORDS else None


def _is_han(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK")
