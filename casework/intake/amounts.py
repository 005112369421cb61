"""Money and stretches of time as people write them: "3万5", "十二万元", "5,000 yuan", "两个月"."""

import re
import unicodedata

_ZH_NUMBER = r"[零〇一二两三四五六七八九十百千万亿\d.]+"
_NONE_WORDS = re.compile(r"^(?:没有?|无|没有?损失|无损失|没有?耽误|none|no|nothing|zero|no loss|no delay)[。.!！]?$")
_EN_SCALE = {"w": 1e4, "k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "bn": 1e9, "billion": 1e9}
_EN_AMOUNT = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?)\s*(w|k|thousand|mn|m|million|bn|billion)?(?![a-z])")
_GROUPED = re.compile(r"(?<=\d)[,，](?=\d{3}(?!\d))")
_MONEY_UNIT = re.compile(r"(?:人民币|rmb|cny|[¥￥$])")
_LARGEST_LOSS = 1e12
_TOO_LONG = re.compile(r"[零〇一二两三四五六七八九十百千万亿\d]{25,}(?:\.\d+)?")
"""No number that a person means; reading on in it would last, and end beyond what a float holds."""
_LONGEST_DELAY = 36_500

_DAYS = {"天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "季度": 90, "季": 90, "年": 365}
_DAYS_EN = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
_ZH_DELAY = re.compile(
    rf"(半|{_ZH_NUMBER}|几|十几|数)\s*多?个?(半)?多?\s*(?:工作)?(天|日|周|星期|礼拜|月|季度|季|年)(半)?"
)
_EN_DELAY = re.compile(
    r"(\d+(?:\.\d+)?|half an?|a couple of|several|a few"
    r"|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
    r"(\s+and\s+a\s+half)?\s+(?:working\s+|business\s+)?(day|week|month|quarter|year)s?(\s+and\s+a\s+half)?"
)
_EN_NUMBERS = {
    "a": 1.0, "an": 1.0, "one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "seven": 7.0,
    "eight": 8.0,
    "nine": 9.0, "ten": 10.0, "eleven": 11.0, "twelve": 12.0, "half a": 0.5, "half an": 0.5, "a couple of": 2.0,
    "several": 3.0, "a few": 3.0,
}  # fmt: skip


def read_yuan(text: str) -> float | None:
    """Return the amount in yuan, 0 for "none"; None where no amount can be read. The first amount counts."""
    plain = _plain(text)
    if _NONE_WORDS.match(plain):
        return 0.0
    plain = _MONEY_UNIT.sub("", plain)
    amount = _chinese_amount(plain)
    if amount is None:
        amount = _english_amount(plain)
    return amount if amount is not None and 0 <= amount <= _LARGEST_LOSS else None


def read_days(text: str) -> int | None:
    """Return a stretch of time in days (a month is 30, a year 365), 0 for "none"; a bare number is days."""
    plain = _plain(text)
    if _NONE_WORDS.match(plain):
        return 0
    days = _chinese_days(plain)
    if days is None:
        days = _english_days(plain)
    if days is None and (bare := re.fullmatch(r"(\d{1,5})\D{0,2}", plain)):
        days = float(bare[1])
    return round(days) if days is not None and 0 <= days <= _LONGEST_DELAY else None


def _plain(text: str) -> str:
    plain = _GROUPED.sub("", unicodedata.normalize("NFKC", text).lower()).strip()
    return _TOO_LONG.sub("#", plain)


def _chinese_amount(text: str) -> float | None:
    for match in re.finditer(_ZH_NUMBER + r"(?:来|多|几)?[万亿千百]?\d*", text):
        found = re.sub("[来多几]", "", match[0]).strip(".")
        if re.search("[零〇一二两三四五六七八九十百千万亿]", found) and (amount := _to_number(found)) is not None:
            return amount
    return None


def _english_amount(text: str) -> float | None:
    match = _EN_AMOUNT.search(text) or re.search(r"(\d+(?:\.\d+)?)()", text)
    if match is None:
        return None
    return float(match[1][:20]) * _EN_SCALE.get(match[2] or "", 1)


def _chinese_days(text: str) -> float | None:
    match = _ZH_DELAY.search(text)
    if match is None:
        return None
    size = _DAYS[match[3]]
    if match[1] == "半":
        return size / 2
    number = {"几": 3.0, "数": 3.0, "十几": 15.0}.get(match[1])
    if number is None:
        number = _to_number(match[1])
    return None if number is None else (number + (0.5 if match[2] or match[4] else 0)) * size


def _english_days(text: str) -> float | None:
    match = _EN_DELAY.search(text)
    if match is None:
        return None
    number = _EN_NUMBERS.get(match[1])
    return ((float(match[1]) if number is None else number) + (0.5 if match[2] or match[4] else 0)) * _DAYS_EN[match[3]]


def _to_number(numeral: str) -> float | None:
    """Read digits and Chinese numerals mixed; cn2an is imported here because it loads slowly."""
    import cn2an

    try:
        return float(cn2an.cn2an(numeral.replace("〇", "零"), "smart"))
    except ValueError:
        return None
