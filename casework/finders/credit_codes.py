"""Unified social credit codes of enterprises (GB 32100), checked; after the word unchecked."""

import re
from collections.abc import Iterator
from typing import Final

from stdnum.cn import uscc

from casework.finders.labels import comes_after
from casework.finders.normal import View
from casework.finders.values import Kind, Spot

_CODE: Final = re.compile(r"(?<![A-Za-z0-9])[0-9A-Za-z](?:[\s-]?[0-9A-Za-z]){14,17}(?![A-Za-z0-9])")
_LABEL: Final = re.compile(
    r"(?:信用代码|信用码|税号|纳税人识别号|机构代码|注册号|执照号?)(?:号码?|是|为|:|\(|\s)*$"
    r"|\b(?:credit code|uscc|tax\s?(?:payer)?\s?(?:id|no\.?|number)|registration (?:no\.?|number))(?:\s?(?:is|:|"
    r",|no\.?|number))?\s*$"
)
_LENGTH: Final = 18


class CreditCodeFinder:
    """Finds credit codes."""

    def find(self, view: View) -> Iterator[Spot]:
        for match in _CODE.finditer(view.text):
            if " " in match.group() and match.group().upper() != match.group():
                continue
            code = "".join(filter(str.isalnum, match.group())).upper()
            if (len(code) == _LENGTH and uscc.is_valid(code)) or comes_after(view, match.start(), _LABEL, reach=24):
                yield Spot(kind=Kind.CREDIT_CODE, start=match.start(), end=match.end())
