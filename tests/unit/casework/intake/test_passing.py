"""What is said beside the answer asked for, where it took place, and what submits a report."""

from typing import Any

import pytest

from casework.intake import (
    DONE,
    SKIPPED,
    UNKNOWN,
    Ground,
    competent_body,
    is_question,
    is_statement,
    read_answer,
    settle_answer,
    tells_of_a_matter,
)
from casework.intake.reading import tells_of_danger
from casework.intake.scene import read_impact, read_own, read_scene
from tests.unit.casework.intake.making import draft, told, typed

NAMED = draft() | {"mode": "real_name"}
DONE_TELLING = {"draft": told("收了钱")["draft"] | {"told": True}, "facts": "收了钱"}


@pytest.mark.parametrize(
    ("question", "text", "found"),
    [
        ("facts", "匿名，甘井子区住建局，上周三", {"mode", "region", "accused_unit", "occurred"}),
        (
            "facts",
            "anonymous, Ganjingzi housing bureau, last Wednesday",
            {"mode", "region", "accused_unit", "occurred"},
        ),
        ("accused_unit", "我跟您说，西岗区城管局，就是这样", {"region", "accused_unit"}),
        ("reporter_name", "张三 13900000000", {"reporter_name", "contact"}),
        ("region", "去年五月", {"occurred"}),
        ("level", "乱罚款", {"category"}),
        ("reporter_kind", "甘井子区住建局", {"region", "accused_unit"}),
        ("accused_name", "批发市场", {"place"}),
        ("understood", "窗口", {"place"}),
        ("reporter_kind", "counter 5", {"place"}),
        ("accused_post", "拖欠", {"category"}),
        ("accused_name", "镇政府", {"accused_unit", "accused_name"}),
        ("place", "科长", {"accused_post"}),
        ("place", "没拍", {"evidence"}),
    ],
)
def test_what_is_said_beside_its_question_is_kept(question: str, text: str, found: set[str], ground: Ground) -> None:
    values = NAMED if question == "reporter_name" else draft()
    assert set(read_answer(question, typed(text), values, ground)) == found


@pytest.mark.parametrize(
    ("question", "text", "field"),
    [
        ("understood", "地区", "region"),
        ("understood", "the district", "region"),
        ("confirm", "单位不对", "accused_unit"),
        ("confirm", "the unit is wrong", "accused_unit"),
        ("place", "时间写错了", "occurred"),
    ],
)
def test_a_field_named_is_asked_again(question: str, text: str, field: str, ground: Ground) -> None:
    values = draft() | {field: "x"}
    answer = read_answer(question, typed(text), values, ground)
    assert answer == {question: {"edit": field}}
    updates = settle_answer(question, answer[question], values, ground).updates
    assert (updates[field], updates["draft"]["changing"], updates["draft"]["previous"]) == (None, field, {field: "x"})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("地点是政务大厅", {"place": "政务大厅"}),
        ("the place is the town hall", {"place": "the town hall"}),
        ("change the title to Money for a permit", {"title": "Money for a permit"}),
        ("事项是许可", {}),
    ],
)
def test_a_field_and_its_value_at_the_summary(text: str, found: dict[str, Any], ground: Ground) -> None:
    values = draft(short=True)
    assert read_answer("confirm", typed(text, "edit_field"), values, ground) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("地区错了，是沙河口区", {"region": "沙河口区"}),
        ("單位也不對，是沙河口區市場監管局", {"accused_unit": "沙河口區市場監管局"}),
        ("The district is wrong, it is Zhongshan", {"region": "Zhongshan"}),
        ("名字写错了，应该是胡建国科长", {"accused_name": "胡建国", "accused_post": "科长"}),
    ],
)
def test_what_is_wrong_and_what_is_right_in_one_sentence(text: str, found: dict[str, Any], ground: Ground) -> None:
    for question in ("understood", "category", "confirm"):
        assert read_answer(question, typed(text), draft() | {"region": "xigang"}, ground) == found


@pytest.mark.parametrize(
    ("question", "text", "intent", "found"),
    [
        ("understood", "沒有了", "done", {"understood": True}),
        ("evidence", "沒有證據", "faq_evidence", {"evidence": DONE}),
        ("facts", "說完了", "inform", {"facts": DONE}),
        ("facts", "情况反映完毕。", "done", {"facts": DONE}),
        ("accused_post", "我怎么知道他什么职务", "inform", {"accused_post": UNKNOWN}),
        ("accused_post", "how would I know his post", "inform", {"accused_post": UNKNOWN}),
        ("reporter_name", "无", "deny", {}),
        ("reporter_kind", "none of your business", "faq_scope", {"reporter_kind": SKIPPED}),
        ("reporter_kind", "不关你的事", "inform", {"reporter_kind": SKIPPED}),
        ("reporter_name", "是", "affirm", {}),
    ],
)
def test_words_that_are_no_answer_in_themselves(
    question: str, text: str, intent: str, found: dict[str, Any], ground: Ground
) -> None:
    values = told("收了钱", mode="real_name")
    assert read_answer(question, typed(text, intent), values, ground) == found


def test_ones_own_number_and_name_are_taken_beside_other_questions(ground: Ground) -> None:
    named = draft() | {"mode": "real_name"}
    assert read_answer("address", typed("村民"), named, ground) == {"reporter_kind": "citizen"}
    assert read_answer("understood", typed("13912345678"), named, ground) == {"contact": "+86 139 1234 5678"}
    assert read_answer("reporter_kind", typed("王德顺", "done"), named, ground) == {"reporter_name": "王德顺"}
    assert read_answer("understood", typed("13912345678"), draft() | {"mode": "anonymous"}, ground) == {}


