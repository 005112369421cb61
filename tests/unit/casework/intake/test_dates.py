from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.intake.dates import find_occurred, find_span, read_occurred
from casework.intake.dates_zh import to_digits

TODAY = date(2026, 11, 24)

READ = [
    ("昨天", "2026-11-23", "2026-11-23", "day"),
    ("前天晚上", "2026-11-22", "2026-11-22", "day"),
    ("大前天", "2026-11-21", "2026-11-21", "day"),
    ("上周三", "2026-11-18", "2026-11-18", "day"),
    ("上上周五", "2026-11-13", "2026-11-13", "day"),
    ("周二", "2026-11-24", "2026-11-24", "day"),
    ("星期四", "2026-11-19", "2026-11-19", "day"),
    ("上周末", "2026-11-21", "2026-11-22", "range"),
    ("上个月", "2026-10-01", "2026-10-31", "month"),
    ("上个月5号", "2026-10-05", "2026-10-05", "day"),
    ("上上个月底", "2026-09-21", "2026-09-30", "range"),
    ("5月中旬", "2026-05-11", "2026-05-20", "range"),
    ("大概十月底", "2026-10-21", "2026-10-31", "range"),
    ("12月", "2025-12-01", "2025-12-31", "month"),
    ("去年底", "2025-12-01", "2025-12-31", "month"),
    ("今年年初", "2026-01-01", "2026-02-28", "range"),
    ("年初", "2026-01-01", "2026-02-28", "range"),
    ("年底", "2025-12-01", "2025-12-31", "month"),
    ("去年上半年", "2025-01-01", "2025-06-30", "range"),
    ("今年第二季度", "2026-04-01", "2026-06-30", "quarter"),
    ("去年三季度", "2025-07-01", "2025-09-30", "quarter"),
    ("去年冬天", "2025-12-01", "2026-02-28", "range"),
    ("前年", "2024-01-01", "2024-12-31", "year"),
    ("2025年", "2025-01-01", "2025-12-31", "year"),
    ("2026年3月5日上午", "2026-03-05", "2026-03-05", "day"),
    ("二〇二五年十二月三号", "2025-12-03", "2025-12-03", "day"),
    ("２０２６年３月５日", "2026-03-05", "2026-03-05", "day"),
    ("25年3月", "2025-03-01", "2025-03-31", "month"),
    ("2026-03-05", "2026-03-05", "2026-03-05", "day"),
    ("2026/3", "2026-03-01", "2026-03-31", "month"),
    ("从3月到5月", "2026-03-01", "2026-05-31", "range"),
    ("去年11月到今年3月", "2025-11-01", "2026-03-31", "range"),
    ("去年11月到3月", "2025-11-01", "2026-03-31", "range"),
    ("2025年3月至5月", "2025-03-01", "2025-05-31", "range"),
    ("3月5日到8日", "2026-03-05", "2026-03-08", "range"),
    ("2026.3.5至2026.4.1", "2026-03-05", "2026-04-01", "range"),
    ("三月份以来", "2026-03-01", "2026-11-24", "range"),
    ("2026年3月5日至今", "2026-03-05", "2026-11-24", "range"),
    ("8号", "2026-11-08", "2026-11-08", "day"),
    ("28号", "2026-10-28", "2026-10-28", "day"),
    ("三天前", "2026-11-21", "2026-11-21", "day"),
    ("两周前", "2026-11-10", "2026-11-10", "day"),
    ("三个月前", "2026-08-01", "2026-08-31", "month"),
    ("半个月前", "2026-11-09", "2026-11-09", "day"),
    ("半年前", "2026-05-01", "2026-05-31", "month"),
    ("两年前", "2024-01-01", "2024-12-31", "year"),
    ("最近半年", "2026-05-24", "2026-11-24", "range"),
    ("近两个月", "2026-09-24", "2026-11-24", "range"),
    ("国庆", "2026-10-01", "2026-10-07", "range"),
    ("今年春节", "2026-02-10", "2026-02-24", "range"),
    ("去年过年那会儿", "2025-01-22", "2025-02-05", "range"),
    ("去年中秋节", "2025-10-05", "2025-10-07", "range"),
    ("1999年中秋", "1999-01-01", "1999-12-31", "year"),
    ("清明", "2026-04-04", "2026-04-06", "range"),
    ("昨儿个下午", "2026-11-23", "2026-11-23", "day"),
    ("前儿", "2026-11-22", "2026-11-22", "day"),
    ("头年八月", "2025-08-01", "2025-08-31", "month"),
    ("23年底", "2023-12-01", "2023-12-31", "month"),
    ("24年夏天", "2024-06-01", "2024-08-31", "range"),
    ("今年春天", "2026-03-01", "2026-05-31", "range"),
    ("yesterday morning", "2026-11-23", "2026-11-23", "day"),
    ("the day before yesterday", "2026-11-22", "2026-11-22", "day"),
    ("last Tuesday", "2026-11-17", "2026-11-17", "day"),
    ("last week", "2026-11-16", "2026-11-22", "range"),
    ("last weekend", "2026-11-21", "2026-11-22", "range"),
    ("last month", "2026-10-01", "2026-10-31", "month"),
    ("two weeks ago", "2026-11-10", "2026-11-10", "day"),
    ("about half a year ago", "2026-05-01", "2026-05-31", "month"),
    ("the last three months", "2026-08-24", "2026-11-24", "range"),
    ("March 2026", "2026-03-01", "2026-03-31", "month"),
    ("5 May 2026", "2026-05-05", "2026-05-05", "day"),
    ("March 5th, 2026", "2026-03-05", "2026-03-05", "day"),
    ("may", "2026-05-01", "2026-05-31", "month"),
    ("mid-May", "2026-05-11", "2026-05-20", "range"),
    ("end of last year", "2025-12-01", "2025-12-31", "month"),
    ("first half of 2025", "2025-01-01", "2025-06-30", "range"),
    ("summer 2025", "2025-06-01", "2025-08-31", "range"),
    ("this spring", "2026-03-01", "2026-05-31", "range"),
    ("the middle of last month", "2026-10-11", "2026-10-20", "range"),
    ("dragon boat festival 2025", "2025-05-30", "2025-06-01", "range"),
    ("around Mid-Autumn", "2026-09-24", "2026-09-26", "range"),
    ("last winter", "2025-12-01", "2026-02-28", "range"),
    ("last September", "2026-09-01", "2026-09-30", "month"),
    ("since last May", "2026-05-01", "2026-11-24", "range"),
    ("since 2 years", "2024-11-24", "2026-11-24", "range"),
    ("for two years now", "2024-11-24", "2026-11-24", "range"),
    ("around Spring Festival", "2026-02-10", "2026-02-24", "range"),
    ("before Chinese New Year last year", "2025-01-22", "2025-02-05", "range"),
    ("National Day 2025", "2025-10-01", "2025-10-07", "range"),
    ("over the Christmas holidays", "2025-12-24", "2025-12-26", "range"),
    ("Q1 2026", "2026-01-01", "2026-03-31", "quarter"),
    ("since March", "2026-03-01", "2026-11-24", "range"),
    ("from March to May 2025", "2025-03-01", "2025-05-31", "range"),
    ("between 3 March and 8 May", "2026-03-03", "2026-05-08", "range"),
    ("in 2025", "2025-01-01", "2025-12-31", "year"),
    ("last year", "2025-01-01", "2025-12-31", "year"),
    ("3/5/2026", "2026-03-05", "2026-03-05", "day"),
]


