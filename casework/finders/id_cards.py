"""Chinese ID cards: 18 places with the check of ISO 7064 MOD 11-2 and a possible day, and the old ones of 15."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from casework.finders.labels import comes_after
from casework.finders.normal import View
from casework.finders.values import Kind, Spot

_GAP: Final = r"[\s.\-_]{0,2}"
_LONG: Final = re.compile(rf"(?<![\dA-Za-z])[1-9](?:{_GAP}\d){{16}}{_GAP}[\dXx×](?![\dA-Za-z])")
_SHORT: Final = re.compile(rf"(?<![\dA-Za-z])[1-9](?:{_GAP}\d){{14}}(?![\dA-Za-z])")
_LABEL: Final = re.compile(
    r"(?:身份证|证件|公民身份)(?:号码?|是|为|:|后|的|\(|\s)*$|\bid(?:entity)?(?:\s?card)?(?:\s?(?:no\.?|number|"
    r"#))?(?:\s?is|\s?:)?\s*$"
)
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS: Final = "10X98765432"
_PROVINCES: Final = frozenset(
    [
        "11",
        "12",
        "13",
        "14",
        "15",
        "21",
        "22",
        "23",
        "31",
        "32",
        "33",
        "34",
        "35",
        "36",
        "37",
        "41",
        "42",
        "43",
        "44",
        "45",
        "46",
        "50",
        "51",
        "52",
        "53",
        "54",
        "61",
        "62",
        "63",
        "64",
        "65",
        "71",
        "81",
        "82",
        "83",
    ]
)
_OLDEST: Final = 1880


class IdCardFinder:
    """Finds ID cards; after the word even one whose check fails: a slip of the finger still tells who it is."""

    def find(self, view: View) -> Iterator[Spot]:
        for match in _LONG.finditer(view.digits):
            if is_id_card(_bare(match.group())) or comes_after(view, match.start(), _LABEL):
                yield Spot(kind=Kind.ID_CARD, start=match.start(), end=match.end())
        for match in _SHORT.finditer(view.digits):
            if _is_old(_bare(match.group())) or comes_after(view, match.start(), _LABEL):
                yield Spot(kind=Kind.ID_CARD, start=match.start(), end=match.end(), weak=True)


def is_id_card(number: str) -> bool:
    """Tell whether 18 places are an ID card: province, day of birth, check symbol. County codes change, so any goes."""
    if number[:2] not in _PROVINCES or not _is_day(number[6:14]):
        return False
    total = sum(weight * int(digit) for weight, digit in zip(WEIGHTS, number, strict=False))
    return CHECKS[total % 11] == number[17]


def _is_old(number: str) -> bool:
    return number[:2] in _PROVINCES and _is_day("19" + number[6:12])


def _is_day(text: str) -> bool:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:])).year >= _OLDEST
    except ValueError:
        return False


def _bare(typed: str) -> str:
    return "".join("X" if char in "Xx×" else char for char in typed if char.isdigit() or char in "Xx×")
