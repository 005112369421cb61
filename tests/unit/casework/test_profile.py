from datetime import date
from pathlib import Path

import pytest

from casework.errors import ProfileRefused
from casework.profile import Profile, load_profile

DALIAN = Path(__file__).parents[3] / "profiles" / "dalian.yml"


@pytest.fixture(scope="module")
def dalian() -> Profile:
    return load_profile(DALIAN)


def broken(tmp_path: Path, *changes: tuple[str, str]) -> list[str]:
    text = DALIAN.read_text("utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = tmp_path / "city.yml"
    path.write_text(text, "utf-8")
    with pytest.raises(ProfileRefused) as refused:
        load_profile(path)
    assert all(problem.file == path for problem in refused.value.problems)
    return [f"{problem.line}: {problem.reason}" for problem in refused.value.problems]


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(DALIAN.read_text("utf-8").splitlines(), 1) if text in line)


def test_dalian_holds_what_the_field_needs(dalian: Profile) -> None:
    assert len(dalian.regions) == 13
    assert len(dalian.categories) == 15
    assert dalian.municipal_region.id == "municipal"
    assert len(dalian.units) > 60
    assert dalian.deadlines.acceptance_working_days == 15
    assert dalian.other_ways.phone == "(0411) 12388"
    retaliation = dalian.category("retaliation")
    assert retaliation is not None
    assert retaliation.is_high_priority


def test_templates_make_a_unit_a_region(dalian: Profile) -> None:
    unit = dalian.unit("housing__ganjingzi")
    assert unit is not None
    assert unit.words.zh == "甘井子区住房和城乡建设局"
    assert {"甘井子区住建局", "甘井子住建局", "Ganjingzi District housing bureau"} <= set(unit.names)
    assert (unit.level, unit.region) == ("county", "ganjingzi")


def test_a_campaign_is_a_label_for_its_days(dalian: Profile) -> None:
    assert dalian.campaign_on(date(2020, 7, 1)) is not None
    assert dalian.campaign_on(date(2026, 11, 24)) is None


def test_all_problems_are_listed_with_their_lines(tmp_path: Path) -> None:
    problems = broken(
        tmp_path,
        ("time_zone: Asia/Shanghai", "time_zone: Asia/Dalian"),
        ("acceptance_working_days: 15", "acceptance_working_days: soon"),
        ("id: xigang", "id: zhongshan"),
        ("aspect: duty, high_priority", "aspect: joy, high_priority"),
        ("  website: www.jjjc.dl.gov.cn\n", "  web: x\n"),
    )
    text = "\n".join(problems)
    assert f"{line_of('time_zone')}: time_zone: is 'Asia/Dalian'" in text
    assert f"{line_of('acceptance_working')}: deadlines.acceptance_working_days: is 'soon'" in text
    assert "'zhongshan' is there twice" in text
    assert "is 'joy', expected one of implementation, duty, service" in text
    assert "other_ways.website: missing" in text
    assert "other_ways.web: unknown key" in text
    assert [int(p.split(":")[0]) for p in problems] == sorted(int(p.split(":")[0]) for p in problems)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("id: dalian", "id: [", "not YAML"),
        ("id: dalian", "id: dalian\nid: dalian", "not YAML"),
        ("superior:\n", "superior:\n  public_key: abc\n", "32 bytes"),
        ("regions: # [S]", "regions: 5\nplaces:", "expected a list"),
        ("units:\n  list:", "unit:\n  list:", "units: missing"),
        ('opens: "08:30"', "opens: early", "expected a time"),
        ("last_day: 2020-11-30", "last_day: 2020-05-30", "before first_day"),
        ("- id: other_body", "- id: court", "missing: other_body"),
        ("aliases: [西岗,", "aliases: [甘井子,", "is of both"),
        ("municipal: true", "municipal: false", "exactly one region"),
        ("city: {zh: 大连市, en: Dalian}", "city: {zh: 大连市}", "city.en: missing"),
        ("regions: *districts", "regions: [atlantis]", "no such region 'atlantis'"),
        ("  - {id: other, zh", "  - {id: misc, zh", "id 'other'"),
    ],
)
def test_each_fault_is_named(tmp_path: Path, old: str, new: str, reason: str) -> None:
    assert reason in "\n".join(broken(tmp_path, (old, new)))


def test_missing_and_unreadable_files_are_problems(tmp_path: Path) -> None:
    with pytest.raises(ProfileRefused, match="cannot be read"):
        load_profile(tmp_path / "none.yml")
    (tmp_path / "bytes.yml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ProfileRefused, match="UTF-8"):
        load_profile(tmp_path / "bytes.yml")
    (tmp_path / "list.yml").write_text("- 1")
    with pytest.raises(ProfileRefused, match="mapping"):
        load_profile(tmp_path / "list.yml")
