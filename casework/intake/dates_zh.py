"""Days and periods as they are said in Chinese; no library reads enough of them."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from casework.intake import periods
from casework.intake.periods import Period

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "○": 0}
_NUMERAL = re.compile(
    r"(?<![周期拜])[零〇○一二三四五六七八九十两]+(?=个?(?:年|月|日|号|天|周|星期|礼拜|季度|半年))|(?<=月)[一二三四五六七八九十]+(?=[日号])"
)
_WEEKDAYS = {c: n for n, c in enumerate("一二三四五六日")} | {"天": 6}
_UNITS = {"天": "day", "日": "day", "周": "week", "星期": "week", "礼拜": "week", "月": "month", "年": "year"}
_YEARS = {"今年": 0, "去年": 1, "头年": 1, "前年": 2, "大前年": 3, "明年": -1}
_MONTH_PARTS = {"初": "early", "上旬": "early", "中旬": "mid", "中": "mid", "下旬": "late", "底": "late", "末": "late"}
_YEAR_PARTS = {
    "年初": "early", "初": "early", "年中": "mid", "年底": "late", "年末": "late", "底": "late", "末": "late",
    "上半年": "first", "下半年": "second", "春": "spring", "夏": "summer", "秋": "autumn", "冬": "winter",
}  # fmt: skip
_YEAR_WORD = "今年|去年|头年|大前年|前年|明年"
_SHORT_YEAR = r"(?<!\d)\d\d(?=年的?(?:年?[初底末](?![层子薪])|年中|[上下]半年|第?[1-4一二三四]季度|[春夏秋冬][天季]))"
_PART_OF_YEAR = "年初|年中|年底|年末|上半年|下半年|初|底|末"


def to_digits(text: str) -> str:
    """Write Chinese numerals before a unit of time as digits: "二〇二六年三月五日" -> "2026年3月5日"."""
    return _NUMERAL.sub(lambda match: str(_number(match[0])), text)


def _number(numeral: str) -> int:
    if "十" not in numeral:
        return int("".join(str(_DIGITS[c]) for c in numeral))
    tens, _, ones = numeral.partition("十")
    if len(tens) > 1 or len(ones) > 1 or ones == "十":
        return 0
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)


Reader = Callable[[re.Match[str], date, date | None], Period | None]


def _absolute(match: re.Match[str], today: date, after: date | None) -> Period | None:
    month, day = int(match["m"]), int(match["d"]) if match["d"] else None
    year = _year(match["y"], match["ry"], today) or periods.likely_year(month, day, today, after)
    if match["mp"] and 1 <= month <= 12:
        return periods.part_of_month(year, month, _MONTH_PARTS[match["mp"]])
    return periods.month_day(year, month, day)


def _year(digits: str | None, word: str | None, today: date) -> int | None:
    if word:
        return today.year - _YEARS[word]
    if not digits:
        return None
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _iso(match: re.Match[str], today: date, after: date | None) -> Period | None:
    return periods.month_day(int(match["y"]), int(match["m"]), int(match["d"]) if match["d"] else None)


def _whole_year(match: re.Match[str], today: date, after: date | None) -> Period | None:
    year = _year(match["y"], match["ry"], today) or today.year
    if not 1900 <= year <= 2200:
        return None
    if match["q"]:
        quarter = match["q"]
        return periods.a_quarter(year, int(quarter) if quarter.isdigit() else _DIGITS[quarter])
    part = match["yp"] or match["season"]
    return periods.part_of_year(year, _YEAR_PARTS[part]) if part else periods.a_year(year)


def _bare_year_part(match: re.Match[str], today: date, after: date | None) -> Period | None:
    part = _YEAR_PARTS[match["yp"]]
    year = today.year
    if periods.part_of_year(year, part).start > today:
        year -= 1
    return periods.part_of_year(year, part)


def _relative_month(match: re.Match[str], today: date, after: date | None) -> Period | None:
    back = match["rm"].count("上")
    then = periods.months_before(today.replace(day=1), back)
    if match["mp"]:
        return periods.part_of_month(then.year, then.month, _MONTH_PARTS[match["mp"]])
    return periods.month_day(then.year, then.month, int(match["d"]) if match["d"] else None)


def _week(match: re.Match[str], today: date, after: date | None) -> Period | None:
    week = periods.a_week(today - timedelta(days=7 * (match["rw"] or "").count("上")))
    weekday = match["wd"]
    if not weekday:
        return week if match["rw"] else None
    if weekday == "末":
        return periods.days(week.start + timedelta(days=5), week.end)
    day = week.start + timedelta(days=_WEEKDAYS[weekday])
    return periods.a_day(day if match["rw"] or day <= today else day - timedelta(days=7))


def _day_word(match: re.Match[str], today: date, after: date | None) -> Period | None:
    back = {"今": 0, "昨": 1, "前": 2, "大": 3}[match["dw"][0]]
    return periods.a_day(today - timedelta(days=back))


def _ago(match: re.Match[str], today: date, after: date | None) -> Period | None:
    return periods.ago(today, _count(match["n"]), _UNITS[match["u"]])


def _recent(match: re.Match[str], today: date, after: date | None) -> Period | None:
    return periods.since(today, _count(match["n"]), _UNITS[match["u"]])


_HOLIDAYS = {"元旦": (1, 1, 3), "清明": (4, 4, 6), "五一": (5, 1, 5), "国庆": (10, 1, 7)}
_FESTIVALS = {"端午": "dragon boat", "中秋": "mid-autumn"}


def _holiday(match: re.Match[str], today: date, after: date | None) -> Period | None:
    """Return the days of a holiday, of the year said or of the last one that has begun."""
    name, year = match["h"], _year(match["y"], match["ry"], today)
    if name in _HOLIDAYS:
        month, first, last = _HOLIDAYS[name]
        year = year or periods.likely_year(month, first, today, after)
        return periods.days(date(year, month, first), date(year, month, last))
    if name in _FESTIVALS:
        return periods.festival(_FESTIVALS[name], year, today)
    return periods.spring_festival(year, today)


def _lunar_month(match: re.Match[str], today: date, after: date | None) -> Period | None:
    """Return the days into which the first or the last lunar month may fall, of the year said or the last one begun."""
    is_first = match["lm"] == "正月"
    month, day = (1, 21) if is_first else (12, 22)
    year = _year(match["y"], match["ry"], today) or periods.likely_year(month, day, today, after)
    end = date(year, 3, 21) if is_first else date(year + 1, 2, 19)
    return periods.days(date(year, month, day), end)


def _count(text: str) -> float:
    return 0.5 if text == "半" else min(float(text), 36_500)


def _day_alone(match: re.Match[str], today: date, after: date | None) -> Period | None:
    base = after or today
    found = periods.month_day(base.year, base.month, int(match["d"]))
    if found and after is None and found.start > today:
        then = periods.months_before(today.replace(day=1), 1)
        return periods.month_day(then.year, then.month, int(match["d"]))
    return found


_TIME_UNIT = r"(?P<u>天|日|周|星期|礼拜|月|年)"
_HOLIDAY = r"元旦|清明(?!的)|五一(?!路)|国庆|端午|中秋|春节|过年|除夕|大年(?:三十|30|初一|初1)"
_COUNT = r"(?P<n>半|\d{1,4}(?:\.\d)?)"

READERS: tuple[tuple[re.Pattern[str], Reader], ...] = (
    (re.compile(r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?(?!\d)"), _iso),
    (
        re.compile(
            rf"(?:(?P<y>(?<!\d)(?:(?:19|20)\d\d|\d\d))年|(?P<ry>{_YEAR_WORD})的?)?(?<!\d)(?P<m>1[0-2]|0?[1-9])月份?"
            r"(?:(?P<d>3[01]|[12]\d|0?[1-9])(?:[日号]|(?![\d个]))|(?P<mp>初|上旬|中旬|下旬|底|末|中(?=[，。, ]|$)))?"
        ),
        _absolute,
    ),
    (
        re.compile(
            rf"(?:(?P<y>(?<!\d)(?:19|20)\d\d|{_SHORT_YEAR})年|(?P<ry>{_YEAR_WORD}))的?"
            rf"(?:(?P<yp>{_PART_OF_YEAR})|第?(?P<q>[1-4一二三四])季度|(?P<season>[春夏秋冬])(?!节)[天季]?)?"
        ),
        _whole_year,
    ),
    (re.compile(rf"(?:(?P<y>(?<!\d)(?:19|20)\d\d)年|(?P<ry>{_YEAR_WORD})的?)?(?P<h>{_HOLIDAY})节?"), _holiday),
    (re.compile(rf"(?:(?P<y>(?<!\d)(?:19|20)\d\d)年|(?P<ry>{_YEAR_WORD})的?)?(?P<lm>腊月|正月)"), _lunar_month),
    (re.compile(r"(?<!半)(?<!个)(?<!全)(?<!当)(?P<yp>年初|年底|年末|上半年|下半年)"), _bare_year_part),
    (
        re.compile(
            r"(?P<rm>上上个?月|上个?月|这个?月|本月)(?:(?P<d>3[01]|[12]\d|[1-9])[日号]|(?P<mp>初|上旬|中旬|下旬|底|末))?"
        ),
        _relative_month,
    ),
    (
        re.compile(
            r"(?P<rw>上上个?|上个?|本|这个?)?(?:周|星期|礼拜)(?P<wd>[一二三四五六日天末](?!般|起|直|定|些|切))?"
        ),
        _week,
    ),
    (re.compile(r"(?P<dw>今[天日早晚]|昨[天日晚夜]|前[天日晚夜]|大前天|(?:今|昨|大前|前)儿个?|昨个儿?)"), _day_word),
    (re.compile(rf"(?<!\d){_COUNT}个?多?{_TIME_UNIT}(?:多)?(?:以前|之前|前)"), _ago),
    (re.compile(rf"(?:最近|近|过去|这|已经|持续了?){_COUNT}个?多?{_TIME_UNIT}(?:多|以来|来)?"), _recent),
)

DAY_ALONE: tuple[re.Pattern[str], Reader] = (re.compile(r"(?<!\d)(?P<d>3[01]|[12]\d|[1-9])[日号]"), _day_alone)
"""A day without its month: only as the second end of a range, or as a whole answer."""

TAIL = re.compile(
    r"(?:前后|左右|那[天会]儿?)?(?:的?(?:凌晨|清早|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|半夜))?"
    r"(?:[\d一二三四五六七八九十两]{1,3}点(?:半|钟|多|[\d一二三四五六七八九十]{1,3}分?)?)?"
)
"""What narrows a day down; kept with its words."""

CONNECTOR = re.compile(r"\s*(?:左右|前后|上午|下午|晚上|早上|中午)?\s*(?:一直)?拖?(?:到|至|—+|-|~|～|直到)\s*")
UNTIL_NOW = re.compile(
    r"\s*(?:份|左右|前后)?\s*(?:至今|以来|到现在|到今天|到目前|直到现在|一直到现在|起(?!诉|来|床)|开始)"
)
