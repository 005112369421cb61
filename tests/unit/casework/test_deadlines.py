from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.case import CaseKind, CaseStatus, EntryKind
from casework.case_life import Actor, append
from casework.deadlines import (
    Calendar,
    Deadline,
    DeadlineName,
    Level,
    calendar_of,
    deadlines,
    due_on,
    level,
    next_deadline,
    unknown_years,
    with_due,
)
from casework.report import Mode
from tests.unit.casework.conftest import DALIAN
from tests.unit.casework.test_case_life import CONCLUDED, DAY, S, at, go, make_case

CALENDAR = Calendar(frozenset(), frozenset())
MAKE_UP_DAYS = ["2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"]
MAKE_UP_DAYS += ["2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"]
DAYS_OFF = ["2025-01-28", "2025-02-04", "2025-06-02", "2025-10-08", "2026-01-02", "2026-02-23", "2026-10-07"]


@pytest.mark.parametrize("day", MAKE_UP_DAYS)
def test_make_up_workdays_at_weekends_count(day: str) -> None:
    assert date.fromisoformat(day).weekday() >= 5
    assert CALENDAR.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize("day", DAYS_OFF)
def test_days_off_on_weekdays_do_not_count(day: str) -> None:
    assert date.fromisoformat(day).weekday() < 5
    assert not CALENDAR.is_working_day(date.fromisoformat(day))


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2025-01-24", 1, "2025-01-26"),  # the Sunday before Spring Festival is worked
        ("2025-01-24", 3, "2025-02-05"),
        ("2025-01-24", 7, "2025-02-10"),  # Saturday 8 February is worked
        ("2026-09-30", 1, "2026-10-08"),
        ("2026-09-30", 3, "2026-10-10"),  # Saturday 10 October is worked
        ("2026-03-02", 15, "2026-03-23"),
        ("2026-03-07", 0, "2026-03-09"),
    ],
)
def test_working_days_of_real_years(start: str, days: int, due: str) -> None:
    assert CALENDAR.add(date.fromisoformat(start), days) == date.fromisoformat(due)


def test_the_profile_s_extra_days_win() -> None:
    monday, saturday = date(2026, 3, 9), date(2026, 3, 7)
    mended = Calendar(frozenset({saturday}), frozenset({monday}))
    assert mended.is_working_day(saturday)
    assert not mended.is_working_day(monday)


def test_a_year_that_nobody_announced_is_seen() -> None:
    assert CALENDAR.knows(2025)
    assert CALENDAR.knows(2026)
    assert not CALENDAR.knows(2040)
    assert Calendar(frozenset({date(2040, 1, 7)}), frozenset()).knows(2040)
    assert unknown_years(DALIAN, date(2026, 3, 2)) == ()
    assert unknown_years(DALIAN, date(2039, 12, 24)) == (2039, 2040)
    late = make_case(day=date(2040, 3, 1))
    assert [clock.is_estimate for clock in deadlines(late, DALIAN)] == [True]
    assert [clock.is_estimate for clock in deadlines(make_case(), DALIAN)] == [False]


def test_an_estimate_still_knows_statutory_days_and_weekends() -> None:
    assert not CALENDAR.is_working_day(date(2040, 10, 1))
    assert not CALENDAR.is_working_day(date(2040, 3, 3))


DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2031, 12, 31))


@settings(max_examples=150, deadline=None)
@given(day=DAYS, working_days=st.integers(min_value=0, max_value=70), later=st.integers(min_value=0, max_value=40))
def test_due_days_are_worked_and_monotone(day: date, working_days: int, later: int) -> None:
    due = CALENDAR.add(day, working_days)
    assert CALENDAR.is_working_day(due)
    assert due >= day + timedelta(days=working_days)
    assert CALENDAR.add(day + timedelta(days=later), working_days) >= due
    following = CALENDAR.add(day, working_days + 1)
    assert following > due or (working_days == 0 and not CALENDAR.is_working_day(day))
    assert CALENDAR.between(day, due) == working_days + (working_days == 0 and due > day)


def names(case: Any) -> list[DeadlineName]:
    return [clock.name for clock in deadlines(case, DALIAN)]


def test_a_named_reporter_is_told_of_acceptance_within_15_working_days() -> None:
    assert next_deadline(make_case(mode=Mode.REAL_NAME), DALIAN) == ("acceptance", date(2026, 3, 23))
    assert next_deadline(make_case(), DALIAN) == ("first_check", date(2026, 3, 23))


def test_a_name_given_later_starts_the_clock_then() -> None:
    case = make_case(mode=Mode.REAL_NAME)
    replaced = append(case, kind=EntryKind.NAMED, actor=Actor.REPORTER, at=at(7), data={"from": "real_name"})
    assert next_deadline(replaced, DALIAN) == ("acceptance", date(2026, 3, 23))
    given_later = append(case, kind=EntryKind.NAMED, actor=Actor.REPORTER, at=at(7), data={"from": "anonymous"})
    assert next_deadline(given_later, DALIAN) == ("acceptance", date(2026, 3, 30))


