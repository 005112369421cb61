from typing import Any

import pytest

from bot.understanding.entities import EntityFinder
from bot.understanding.numbers import read_numeral


def found(finder: EntityFinder, text: str, entity: str) -> list[Any]:
    return [e["value"] for e in finder.find(text) if e["entity"] == entity]


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("西岗区的事", "xigang"),
        ("旅順那边", "lvshunkou"),
        ("it was in Zhuanghe", "zhuanghe"),
        ("Ｘｉｇａｎｇ", "xigang"),
        ("甘景子区", "ganjingzi"),
        ("甘子井区", "ganjingzi"),
        ("普蓝店", "pulandian"),
        ("Ganjinzi", "ganjingzi"),
        ("中三区", "zhongshan"),
    ],
)
def test_regions_are_found_also_with_one_character_wrong(finder: EntityFinder, text: str, region: str) -> None:
    assert found(finder, text, "region") == [region]


@pytest.mark.parametrize(
    "text", ["中山路上有家店", "旅顺路18号", "在中山公园门口", "Zhuangheville", "你好", "市中心区的商场"]
)
def test_streets_parks_and_longer_words_are_no_regions(finder: EntityFinder, text: str) -> None:
    assert found(finder, text, "region") == []


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("西岗区住建局", "housing__xigang"),
        ("中山区的住建局", "housing__zhongshan"),
        ("區住建局，在沙河口", "housing__shahekou"),
        ("市住建局", "city_housing"),
        ("西岗区市场监官局", "market__xigang"),
        ("the Ganjingzi housing bureau", "housing__ganjingzi"),
        ("tax bureau in Zhuanghe", "tax__zhuanghe"),
        ("the Xigang market regulation office", "market__xigang"),
        ("housing department in Ganjingzi", "housing__ganjingzi"),
        ("Shahekou District Health Authority", "health__shahekou"),
        ("housng bureau in Ganjingzi", "housing__ganjingzi"),
        ("transport bureu, Jinzhou", "transport__jinzhou"),
        ("educaton bureau", "education"),
        ("瓦房殿市公安局", "police__wafangdian"),
        ("大连市中山区教育局", "education__zhongshan"),
        ("自来水公司抄表的", "city_water_group"),
        ("大连教育局", "city_education"),
        ("Dalian housing bureau", "city_housing"),
        ("the High-tech Zone Administrative Committee", "hightech_committee"),
    ],
)
def test_units_are_found_by_name_or_by_short_name_and_region(finder: EntityFinder, text: str, unit: str) -> None:
    assert found(finder, text, "unit") == [unit]


def test_a_bureau_that_sounds_like_one_of_the_directory_is_another(finder: EntityFinder) -> None:
    entities = {e["entity"]: e["value"] for e in finder.find("庄河市水务局")}
    assert entities == {"region": "zhuanghe", "unit_name": "庄河市水务局"}


@pytest.mark.parametrize(
    "text",
    ["23年底的事", "头年八月", "昨夜", "June last year", "the summer of last year", "in early last month",
     "at the end of 2023", "去年除夕",
     "around the Dragon Boat Festival", "大年三十"],
)  # fmt: skip
def test_days_are_named(finder: EntityFinder, text: str) -> None:
    assert found(finder, text, "date") == [text.removesuffix("的事")]


_LONG = "and we have been waiting since the spring without a word from anybody in that building"


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        (f"We applied to the Xigang market regulation office for a licence, {_LONG}", "market__xigang"),
        (f"We applied to the Xigang market regulaton bureau for a licence, {_LONG}", "market__xigang"),
        (f"The Ganjinzi housing bureau never sends anybody to us, {_LONG}", "housing__ganjingzi"),
        (f"Ganjngzi housing bureau never sends anybody to us, {_LONG}", "housing__ganjingzi"),
    ],
)
def test_an_english_name_with_a_typing_error_is_found_in_a_story_too(
    finder: EntityFinder, text: str, unit: str
) -> None:
    entities = finder.find(text)
    assert [e["value"] for e in entities if e["entity"] == "unit"] == [unit]
    assert all(text[e["start"] : e["end"]].strip() == text[e["start"] : e["end"]] for e in entities)
    region = next(e for e in entities if e["entity"] == "region")
    assert region["value"] == unit.partition("__")[2]


