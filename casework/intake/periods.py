"""Stretches of days, and the calendar arithmetic that the date readers share."""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, kw_only=True)
class Period:
    """Days from `start` to `end`, both included. `precision`: day, month, quarter, year or range."""

    start: date
    end: date
    precision: str


def a_day(day: date) -> Period:
    return Period(start=day, end=day, precision="day")


def days(start: date, end: date) -> Period:
    return Period(start=start, end=end, precision="range")


def a_month(year: int, month: int) -> Period:
    return Period(start=date(year, month, 1), end=date(year, month, _last(year, month)), precision="month")


def months(year: int, first: int, last: int, precision: str = "range") -> Period:
    return Period(start=date(year, first, 1), end=date(year, last, _last(year, last)), precision=precision)


def a_quarter(year: int, quarter: int) -> Period:
    return months(year, quarter * 3 - 2, quarter * 3, "quarter")


def a_year(year: int) -> Period:
    return Period(start=date(year, 1, 1), end=date(year, 12, 31), precision="year")


def part_of_month(year: int, month: int, part: str) -> Period:
    """Return "early", "mid" or "late": the first ten days, the next ten, the rest."""
    first, last = {"early": (1, 10), "mid": (11, 20)}.get(part, (21, _last(year, month)))
    return days(date(year, month, first), date(year, month, last))


def part_of_year(year: int, part: str) -> Period:
    """Return "early" (Jan, Feb), "mid" (May to August), "late" (December), "first" or "second" half, a season."""
    first, last = _PARTS_OF_YEAR[part]
    if part == "winter":
        return days(date(year, 12, 1), date(year + 1, 2, _last(year + 1, 2)))
    return months(year, first, last, "month" if first == last else "range")


_PARTS_OF_YEAR = {
    "early": (1, 2),
    "mid": (5, 8),
    "late": (12, 12),
    "first": (1, 6),
    "second": (7, 12),
    "spring": (3, 5),
    "summer": (6, 8),
    "autumn": (9, 11),
    "winter": (12, 12),
}


_SPRING_FESTIVALS = tuple(
    date.fromisoformat(day)
    for day in (
        "2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01",
        "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03",
        "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08", "2036-01-28",
    )
)  # fmt: skip


def spring_festival(year: int | None, today: date) -> Period | None:
    """Return the week before and the week after the first lunar day; of the last festival when no year is said."""
    week = timedelta(days=7)
    known = [day for day in _SPRING_FESTIVALS if (day.year == year if year else day - week <= today)]
    return days(known[-1] - week, known[-1] + week) if known else None


_FESTIVALS = {
    "dragon boat": (
        "2015-06-20", "2016-06-09", "2017-05-30", "2018-06-18", "2019-06-07", "2020-06-25", "2021-06-14", "2022-06-03",
        "2023-06-22", "2024-06-10", "2025-05-31", "2026-06-19", "2027-06-09", "2028-05-28", "2029-06-16", "2030-06-05",
    ),
    "mid-autumn": (
        "2015-09-27", "2016-09-15", "2017-10-04", "2018-09-24", "2019-09-13", "2020-10-01", "2021-09-21", "2022-09-10",
        "2023-09-29", "2024-09-17", "2025-10-06", "2026-09-25", "2027-09-15", "2028-10-03", "2029-09-22", "2030-09-12",
    ),
}  # fmt: skip


def festival(name: str, year: int | None, today: date) -> Period | None:
    """Return "dragon boat" or "mid-autumn" with the day before and after; of the last one when no year is said."""
    known = [date.fromisoformat(day) for day in _FESTIVALS[name]]
    known = [day for day in known if (day.year == year if year else day <= today)]
    return days(known[-1] - timedelta(days=1), known[-1] + timedelta(days=1)) if known else None


def a_week(day: date) -> Period:
    """Return the week of `day`, Monday to Sunday."""
    monday = day - timedelta(days=day.weekday())
    return days(monday, monday + timedelta(days=6))


def months_before(day: date, count: int) -> date:
    """Return the same day `count` months earlier, or that month's last day. Years before 1 are cut off there."""
    index = max(12, day.year * 12 + day.month - 1 - count)
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(day.day, _last(year, month)))


def days_before(day: date, count: int) -> date:
    return day - timedelta(days=min(count, 36_500))


def ago(today: date, count: float, unit: str) -> Period:
    """Return the period `count` units ago: a day for days and weeks, a month for months, a year for years."""
    if unit in ("day", "week"):
        return a_day(days_before(today, round(count * (7 if unit == "week" else 1))))
    if unit == "month":
        if count < 1:
            return a_day(days_before(today, 15))
        then = months_before(today, round(count))
        return a_month(then.year, then.month)
    then = months_before(today, round(count * 12))
    return a_year(then.year) if count >= 1 else a_month(then.year, then.month)


def since(today: date, count: float, unit: str) -> Period:
    """Return the last `count` units up to today."""
    size = {"day": 1.0, "week": 7.0}.get(unit)
    start = days_before(today, round(count * size)) if size else months_before(today, round(count * _MONTHS[unit]))
    if unit == "month" and count < 1:
        start = days_before(today, 15)
    return days(start, today)


_MONTHS = {"month": 1, "year": 12}


def month_day(year: int, month: int, day: int | None) -> Period | None:
    """Return the month, or the day of it; None when the calendar has no such day."""
    if not (1 <= month <= 12 and 1900 <= year <= 2200):
        return None
    if day is None:
        return a_month(year, month)
    return a_day(date(year, month, day)) if 1 <= day <= _last(year, month) else None


def likely_year(month: int, day: int | None, today: date, after: date | None) -> int:
    """Return the year meant when none is said: the latest not after today, or the first not before `after`."""
    if after is not None:
        return after.year if (month, day or 31) >= (after.month, after.day) else after.year + 1
    return today.year if (month, day or 1) <= (today.month, today.day) else today.year - 1


def _last(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]
