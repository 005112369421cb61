import pytest

from casework.intake import Ground
from casework.intake.story import propose_level, read_story
from casework.intake.tellers import read_teller


def test_reads_a_chinese_story(ground: Ground) -> None:
    found = read_story(
        "我公司今年3月向甘井子区住建局申请施工许可，王科长一直拖着不办，还要三万元。我想匿名举报。", [], ground
    )
    assert found["region"] == "ganjingzi"
    assert found["accused_unit"]["id"] == "housing__ganjingzi"
    assert (found["accused_name"], found["accused_post"]) == ("王科长", "科长")
    assert found["level"] == "county"
    assert found["occurred"]["start"] == "2026-03-01"
    assert (found["mode"], found["reporter_kind"]) == ("anonymous", "enterprise")


def test_reads_an_english_story(english: Ground) -> None:
    found = read_story(
        "Our company applied to the Ganjingzi District housing bureau on 3 March; section chief Wang Lei refused.",
        [],
        english,
    )
    assert found["accused_unit"]["name"].startswith("Ganjingzi Housing")
    assert (found["accused_name"], found["accused_post"]) == ("Wang Lei", "section chief")
    assert (found["region"], found["reporter_kind"]) == ("ganjingzi", "enterprise")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("They held back our food licence for a year and wanted tea", "enterprise"),
        ("街上的人来查我们的营业执照，查完就要钱", "enterprise"),
        ("我们街道办的人老是来我店里白吃", "enterprise"),
        ("我们街道办的人老是来白吃", None),
        ("我们街道办王主任天天来收钱", None),
        ("我们村委会不给开证明", None),
        ("Our village committee took the money for the road", None),
        ("我们街道办每周要填三十张表，上面还要加码", "grassroots"),
        ("Every week our sub-district office has to fill in thirty forms", "grassroots"),
    ],
)
def test_who_writes_is_told_from_whom_it_is_about(ground: Ground, text: str, kind: str | None) -> None:
    assert read_teller(text) == read_story(text, [], ground).get("reporter_kind") == kind


def test_the_units_region_wins_over_the_reporters(ground: Ground) -> None:
    assert read_story("我在西岗区开店，甘井子区住建局来查", [], ground)["region"] == "ganjingzi"


def test_the_reporter_is_not_the_accused(ground: Ground) -> None:
    assert "accused_name" not in read_story("我叫王科长，住在西岗区", [], ground)
    own = [{"entity": "person", "value": "张三", "start": 2}]
    assert "accused_name" not in read_story("我叫张三，被人打了", own, ground)
    other = [{"entity": "person", "value": "张三", "start": 0}]
    assert read_story("张三打了人", other, ground)["accused_name"] == "张三"


def test_entities_fill_what_the_text_alone_does_not(ground: Ground) -> None:
    assert read_story("在那边", [{"entity": "region", "value": "xigang"}], ground)["region"] == "xigang"
    assert (
        read_story("他们", [{"entity": "unit", "value": "city_police"}], ground)["accused_unit"]["id"] == "city_police"
    )
    named = read_story("红旗村委会乱收费", [{"entity": "unit_name", "value": "红旗村委会"}], ground)
    assert named["accused_unit"] == {"id": None, "name": "红旗村委会"}
    assert read_story("他们", [{"entity": "region", "value": "mars"}], ground) == {}


def test_the_level_is_proposed_from_the_words() -> None:
    assert propose_level("红旗镇政府", "") == "township"
    assert propose_level("前关村", "") == "village"
    assert propose_level("市水务局", "") == "municipal"
    assert propose_level("某区的单位", "") == "county"
    assert propose_level("不知道哪个", "") is None


def test_the_post_after_a_name_with_a_title(ground: Ground) -> None:
    found = read_story("Mr. Liu Wei, deputy director of the bureau, eats without paying", (), ground)
    assert (found["accused_name"], found["accused_post"]) == ("Mr. Liu Wei", "deputy director")


def test_the_level_is_read_from_where_a_post_is_held(ground: Ground) -> None:
    assert read_story("村里的会计老赵把补贴款扣下了", [], ground)["level"] == "village"
    assert read_story("街道的安检科长李建国又来要钱", [], ground)["level"] == "township"
    assert "level" not in read_story("会计老赵把钱扣下了", [], ground)