@pytest.mark.parametrize(
    "text",
    [
        f"The Xigang sports bureau never sends anybody to us, {_LONG}",
        f"We met in Xigang marked by regulations of the office of somebody else entirely, {_LONG}",
        f"The fishing bureau never sends anybody to us, {_LONG}",
    ],
)
def test_a_story_is_not_searched_for_what_merely_looks_like_a_name(finder: EntityFinder, text: str) -> None:
    assert found(finder, text, "unit") == []


def test_a_short_name_alone_gives_the_kind_and_its_candidates(finder: EntityFinder) -> None:
    entity = next(e for e in finder.find("住建局") if e["entity"] == "unit")
    assert (entity["value"], entity["role"]) == ("housing", "kind")
    assert {"city_housing", "housing__xigang"} <= set(entity["candidates"])


def test_a_guess_says_so(finder: EntityFinder) -> None:
    assert next(e for e in finder.find("甘景子区") if e["entity"] == "region")["near"] is True
    assert "near" not in next(e for e in finder.find("甘井子区") if e["entity"] == "region")


def test_a_bureau_that_the_directory_lacks_is_no_typing_error(finder: EntityFinder) -> None:
    assert found(finder, "西岗区体育局", "unit") == []
    assert found(finder, "西岗区体育局", "unit_name") == ["西岗区体育局"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("我去太平镇政府办事", "太平镇政府"),
        ("XX镇政府的人", "XX镇政府"),
        ("投诉新华街道办", "新华街道办"),
        ("他们学校是红旗小学", "红旗小学"),
        ("the Taiping Sub-district Office refused", "Taiping Sub-district Office"),
        ("I went to the Sunshine Town Government", "Sunshine Town Government"),
    ],
)
def test_organisations_outside_the_directory_are_found_as_typed(finder: EntityFinder, text: str, name: str) -> None:
    assert found(finder, text, "unit_name") == [name]


@pytest.mark.parametrize(
    ("text", "name", "post"),
    [
        ("李明科长要钱", "李明", "科长"),
        ("科长王某某说要五千", "王某某", None),
        ("局长王建国收了钱", "王建国", "局长"),
        ("找张局长", "张局长", "局长"),
        ("姓王的主任", "王某", None),
        ("他叫赵小刚", "赵小刚", None),
        ("Director Zhang Wei took it", "Zhang Wei", "Director"),
        ("Zhang Wei, the director", "Zhang Wei", "director"),
        ("section chief wang wants money", "wang", "section chief"),
        ("someone named Li Ming", "Li Ming", None),
    ],
)
def test_people_are_found_by_title_or_introduction(
    finder: EntityFinder, text: str, name: str, post: str | None
) -> None:
    people = [e for e in finder.find(text) if e["entity"] == "person"]
    assert [e["value"] for e in people] == [name]
    assert people[0].get("post") == post


