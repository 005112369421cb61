"""Turns marked-up text into plain text with entities, as the real server does; offsets count UTF-16 units."""

import re
from html.parser import HTMLParser
from typing import Any

from tests.telegram.errors import NotBuilt, bad_request

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "del": "strikethrough",
    "strike": "strikethrough",
    "code": "code",
    "pre": "pre",
    "a": "text_link",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
}
_COMMAND = re.compile(r"(?<!\S)/[A-Za-z0-9_]{1,32}(?:@\w+)?")

Entities = list[dict[str, Any]]


def units(text: str) -> int:
    """Return the length in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def parsed(text: str, parse_mode: str | None) -> tuple[str, Entities]:
    """Return the text as people see it and its entities. Raises `ApiError` for what the real server refuses."""
    if not parse_mode:
        return text, []
    if parse_mode.lower() != "html":
        raise NotBuilt(f"parse_mode {parse_mode}")
    reader = _Reader()
    reader.feed(text)
    reader.close()
    if reader.open:
        raise bad_request(
            f"can't parse entities: Can't find end tag corresponding to start tag \"{reader.open[-1][0]}\""
        )
    return reader.text, reader.entities


def commands_in(text: str) -> Entities:
    """Return the entities that a person's client adds: commands."""
    return [
        {"type": "bot_command", "offset": units(text[: found.start()]), "length": units(found[0])}
        for found in _COMMAND.finditer(text)
    ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.text = ""
        self.entities: Entities = []
        self.open: list[tuple[str, int, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _TAGS:
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}"')
        self.open.append((tag, units(self.text), dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            raise bad_request(f'can\'t parse entities: Unmatched end tag "{tag}"')
        _, start, attributes = self.open.pop()
        link = {"url": attributes.get("href") or ""} if tag == "a" else {}
        if (length := units(self.text) - start) > 0:
            self.entities.append({"type": _TAGS[tag], "offset": start, "length": length, **link})

    def handle_data(self, data: str) -> None:
        self.text += data
