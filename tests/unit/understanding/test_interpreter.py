from typing import Any

import pytest

from bot.understanding import Context, Interpreter
from bot.understanding.values import FALLBACK, Parse

LONG_ZH = (
    "去年我在窗口办证，工作人员先说材料不全让我回去，后来又说系统坏了不能取消申请，"
    "我跑了十几趟，谁也不给我一个准话，最后他让我找中介。"
)
LONG_EN = (
    "I wanted to cancel the old permit and start a new one, so I went to the counter where the clerk told me to come "
    "back later, then he wanted a gift, and in the end nobody helped me at all with my papers."
)


def parse(interpreter: Interpreter, text: str, asked: str | None = None) -> Parse:
    return interpreter.parse(text, Context(active_loop="report_form" if asked else None, requested_slot=asked))


@pytest.mark.parametrize(
    "text", ["〔code〕", "我的查询码是〔code〕", "please check 〔code〕 for me", "麻烦您〔code〕查一下，谢谢"]
)
def test_a_code_with_little_around_it_is_given(interpreter: Interpreter, text: str) -> None:
    result = parse(interpreter, text, "region")
    assert (result.intent, result.confidence) == ("provide_code", 1.0)


def test_a_long_story_that_mentions_a_code_is_a_story(interpreter: Interpreter) -> None:
    assert parse(interpreter, f"{LONG_ZH}上次的码是〔code〕").intent == "describe_incident"


@pytest.mark.parametrize("text", [LONG_ZH, LONG_EN])
@pytest.mark.parametrize(
    ("asked", "intent"), [(None, "describe_incident"), ("facts", "describe_incident"), ("addition", "inform")]
)
def test_a_long_text_is_never_a_command(interpreter: Interpreter, text: str, asked: str | None, intent: str) -> None:
    assert parse(interpreter, text, asked).intent == intent


def test_danger_in_a_long_text_is_seen(interpreter: Interpreter) -> None:
    assert parse(interpreter, f"{LONG_ZH}我真的不想活了。", "facts").intent == "emergency"


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("region", "是西岗区"),
        ("mode", "我想匿名"),
        ("mode", "匿名"),
        ("reporter_kind", "我是村民"),
        ("accused_unit", "西岗区住建局"),
        ("accused_unit", "太阳升那边的大集管理处"),
        ("accused_name", "老白"),
        ("occurred", "last March"),
        ("loss", "3万5"),
        ("contact", "13800000000"),
        ("industry", "weaving baskets"),
        ("rating", "5星"),
    ],
)
def test_what_answers_the_question_is_an_answer(interpreter: Interpreter, asked: str, text: str) -> None:
    assert parse(interpreter, text, asked).intent == "inform"


@pytest.mark.parametrize(
    ("asked", "text", "intent"),
    [
        ("mode", "可以匿名吗", "ask_anonymity"),
        ("accused_name", "不知道", "dont_know"),
        ("accused_name", "取消", "cancel"),
        ("facts", "就这些", "done"),
        ("facts", "帮助", "help"),
        ("facts", "转人工", "ask_human"),
        ("facts", "cancel", "cancel"),
        ("confirm", "改一下地区", "edit_field"),
        ("confirm", "yes", "affirm"),
        ("confirmed", "不要", "deny"),
        (None, "你好", "greet"),
        (None, "撤回举报", "withdraw_report"),
    ],
)
def test_commands_and_questions_are_seen_in_a_form(
    interpreter: Interpreter, asked: str | None, text: str, intent: str
) -> None:
    assert parse(interpreter, text, asked).intent == intent


def test_a_complaint_about_silence_is_not_a_status_query_while_facts_are_told(interpreter: Interpreter) -> None:
    assert parse(interpreter, "我反映了半年一直没人回复我", "facts").intent == "describe_incident"
    assert parse(interpreter, "my complaint got no reply for months", "facts").intent == "describe_incident"


