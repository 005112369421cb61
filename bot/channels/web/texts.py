"""The page's own words, from `texts.yml`, filled with what the options say."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from ruamel.yaml import YAML

from bot.channels.web.options import LANGUAGES, WebOptions


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    source = files("bot.channels.web").joinpath("texts.yml").read_text(encoding="utf-8")
    loaded: dict[str, dict[str, str]] = YAML(typ="safe", pure=True).load(source)
    return loaded


def texts(language: str, options: WebOptions) -> Mapping[str, str]:
    """Return all words of the page in `language`, placeholders filled."""
    values = {
        "city": options.city[language],
        "address": options.address[language],
        "phone": options.phone,
        "website": options.website,
        "megabytes": options.max_file_bytes // (1024 * 1024),
        "count": options.max_files,
    }
    return {key: text.format(**values) if "{" in text else text for key, text in _catalogue()[language].items()}


def preferred_language(accept: str, default: str) -> str:
    """Return the first language of an Accept-Language header that the page speaks, in the order given there."""
    for part in accept.split(","):
        tag = part.split(";")[0].strip().lower()[:2]
        if tag in LANGUAGES:
            return tag
    return default
