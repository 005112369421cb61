from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casework.intake import (
    DISCARD,
    DONE,
    OWN_WORDS,
    PERSONAL,
    PROPOSED,
    QUESTIONS,
    REWRITE,
    SHOW_LIST,
    SKIPPED,
    UNKNOWN,
    Ground,
    settle_answer,
    settle_long_text,
)
from casework.report import MAX_FACTS
from tests.unit.casework.intake.making import draft, told


@pytest.mark.parametrize(
    ("question", "raw", "value"),
    [
        ("region", "xigang", "xigang"),
        ("region", "在西岗", "xigang"),
        ("mode", "实名", "real_name"),
        ("reporter_kind", "enterprise", "enterprise"),
        ("organisation", " 蓝天\u200b公司 ", "蓝天公司"),
        ("credit_code", "9111 0000 6000 3734 1L", "91110000600037341L"),
        ("contact", "138 1234 5678", "+86 138 1234 5678"),
        ("accused_unit", "红旗镇政府", {"id": None, "name": "红旗镇政府"}),
        ("accused_unit", "city_police", {"id": "city_police", "name": "大连市公安局"}),
        ("accused_name", "王某", "王某"),
        ("level", "街道", "township"),
        ("place", "大厅", "大厅"),
        ("category", "inaction", "inaction"),
        ("title", "一\n个  标题", "一 个 标题"),
        ("matter", "罚款", "fine"),
        ("loss", "3万5", 35000.0),
        ("delay", "两个月", 60),
        ("scope", "none", "none"),
        ("evidence", DONE, DONE),
        ("follow_up", "code", "code"),
        ("understood", True, True),
        ("confirm", True, True),
        ("confirm", DISCARD, DISCARD),
    ],
)
def test_an_answer_settles_and_comes_out_the_same_again(question: str, raw: Any, value: Any, ground: Ground) -> None:
    settled = settle_answer(question, raw, draft(), ground)
    assert settled.refused is None
    assert settled.updates[question] == value
    again = settle_answer(question, value, draft(), ground)
    assert (again.updates[question], again.refused) == (value, None)


@pytest.mark.parametrize(
    ("question", "raw", "why"),
    [
        ("region", "火星", "choice"),
        ("mode", "随便", "choice"),
        ("credit_code", "91110000600037341X", "credit_code"),
        ("contact", "微信", "contact"),
        ("accused_name", "王" * 61, "too_long"),
        ("accused_name", " \u200b ", "empty"),
        ("reporter_name", "2", "choice"),
        ("organisation", "1.", "choice"),
        ("title", "长" * 51, "too_long"),
        ("title", " ", "empty"),
        ("category", "nonsense", "choice"),
        ("loss", "很多", "amount"),
        ("delay", "很久", "delay"),
        ("region", SKIPPED, "needed"),
        ("mode", UNKNOWN, "needed"),
        ("contact", SKIPPED, "needed"),
        ("facts", SKIPPED, "needed"),
        ("confirm", SKIPPED, "needed"),
        ("long_text", "nonsense", "choice"),
    ],
)
def test_refusals_name_why(question: str, raw: Any, why: str, ground: Ground) -> None:
    settled = settle_answer(question, raw, draft(), ground)
    assert settled.refused == why
    assert settled.updates[question] is None


def test_no_listed_unit_is_near_to_what_every_township_has(ground: Ground) -> None:
    assert settle_answer("accused_unit", "镇政府", draft(), ground).updates["accused_unit"]["name"] == "镇政府"


def test_no_said_twice_of_what_was_read_is_a_failure(ground: Ground) -> None:
    first = settle_answer("understood", False, draft(read=["region"]), ground)
    assert first.refused is None
    assert settle_answer("understood", False, first.updates, ground).refused == "choice"


def test_unknown_where_only_skipping_is_allowed_is_skipped(ground: Ground) -> None:
    assert settle_answer("address", UNKNOWN, draft(), ground).updates == {"address": SKIPPED}
    assert settle_answer("place", UNKNOWN, draft(), ground).updates == {"place": UNKNOWN}


def test_a_company_may_be_left_out_only_by_a_person_with_a_name(ground: Ground) -> None:
    assert settle_answer("organisation", SKIPPED, {**draft(), "mode": "unit_name"}, ground).refused == "needed"
    assert settle_answer("organisation", SKIPPED, {**draft(), "mode": "real_name"}, ground).refused is None


