from typing import Any

import pytest

from casework.intake import (
    DONE,
    OWN_WORDS,
    PROPOSED,
    QUESTIONS,
    SHOW_LIST,
    SKIPPED,
    Answer,
    Ground,
    clean,
    read_answer,
)
from tests.unit.casework.intake.making import draft, tapped, told, typed


def test_the_opening_story_is_taken_and_a_bare_wish_is_not(ground: Ground) -> None:
    story = typed("西岗区城管收了我的摊子", "describe_incident")
    assert read_answer(None, story, draft(), ground)["facts"]["text"] == story.text
    assert read_answer(None, typed("我要举报", "start_report"), draft(), ground) == {}
    long = typed("我要举报甘井子区住建局的王科长收了我三万块钱", "start_report")
    assert "facts" in read_answer(None, long, draft(), ground)
    assert read_answer(None, tapped("start_report"), draft(), ground) == {}
    assert read_answer(None, typed("好的", "affirm"), draft(), ground) == {}


def test_a_question_of_another_form_is_not_read(ground: Ground) -> None:
    assert read_answer("confirmed", typed("是", "affirm"), draft(), ground) == {}


@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [
        ("我打过举报电话没人理", "query_status", 0.6),
        ("跳过我直接批给了别人，这公平吗，你们管不管", "skip", 0.8),
        ("他让我取消申请", "cancel", 0.6),
        ("我问他什么时候能办好他说回家等着去吧别来烦我", "faq_time", 0.93),
        ("/inform{}", "inform", 0.9),
        ("是他先动手打的人", "affirm", 0.8),
    ],
)
def test_a_story_is_never_lost_to_a_command(text: str, intent: str, confidence: float, ground: Ground) -> None:
    assert read_answer("facts", typed(text, intent, confidence), told("前面"), ground)["facts"]["text"] == text


@pytest.mark.parametrize(
    ("text", "intent", "confidence"),
    [("帮助", "help", 1.0), ("返回", "go_back", 0.8), ("会不会被报复？", "ask_retaliation", 0.6)],
)
def test_a_short_and_sure_command_is_one(text: str, intent: str, confidence: float, ground: Ground) -> None:
    assert read_answer("facts", typed(text, intent, confidence), told("前面"), ground) == {}
    assert read_answer("place", typed(text, intent, confidence), draft(), ground) == {}


def test_a_bare_yes_is_no_part_of_a_story(ground: Ground) -> None:
    assert read_answer("facts", typed("是的", "affirm", 1.0), draft(), ground) == {}
    assert read_answer("facts", typed("是的", "affirm", 1.0), told("前面"), ground) == {"facts": DONE}
    thin = {"draft": told("前面")["draft"] | {"thin": True}}
    assert read_answer("facts", typed("好的", "affirm", 1.0), thin, ground) == {}
    nudged = {"draft": thin["draft"] | {"nudged": True}}
    assert read_answer("facts", typed("好的", "affirm", 1.0), nudged, ground) == {"facts": DONE}


def test_the_story_ends_at_done_once_something_was_told(ground: Ground) -> None:
    for answer in (
        typed("说完了", "done", 1.0),
        tapped("done"),
        typed("就这些"),
        typed("没有", "deny", 0.9),
        typed("下一步"),
    ):
        assert read_answer("facts", answer, told("前面"), ground) == {"facts": DONE}
    for answer in (typed("说完了", "done", 1.0), tapped("done"), typed("没有", "deny", 0.9)):
        assert read_answer("facts", answer, draft(), ground) == {}


def test_what_is_told_of_a_danger_is_kept_and_a_cry_is_not(ground: Ground) -> None:
    told_of = typed("他们拿刀堵在我家门口要打死我", "emergency", 1.0)
    assert "facts" in read_answer("facts", told_of, draft(), ground)
    assert "more_facts" in read_answer("more_facts", told_of, draft(), ground)
    assert read_answer("facts", typed("救命", "emergency", 1.0), draft(), ground) == {}
    assert read_answer("place", told_of, draft(), ground) == {}


