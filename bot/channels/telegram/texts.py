"""The channel's own words, and which language a Telegram client speaks."""

from functools import cache
from pathlib import Path

from bot.catalogue import Catalogue, load_catalogue

LANGUAGES = ("zh", "en")


@cache
def texts() -> Catalogue:
    return load_catalogue(Path(__file__).with_name("texts.yml"))


def language_of(code: str | None) -> str | None:
    """Return "zh" or "en" for a client's language code ("zh-hans", "en-GB"); another tongue reads English."""
    if not code:
        return None
    return "zh" if code.lower().startswith("zh") else "en"