def test_anonymous_clears_who_reports(ground: Ground) -> None:
    values = {**draft(previous={"contact": "x", "place": "y"}), "contact": "x", "reporter_name": "z"}
    updates = settle_answer("mode", "anonymous", values, ground).updates
    assert all(name in updates and updates[name] is None for name in PERSONAL)
    assert updates["draft"]["previous"] == {"place": "y"}


def test_a_credit_code_beside_the_name_is_taken_apart(ground: Ground) -> None:
    updates = settle_answer("organisation", "蓝天公司（91110000600037341L）", draft(), ground).updates
    assert updates == {"organisation": "蓝天公司", "credit_code": "91110000600037341L"}


def test_a_short_unit_name_is_matched_said_and_gives_its_level(ground: Ground) -> None:
    settled = settle_answer("accused_unit", "住建局", {**draft(), "region": "xigang"}, ground)
    assert settled.updates["accused_unit"]["id"] == "housing__xigang"
    assert settled.updates["level"] == "county"
    assert (settled.note, settled.arguments) == ("unit_found", {"name": "西岗区住房和城乡建设局"})


def test_near_units_are_offered_and_the_same_words_again_are_kept(ground: Ground) -> None:
    near = settle_answer("accused_unit", "住建局", draft(), ground)
    assert near.updates["accused_unit"] is None
    assert len(near.updates["draft"]["near"]) == 4
    values = {"draft": near.updates["draft"]}
    for raw in (OWN_WORDS, "住建局"):
        own = settle_answer("accused_unit", raw, values, ground).updates
        assert own["accused_unit"] == {"id": None, "name": "住建局"}
        assert "near" not in own["draft"]


def test_a_unit_moves_with_its_region_where_that_has_one_of_its_kind(ground: Ground) -> None:
    values = {**draft(), "accused_unit": {"id": "housing__ganjingzi", "name": "甘井子区住房和城乡建设局"}}
    moved = settle_answer("region", "xigang", values, ground)
    assert moved.updates["accused_unit"]["id"] == "housing__xigang"
    assert (moved.note, moved.arguments) == ("unit_moved", {"name": "西岗区住房和城乡建设局"})
    assert "accused_unit" not in settle_answer("region", "hightech", values, ground).updates


def test_a_region_moves_with_its_unit(ground: Ground) -> None:
    values = {**draft(), "region": "ganjingzi"}
    assert settle_answer("accused_unit", "西岗区住建局", values, ground).updates["region"] == "xigang"
    assert settle_answer("accused_unit", "西岗区某某档案馆", values, ground).updates["region"] == "xigang"


def test_scope_names_the_right_channel(ground: Ground, english: Ground) -> None:
    settled = settle_answer("scope", "court", draft(), ground)
    assert settled.updates["scope"] == "court"
    assert settled.note == "right_channel"
    assert "人民法院" in settled.arguments["channel"]
    assert "court" in settle_answer("scope", "court", draft(), english).arguments["channel"]


def test_what_keeps_a_question_open_is_no_failure(ground: Ground) -> None:
    open_answers = {"category": SHOW_LIST, "title": False, "evidence": True, "understood": False, "confirm": False}
    for question, raw in open_answers.items():
        settled = settle_answer(question, raw, draft(), ground)
        assert (settled.updates[question], settled.refused) == (None, None)


def test_the_proposed_title_is_the_storys(ground: Ground) -> None:
    assert (
        settle_answer("title", PROPOSED, {**draft(), "facts": "窗口刁难。然后"}, ground).updates["title"] == "窗口刁难"
    )


def test_a_change_is_closed_by_its_answer(ground: Ground) -> None:
    values = draft(changing="place")
    assert "changing" not in settle_answer("place", "大厅", values, ground).updates["draft"]
    assert "draft" not in settle_answer("level", "county", values, ground).updates