def test_a_tap_names_its_question_and_value(ground: Ground) -> None:
    assert read_answer("level", tapped("inform", field="level", value="county"), draft(), ground) == {"level": "county"}
    assert read_answer("level", tapped("inform", value="county"), draft(), ground) == {"level": "county"}
    assert read_answer("place", tapped("inform", region="xigang"), draft(), ground) == {"region": "xigang"}
    assert read_answer("place", tapped("inform", unit="city_police"), draft(), ground) == {
        "accused_unit": "city_police"
    }
    assert read_answer("level", tapped("inform", field="nonsense", value="x"), draft(), ground) == {}
    assert read_answer("level", tapped("help"), draft(), ground) == {}
    assert read_answer("level", tapped("done"), draft(), ground) == {}


@pytest.mark.parametrize(
    ("question", "yes", "no"),
    [
        ("understood", True, False),
        ("confirm", True, False),
        ("long_text", "attach", "rewrite"),
        ("title", PROPOSED, False),
        ("scope", None, "none"),
        ("follow_up", "chat", "code"),
        ("evidence", True, DONE),
        ("more_facts", None, SKIPPED),
        ("loss", None, "0"),
        ("address", None, SKIPPED),
        ("contact", None, None),
        ("region", None, None),
    ],
)
def test_yes_and_no_mean_what_the_question_makes_of_them(question: str, yes: Any, no: Any, ground: Ground) -> None:
    for intent, value in (("affirm", yes), ("deny", no)):
        expected = {} if value is None else {question: value}
        assert read_answer(question, tapped(intent), draft(), ground) == expected


def test_yes_takes_the_only_near_unit_and_no_keeps_the_words(ground: Ground) -> None:
    near = draft(near=["city_police"])
    assert read_answer("accused_unit", tapped("affirm"), near, ground) == {"accused_unit": "city_police"}
    assert read_answer("accused_unit", tapped("deny"), near, ground) == {"accused_unit": OWN_WORDS}
    assert read_answer("accused_unit", tapped("affirm"), draft(near=["a", "b"]), ground) == {}


def test_several_answers_in_one(ground: Ground) -> None:
    found = read_answer("region", typed("中山区，实名"), draft(), ground)
    assert found == {"region": "zhongshan", "mode": "real_name"}
    assert read_answer("mode", typed("匿名，在西岗区"), draft(), ground)["region"] == "xigang"
    again = read_answer("mode", typed("匿名，在西岗区"), {**draft(), "region": "zhongshan"}, ground)
    assert again == {"mode": "anonymous", "region": "xigang"}
    together = read_answer("accused_unit", typed("甘井子区住建局的王科长"), draft(), ground)
    assert together == {"accused_unit": "甘井子区住建局", "accused_name": "王科长", "accused_post": "科长"}
    assert read_answer("accused_name", typed("王科长"), draft(), ground)["accused_post"] == "科长"


@pytest.mark.parametrize(
    ("text", "slot", "value"),
    [
        ("不是，是西岗区", "region", "xigang"),
        ("不是甘井子区，是西岗区", "region", "xigang"),
        ("no, it is Xigang", "region", "xigang"),
        ("不对，我要匿名", "mode", "anonymous"),
        ("not anonymous, real name", "mode", "real_name"),
        ("错了，是李科长", "accused_name", "李科长"),
        ("不对，是上个月", "occurred", "2026-10-01"),
    ],
)
def test_corrections_in_plain_words(text: str, slot: str, value: str, ground: Ground) -> None:
    found = read_answer("understood", typed(text), draft(read=["region"]), ground)[slot]
    assert (found["start"] if slot == "occurred" else found) == value


def test_a_correction_never_becomes_the_answer_to_another_question(ground: Ground) -> None:
    values = {**draft(), "region": "ganjingzi"}
    assert read_answer("accused_unit", typed("不是，是西岗区"), values, ground) == {"region": "xigang"}
    unsaid = read_answer("accused_unit", typed("不是，是西岗区"), draft(), ground)
    assert unsaid == {"region": "xigang"}


