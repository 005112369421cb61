from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.intake import UNKNOWN, Ground, propose_title
from casework.profile import Profile, load_profile
from tests.unit.casework.intake.conftest import DALIAN, TODAY
from tests.unit.casework.intake.test_letters import LETTER

WANG = {
    "facts": "Section chief Wang Lei of the Xigang market supervision bureau told me that my licence had to wait",
    "region": "xigang",
    "accused_name": "Wang Lei",
    "accused_post": "Section chief",
}


@pytest.mark.parametrize(
    ("facts", "title"),
    [
        ("您好，我要举报某科长收钱。后来又收了一次。", "某科长收钱"),
        ("匿名举报。西岗区住建局的张科长收了两万块", "西岗区住建局的张科长收了两万块"),
        ("我是大连海润公司的总经理，住建局科长七次退件", "住建局科长七次退件"),
        (
            "我是海润公司的经理，现就办证中的问题向贵委反映如下：\n一、基本情况\n科长孙立国七次退件",
            "科长孙立国七次退件",
        ),
        ("他妈的 房管局那个姓马的收了老子一万块", "房管局那个姓马的收了老子一万块"),
        ("Anonymous report. The clerk wanted 500 yuan", "The clerk wanted 500 yuan"),
        ("I am a shop owner here, the inspector takes fruit every day", "The inspector takes fruit every day"),
        ("I run a noodle shop in Shahekou. The inspector asked for 3,000 yuan", "The inspector asked for 3,000 yuan"),
        ("我是开面馆的。消防的人来要三千块", "消防的人来要三千块"),
        ("", ""),
    ],
)
def test_a_title_says_what_happened_and_not_who_reports(facts: str, title: str, ground: Ground) -> None:
    assert propose_title({"facts": facts}, ground) == title


def test_a_letter_is_named_by_its_answers(ground: Ground) -> None:
    answers = {"facts": LETTER, "region": "xigang", "accused_name": "孙立国", "accused_post": "科长"}
    assert propose_title(answers | {"category": "inaction"}, ground) == "西岗区科长孙立国：不作为、慢作为"


def test_the_salutation_of_a_letter_is_no_title(ground: Ground) -> None:
    assert propose_title({"facts": LETTER}, ground) != "尊敬的领导"


@pytest.mark.parametrize(
    ("more", "title"),
    [
        ({}, "Section chief Wang Lei, Xigang"),
        ({"category": "inaction"}, "Section chief Wang Lei: Inaction, slow action"),
        ({"category": "bribe_demand"}, "Wang Lei: Demanding gifts, meals, money"),
        ({"category": "other"}, "Section chief Wang Lei, Xigang"),
        ({"accused_name": UNKNOWN, "category": "bribe_demand"}, "Xigang: Demanding gifts, meals, money"),
        ({"accused_name": None}, "Section chief Wang Lei of the Xigang market…"),
    ],
)
def test_a_sentence_is_not_cut_where_the_answers_make_a_title(more: Any, title: str, english: Ground) -> None:
    assert propose_title(WANG | more, english) == title


@pytest.mark.parametrize(
    "answers",
    [
        {"region": "zhongshan"},
        {"accused_unit": {"id": "housing__xigang", "name": "西岗区住房和城乡建设局"}},
        {"accused_name": "胡科长"},
    ],
)
def test_a_title_goes_with_what_was_put_right(answers: dict[str, Any], ground: Ground) -> None:
    told = {
        "facts": "西岗区卫生健康局的吴处长收了三千块钱",
        "region": "xigang",
        "accused_unit": {"id": "health__xigang", "name": "西岗区卫生健康局"},
        "accused_name": "吴处长",
        "category": "bribe_demand",
    }
    assert propose_title(told, ground) == told["facts"]
    assert propose_title(told | answers, ground).endswith("：吃拿卡要、索要财物")
    assert propose_title(told | {"accused_name": "吴建国", "accused_post": "处长"}, ground) == told["facts"]


@cache
def _dalian() -> Profile:
    return load_profile(DALIAN)


@settings(max_examples=60)
@given(st.text(max_size=300), st.text(max_size=60))
def test_a_title_never_exceeds_fifty(facts: str, name: str) -> None:
    ground = Ground(profile=_dalian(), today=TODAY)
    assert len(propose_title({"facts": facts, "accused_name": name, "category": "inaction"}, ground)) <= 50
