"""Deadlines: working days of the Chinese calendar, make-up workdays (调休) included, and what is due when.

The calendar comes from the `holidays` library. A year whose days off the State Council has not announced, or that this
version of the library does not know, is an estimate (statutory days and weekends) and says so: `is_estimate`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar

import holidays

from casework.case import Case, CaseKind, CaseStatus, Entry, EntryKind
from casework.case_life import last_change, shared_entries
from casework.profile import Profile
from casework.report import Mode
from casework.retention import delete_on

_DAY = timedelta(days=1)
_VERY_LATE = 3


class DeadlineName(StrEnum):
    """What is due. `first_check` is an anonymous report's acceptance; answer and rating are the reporter's to give."""

    ACCEPTANCE = "acceptance"
    FIRST_CHECK = "first_check"
    ANSWER = "answer"
    TRANSFER = "transfer"
    CONCLUSION = "conclusion"
    FEEDBACK = "feedback"
    RATING = "rating"
    REVIEW = "review"
    REPLY = "reply"
    RETALIATION = "retaliation"


class Level(StrEnum):
    """How near a deadline is. `very_overdue` (x3): three times the allowed time has passed."""

    ON_TIME = "on_time"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    VERY_OVERDUE = "very_overdue"


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """One running clock. `is_estimate`: the calendar of its years is not known yet."""

    name: DeadlineName
    starts_on: date
    due_on: date
    very_late_on: date
    is_estimate: bool = False


class Calendar:
    """Working days of one city; counts by the day, so meant for spans of months."""

    def __init__(self, extra_workdays: frozenset[date], extra_holidays: frozenset[date]) -> None:
        self._workdays, self._holidays = extra_workdays, extra_holidays
        self._known: dict[int, bool] = {}
        self._off: dict[int, frozenset[date]] = {}

    def is_working_day(self, day: date) -> bool:
        return day not in self._days_off(day.year)

    def knows(self, year: int) -> bool:
        """Whether the year's days off are announced, or mended by the profile's extra days."""
        self._days_off(year)
        return self._known[year]

    def add(self, day: date, working_days: int) -> date:
        """Return the working day that is `working_days` after `day`, which itself is not counted."""
        left = working_days
        while left > 0 or not self.is_working_day(day):
            day += _DAY
            left -= self.is_working_day(day)
        return day

    def between(self, first: date, last: date) -> int:
        """Count the working days after `first` up to and with `last`; 0 when `last` is not later."""
        return sum(self.is_working_day(first + _DAY * n) for n in range(1, (last - first).days + 1))

    def _days_off(self, year: int) -> frozenset[date]:
        if year not in self._off:
            china = holidays.country_holidays("CN", years=year)
            days = (date(year, 1, 1) + _DAY * n for n in range(366))
            off = {day for day in days if day.year == year and not china.is_working_day(day)}
            self._off[year] = frozenset((off | self._holidays) - self._workdays)
            mended = any(day.year == year for day in self._workdays | self._holidays)
            self._known[year] = mended or year in china.special_public_holidays
        return self._off[year]


@lru_cache(maxsize=8)
def _calendar(extra_workdays: frozenset[date], extra_holidays: frozenset[date]) -> Calendar:
    return Calendar(extra_workdays, extra_holidays)


def calendar_of(profile: Profile) -> Calendar:
    return _calendar(profile.extra_workdays, profile.extra_holidays)


def unknown_years(profile: Profile, today: date) -> tuple[int, ...]:
    """Return the years within the longest deadline from `today` whose calendar is an estimate; checks show them."""
    clocks = profile.deadlines
    last = calendar_of(profile).add(today + timedelta(days=clocks.conclusion_days + clocks.extension_days), 1)
    return tuple(year for year in range(today.year, last.year + 1) if not calendar_of(profile).knows(year))


def deadlines(case: Case, profile: Profile) -> tuple[Deadline, ...]:
    """Return all clocks that run in this case, the office's and the reporter's, soonest first."""
    clocks = _Clocks(case, profile)
    running = (*clocks.of_status(), *clocks.of_retaliation())
    return tuple(sorted(running, key=lambda deadline: deadline.due_on))


def due_on(case: Case, profile: Profile) -> date | None:
    """Return the day by which the office, or time, must move next: the clear column that the desk sorts by."""
    return next((deadline.due_on for deadline in deadlines(case, profile)), None)


def next_deadline(case: Case, profile: Profile) -> tuple[str, date] | None:
    """Return (name, day) of what is due next, for the holder of the code."""
    return next(((str(deadline.name), deadline.due_on) for deadline in deadlines(case, profile)), None)


def with_due(case: Case, profile: Profile) -> Case:
    """Return the case with its clear `due_on` and `delete_on` set anew; called after every act, before saving."""
    return replace(case, row=replace(case.row, due_on=due_on(case, profile), delete_on=delete_on(case, profile)))


def level(deadline: Deadline, today: date, profile: Profile) -> Level:
    """Say how near or how far past a deadline is; due soon from `due_soon_working_days` before."""
    if today > deadline.very_late_on:
        return Level.VERY_OVERDUE
    if today > deadline.due_on:
        return Level.OVERDUE
    days_left = calendar_of(profile).between(today, deadline.due_on)
    return Level.DUE_SOON if days_left <= profile.deadlines.due_soon_working_days else Level.ON_TIME


def _gave_name(entry: Entry) -> bool:
    return entry.kind is EntryKind.NAMED and entry.data.get("from") == Mode.ANONYMOUS


class _Clocks:
    """The clocks of one case, each from the entries that started it."""

    def __init__(self, case: Case, profile: Profile) -> None:
        self._case, self._rules, self._calendar = case, profile.deadlines, calendar_of(profile)
        self._entries = shared_entries(case.entries)

    def of_status(self) -> Iterator[Deadline]:
        if self._case.row.kind is CaseKind.MESSAGE:
            yield from self._of_message()
            return
        clock = self._OF_STATUS.get(self._case.status)
        if clock is not None:
            yield from clock(self)

    def of_retaliation(self) -> Iterator[Deadline]:
        """Retaliation waits for the office's next word, also when the case is closed."""
        told = [e for e in self._entries if e.kind is EntryKind.RETALIATION or e.author == "office"]
        if told and told[-1].kind is EntryKind.RETALIATION and self._case.status is not CaseStatus.WITHDRAWN:
            yield self._working(DeadlineName.RETALIATION, told[-1].day, self._rules.message_working_days)

    def _of_message(self) -> Iterator[Deadline]:
        if self._case.status is CaseStatus.RECEIVED:
            yield self._working(DeadlineName.REPLY, self._since(), self._rules.message_working_days)

    def _received(self) -> Iterator[Deadline]:
        """Count from receipt, or from the day the reporter gave a name; waiting for an answer is not counted."""
        is_named = self._case.row.mode is not Mode.ANONYMOUS
        name = DeadlineName.ACCEPTANCE if is_named else DeadlineName.FIRST_CHECK
        named = next((e.day for e in self._entries if _gave_name(e)), None)
        start = named or self._case.row.day
        days = self._rules.acceptance_working_days + self._waited(start)
        yield self._working(name, start, days)

    def _waited(self, start: date) -> int:
        changes = [e for e in self._entries if e.kind is EntryKind.STATUS and e.day >= start]
        waits = (pair for pair in pairwise(changes) if pair[0].status is CaseStatus.INFO_REQUESTED)
        return sum(self._calendar.between(asked.day, answered.day) for asked, answered in waits)

    def _info_requested(self) -> Iterator[Deadline]:
        yield self._days(DeadlineName.ANSWER, self._since(), self._rules.info_request_days)

    def _transferred(self) -> Iterator[Deadline]:
        yield self._working(DeadlineName.TRANSFER, self._since(), self._rules.transfer_working_days)

    def _handled(self) -> Iterator[Deadline]:
        """Count the days to conclude from acceptance, or from the last review."""
        starts = (CaseStatus.ACCEPTED, CaseStatus.REOPENED)
        start = next((e.day for e in reversed(self._entries) if e.status in starts), self._case.row.day)
        is_extended = any(e.kind is EntryKind.EXTENSION and e.day >= start for e in self._entries)
        days = self._rules.conclusion_days + (self._rules.extension_days if is_extended else 0)
        yield self._days(DeadlineName.CONCLUSION, start, days)

    def _concluded(self) -> Iterator[Deadline]:
        yield self._days(DeadlineName.RATING, self._since(), self._rules.feedback_window_days)
        if self._case.row.mode is not Mode.ANONYMOUS:
            yield self._working(DeadlineName.FEEDBACK, self._since(), self._rules.feedback_working_days)

    def _reopen_requested(self) -> Iterator[Deadline]:
        yield self._working(DeadlineName.REVIEW, self._since(), self._rules.acceptance_working_days)

    _OF_STATUS: ClassVar[dict[CaseStatus, Callable[["_Clocks"], Iterator[Deadline]]]] = {
        CaseStatus.RECEIVED: _received,
        CaseStatus.INFO_REQUESTED: _info_requested,
        CaseStatus.TRANSFERRED: _transferred,
        CaseStatus.ACCEPTED: _handled,
        CaseStatus.ASSESSING: _handled,
        CaseStatus.REOPENED: _handled,
        CaseStatus.CONCLUDED: _concluded,
        CaseStatus.REOPEN_REQUESTED: _reopen_requested,
    }

    def _since(self) -> date:
        changed = last_change(self._case)
        return changed.day if changed else self._case.row.day

    def _working(self, name: DeadlineName, start: date, days: int) -> Deadline:
        return self._deadline(
            name, start, self._calendar.add(start, days), self._calendar.add(start, _VERY_LATE * days)
        )

    def _days(self, name: DeadlineName, start: date, days: int) -> Deadline:
        return self._deadline(name, start, start + timedelta(days=days), start + timedelta(days=_VERY_LATE * days))

    def _deadline(self, name: DeadlineName, start: date, due: date, very_late: date) -> Deadline:
        is_known = all(self._calendar.knows(year) for year in range(start.year, due.year + 1))
        return Deadline(name=name, starts_on=start, due_on=due, very_late_on=very_late, is_estimate=not is_known)
