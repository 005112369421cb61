"""When it happened: read from an answer or found in a story, in Chinese and English, approximate or not."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from casework.intake import dates_en, dates_zh, periods
from casework.intake.periods import Period
from casework.intake.script import simplify
from casework.report import Occurred

_TEXT_LIMIT = 120
_STORY_LIMIT = 5_000
_MOST_EVENTS = 8
_NEAR_BY, _LETTER = 24, 120
_FOUNDING = "成立|注册|创办|创立|建厂|建成|始建|开业|开办|出生|毕业|入职|参加工作"
_FOUNDED_BEFORE = re.compile(
    rf"(?:{_FOUNDING}|生|建)(?:于|在|自)\s*$|\b(?:founded|established|registered|born|opened|set up|graduated)"
    r"(?: (?:in|on|since))?\s*$",
    re.IGNORECASE,
)
_FOUNDED_AFTER = re.compile(rf"^(?:年|月|日|号|份|初|底)*[，,]?(?:就|才)?(?:{_FOUNDING})(?:的|了|至今|以来|[，,。])")
_NO_DATE = re.compile(r"[\d零〇一二两三四五六七八九十]{9,}")
"""Longer than 20260302; the readers would try every part of it."""


@dataclass(frozen=True)
class _Hit:
    start: int
    end: int
    period: Period


def read_occurred(text: str, today: date) -> Occurred:
    """Read an answer to "when": the words as typed, with the days where they can be read (none in the future)."""
    words = " ".join(text.split())
    period = _first(words, today) or _day_alone(words, today) or _by_library(words, today)
    return _occurred(words, period, today)


def find_occurred(story: str, today: date) -> Occurred | None:
    """Return the first day or period named in a text; its text is the words that say it."""
    for hit, words in _hits_with_words(story[:_STORY_LIMIT], today):
        if hit.period.start <= today:
            return _occurred(words, hit.period, today)
    return None


def find_span(story: str, today: date) -> Occurred | None:
    """Return when the events of a story were: from its earliest day to its latest, its text the words for both.

    When a company was founded or a letter signed is no event.
    """
    folded = _folded(story[:_STORY_LIMIT])
    told = (event for event in _hits_in(story[:_STORY_LIMIT], folded, today) if event[0].period.start <= today)
    events = list(islice((event for event in told if not _is_background(folded, event[0])), _MOST_EVENTS))
    if not events:
        return None
    first, last = min(events, key=_start_of), max(events, key=_end_of)
    whole = next(
        (event for event in events if _start_of(event) <= _start_of(first) and _end_of(event) >= _end_of(last)), None
    )
    if whole is not None:
        return _occurred(whole[1], whole[0].period, today)
    return _occurred(f"{first[1]} – {last[1]}", periods.days(_start_of(first), _end_of(last)), today)


def _start_of(event: tuple[_Hit, str]) -> date:
    return event[0].period.start


def _end_of(event: tuple[_Hit, str]) -> date:
    return event[0].period.end


def _is_background(text: str, hit: _Hit) -> bool:
    """Tell whether a date is that of a founding or a birth, or stands alone under a letter."""
    before, after = text[max(0, hit.start - _NEAR_BY) : hit.start], text[hit.end : hit.end + _NEAR_BY]
    if _FOUNDED_BEFORE.search(before) or _FOUNDED_AFTER.match(after):
        return True
    is_alone = text[: hit.start].rstrip(" \t").endswith("\n") and not text[hit.end :].strip(" 日号\n\t.。")
    return is_alone and len(text) > _LETTER


def _occurred(words: str, period: Period | None, today: date) -> Occurred:
    if period is None or period.start > today:
        return Occurred(text=words[:_TEXT_LIMIT])
    end = min(period.end, today)
    return Occurred(
        text=words[:_TEXT_LIMIT], start=period.start.isoformat(), end=end.isoformat(), precision=period.precision
    )


def _first(text: str, today: date) -> Period | None:
    return next((hit.period for hit, _ in _hits_with_words(text, today)), None)


def _hits_with_words(text: str, today: date) -> Iterator[tuple[_Hit, str]]:
    yield from _hits_in(text, _folded(text), today)


def _hits_in(text: str, folded: str, today: date) -> Iterator[tuple[_Hit, str]]:
    as_typed = text if len(text) == len(folded) else folded
    for hit in _joined(folded, _hits(folded, today), today):
        tail = dates_zh.TAIL.match(folded, hit.end)
        yield hit, as_typed[hit.start : tail.end() if tail else hit.end].strip(" .,")


def _folded(text: str) -> str:
    folded = simplify(unicodedata.normalize("NFKC", text).lower())
    return dates_zh.to_digits(_NO_DATE.sub(lambda run: "#" * len(run[0]), folded))


def _hits(text: str, today: date, after: date | None = None) -> Iterator[_Hit]:
    """Yield periods from left to right; where several readers match, the earliest and then the longest wins."""
    place = 0
    while place < len(text) and (hit := _next_hit(text, place, today, after)) is not None:
        yield hit
        place = hit.end


def _next_hit(text: str, place: int, today: date, after: date | None) -> _Hit | None:
    best: _Hit | None = None
    for pattern, read in (*dates_zh.READERS, *dates_en.READERS):
        for match in pattern.finditer(text, place):
            if best is not None and match.start() > best.start:
                break
            period = read(match, today, after)
            if period is None:
                continue
            if best is None or (match.start(), -match.end()) < (best.start, -best.end):
                best = _Hit(match.start(), match.end(), period)
            break
    return best


def _joined(text: str, hits: Iterator[_Hit], today: date) -> Iterator[_Hit]:
    """Join "A to B" and "since A" into ranges."""
    joined_to = 0
    for hit in hits:
        if hit.start < joined_to:
            continue
        if until := (dates_zh.UNTIL_NOW.match(text, hit.end) or dates_en.UNTIL_NOW.match(text, hit.end)):
            yield _Hit(hit.start, until.end(), periods.days(hit.period.start, today))
            continue
        other = _second_end(text, hit, today)
        if other is not None:
            joined_to = other.end
            yield _Hit(hit.start, other.end, _range(hit.period, other.period))
        elif text[: hit.start].rstrip().endswith("since") and hit.period.start <= today:
            yield _Hit(hit.start, hit.end, periods.days(hit.period.start, today))
        else:
            yield hit


def _second_end(text: str, first: _Hit, today: date) -> _Hit | None:
    link = dates_zh.CONNECTOR.match(text, first.end) or dates_en.CONNECTOR.match(text, first.end)
    if link is None:
        return None
    found = _next_hit(text, link.end(), today, first.period.start)
    if found is None or found.start != link.end():
        found = _read_here(text, link.end(), today, first.period.start)
    if found is None or found.period.end >= first.period.start:
        return found
    return found if re.search(r"(?:19|20)\d\d", text[found.start : found.end]) else None


def _range(first: Period, last: Period) -> Period:
    """Join two periods; "from March to May 2025" says the year of both at its end."""
    start = first.start
    if start > last.end:
        start = start.replace(year=last.end.year, day=min(start.day, 28))
    return periods.days(min(start, last.end), last.end)


def _read_here(text: str, place: int, today: date, after: date | None) -> _Hit | None:
    pattern, read = dates_zh.DAY_ALONE
    match = pattern.match(text, place)
    period = read(match, today, after) if match else None
    return _Hit(match.start(), match.end(), period) if match and period else None


def _day_alone(text: str, today: date) -> Period | None:
    hit = _read_here(_folded(text), 0, today, None)
    return hit.period if hit else None


def _by_library(text: str, today: date) -> Period | None:
    """Ask dateparser for what is written in English in some other way; it is imported here because it loads slowly."""
    if not re.search(r"[a-zA-Z]{3}|\d", text) or not text.isascii() or len(text) > 40:
        return None
    import dateparser

    found = dateparser.parse(text, languages=["en"], settings=_settings(today))
    return periods.a_day(found.date()) if found else None


def _settings(today: date) -> dict[str, object]:
    base = datetime(today.year, today.month, today.day, 12)  # noqa: DTZ001 - the library wants a naive base
    return {"RELATIVE_BASE": base, "PREFER_DATES_FROM": "past", "REQUIRE_PARTS": ["day", "month"]}
