from datetime import date, timedelta

import holidays
import pytest

from casework.intake import periods

YEARS = range(2015, 2031)


@pytest.mark.parametrize(("name", "in_calendar"), [("dragon boat", "Dragon Boat"), ("mid-autumn", "Mid-Autumn")])
def test_festivals_stand_where_the_calendar_has_them(name: str, in_calendar: str) -> None:
    calendar = holidays.country_holidays("CN", years=YEARS, language="en_US")
    for year in YEARS:
        found = periods.festival(name, year, date(year, 12, 31))
        assert found is not None
        assert in_calendar in calendar.get(found.start + timedelta(days=1), "")
        assert found.end - found.start == timedelta(days=2)


def test_the_last_festival_is_meant_when_no_year_is_said() -> None:
    assert periods.festival("mid-autumn", None, date(2026, 9, 24)) == periods.festival("mid-autumn", 2025, date.max)
    assert periods.festival("mid-autumn", None, date(2026, 9, 25)) == periods.festival("mid-autumn", 2026, date.max)
    assert periods.festival("mid-autumn", 1999, date.max) is None