@pytest.mark.parametrize(
    "text", ["公安局长", "教育局长", "由于主任不在", "现任书记", "对方书记", "张家村书记", "窗口工作人员"]
)
def test_titles_without_a_surname_are_no_people(finder: EntityFinder, text: str) -> None:
    assert found(finder, text, "person") == []


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("去年三月的事", "去年三月"),
        ("2023年5月6日下午", "2023年5月6日下午"),
        ("上周三下午三点左右", "上周三下午三点左右"),
        ("大概三个月前", "大概三个月前"),
        ("春节前后", "春节前后"),
        ("2024-03-05", "2024-03-05"),
        ("昨晚十点半", "昨晚十点半"),
        ("on 3 March 2023 he came", "on 3 March 2023"),
        ("it was last March", "last March"),
        ("two weeks ago", "two weeks ago"),
        ("Yesterday morning", "Yesterday morning"),
        ("in 2022", "in 2022"),
    ],
)
def test_days_are_found_as_typed(finder: EntityFinder, text: str, date: str) -> None:
    assert found(finder, text, "date") == [date]


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("手机 138 0000 0000", "phone", "13800000000"),
        ("电话：１３８００００００００", "phone", "13800000000"),
        ("打一三八零零零零一二三四吧", "phone", "13800001234"),
        ("0411-12345678", "phone", "041112345678"),
        ("+49 30 1234567", "phone", "+49301234567"),
        ("mail A.b@Example.com", "email", "a.b@example.com"),
        ("我要匿名", "mode", "anonymous"),
        ("use my real name", "mode", "real_name"),
        ("以公司名义", "mode", "unit_name"),
        ("我是个体户", "reporter_kind", "enterprise"),
        ("作为村民我看不下去", "reporter_kind", "citizen"),
        ("社区工作人员", "reporter_kind", "grassroots"),
        ("as a company we suffer from this every single month", "reporter_kind", "enterprise"),
        ("换成英文", "language_code", "en"),
        ("Chinese please", "language_code", "zh"),
        ("改一下地区", "field", "region"),
        ("change the date", "field", "occurred"),
        ("單位寫錯了", "field", "accused_unit"),
    ],
)
def test_values_are_normalised(finder: EntityFinder, text: str, entity: str, value: str) -> None:
    assert found(finder, text, entity) == [value]


def test_a_company_in_the_story_is_not_the_reporter(finder: EntityFinder) -> None:
    assert found(finder, "他开了一家公司专门揽本局的活", "reporter_kind") == []
    assert found(finder, "the director gave the contract to the company of his cousin", "reporter_kind") == []


def test_a_field_is_named_only_when_something_is_to_be_changed(finder: EntityFinder) -> None:
    assert found(finder, "地区是哪里", "field") == []


@pytest.mark.parametrize(
    "text", ["9" * 400, "9" * 5_000, "一" * 400, "一" * 5_000, "一" + "亿" * 9_000, "9" * 18 + "亿"]
)
def test_what_nobody_can_mean_is_no_number(finder: EntityFinder, text: str) -> None:
    assert found(finder, text, "number") == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("五万八", [58_000]),
        ("一百二十万元", [1_200_000]),
        ("12.5万", [125_000]),
        ("3万5千", [35_000]),
        ("3万5", [35_000]),
        ("20,000 yuan", [20_000]),
        ("around 1.5 million", [1_500_000]),
        ("20k", [20_000]),
        ("4.5", [4.5]),
        ("五颗星", [5]),
        ("一个科长", []),
        ("abc123", []),
    ],
)
def test_numbers_are_read(finder: EntityFinder, text: str, numbers: list[float]) -> None:
    assert found(finder, text, "number") == numbers


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("三千五", 3_500),
        ("二〇二四", 2_024),
        ("十五", 15),
        ("一百零五", 105),
        ("两万三千", 23_000),
        ("万", None),
        ("百一", None),
    ],
)
def test_chinese_numerals(numeral: str, value: int | None) -> None:
    assert read_numeral(numeral) == value


def test_spans_are_places_in_the_text_as_typed(finder: EntityFinder) -> None:
    text = "我在　ＸＩＧＡＮＧ 區住建局, 王局長 收了 ５万"
    for entity in finder.find(text):
        assert 0 <= entity["start"] < entity["end"] <= len(text)
    assert [(e["entity"], text[e["start"] : e["end"]]) for e in finder.find(text)] == [
        ("region", "ＸＩＧＡＮＧ"),
        ("unit", "住建局"),
        ("person", "王局長"),
        ("number", "５万"),
    ]
