from dataclasses import replace
from typing import Any

import pytest

from casework.errors import ReportOnHead
from casework.profile import Profile
from casework.recusal import Recusal, is_concerned, is_on_head, recusal_of
from tests.unit.casework.conftest import DALIAN, make_operator, make_report

LI = make_operator("li", unit="housing__ganjingzi")
WANG = make_operator("wang", declared_names=("王伟",))
ZHAO = make_operator("zhao")


def with_superior(**office: Any) -> Profile:
    changed = replace(DALIAN.office, **office)
    return replace(DALIAN, office=changed, superior=replace(DALIAN.superior, public_key=b"k" * 32))


@pytest.mark.parametrize(
    ("unit", "changes", "expected"),
    [
        ("housing__ganjingzi", {}, True),
        ("甘井子区住房和城乡建设局", {}, True),
        ("housing__zhongshan", {}, False),
        ("", {}, False),
        ("甘井子区住建局", {"accused_unit_id": None, "accused_unit": "甘井子区住建局 建管科"}, True),
        ("city_housing", {"accused_unit_id": None, "accused_unit": "辽宁省大连市住建局"}, True),
        ("city_housing", {"accused_unit_id": None, "accused_unit": "住建局"}, True),
        ("city_housing", {"accused_unit_id": None, "accused_unit": "大连市"}, False),
        ("city_housing", {"accused_unit_id": None, "accused_unit": "局"}, False),
        ("city_housing", {"accused_unit_id": None, "accused_unit": "Bureau"}, False),
        ("city_housing", {"accused_unit_id": None, "accused_unit": None}, False),
        ("市纪委监委", {"accused_unit_id": None, "accused_unit": "大连市监察委员会"}, True),
        ("市纪委监委", {"accused_unit_id": None, "accused_unit": "瓦房店市纪委监委"}, False),
        ("某某咨询公司", {"accused_unit_id": None, "accused_unit": "某某 咨询公司"}, True),
    ],
)
def test_who_belongs_to_the_accused_unit(unit: str, changes: dict[str, Any], expected: bool) -> None:
    assert is_concerned(make_operator("x", unit=unit), make_report(**changes), DALIAN) is expected


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("王伟", {"accused_name": "王 伟"}, True),
        ("王伟", {"facts": "窗口的王·伟说要先请客。"}, True),
        ("王伟", {"title": "王伟拖延办证"}, True),
        ("Wang Wei", {"accused_name": "WANG WEI"}, True),
        ("王", {"accused_name": "王某"}, False),
        ("王伟", {}, False),
    ],
)
def test_who_is_named(name: str, changes: dict[str, Any], expected: bool) -> None:
    assert is_concerned(make_operator("x", declared_names=(name,)), make_report(**changes), DALIAN) is expected


def test_the_recused_are_listed_and_the_office_keeps_the_rest() -> None:
    recusal = recusal_of(make_report(facts="王伟当时在场。"), [LI, WANG, ZHAO], DALIAN)
    assert recusal == Recusal(operators=("li", "wang"), recipient="office")


def test_a_report_that_nobody_left_may_see_goes_above() -> None:
    pending = replace(ZHAO, state="pending")
    with pytest.raises(ReportOnHead):
        recusal_of(make_report(), [LI, pending], DALIAN)
    assert recusal_of(make_report(), [LI, pending], with_superior()).recipient == "superior"
    assert recusal_of(make_report(), [], DALIAN) == Recusal()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"accused_name": "周 正"}, True),
        ({"accused_name": "周正书记"}, True),
        ({"accused_name": "周正阳"}, True),
        ({"accused_name": None, "accused_unit": None, "accused_post": "市纪委书记"}, True),
        ({"accused_name": None, "accused_unit": "大连市纪委", "accused_post": "书记"}, True),
        ({"accused_name": None, "accused_unit": "大连市纪委书记"}, True),
        ({"accused_name": None, "accused_unit": "大连市纪委", "accused_post": "副书记"}, False),
        ({"accused_name": None, "accused_unit": "大连市纪委", "accused_post": "办公室主任"}, False),
        ({"accused_name": None, "accused_unit": "瓦房店市纪委", "accused_post": "市纪委书记"}, False),
        ({"accused_name": None, "accused_unit": "甘井子区住建局", "accused_post": "书记"}, False),
        ({"accused_name": None, "accused_unit": None, "accused_post": "书记"}, False),
        ({}, False),
    ],
)
def test_who_is_the_head(changes: dict[str, Any], expected: bool) -> None:
    changes = {"accused_unit_id": None} | changes
    assert is_on_head(make_report(**changes), with_superior(heads=("周正",))) is expected


def test_a_report_on_the_head_is_for_the_superior_alone() -> None:
    report = make_report(accused_name="周正")
    assert recusal_of(report, [ZHAO], with_superior(heads=("周正",))).recipient == "superior"
    with pytest.raises(ReportOnHead):
        recusal_of(report, [ZHAO], replace(DALIAN, office=replace(DALIAN.office, heads=("周正",))))
