"""Long and prepared texts: is it a finished letter, where to cut what is too long, and a title from it."""

import re

from casework.report import MAX_TITLE

_LETTER_LENGTH = 200
_SALUTATION = re.compile(
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
_SENTENCE_END = re.compile(r"[。！？!?\n]|\.(?=\s|$)")
_CLAUSE_END = re.compile(r"[，,；;：:、]")
_FILLER = re.compile(
    r"^(?:(?:ok(?:ay)?|well|so|um+|no|yes|嗯+|那个)(?=[\s,.，。])"
    r"|您好|你好|领导好|hello|hi|hey|dear [^,]{0,30},|尊敬的[^：:，,]{0,30}[：:，,]"
    r"|我是(?:一[名个])?(?:普通)?(?:市民|居民|村民|群众|老百姓|村干部)(?=[，,])|(?:实名|匿名)举报(?=\S{4})"
    r"|我(?:要|想)(?:实名|匿名)?(?:举报|反映|投诉)(?:一下)?|(?:一个)?(?:情况|问题|事情)(?=[，,：:。])"
    r"|i (?:want|would like) to report(?: that| how)?|事情是这样的|情况是这样的|是这样的)[，,。：:!！\s]*",
    re.IGNORECASE,
)


def is_prepared_letter(text: str) -> bool:
    """Tell whether a text is finished: long, and with two of salutation, closing and numbered sections."""
    if len(text) < _LETTER_LENGTH:
        return False
    signs = (bool(_SALUTATION.search(text)), bool(_CLOSING.search(text[-300:])), len(_SECTION.findall(text)) >= 2)
    return sum(signs) >= 2 or len(_SECTION.findall(text)) >= 3


def cut(text: str, limit: int) -> str:
    """Return the beginning of `text`, at most `limit` characters, cut after a sentence if one ends late enough."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    ends = [match.end() for match in _SENTENCE_END.finditer(head)]
    return head[: ends[-1]].rstrip() if ends and ends[-1] > limit // 2 else head


def propose_title(facts: str) -> str:
    """Return a title of at most 50 characters: the first sentence or clause that says something; "" for no facts."""
    text = _without_filler(facts.strip())
    for sentence in (part.strip(" \t,，、:：") for part in _SENTENCE_END.split(text)):
        if len(sentence) >= 4 and not _SALUTATION.match(sentence):
            return _clauses(sentence)
    return _clauses(" ".join(text.split()))


def _without_filler(text: str) -> str:
    while match := _FILLER.match(text):
        if not match[0]:
            return text
        text = text[match.end() :].lstrip()
    return text


def _clauses(sentence: str) -> str:
    """Keep as many whole clauses (or words) as fit."""
    if len(sentence) <= MAX_TITLE:
        return sentence
    ends = [match.start() for match in _CLAUSE_END.finditer(sentence[: MAX_TITLE + 1])]
    if ends and ends[-1] >= 8:
        return sentence[: ends[-1]]
    head, _, _ = sentence[: MAX_TITLE + 1].rpartition(" ") if sentence.isascii() else ("", "", "")
    return (head or sentence[: MAX_TITLE - 1] + "…")[:MAX_TITLE]