def test_a_field_and_its_new_value_in_one_sentence(ground: Ground) -> None:
    values = {**draft(), "mode": "anonymous"}
    asked = typed("把时间改成上个月", "edit_field", 0.9)
    assert read_answer("place", asked, values, ground) == {"occurred": "上个月"}
    assert read_answer("place", typed("change the district to Xigang"), values, ground) == {"region": "Xigang"}
    not_asked = typed("把联系电话改成13812345678", "edit_field", 0.9)
    assert read_answer("place", not_asked, values, ground) == {}
    named = typed("改成西岗区", "edit_field", 0.9, field="region")
    assert read_answer("place", named, values, ground) == {"region": "西岗区"}


@pytest.mark.parametrize(
    ("question", "text", "value"),
    [
        ("region", "甘井子吧", "ganjingzi"),
        ("region", "I think it is in Lushun", "lvshunkou"),
        ("mode", "我要匿名举报", "anonymous"),
        ("mode", "in our company's name", "unit_name"),
        ("reporter_kind", "我是企业", "enterprise"),
        ("reporter_kind", "a citizen", "citizen"),
        ("level", "街道的", "township"),
        ("matter", "办证", "permit"),
        ("scope", "已经起诉到法院了", "court"),
        ("scope", "没有", "none"),
        ("follow_up", "我自己查", "code"),
        ("long_text", "存成附件", "attach"),
        ("category", "乱收费", "arbitrary_fees"),
        ("category", "Illegal fees", "arbitrary_fees"),
        ("category", "看全部", SHOW_LIST),
        ("evidence", "没有了", DONE),
        ("evidence", "继续", DONE),
        ("title", "换一个", False),
        ("title", "就用这个", PROPOSED),
        ("title", "窗口刁难", "窗口刁难"),
        ("place", "继续", SKIPPED),
    ],
)
def test_typed_words_for_choices(question: str, text: str, value: Any, ground: Ground) -> None:
    assert read_answer(question, typed(text), draft(), ground)[question] == value


@pytest.mark.parametrize("question", ["region", "mode", "level", "matter", "confirm", "understood", "evidence"])
def test_a_choice_is_not_made_by_other_words(question: str, ground: Ground) -> None:
    assert read_answer(question, typed("嗡嗡嗡"), draft(), ground) == {}
    assert read_answer(question, typed("查进度", "query_status", 0.9), draft(), ground) == {}
    assert read_answer(question, typed("  "), draft(), ground) == {}


def test_submit_now_answers_the_last_question_alone(ground: Ground) -> None:
    for answer in (tapped("submit_now"), typed("提交", "submit_now", 1.0)):
        assert read_answer("confirm", answer, draft(), ground) == {"confirm": True}
        assert read_answer("place", answer, draft(), ground) == {}


@pytest.mark.parametrize("question", QUESTIONS)
def test_no_message_breaks_a_question(question: str, ground: Ground) -> None:
    for text in ("", "/", "{", "{}", "{region}", "\u202e\x00", "是" * 5000, "🙂", "None", "0", "-1", "null"):
        for intent in ("inform", "affirm", "deny", "done", "help", "edit_field", ""):
            assert set(read_answer(question, typed(text, intent, 1.0), told("前面"), ground)) <= set(QUESTIONS)
    odd: list[Any] = [None, {}, [], 7, "x"]
    for value in odd:
        tap = Answer(
            intent="inform", confidence=1.0, text="", entities=[{"entity": "value", "value": value}], is_tap=True
        )
        assert set(read_answer(question, tap, draft(), ground)) <= {question}


def test_clean_takes_out_what_is_not_shown() -> None:
    assert clean(" a\u202eb\x00 \r\n\r\n\r\n\r\n c ") == "ab\n\nc"


