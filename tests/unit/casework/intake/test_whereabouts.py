"""Which district and which unit a story means."""

from dataclasses import replace
from datetime import date

import pytest

from casework.intake import Ground
from casework.intake.script import simplify
from casework.intake.story import read_story
from casework.intake.whereabouts import read_whereabouts


@pytest.mark.parametrize(
    ("story", "region", "unit"),
    [
        ("西岗区档案局的副局长收钱", "xigang", "西岗区档案局"),
        ("庄河市水务局王局长收礼，瓦房店市公安局也知道", "zhuanghe", "庄河市水务局"),
        ("旅顺口区的水务局乱收费", "lvshunkou", "旅顺口区水务局"),
        ("我在中山区上班，沙河口区住建局收了我两万块", "shahekou", "沙河口区住房和城乡建设局"),
        ("中山区的事，那边的住建局\n不是，是西岗区", "xigang", "西岗区住房和城乡建设局"),
        ("大连市水务局乱收费", "municipal", "大连市水务局"),
    ],
)
def test_the_right_district_and_its_unit(story: str, region: str, unit: str, ground: Ground) -> None:
    heard = [{"entity": "unit", "value": "city_culture"}, {"entity": "unit", "value": "city_water"}]
    found = read_whereabouts(story, heard, ground)
    assert (found["region"], found["accused_unit"]["name"]) == (region, unit)
    assert found["level"] == ("municipal" if region == "municipal" else "county")


@pytest.mark.parametrize(
    "story", ["我要举报你们大连市纪委书记", "大连市纪委王书记收钱", "市纪委书记收了别人两万块", "举报你们书记"]
)
def test_the_offices_own_head_is_seen(story: str, ground: Ground) -> None:
    found = read_story(story, [], ground)
    assert found["accused_unit"]["name"] in ground.profile.office.units
    assert found["accused_post"].endswith("书记")


@pytest.mark.parametrize("story", ["我给市纪委书记写过信", "瓦房店市纪委书记不管", "他说你们书记来了也没用"])
def test_others_are_not_the_offices_head(story: str, ground: Ground) -> None:
    unit = read_story(story, [], ground).get("accused_unit")
    assert unit is None or unit["name"] not in ground.profile.office.units


@pytest.mark.parametrize(
    ("story", "name", "post"),
    [
        ("支书老赵把低保给了小舅子", "老赵", "支书"),
        ("那个主任姓赵的来吃饭", "赵主任", "主任"),
        ("住建局老张收了钱", "老张", None),
        ("城管局的陳科長收錢", "陈科长", "科长"),
        ("长海县渔业局局长吃请", None, "局长"),
    ],
)
def test_people_as_they_are_called(story: str, name: str | None, post: str | None, ground: Ground) -> None:
    found = read_story(story, [], ground)
    assert (found.get("accused_name"), found.get("accused_post")) == (name, post)


def test_a_post_before_a_name_that_was_heard(ground: Ground) -> None:
    heard = [{"entity": "person", "value": "孙丽华", "start": 7}]
    found = read_story("文旅局的副局长孙丽华", heard, ground)
    assert (found["accused_name"], found["accused_post"]) == ("孙丽华", "副局长")


@pytest.mark.parametrize(
    ("story", "text", "start", "end"),
    [
        ("去年腊月的事", "去年腊月", "2025-12-22", "2026-02-19"),
        ("今年正月他来了", "今年正月", "2026-01-21", "2026-03-02"),
        ("前天下午三点在窗口骂人", "前天下午三点", "2026-02-28", "2026-02-28"),
        ("五一前后来罚款", "五一前后", "2025-05-01", "2025-05-05"),
        ("上個月收錢", "上個月", "2026-02-01", "2026-02-28"),
    ],
)
def test_days_keep_their_words(story: str, text: str, start: str, end: str, ground: Ground) -> None:
    occurred = read_story(story, [], replace(ground, today=date(2026, 3, 2)))["occurred"]
    assert (occurred["text"], occurred["start"], occurred["end"]) == (text, start, end)


def test_a_line_with_the_mode_alone_counts(ground: Ground) -> None:
    assert read_story("有人收钱\n匿名", [], ground)["mode"] == "anonymous"
    assert read_story("有人收钱\n俺可不敢留名", [], ground)["mode"] == "anonymous"
    assert "mode" not in read_story("他在匿名信里写我坏话还到处说我收钱", [], ground)


def test_simplifying_keeps_the_length() -> None:
    assert simplify("沙河口區的陳科長 ABC") == "沙河口区的陈科长 ABC"
