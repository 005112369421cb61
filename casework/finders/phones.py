"""Telephone numbers in every spelling: full-width, spaced, dotted, Chinese numerals, digits in English words."""

import re
from collections.abc import Iterator
from typing import Final

from casework.finders.labels import is_a_record_number, is_about_a_paper
from casework.finders.normal import View
from casework.finders.values import Kind, Spot

_GAP: Final = r"[\s.\-_·•/,、~*]{0,3}"
_MOBILE: Final = re.compile(
    rf"(?<![\dA-Za-z+])(?:\(?(?:\+|00)?{_GAP}86\)?{_GAP})?1{_GAP}[3-9](?:{_GAP}\d){{9}}(?![\d])"
)
_LANDLINE: Final = re.compile(
    r"(?<![\d.])(?:(?:\(?\+?86\)?[\s-]?)?\(0?\d{2,3}\)|"
    r"(?:\+?86[\s-]?)?0\d{2,3})[\s.\-—]{0,3}[2-9](?:[\s.\-·]?\d){6,7}(?![\d.]\d|\d)"
    r"(?:[\s-]?(?:转|ext\.?|x|分机)\s?\d{1,5})?"
)
_TOLL_FREE: Final = re.compile(r"(?<!\d)[48]00[\s-]?\d{3}[\s-]?\d{4}(?!\d)|(?<!\d)[48]00[\s-]?\d{4}[\s-]?\d{3}(?!\d)")
_FOREIGN: Final = re.compile(r"(?<![\dA-Za-z])(?<!\d\s)\(?(?:\+|00)[1-9]\d{0,2}(?:[\s.()\-]{0,3}\d){6,12}(?!\d)")
_LABELLED: Final = re.compile(
    r"(?:电话|手机|座机|固话|小灵通|总机|办公室|后[七八78]位|(?:后面|后边|后头|剩下|接着)(?:的|几位)?|联系方式|致电|"
    r"来电|号码|热线|传真|(?i:\btel(?:ephone)?|\bphone|\bmobile|\bcell|\bfax|"
    r"\bcall(?:\sme)?|\bring\sme|\bnumber))"
    r"(?:号码?|是|为|:|：|(?i:\s?number|\sno\.?|\sis|\son|\sat)|\s|打|我|的|那个|这个|就|也){0,5}\s*"
    r"(?P<number>\d(?:[\s.-]{0,2}\d){6,11})(?![\d%])(?!\s?[年月元块万个人天])"
)
_WORD: Final = r"(?:zero|oh|nought|one|two|three|four|five|six|seven|eight|nine)"
_SPELT: Final = re.compile(rf"\b(?:(?:(?:double|triple)[\s-]+)?{_WORD}\b[\s,.-]*){{7,15}}", re.IGNORECASE)
_WORD_END: Final = re.compile(r"[\s,.-]+$")


_MINE: Final = re.compile(
    r"(?i:\bmy (?:number|phone|mobile|cell)\b)[^.;\n\d]{0,30}(?P<number>\d(?:[\s.-]?\d){5,11})(?![\d%])"
)
_RUNG: Final = re.compile(r"(?:拨打?|打给?我?|电)\s?(?P<number>[2-9]\d{3}[\s-]?\d{4})(?![\d元块万%年])")


class PhoneFinder:
    """Finds telephone numbers; short public lines (110, 12388) are none of anybody's."""

    def __init__(self, public: frozenset[str] = frozenset()) -> None:
        self._public = public

    def find(self, view: View) -> Iterator[Spot]:
        for match in (*_FOREIGN.finditer(view.text), *_MOBILE.finditer(view.digits), *_LANDLINE.finditer(view.digits)):
            if not self._is_public(match.group()) and not is_a_record_number(view, match.start()):
                yield Spot(kind=Kind.PHONE, start=match.start(), end=match.end())
        for match in _LABELLED.finditer(view.digits):
            vague = match.group().lower().startswith(("number", "号码")) and is_about_a_paper(view, match.start())
            if not (vague or self._is_public(match.group("number")) or is_a_record_number(view, match.start("number"))):
                yield Spot(kind=Kind.PHONE, start=match.start("number"), end=match.end("number"), weak=True)
        for match in (*_RUNG.finditer(view.digits), *_MINE.finditer(view.text)):
            yield Spot(kind=Kind.PHONE, start=match.start("number"), end=match.end("number"), weak=True)
        for match in _TOLL_FREE.finditer(view.text):
            yield Spot(kind=Kind.PHONE, start=match.start(), end=match.end(), weak=True)
        for match in _SPELT.finditer(view.text):
            end = match.start() + len(_WORD_END.sub("", match.group()))
            yield Spot(kind=Kind.PHONE, start=match.start(), end=end)

    def _is_public(self, number: str) -> bool:
        return "".join(filter(str.isdigit, number)) in self._public