def test_parts_join_at_done_and_are_read(ground: Ground) -> None:
    first = settle_answer("facts", {"text": "西岗区城管局收了钱", "message": "1"}, draft(), ground)
    assert first.updates["facts"] is None
    values = {"draft": first.updates["draft"]}
    same = settle_answer("facts", {"text": "西岗区城管局收了钱", "message": "1"}, values, ground)
    assert same.updates["draft"]["facts"] == values["draft"]["facts"]
    second = settle_answer("facts", {"text": "上个月的事", "message": "2"}, values, ground)
    done = settle_answer("facts", DONE, {"draft": second.updates["draft"]}, ground).updates
    assert done["facts"] == "西岗区城管局收了钱\n上个月的事"
    assert done["region"] == "xigang"
    assert done["occurred"]["start"] == "2026-10-01"
    assert done["understood"] is None
    assert done["draft"]["read"] == ["region", "accused_unit", "level", "occurred"]


def test_what_was_answered_is_not_read_over(ground: Ground) -> None:
    values: dict[str, Any] = {
        **told("西岗区城管局收了钱"),
        "region": "zhongshan",
        "accused_unit": {"id": None, "name": "x"},
        "level": "county",
    }
    assert settle_answer("facts", DONE, values, ground).updates == {
        "facts": "西岗区城管局收了钱",
        "draft": values["draft"] | {"told": True},
    }


def test_nothing_told_is_nothing_done(ground: Ground) -> None:
    assert settle_answer("facts", DONE, draft(), ground).refused == "empty"
    assert settle_answer("facts", {"text": " \u200b", "message": "1"}, draft(), ground).refused == "empty"


def test_a_prepared_letter_is_a_whole_story(ground: Ground) -> None:
    letter = "尊敬的领导：\n一、" + "西岗区城管局收了钱。" * 25 + "\n二、请查。\n此致\n敬礼"
    assert settle_answer("facts", {"text": letter, "message": "1"}, draft(), ground).updates["facts"] == letter


def test_the_story_can_be_written_anew(ground: Ground) -> None:
    assert settle_answer("facts", REWRITE, told("旧"), ground).updates["draft"]["facts"] == []


def test_an_earlier_code_in_the_story_is_noted(ground: Ground) -> None:
    updates = settle_answer("facts", {"text": "之前的编码〔code〕", "message": "1"}, draft(), ground).updates
    assert updates["draft"]["earlier_code"] is True


def test_a_long_story_keeps_its_beginning(ground: Ground) -> None:
    values = {**draft(), "facts": "他收了钱。" * 700}
    attached = settle_long_text("attach", values, "（见附件）").updates
    assert len(attached["facts"]) <= MAX_FACTS
    assert attached["facts"].endswith("（见附件）")
    assert len(settle_answer("long_text", "cut", values, ground).updates["facts"]) <= MAX_FACTS
    assert settle_answer("long_text", "rewrite", values, ground).updates["facts"] is None


def test_coaching_asks_for_all_that_lacks_at_once_and_fills_it(ground: Ground) -> None:
    values: dict[str, Any] = {**told("收钱"), "facts": "收钱"}
    text = "镇财政所的王科长\n去年下半年"
    values |= settle_answer("more_facts", {"text": text, "message": "m"}, values, ground).updates
    assert values["draft"]["coached"] == ["who", "when", "where", "what"]
    assert values["more_facts"] == DONE
    assert values["accused_name"] == "王科长"
    assert values["occurred"]["start"] == "2025-07-01"
    assert values["facts"].startswith("收钱\n镇财政所的王科长\n去年下半年")


@pytest.mark.parametrize("raw", [SKIPPED, UNKNOWN])
def test_coaching_never_blocks(raw: str, ground: Ground) -> None:
    values: dict[str, Any] = {**told("收钱"), "facts": "收钱"}
    for _ in range(5):
        values |= settle_answer("more_facts", raw, values, ground).updates
    assert values["more_facts"] == DONE
    done = settle_answer("more_facts", DONE, {**told("收钱"), "facts": "收钱"}, ground).updates
    assert done["more_facts"] == DONE
    assert done["draft"]["coached"] == ["who", "when", "where", "what"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=st.sampled_from(sorted(set(QUESTIONS) - {"facts", "more_facts"})), raw=st.text(max_size=80))
def test_any_text_settles_or_is_refused_and_settled_is_stable(question: str, raw: str, ground: Ground) -> None:
    settled = settle_answer(question, raw, draft(), ground)
    value = settled.updates[question]
    if value is not None:
        assert settle_answer(question, value, draft(), ground).updates[question] == value