@pytest.mark.parametrize(("text", "start", "end", "precision"), READ)
def test_reads(text: str, start: str, end: str, precision: str) -> None:
    occurred = read_occurred(text, TODAY)
    assert (occurred.start, occurred.end, occurred.precision) == (start, end, precision)
    assert occurred.text == text


@pytest.mark.parametrize(
    "text", ["记不清了", "很久以前", "2026年12月", "2月30日", "I cannot say", "明年3月", "0000", "99月99日"]
)
def test_what_cannot_be_read_keeps_the_words(text: str) -> None:
    occurred = read_occurred(text, TODAY)
    assert (occurred.text, occurred.start, occurred.precision) == (text, None, "unknown")


def test_a_period_never_ends_in_the_future() -> None:
    assert read_occurred("这个月", TODAY).end == "2026-11-24"
    assert read_occurred("今年", TODAY).end == "2026-11-24"


@pytest.mark.parametrize(
    ("story", "words", "start"),
    [
        ("我公司今年3月提交申请，到现在没有批", "今年3月", "2026-03-01"),
        ("3号楼的张科长上周三向我要钱", "上周三", "2026-11-18"),
        ("从5月拖到8月一直不办", "5月拖到8月", "2026-05-01"),
        ("We applied on 3 March and were refused", "3 March", "2026-03-03"),
    ],
)
def test_finds_the_first_day_of_a_story(story: str, words: str, start: str) -> None:
    found = find_occurred(story, TODAY)
    assert found is not None
    assert (found.text, found.start) == (words, start)


