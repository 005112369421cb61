"""Which language to greet in, before anybody has chosen one."""

import unicodedata

LANGUAGES = ("zh", "en")


def guess_language(text: str, default: str) -> str:
    """Guess from the script: any Han character means "zh", else two Latin letters mean "en", else `default`."""
    letters = [char for char in text if char.isalpha()]
    if any(_is_han(char) for char in letters):
        return "zh"
    latin = sum("LATIN" in unicodedata.name(char, "") for char in letters)
    return "en" if latin >= 2 else default


def _is_han(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK")
