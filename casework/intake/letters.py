"""Long and prepared texts: is it a finished letter, and where to cut what is too long."""

import re

_LETTER_LENGTH = 200
SALUTATION = re.compile(
    r"^\s*(?:尊敬的|敬爱的|致[:：]?|举报信|检举信|控告信|情况反映|关于.{2,60}的(?:举报|情况|反映)|.{2,30}(?:领导|同志|纪委|监委)[们]?[:：]"
    r"|dear\b|to whom it may concern|to the\b.{3,60}[:,])",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:此致|敬礼|举报人[:：]|反映人[:：]|特此(?:举报|反映|报告)|sincerely|yours faithfully|regards)", re.IGNORECASE
)
_SECTION = re.compile(
    r"^\s*(?:[一二三四五六七八九十]+、|[（(][一二三四五六七八九十\d]+[)）]|\d{1,2}[.、)]\s*\S)", re.MULTILINE
)
SENTENCE_END = re.compile(r"[。！？!?\n]|\.(?=\s|$)")


def is_prepared_letter(text: str) -> bool:
    """Tell whether a text is finished: long, and with two of salutation, closing and numbered sections."""
    if len(text) < _LETTER_LENGTH:
        return False
    signs = (bool(SALUTATION.search(text)), bool(_CLOSING.search(text[-300:])), len(_SECTION.findall(text)) >= 2)
    return sum(signs) >= 2 or len(_SECTION.findall(text)) >= 3


def cut(text: str, limit: int) -> str:
    """Return the beginning of `text`, at most `limit` characters, cut after a sentence if one ends late enough."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    ends = [match.end() for match in SENTENCE_END.finditer(head)]
    return head[: ends[-1]].rstrip() if ends and ends[-1] > limit // 2 else head
