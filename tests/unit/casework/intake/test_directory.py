import pytest

from casework.intake.directory import find_regions, find_unit, region_named, search
from casework.profile import Profile


@pytest.mark.parametrize(
    ("text", "region", "unit"),
    [
        ("甘井子区住建局", None, "housing__ganjingzi"),
        ("住建局", "xigang", "housing__xigang"),
        ("the Ganjingzi District housing bureau", None, "housing__ganjingzi"),
        ("housing bureau", "zhongshan", "housing__zhongshan"),
        ("市人社局", None, "city_social_security"),
        ("甘井子区营商局窗口的工作人员", None, "business_environment__ganjingzi"),
        ("（甘井子区）住建局", None, "housing__ganjingzi"),
        ("Xigang market regulation office", None, "market__xigang"),
        ("health department", "zhuanghe", "health__zhuanghe"),
    ],
)
def test_finds_the_unit_meant(dalian: Profile, text: str, region: str | None, unit: str) -> None:
    match = search(dalian, text, region)
    assert match.unit is not None
    assert match.unit.id == unit


def test_a_short_name_without_its_region_offers_at_most_four(dalian: Profile) -> None:
    match = search(dalian, "住建局", None)
    assert match.unit is None
    assert len(match.near) == 4
    assert match.near[0].id == "city_housing"


def test_a_misspelt_name_offers_what_is_near(dalian: Profile) -> None:
    assert [unit.id for unit in search(dalian, "甘井子住建居", None).near] == ["housing__ganjingzi"]


@pytest.mark.parametrize("text", ["阿里巴巴", "", "，。", "红旗镇政府"])
def test_what_is_not_there_is_left_alone(dalian: Profile, text: str) -> None:
    assert search(dalian, text, None).unit is None
    assert search(dalian, text, None).near == ()


def test_regions_are_found_in_order_units_count_for_theirs(dalian: Profile) -> None:
    assert find_regions(dalian, "我在西岗，去甘井子区住建局办事") == ["xigang", "ganjingzi"]
    assert find_regions(dalian, "In Xigang, the Lushun office") == ["xigang", "lvshunkou"]
    assert find_regions(dalian, "Xigangers everywhere") == []


def test_a_unit_in_a_story_is_found_by_its_full_name_or_with_the_region(dalian: Profile) -> None:
    full = find_unit(dalian, "昨天甘井子区住建局来人", None)
    short = find_unit(dalian, "昨天住建局来人", "xigang")
    assert full is not None
    assert short is not None
    assert (full.id, short.id) == ("housing__ganjingzi", "housing__xigang")
    assert find_unit(dalian, "昨天住建局来人", None) is None


@pytest.mark.parametrize(
    ("text", "region"),
    [(" 甘井子區 ", "ganjingzi"), ("Xigang", "xigang"), ("甘井子区住建局", None), ("西岗区，中山区", None), ("", None)],
)
def test_a_region_named_alone(dalian: Profile, text: str, region: str | None) -> None:
    assert region_named(dalian, text) == region