@pytest.mark.parametrize(
    "text", ["", "   ", "？？？", "🙂", "\u0000", "。" * 5_000, "a" * 100_000, "我" * 100_000, "/cancel", "[x](y)"]
)
def test_anything_can_be_typed(interpreter: Interpreter, text: str) -> None:
    result = parse(interpreter, text, "region")
    assert result.text == text
    assert result.intent
    assert sum(score for _, score in result.ranking) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("text", ["删除 b.pdf", "把合同.docx删掉", "remove photo.jpg"])
def test_a_file_named_with_its_ending_is_to_be_removed_wherever_it_is_said(interpreter: Interpreter, text: str) -> None:
    assert parse(interpreter, text, "title").intent == "remove_file"
    assert parse(interpreter, text, "facts").intent == "remove_file"


@pytest.mark.parametrize("text", ["这是照片", "这是当时签的合同", "This is the contract", "那天拍的"])
@pytest.mark.parametrize("slot", ["facts", "read_back", "evidence", None])
def test_words_beside_a_file_never_take_it_away(interpreter: Interpreter, text: str, slot: str | None) -> None:
    assert parse(interpreter, text, slot).intent != "remove_file"


def test_an_uncertain_reading_does_not_interrupt_a_question(interpreter: Interpreter) -> None:
    assert parse(interpreter, "1234", "code_given").intent == FALLBACK


def test_a_story_told_in_one_sentence_opens_a_report(interpreter: Interpreter) -> None:
    told = "我是市民，匿名举报甘井子区住建局的王科长，2025.3-2025.8期间在办证大厅收了开发商两万块"
    assert parse(interpreter, told).intent == "describe_incident"


def test_nothing_likely_is_a_fallback_that_keeps_the_ranking(interpreter: Interpreter) -> None:
    results = [
        parse(interpreter, text) for text in ("那玩意儿跟那啥似的", "blue seven maybe the sideways", "就那个呗你懂的")
    ]
    unsure = [result for result in results if result.intent == FALLBACK]
    assert unsure
    assert all(len(result.ranking) > 3 and result.ranking[0][0] != FALLBACK for result in unsure)


def test_the_same_words_mean_what_the_question_expects(interpreter: Interpreter) -> None:
    assert parse(interpreter, "what format", "evidence").intent == "faq_evidence"
    assert parse(interpreter, "what format", "level").intent == "explain_question"


def test_any_object_with_three_attributes_is_a_context(interpreter: Interpreter) -> None:
    class Where:
        active_loop: Any = None
        requested_slot: Any = "confirm"
        language: Any = "en"

    assert interpreter.parse("yes", Where()).intent == "affirm"
    assert interpreter.parse("hello").intent == "greet"


def test_categories_are_ranked_and_nothing_gives_nothing(interpreter: Interpreter) -> None:
    ranking = interpreter.categories.rank("验收的人要红包才给过", "zh")
    assert ranking[0][0] == "bribe_demand"
    assert sum(score for _, score in ranking) == pytest.approx(1, abs=1e-4)
    assert interpreter.categories.rank("  ", "zh") == []


@pytest.mark.parametrize("text", ["I want to add: he also took two boxes of tea", "我要补充：他还拿走了两箱茶叶"])
def test_a_wish_before_a_colon_is_heard_beside_the_words_it_brings(interpreter: Interpreter, text: str) -> None:
    assert parse(interpreter, text).intent == "add_info"


@pytest.mark.parametrize("text", ["withdraw my report because they paid it back", "我要撤回举报，因为钱退了"])
def test_a_wish_before_its_reason_is_heard(interpreter: Interpreter, text: str) -> None:
    assert parse(interpreter, text).intent == "withdraw_report"


@pytest.mark.parametrize(("text", "asked"), [("I want to add: a name", "facts"), ("The shop: he closed it", None)])
def test_a_colon_alone_is_no_wish(interpreter: Interpreter, text: str, asked: str | None) -> None:
    assert parse(interpreter, text, asked).intent != "add_info"
