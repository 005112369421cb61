"""Days and periods as they are said in English."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from casework.intake import periods
from casework.intake.periods import Period

_MONTHS = {
    name: n
    for n, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_MONTH = (
    r"(?P<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_LAST = r"(?:(?:last|this)\s+)?"
_YEAR = r"(?:,?\s*(?:of\s+)?(?P<y>(?:19|20)\d\d)\b|\s+(?:of\s+)?(?P<ry>this year|last year))?"
_WEEKDAYS = {name: n for n, name in enumerate(["mon", "tue", "wed", "thu", "fri", "sat", "sun"])}
_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "half a": 0.5, "a couple of": 2, "several": 3, "a few": 3,
}  # fmt: skip
_NUMBER = (
    r"(?P<n>\d{1,4}|half an?|a couple of|several|a few|an?"
    r"|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
)
_UNIT = r"(?P<u>day|week|month|year)s?"
_PARTS = {"early": "early", "beginning": "early", "start": "early", "mid": "mid", "middle": "mid"} | {
    name: "late" for name in ("late", "end")
}
_HALVES = {"first half": "first", "second half": "second"}

_BEFORE_MONTH = re.compile(r"\b(?:in|since|from|of|to|until|till|during|between|last|this)\s+$")

Reader = Callable[[re.Match[str], date, date | None], Period | None]


def _year(match: re.Match[str], today: date) -> int | None:
    if match["y"]:
        return int(match["y"])
    return today.year - (match["ry"] == "last year") if match["ry"] else None


def _month_number(match: re.Match[str]) -> int:
    return _MONTHS[match["m"][:3]]


def _day(match: re.Match[str], today: date, after: date | None) -> Period | None:
    month, day = _month_number(match), int(match["d"])
    return periods.month_day(_year(match, today) or periods.likely_year(month, day, today, after), month, day)


def _month(match: re.Match[str], today: date, after: date | None) -> Period | None:
    month = _month_number(match)
    if match["m"] == "may" and not _is_the_month(match):
        return None
    year = _year(match, today) or periods.likely_year(month, None, today, after)
    part = match["part"]
    if part:
        return periods.part_of_month(year, month, _PARTS[part])
    return periods.month_day(year, month, None)


def _is_the_month(match: re.Match[str]) -> bool:
    """Tell May from "may": a year, a part or a preposition stands with it, or nothing else."""
    before, text = match.string[: match.start()], match.string
    is_alone = not (before + text[match.end() :]).strip(" .,")
    is_last = match[0].startswith("last")
    return bool(match["y"] or match["ry"] or match["part"] or is_last or is_alone or _BEFORE_MONTH.search(before))


def _iso(match: re.Match[str], today: date, after: date | None) -> Period | None:
    return periods.month_day(int(match["y"]), int(match["m"]), int(match["d"]) if match["d"] else None)


def _quarter(match: re.Match[str], today: date, after: date | None) -> Period | None:
    return periods.a_quarter(_year(match, today) or today.year, int(match["q"]))


def _part_of_year(match: re.Match[str], today: date, after: date | None) -> Period | None:
    year = _year(match, today) or today.year
    return periods.part_of_year(year, _HALVES.get(match["part"]) or _PARTS.get(match["part"]) or _season(match["part"]))


def _this_season(match: re.Match[str], today: date, after: date | None) -> Period | None:
    found = periods.part_of_year(today.year, _season(match["part"]))
    return periods.part_of_year(today.year - 1, _season(match["part"])) if found.start > today else found


def _season(word: str) -> str:
    return "autumn" if word == "fall" else word


def _whole_year(match: re.Match[str], today: date, after: date | None) -> Period | None:
    return periods.a_year(_year(match, today) or today.year)


def _relative(match: re.Match[str], today: date, after: date | None) -> Period | None:
    back = match["rel"] == "last"
    what = match["what"]
    if what == "week":
        return periods.a_week(today - timedelta(days=7 * back))
    if what == "weekend":
        week = periods.a_week(today - timedelta(days=7))
        return periods.days(week.start + timedelta(days=5), week.end)
    if what == "month":
        then = periods.months_before(today.replace(day=1), int(back))
        if part := match["part"]:
            return periods.part_of_month(then.year, then.month, _PARTS[part])
        return periods.a_month(then.year, then.month)
    day = today - timedelta(days=(today.weekday() - _WEEKDAYS[what[:3]]) % 7)
    return periods.a_day(day - timedelta(days=7) if back and day == today else day)


def _day_word(match: re.Match[str], today: date, after: date | None) -> Period | None:
    back = {"today": 0, "this": 0, "tonight": 0, "yesterday": 1, "last": 1, "the": 2}[match["dw"].split()[0]]
    return periods.a_day(today - timedelta(days=back))


def _ago(match: re.Match[str], today: date, after: date | None) -> Period | None:
    return periods.ago(today, _count(match["n"]), match["u"])


def _recent(match: re.Match[str], today: date, after: date | None) -> Period | None:
    return periods.since(today, _count(match["n"] or "one"), match["u"])


def _holiday(match: re.Match[str], today: date, after: date | None) -> Period | None:
    """Return the days around a holiday, of the year said or of the last one that has begun."""
    name, year = match["h"], _year(match, today)
    if name in _SPRING_FESTIVAL:
        return periods.spring_festival(year, today)
    if name.startswith(("dragon", "mid")):
        return periods.festival("dragon boat" if name.startswith("dragon") else "mid-autumn", year, today)
    first = next((day for word, day in _FIXED_HOLIDAYS.items() if name.startswith(word)), None)
    if first is None:
        return None
    year = year or periods.likely_year(*first, today, after)
    return periods.days(date(year, *first), date(year, *first) + timedelta(days=6 if first == (10, 1) else 2))


_SPRING_FESTIVAL = frozenset({"spring festival", "chinese new year", "lunar new year"})
_FIXED_HOLIDAYS = {
    "national": (10, 1),
    "new year": (1, 1),
    "may": (5, 1),
    "labo": (5, 1),
    "christmas": (12, 24),
    "tomb": (4, 4),
    "qing": (4, 4),
}


def _count(text: str) -> float:
    if text.isdigit():
        return float(text)
    return 0.5 if text.startswith("half") else _NUMBERS[text]


_ABOUT = r"(?:around|about|during|at|over|before|after)"
_HOLIDAY = (
    r"(?P<h>spring festival|chinese new year|lunar new year|national day|new year(?:'s)?(?: day| eve)?"
    r"|may day|labou?r day|christmas|dragon[ -]boat|mid[ -]autumn|tomb[ -]sweeping(?: day)?|qing ?ming)\b"
    r"(?:\s+(?:festival|holidays?|week))?"
)
_DAY = r"(?P<d>3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?"

READERS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (r"(?<!\d)(?P<y>(?:19|20)\d\d)[-/.](?P<m>\d{1,2})(?:[-/.](?P<d>\d{1,2}))?(?!\d)", _iso),
        (rf"\b{_DAY}\s+(?:of\s+)?{_MONTH}{_YEAR}", _day),
        (rf"\b{_MONTH}\s+(?:the\s+)?{_DAY}\b(?!\d){_YEAR}", _day),
        (rf"\b(?:(?P<part>early|mid|middle|late|end|beginning|start)(?:\s+of)?[ -])?{_LAST}{_MONTH}{_YEAR}", _month),
        (r"\bq(?P<q>[1-4])\b(?:\s+(?P<y>(?:19|20)\d\d)|\s+(?P<ry>this year|last year))?", _quarter),
        (
            r"\b(?P<part>early|mid|middle|late|end|beginning|start|first half|second half"
            r"|spring|summer|autumn|fall|winter)"
            r"(?:\s+(?:of|in))?(?:\s+|-)(?:(?P<y>(?:19|20)\d\d)\b|(?P<ry>this year|last year))",
            _part_of_year,
        ),
        (r"\b(?:this|last)\s+(?P<part>spring|summer|autumn|fall|winter)\b", _this_season),
        (
            r"\b(?:(?P<part>early|mid|middle|late|end|beginning|start)(?:\s+of)?[ -](?=(?:last|this)\s+month\b))?"
            r"(?P<rel>last|this|on)\s+(?P<what>weekend|week|month|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b",
            _relative,
        ),
        (
            r"\b(?P<dw>today|tonight|this morning|this afternoon|this evening|yesterday|last night"
            r"|the day before yesterday)\b",
            _day_word,
        ),
        (rf"\b{_NUMBER}\s+{_UNIT}\s+ago\b", _ago),
        (rf"\bsince\s+(?:about\s+|over\s+|more than\s+)?{_NUMBER}\s+{_UNIT}\b(?!\s+ago)", _recent),
        (rf"\bfor\s+(?:about\s+|over\s+|more than\s+)?{_NUMBER}\s+{_UNIT}\s+(?:now|already)\b", _recent),
        (rf"\b(?:{_ABOUT}\s+)?(?:the\s+|last\s+)?{_HOLIDAY}{_YEAR}", _holiday),
        (rf"\b(?:in|for|over|during)?\s*the\s+(?:last|past)\s+(?:{_NUMBER}\s+)?{_UNIT}\b", _recent),
        (r"(?:\bin\s+|^)(?P<y>(?:19|20)\d\d)\b(?P<ry>(?!))?", _whole_year),
        (r"\b(?P<ry>last year|this year)\b(?P<y>(?!))?", _whole_year),
    )
)

CONNECTOR = re.compile(r"\s*(?:to|until|till|through|and|-|–|—)\s*")
SINCE = re.compile(r"\b(?:since|from)\s*$")
UNTIL_NOW = re.compile(r"\s*(?:until now|till now|up to now|to now|to this day|onwards?)\b")
