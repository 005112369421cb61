"""Long texts of the bot, cut where a reader would pause."""

import re

MESSAGE_LIMIT = 4_000
"""Characters; below Telegram's 4,096."""

_BREAKS = (re.compile(r"\n\s*\n"), re.compile(r"\n"), re.compile(r"[。！？；]|[.!?;](?=\s)"), re.compile(r"\s"))


def split_text(text: str, limit: int = MESSAGE_LIMIT) -> list[str]:
    """Return parts of at most `limit` characters, cut at a paragraph, a line, a sentence or a word, in that order."""
    parts = []
    rest = text.strip()
    while len(rest) > limit:
        cut = _cut(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest or not parts else parts


def _cut(text: str, limit: int) -> int:
    """Find the last break in the second half of the window, else the window's end."""
    for pattern in _BREAKS:
        ends = [match.end() for match in pattern.finditer(text, 0, limit)]
        if ends and ends[-1] > limit // 2:
            return ends[-1]
    return limit