@pytest.mark.parametrize("text", ["事项是许可", "yes but wait", "好的，等一下再说"])
def test_only_a_plain_yes_submits(text: str, ground: Ground) -> None:
    assert read_answer("confirm", typed(text, "affirm"), draft(), ground) != {"confirm": True}
    assert read_answer("confirm", typed("好的提交吧", "affirm"), draft(), ground) == {"confirm": True}


def test_more_of_the_story_is_added_to_it_and_read(ground: Ground) -> None:
    found = read_answer("confirm", typed("他上个月还收了我两条烟", "describe_incident"), DONE_TELLING, ground)
    settled = settle_answer("facts", found["facts"], DONE_TELLING, ground)
    assert settled.note == "added"
    assert settled.updates["facts"] == "收了钱\n他上个月还收了我两条烟"
    assert settled.updates["occurred"]["start"] == "2026-10-01"


def test_a_question_is_no_answer(ground: Ground) -> None:
    assert is_question("明天下雨吗？")
    assert read_answer("accused_unit", typed("明天下雨吗？"), draft(), ground) == {}


@pytest.mark.parametrize(
    ("story", "scope"),
    [
        ("我已经起诉到法院了", "court"),
        ("I sued them last year", "court"),
        ("正在申请仲裁", "arbitration"),
        ("已经提起行政复议", "reconsideration"),
        ("我打过12345没用", "other_body"),
        ("没去过法院", "none"),
        ("we have not gone to court", "none"),
        ("法院的王法官收了钱", None),
    ],
)
def test_another_body_in_the_story(story: str, scope: str | None) -> None:
    assert read_scene(story).get("scope") == scope


def test_the_place_and_the_teller_in_the_story() -> None:
    assert read_scene("他在服务大厅当众骂我")["place"] == "服务大厅"
    assert read_scene("he shouted at me in the service hall")["place"] == "the service hall"
    assert "place" not in read_scene("I work at the market supervision bureau")
    assert "place" not in read_scene("今年3月我们公司到西岗区市场监督管理局办许可证")
    assert read_own("我叫李小红，我的电话13912345678") == {"reporter_name": "李小红", "contact": "+86 139 1234 5678"}
    assert read_own("王科长的电话13912345678") == {}


def test_words_that_tell_of_a_matter_begin_a_report(ground: Ground) -> None:
    assert tells_of_a_matter(typed("housing bureau jinzhou. bribe 5000. last month. anonymous."), ground)
    assert not tells_of_a_matter(typed("嗡嗡嗡"), ground)
    assert tells_of_danger(typed("救救我们 金州区拆迁办的人半夜砸我家玻璃", "emergency", 1.0), ground)
    assert not tells_of_danger(typed("我不想活了，他们逼死我了", "emergency", 1.0), ground)


@pytest.mark.parametrize(
    ("text", "intent", "is_one"),
    [
        ("我开出租的", "inform", True),
        ("我举报了村支书，他带人堵在我家门口", "emergency", True),
        ("救命", "emergency", False),
        ("嗡嗡嗡嗡", "nlu_fallback", False),
        ("你们下班了吗", "inform", False),
        ("匿名", "inform", False),
        ("13912345678", "inform", False),
    ],
)
def test_statements_are_told_from_noise_and_questions(text: str, intent: str, is_one: bool) -> None:
    assert is_statement(typed(text, intent)) is is_one


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("法院判我输了，我不服，你们管不管", "court"),
        ("邻居天天半夜装修你们管吗", "other_body"),
        ("can I report that a shop sold me a broken phone?", "other_body"),
        ("什么可以举报", None),
        ("没去过法院能举报吗", None),
    ],
)
def test_the_body_that_is_competent(text: str, body: str | None) -> None:
    assert competent_body(text) == body


@pytest.mark.parametrize(
    ("story", "found"),
    [
        ("已拖延四个多月，造成直接损失约二百三十万元", {"loss": 2_300_000, "delay": 120}),
        ("We were held up for five months, a loss of 30,000 yuan", {"loss": 30_000, "delay": 150}),
        ("他说要罚五千元，让我等三天", {}),
        ("损失惨重，一直拖着", {}),
    ],
)
def test_what_the_matter_cost_is_read_where_it_is_said(story: str, found: dict[str, Any]) -> None:
    assert read_impact(story) == found


def test_an_enterprises_letter_tells_firm_post_loss_and_delay(ground: Ground) -> None:
    letter = "我是大连海润机械有限公司的总经理，住建局拖了两个月，我公司损失约三十万元"
    updates = settle_answer("facts", DONE, told(letter), ground).updates
    assert (updates["organisation"], updates["post"]) == ("大连海润机械有限公司", "总经理")
    assert (updates["loss"], updates["delay"], updates["reporter_kind"]) == (300_000, 60, "enterprise")
    assert "organisation" not in settle_answer("facts", DONE, told(letter, mode="anonymous"), ground).updates
    assert "loss" not in settle_answer("facts", DONE, told("他拖了两个月，我损失三千元"), ground).updates


def test_a_question_beside_the_subject_is_no_part_of_the_story(ground: Ground) -> None:
    assert read_answer("facts", typed("今天天气怎么样", "out_of_scope"), told("收了钱"), ground) == {}
    assert "facts" in read_answer("facts", typed("他凭什么收我的钱？", "describe_incident"), told("收了钱"), ground)


def test_a_kind_in_words_is_offered_or_put_aside(ground: Ground) -> None:
    near = settle_answer("category", {"near": ["inaction", "nonsense"], "typed": "没人理"}, draft(), ground).updates
    assert (near["category"], near["draft"]["kinds"], near["draft"]["kind_typed"]) == (None, ["inaction"], "没人理")
    assert read_answer("category", typed("没有", "deny", 0.9), draft(), ground) == {"category": SKIPPED}
