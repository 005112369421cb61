"""Bank cards by the Luhn check, and any account number after its word."""

import re
from collections.abc import Iterator
from typing import Final

from stdnum import luhn

from casework.finders.labels import comes_after, is_a_record_number
from casework.finders.normal import View
from casework.finders.values import Kind, Spot

_CARD: Final = re.compile(r"(?<![\dA-Za-z])[2-9](?:[\s.\-_]{0,2}\d){14,18}(?![\dA-Za-z])")
_ACCOUNT: Final = re.compile(r"(?<![\dA-Za-z])\d(?:[\s\-_]{0,2}\d){8,24}(?![\dA-Za-z])")
_LABEL: Final = re.compile(
    r"(?:卡号|账号|帐号|账户|帐户|银行卡|储蓄卡|信用卡|存折|工资卡|[工农建中交招邮](?:商|业|设|国|通|商|"
    r"储)?(?:银)?行)(?:号码?|是|为|:|卡|的|\(|尾号|\s)*$"
    r"|\b(?:card|account|acct|iban|bank)(?:\s?(?:no\.?|number|#))?(?:\s?(?:is|was|:|,))?\s*$"
)
_MOBILE: Final = re.compile(r"1[3-9](?:[\s\-_]?\d){9}")
_SHORTEST: Final = 15


class BankCardFinder:
    """Finds cards of 15 to 19 digits whose check holds; after the word any number that long enough."""

    def find(self, view: View) -> Iterator[Spot]:
        for match in _CARD.finditer(view.digits):
            number = "".join(filter(str.isdigit, match.group()))
            is_card = len(number) > _SHORTEST and luhn.is_valid(number) and not is_a_record_number(view, match.start())
            if is_card:
                yield Spot(kind=Kind.BANK_CARD, start=match.start(), end=match.end())
        for match in _ACCOUNT.finditer(view.digits):
            if comes_after(view, match.start(), _LABEL) and not _MOBILE.fullmatch(match.group()):
                yield Spot(kind=Kind.BANK_CARD, start=match.start(), end=match.end())