@pytest.mark.parametrize(
    ("question", "text", "intent", "found"),
    [
        ("mode", "匿名呗 俺可不敢留名", "ask_anonymity", {"mode": "anonymous"}),
        ("mode", "可以匿名吗", "ask_anonymity", {}),
        ("reporter_kind", "不，还是实名", "ask_anonymity", {"mode": "real_name"}),
        ("reporter_kind", "我想实名", "nlu_fallback", {"mode": "real_name"}),
    ],
)
def test_a_wish_for_a_mode_is_no_question_about_it(
    question: str, text: str, intent: str, found: dict[str, Any], ground: Ground
) -> None:
    values = draft() | {"mode": None if question == "mode" else "anonymous"}
    assert read_answer(question, typed(text, intent, 0.95), values, ground) == found


def test_no_name_is_given_as_a_name(ground: Ground) -> None:
    values = draft() | {"mode": "real_name"}
    assert read_answer("reporter_name", typed("我不想留名"), values, ground) == {"mode": "anonymous"}
    assert read_answer("reporter_name", typed("王小明"), values, ground) == {"reporter_name": "王小明"}
    assert read_answer("accused_unit", typed("匿名"), values, ground) == {"mode": "anonymous"}


def test_a_day_instead_of_a_person(ground: Ground) -> None:
    assert read_answer("accused_name", typed("去年九月"), draft(), ground) == {"occurred": "去年九月"}
    known = draft() | {"occurred": {"text": "今天"}}
    assert read_answer("accused_name", typed("去年九月"), known, ground) == {"occurred": "去年九月"}


def test_no_title_of_ones_own_takes_the_proposed_one(ground: Ground) -> None:
    assert read_answer("title", typed("没有", "deny", 0.95), draft(), ground) == {"title": False}
    assert read_answer("title", typed("没有", "deny", 0.95), draft(own_title=True), ground) == {"title": PROPOSED}


@pytest.mark.parametrize("text", ["yes remove it", "好的删掉吧", "yes, change it"])
def test_a_yes_about_something_else_submits_nothing(text: str, ground: Ground) -> None:
    assert read_answer("confirm", typed(text, "affirm"), told("a"), ground) == {}
    assert read_answer("confirm", typed("yes please", "affirm"), told("a"), ground) == {"confirm": True}


@pytest.mark.parametrize("text", ["没了", "没别的了", "就这样吧", "nothing else", "next"])
def test_nothing_more_said_to_what_was_read_agrees(text: str, ground: Ground) -> None:
    assert read_answer("understood", typed(text, "nlu_fallback"), told("a"), ground) == {"understood": True}


@pytest.mark.parametrize(("text", "found"), [("市民", {"reporter_kind": "citizen"}), ("实名", {"mode": "real_name"})])
def test_a_choice_said_where_the_place_is_asked_is_no_place(text: str, found: Any, ground: Ground) -> None:
    assert read_answer("place", typed(text, "inform"), told("a"), ground) == found
    assert read_answer("place", typed("市民中心", "inform"), told("a"), ground) == {"place": "市民中心"}


def test_done_may_be_said_of_the_telling_and_agrees_to_nothing(ground: Ground) -> None:
    assert read_answer("understood", typed("说完了", "done"), told("a"), ground) == {}


@pytest.mark.parametrize(
    ("text", "place"),
    [("在我们车间", "我们车间"), ("在办事大厅", "办事大厅"), ("at their office building", "their office building")],
)
def test_a_place_said_where_the_unit_is_asked_is_the_place(text: str, place: str, ground: Ground) -> None:
    assert read_answer("accused_unit", typed(text, "inform"), told("a"), ground) == {"place": place}


def test_a_question_about_a_mode_chooses_none(ground: Ground) -> None:
    asked = typed("what does real-name mean?", "nlu_fallback")
    assert "mode" not in read_answer("understood", asked, told("a"), ground)
    assert read_answer("understood", typed("real-name", "inform"), told("a"), ground) == {"mode": "real_name"}


@pytest.mark.parametrize("text", ["anonimous", "i no want say name", "anonym"])
def test_misspelt_anonymity_is_chosen(text: str, ground: Ground) -> None:
    assert read_answer("mode", typed(text, "ask_anonymity"), told("a"), ground) == {"mode": "anonymous"}