LETTER_END = "他以材料不齐为由先后七次退回我公司的申请，每次提出的理由都不相同，还暗示我们去找他指定的咨询公司。" * 3


@pytest.mark.parametrize(
    ("story", "words", "start", "end"),
    [
        ("去年3月签的协议，2025年6月去找镇里，11月又去", "去年3月 – 11月", "2025-03-01", "2026-11-24"),
        ("From March to May they came, on 4 April twice", "March to May", "2026-03-01", "2026-05-31"),
        ("我公司成立于2009年，今年3月去办证", "今年3月", "2026-03-01", "2026-03-31"),
        ("2009年成立的公司，今年3月去办证", "今年3月", "2026-03-01", "2026-03-31"),
        ("Our firm, founded in 2009, applied in March 2026", "march 2026", "2026-03-01", "2026-03-31"),
        (f"今年3月去办证。{LETTER_END}\n此致\n2026年9月20日", "今年3月", "2026-03-01", "2026-03-31"),
    ],
)
def test_a_story_spans_its_events(story: str, words: str, start: str, end: str) -> None:
    found = find_span(story, TODAY)
    assert found is not None
    assert (found.text.lower(), found.start, found.end) == (words.lower(), start, end)


def test_a_founding_alone_is_no_event() -> None:
    assert find_span("我公司成立于2009年", TODAY) is None


@pytest.mark.parametrize(
    "story", ["这事我跑了两个多月了", "It may be that he wants money", "第一天去就不给办", "一天三趟"]
)
def test_finds_no_day_where_none_is_named(story: str) -> None:
    assert find_occurred(story, TODAY) is None


def test_numerals_become_digits_only_before_units_of_time() -> None:
    assert to_digits("二十三日") == "23日"
    assert to_digits("周三月台") == "周三月台"
    assert to_digits("三个人") == "三个人"


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="年月日号到至0123456789一二三十上下周前去今昨天半中旬初底个 -/.", max_size=20))
def test_never_fails_and_never_reads_the_future(text: str) -> None:
    occurred = read_occurred(text, TODAY)
    if occurred.start is not None and occurred.end is not None:
        assert occurred.start <= occurred.end <= TODAY.isoformat()


@pytest.mark.parametrize("form", ["{}", "{}年{}月{}日", "{}个月前", "{} days ago", "{}-{}-{}", "q{} {}"])
@pytest.mark.parametrize("numeral", ["9" * 1_500, "一" * 1_500])
def test_endless_numbers_are_no_date_and_soon_passed_over(numeral: str, form: str) -> None:
    text = form.replace("{}", numeral)
    assert read_occurred(text, TODAY).start is None
    found = find_occurred(f"{text}，去年3月5日", TODAY)
    assert found is not None
    assert found.start == "2025-03-05"


def test_the_first_of_very_many_dates_is_found_at_once() -> None:
    found = find_occurred("3月5日，" * 20_000, TODAY)
    assert found is not None
    assert found.start == "2026-03-05"


@pytest.mark.parametrize(
    ("story", "words"),
    [
        ("he took it last September in his office", "last September"),
        ("they asked for cash around Spring Festival, and again two weeks ago", "around Spring Festival"),
        ("he asked last may for a gift", "last may"),
    ],
)
def test_the_words_of_a_day_are_kept_whole(story: str, words: str) -> None:
    found = find_occurred(story, TODAY)
    assert found is not None
    assert found.text == words


def test_this_may_be_no_month() -> None:
    assert find_occurred("this may be nothing, we may see", TODAY) is None


def test_a_festival_outside_the_table_gives_no_days() -> None:
    assert read_occurred("Spring Festival 1999", TODAY).start is None


def test_a_numeral_that_is_none_breaks_nothing() -> None:
    assert read_occurred("十十号", TODAY).start is None
