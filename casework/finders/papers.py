"""Numbers of papers and things that belong to one person: passports and permits, licence plates."""

import re
from collections.abc import Iterator
from typing import Final

from casework.finders.labels import comes_after
from casework.finders.normal import View
from casework.finders.values import Kind, Spot

_CHINESE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[EGDSP]\s?\d{8}|E[A-HJ-NP-Z]\s?\d{7}|[1][45]\d{7})(?![A-Za-z0-9])", re.IGNORECASE
)
_ANY: Final = re.compile(
    r"(?<![A-Za-z0-9])(?=[A-Za-z0-9\s-]{0,6}\d)[A-Za-z0-9](?:[\s-]?[A-Za-z0-9]){5,10}(?![A-Za-z0-9])"
)
_LABEL: Final = re.compile(
    r"(?:护照|通行证|台胞证|回乡证|居留(?:证|许可证?)|工作许可证?|签证|军官证|警官证)(?:号码?|是|为|:|\(|\s)*$"
    r"|\b(?:passport|travel permit|residence permit|home return permit|visa)(?:,?\s?(?:no\.?|number|#))?(?:\s?is|"
    r"\s?:|\s?,)?\s*\(?$"
    r"|\b(?:taiwan(?:ese)?|home return|mainland|compatriots?)\b[^.;\n]{0,40}\bpermit(?:\s?(?:no\.?|number|"
    r"#))?(?:\s?is|\s?:|\s?,)?\s*\(?$"
)
_LABEL_REACH: Final = 64
_LEADING_WORD: Final = re.compile(r"(?:(?:is|was|no|number)\s)?", re.IGNORECASE)
_FOLLOWING_WORDS: Final = re.compile(r"(?:\s[A-Za-z]{2,})+$")
_PERMIT: Final = re.compile(r"(?<![A-Za-z0-9])[HM]\d{8}(?:\d{2})?(?![A-Za-z0-9])")
_PROVINCE: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领"
_PLATE: Final = re.compile(
    rf"[{_PROVINCE}]\s?[A-Za-z][\s·•.\-]{{0,2}}(?=[A-Za-z0-9\s·.-]{{0,5}}\d)[A-Za-z0-9](?:[\s-]?[A-Za-z0-9]){{3,4}}[\s-]?[A-Za-z0-9挂学警港澳临](?![A-Za-z0-9])"
)
_PINYIN_PLATE: Final = re.compile(
    r"\b(?:Liao|Jing|Hu|Jin|Yu|Ji|Hei|Lu|Su|Zhe|Yue|Min|Wan|Gan|Chuan|Meng|"
    r"Qiong)[\s-]?[A-Z][\s·.-]{0,2}(?=[A-Z0-9]{0,4}\d)[A-Z0-9]{5,6}(?![A-Za-z0-9])"
)
_LABELLED_PLATE: Final = re.compile(
    r"(?:车牌号?码?|\b(?:licen[cs]e|number)\s?plates?(?:\snumber)?|\bplates?(?:\s(?:no\.?|number))?|"
    r"\bregistration(?:\snumber)?)"
    r"(?:\s?(?:是|为|:|is|was|"
    r"reads))?\s*(?P<plate>(?=[A-Za-z0-9 ·-]{0,7}\d)[A-Za-z]{1,3}[A-Za-z0-9·-]{0,2}\s?[A-Za-z0-9]{3,6})(?![A-Za-z0-9])",
    re.IGNORECASE,
)


class PassportFinder:
    """Finds Chinese passports by their form, any passport or permit after its word."""

    def find(self, view: View) -> Iterator[Spot]:
        for match in _ANY.finditer(view.text):
            lead = _LEADING_WORD.match(match.group())
            start = match.start() + (lead.end() if lead else 0)
            if comes_after(view, match.start(), _LABEL, reach=_LABEL_REACH):
                end = match.start() + len(_FOLLOWING_WORDS.sub("", match.group()))
                yield Spot(kind=Kind.PASSPORT, start=start, end=end)
        for pattern in (_CHINESE, _PERMIT):
            for match in pattern.finditer(view.text):
                if match.group()[0].isalpha():
                    yield Spot(kind=Kind.PASSPORT, start=match.start(), end=match.end())


class PlateFinder:
    """Finds licence plates of cars, also the longer ones of electric cars."""

    def find(self, view: View) -> Iterator[Spot]:
        for text in {view.text, view.digits}:
            for match in _PLATE.finditer(text):
                yield Spot(kind=Kind.PLATE, start=match.start(), end=match.end())
        for match in _PINYIN_PLATE.finditer(view.text):
            yield Spot(kind=Kind.PLATE, start=match.start(), end=match.end())
        for match in _LABELLED_PLATE.finditer(view.text):
            yield Spot(kind=Kind.PLATE, start=match.start("plate"), end=match.end("plate"), weak=True)