def test_waiting_for_the_reporter_stops_the_clock() -> None:
    case = go(make_case(), (S.INFO_REQUESTED, Actor.OFFICE), days=1)
    assert next_deadline(case, DALIAN) == ("answer", DAY + timedelta(days=31))
    case = go(case, (S.RECEIVED, Actor.REPORTER), days=8)
    assert next_deadline(case, DALIAN) == ("first_check", date(2026, 3, 30))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (((S.TRANSFERRED, Actor.OFFICE),), ("transfer", date(2026, 3, 9))),
        (((S.ACCEPTED, Actor.OFFICE),), ("conclusion", date(2026, 5, 1))),
        (((S.ACCEPTED, Actor.OFFICE), (S.ASSESSING, Actor.OFFICE)), ("conclusion", date(2026, 5, 1))),
        (CONCLUDED, ("rating", date(2026, 3, 16))),
        (((S.NOT_ACCEPTED, Actor.OFFICE),), None),
        (((S.NOT_ACCEPTED, Actor.OFFICE), (S.REOPEN_REQUESTED, Actor.REPORTER)), ("review", date(2026, 3, 23))),
        ((*CONCLUDED, (S.FEEDBACK_GIVEN, Actor.REPORTER)), None),
        (((S.WITHDRAWN, Actor.REPORTER),), None),
    ],
)
def test_each_status_has_its_clock(path: Any, expected: tuple[str, date] | None) -> None:
    case = go(make_case(), *path)
    assert next_deadline(case, DALIAN) == expected
    assert due_on(case, DALIAN) == (expected[1] if expected else None)
    assert with_due(case, DALIAN).row.due_on == due_on(case, DALIAN)


def test_a_named_reporter_s_result_is_fed_back() -> None:
    assert names(go(make_case(mode=Mode.REAL_NAME), *CONCLUDED)) == [DeadlineName.RATING, DeadlineName.FEEDBACK]


def test_an_extension_adds_its_days_and_a_review_starts_anew() -> None:
    case = go(make_case(), (S.ACCEPTED, Actor.OFFICE))
    extended = append(case, kind=EntryKind.EXTENSION, actor=Actor.OFFICE, at=at(10))
    assert next_deadline(extended, DALIAN) == ("conclusion", date(2026, 5, 31))
    concluded = go(extended, (S.ASSESSING, Actor.OFFICE), (S.CONCLUDED, Actor.OFFICE), days=40)
    reviewed = go(
        concluded,
        (S.FEEDBACK_GIVEN, Actor.REPORTER),
        (S.REOPEN_REQUESTED, Actor.REPORTER),
        (S.REOPENED, Actor.OFFICE),
        days=50,
    )
    assert next_deadline(reviewed, DALIAN) == ("conclusion", DAY + timedelta(days=110))


def test_retaliation_waits_for_the_office_even_when_the_case_is_closed() -> None:
    closed = go(make_case(), *CONCLUDED, (S.FEEDBACK_GIVEN, Actor.REPORTER))
    hurt = append(closed, kind=EntryKind.RETALIATION, actor=Actor.REPORTER, at=at(1), text="被停职")
    assert next_deadline(hurt, DALIAN) == ("retaliation", date(2026, 3, 10))
    answered = append(hurt, kind=EntryKind.OFFICE_REPLY, actor=Actor.OFFICE, at=at(2), text="已转办")
    assert next_deadline(answered, DALIAN) is None


def test_a_message_is_answered_within_five_working_days() -> None:
    message = make_case(CaseKind.MESSAGE)
    assert next_deadline(message, DALIAN) == ("reply", date(2026, 3, 9))
    answered = go(message, (S.CONCLUDED, Actor.OFFICE))
    assert next_deadline(answered, DALIAN) is None
    again = go(answered, (CaseStatus.RECEIVED, Actor.REPORTER), days=7)
    assert next_deadline(again, DALIAN) == ("reply", date(2026, 3, 16))


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 3, 17), Level.ON_TIME),
        (date(2026, 3, 18), Level.DUE_SOON),
        (date(2026, 3, 23), Level.DUE_SOON),
        (date(2026, 3, 24), Level.OVERDUE),
        (date(2026, 5, 6), Level.OVERDUE),
        (date(2026, 5, 9), Level.VERY_OVERDUE),
    ],
)
def test_levels(today: date, expected: Level) -> None:
    clock = deadlines(make_case(), DALIAN)[0]
    assert clock.due_on == date(2026, 3, 23)
    assert clock.very_late_on == calendar_of(DALIAN).add(DAY, 45)
    assert level(clock, today, DALIAN) is expected


def test_levels_only_get_worse() -> None:
    clock: Deadline = replace(deadlines(make_case(), DALIAN)[0])
    seen = [list(Level).index(level(clock, DAY + timedelta(days=n), DALIAN)) for n in range(100)]
    assert seen == sorted(seen)
    assert set(seen) == {0, 1, 2, 3}
