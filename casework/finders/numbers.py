"""Numbers that only their label explains: staff numbers, student numbers, social insurance, houses' registers."""

import re
from collections.abc import Iterator
from typing import Final

from casework.finders.normal import View
from casework.finders.values import Kind, Spot

_LABELLED: Final = re.compile(
    r"(?:工号|学号|警号|社保(?:卡)?号?|医保(?:卡)?号?|户号|户口(?:簿|本)?号|病历号|住院号|会员号|驾驶证号?|"
    r"驾照号?|档案编号|房产证号|不动产权?证号|宅基地证号|准考证号|身份证(?:号码?)?(?:后|末|"
    r"最后)?[四六4-6]位(?:数字?)?|卡?尾号|(?:前三位|中间四?位?|后四位|末四位)(?=\s?(?:是|为|:)?\s?\d{3,4}(?!\d))"
    r"|\b(?:staff|employee|officer|police officer|student|badge|social security|insurance|membership|"
    r"driver'?s licen[cs]e|hukou|"
    r"medical record)\s(?:no\.?|number|id)|\bends?\s(?:in|with)|\blast (?:four|4|six|6) digits(?: of my (?:id|card))?)"
    r"(?:\s?(?:是|为|:|is|are|was|,|"
    r"#))?\s*(?P<number>(?=[A-Za-z-]{0,6}\d)[A-Za-z0-9](?:-?[A-Za-z0-9]){2,19})(?![A-Za-z0-9])",
    re.IGNORECASE,
)


class NumberFinder:
    """Finds numbers by their labels."""

    def find(self, view: View) -> Iterator[Spot]:
        for match in _LABELLED.finditer(view.digits):
            yield Spot(kind=Kind.NUMBER, start=match.start("number"), end=match.end("number"), weak=True)
