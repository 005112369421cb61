"""Numbers in figures and in Chinese numerals."""

import re
from collections.abc import Iterator
from typing import Final

from bot.understanding.values import Entity

_DIGITS: Final = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_UNITS: Final = {"十": 10, "百": 100, "千": 1_000}
_LARGE: Final = {"万": 10_000, "亿": 100_000_000}
_HAN: Final = "零〇一二两三四五六七八九十百千万亿"
_FIGURES: Final = re.compile(r"(?<![\w.])-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![a-z0-9.])\d+(?:\.\d+)?")
_SCALE: Final = re.compile(r"\s?(?:(千万|百万|[百千万亿])(?=[^\w]|$|[^a-z\d])|(w|k|thousand|million|m)(?![a-z\d]))")
_COMPOUND: Final = re.compile(r"(\d+)万(\d)千?(?!\d)")
_SCALES: Final = {
    "百": 1e2,
    "千": 1e3,
    "万": 1e4,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "w": 1e4,
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "million": 1e6,
}
_NUMERAL: Final = re.compile(
    f"[{_HAN}]{{2,}}|[{_HAN[2:]}](?=[天月年元块颗星分万千百]|个(?:月|星期|小时|工作日|季度))|^[{_HAN[2:11]}]$"
)

_LONGEST_NUMERAL: Final = 24
_TOO_LARGE: Final = 1e18
"""From here on figures are no number that a person means; the largest ones would not even be finite."""


def find_numbers(folded: str) -> Iterator[Entity]:
    """Yield `number` entities of an aligned text; values are int, or float when not whole."""
    position = 0
    while match := _FIGURES.search(folded, position):
        value, position = _figure(folded, match)
        if value < _TOO_LARGE:
            yield _entity(value, match.start(), position)
    for match in _NUMERAL.finditer(folded):
        read = read_numeral(match.group())
        if read is not None and read < _TOO_LARGE:
            yield _entity(float(read), match.start(), match.end())


def _figure(folded: str, match: re.Match[str]) -> tuple[float, int]:
    """Return the value and the end of figures with what follows them: 3万5千, 1.5 million."""
    compound = _COMPOUND.match(folded, match.start())
    if compound:
        return float(compound.group(1)) * 10_000 + float(compound.group(2)) * 1_000, compound.end()
    value, scale = float(match.group().replace(",", "")), _SCALE.match(folded, match.end())
    return (value * _SCALES[scale.group(1) or scale.group(2)], scale.end()) if scale else (value, match.end())


def read_numeral(numeral: str) -> int | None:
    """Read Chinese numerals: 三千五 is 3500, 二〇二四 is 2024; None when they are none, or endless."""
    if len(numeral) > _LONGEST_NUMERAL:
        return None
    if not set(numeral) & (set(_UNITS) | set(_LARGE)):
        digits = "".join(str(_DIGITS[char]) for char in numeral if char in _DIGITS)
        return int(digits) if len(digits) == len(numeral) else None
    if numeral[0] in _LARGE or numeral[0] in "百千":
        return None
    total, section, digit, unit = 0, 0, 0, 1
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
            unit = 1 if digit == 0 else unit
        elif char in _UNITS:
            section, digit, unit = section + (digit or 1) * _UNITS[char], 0, _UNITS[char]
        else:
            total, section, digit, unit = (total + section + digit) * _LARGE[char], 0, 0, _LARGE[char]
    return total + section + digit * (unit // 10 if unit >= 100 else 1)


def _entity(value: float, start: int, end: int) -> Entity:
    return {"entity": "number", "value": int(value) if value == int(value) else value, "start": start, "end": end}
