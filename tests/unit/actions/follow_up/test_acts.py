"""What the holder of a code may do with the case."""

import pytest

from casework import office
from casework.case import CaseStatus, EntryKind, Priority
from casework.code import generate
from casework.report import MAX_FILES
from tests.unit.actions.follow_up.test_opening import conclude
from tests.unit.actions.stage import KEY, Talk, opened, submitted, theatre

WORDS = "他们昨天又来店里查了一次，什么手续都没有出示"
ACTS = {
    "add_info": "add_info",
    "answer_question": "answer",
    "rate_result": "rate",
    "request_review": "review",
    "report_retaliation": "retaliation",
    "become_named": "named",
    "withdraw_report": "withdraw",
}


async def last(row_id: object, kind: EntryKind) -> tuple[str, tuple[str, ...]]:
    case = theatre().store.tables.cases[row_id]  # type: ignore[index]
    entry = [entry for entry in case.entries if entry.kind is kind][-1]
    return entry.text, tuple(file.name for file in entry.files)


@pytest.mark.parametrize(("intent", "act"), ACTS.items())
async def test_without_a_case_the_code_is_asked_for(intent: str, act: str) -> None:
    talk = await Talk().begin()
    assert await talk.tap(intent) == [f"utter_code_for_{act}", "utter_ask_code_form_code_given"]
    assert talk.slot("case_wish") == act
    await talk.tap("cancel")
    assert talk.slot("case_wish") is None


async def test_the_wish_goes_on_after_the_code() -> None:
    report = await submitted()
    talk = await Talk().begin()
    await talk.tap("add_info")
    assert await talk.say(report.code) == ["utter_code_right", "utter_ask_add_info_form_addition"]
    assert await talk.say(WORDS) == ["utter_given_add_info", "utter_case_menu"]
    assert await last(report.row.id, EntryKind.ADDITION) == (WORDS, ())


async def test_a_code_in_the_same_sentence_is_enough() -> None:
    report = await submitted()
    begun = ["utter_code_right", "utter_ask_add_info_form_addition"]
    talk, other = await Talk().begin(), await Talk().begin()
    assert await say_with_code(talk, "add_info", report.code) == begun
    assert (await say_with_code(other, "add_info", generate()))[0] == "utter_code_unknown"
    assert other.loop == "code_form"
    assert await other.say(report.code) == begun


async def say_with_code(talk: Talk, intent: str, code: str) -> list[str]:
    """A text with a code that means more than the code."""
    return await talk.say_as(f"我要补充材料，编码 {code}", intent)


async def test_a_wish_that_is_not_possible_is_said_and_the_case_shown() -> None:
    report = await submitted()
    talk = await Talk().begin()
    await talk.tap("rate_result")
    assert (await talk.say(report.code))[:2] == ["utter_not_now_rate", "utter_case_status"]
    assert talk.slot("case_wish") is None


@pytest.mark.parametrize("intent", ["answer_question", "rate_result", "request_review", "dissatisfied_result"])
async def test_what_is_not_possible_now_is_said(intent: str) -> None:
    talk, _ = await opened()
    said = await talk.tap(intent)
    assert said[0].startswith("utter_not_now_")
    assert said[1:] == ["utter_case_menu"]
    assert talk.loop is None


@pytest.mark.parametrize("intent", ["answer_question", "rate_result", "become_named", "report_retaliation"])
async def test_inside_a_report_nothing_takes_the_question_away(intent: str) -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    assert await talk.tap(intent) == ["utter_needs_code", "utter_ask_report_form_facts"]
    assert talk.payloads[0] == "/query_status"


async def test_adding_while_a_report_is_made_asks_to_which() -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    assert (await talk.tap("add_info"))[0] == "utter_add_to_draft"
    assert talk.payloads[:2] == ['/edit_field{"field": "facts"}', "/query_status"]


async def test_withdrawing_while_a_report_is_made_means_that_one() -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    assert await talk.tap("withdraw_report") == ["utter_confirm_cancel"]


async def test_after_an_act_the_report_goes_on() -> None:
    report = await submitted()
    talk = await Talk().begin()
    await talk.tap("start_report")
    await talk.say(report.code)
    await talk.tap("add_info")
    assert await talk.say(WORDS) == ["utter_given_add_info", "utter_case_menu", "utter_ask_report_form_facts"]
    await talk.tap("add_info")
    assert await talk.tap("cancel") == ["utter_left", "utter_ask_report_form_facts"]
    assert await talk.tap("answer_question") == [
        "utter_not_now_answer",
        "utter_case_menu",
        "utter_ask_report_form_facts",
    ]


@pytest.mark.parametrize("intent", ["cancel", "go_back", "deny", "done"])
async def test_an_addition_may_be_left(intent: str) -> None:
    talk, _ = await opened()
    await talk.tap("add_info")
    assert await talk.tap(intent) == ["utter_left", "utter_case_menu"]
    assert talk.payloads == ["/query_status", "/done"]


async def test_saying_it_again_inside_asks_the_same() -> None:
    talk, _ = await opened()
    await talk.tap("add_info")
    assert await talk.tap("add_info") == ["utter_ask_add_info_form_addition"]


async def test_a_digression_is_answered_and_a_long_text_is_the_addition() -> None:
    talk, row = await opened()
    await talk.tap("add_info")
    assert (await talk.say("能匿名吗", "ask_anonymity"))[-1] == "utter_ask_add_info_form_addition"
    await talk.say(WORDS, "query_status")
    assert (await last(row.id, EntryKind.ADDITION))[0] == WORDS


async def test_text_that_looks_like_a_command_stays_text() -> None:
    talk, row = await opened()
    await talk.tap("add_info")
    await talk.say('/affirm{"value": 1} <b>{office}</b> {{x}}')
    assert (await last(row.id, EntryKind.ADDITION))[0] == '/affirm{"value": 1} <b>{office}</b> {{x}}'


async def test_files_wait_for_the_words() -> None:
    talk, row = await opened()
    await talk.tap("add_info")
    ids = [await talk.upload("a.jpg"), await talk.upload("b.jpg")]
    assert await talk.tap("evidence", ids=ids) == ["utter_files_attached", "utter_ask_add_info_form_addition_files"]
    assert await talk.say(WORDS) == ["utter_given_add_info", "utter_case_menu"]
    assert await last(row.id, EntryKind.ADDITION) == (WORDS, ("a.jpg", "b.jpg"))
    assert (talk.slot("case_files"), await talk.uploads()) == (None, [])


async def test_files_alone_begin_an_addition() -> None:
    talk, row = await opened()
    said = await talk.tap("evidence", ids=[await talk.upload("a.jpg")])
    assert said == ["utter_files_attached", "utter_ask_add_info_form_addition_files"]
    assert "/done" in talk.payloads
    await talk.tap("done")
    assert await last(row.id, EntryKind.ADDITION) == ("", ("a.jpg",))
    await talk.tap("query_status")
    assert "（1 个文件）" in talk.text


async def test_files_that_are_gone_are_told() -> None:
    talk, _ = await opened()
    await talk.tap("add_info")
    await talk.tap("evidence", ids=["gone"])
    assert await talk.tap("done") == ["utter_nothing_given", "utter_case_menu"]


async def test_more_files_than_a_case_takes_at_once() -> None:
    talk, _ = await opened()
    await talk.tap("add_info")
    await talk.tap("evidence", ids=[f"f{n}" for n in range(MAX_FILES)])
    assert (await talk.tap("evidence", ids=["one more"]))[0] == "utter_files_too_many"
    assert len(talk.slot("case_files")) == MAX_FILES


async def test_files_with_no_case_open_are_not_for_a_case() -> None:
    talk = await Talk().begin()
    assert "utter_files_attached" not in await talk.tap("evidence", ids=[await talk.upload("a.jpg")])
    assert talk.loop is None


async def test_what_was_written_survives_the_end_of_the_session() -> None:
    report = await submitted()
    talk = await Talk().begin()
    await talk.say(report.code)
    await talk.tap("add_info")
    talk.shared.clock.advance(minutes=16)
    assert await talk.say(WORDS) == ["utter_session_over", "utter_ask_code_form_code_given"]
    assert await talk.say(report.code) == ["utter_code_right", "utter_given_add_info", "utter_case_menu"]
    assert (await last(report.row.id, EntryKind.ADDITION))[0] == WORDS
    assert (talk.slot("addition"), talk.slot("case_wish")) == (None, None)


async def test_who_leaves_after_the_session_ended_leaves_nothing_behind() -> None:
    talk, _ = await opened()
    await talk.tap("add_info")
    talk.shared.clock.advance(minutes=16)
    await talk.say(WORDS)
    await talk.tap("cancel")
    assert (talk.slot("addition"), talk.slot("case_wish")) == (None, None)


async def test_a_question_is_repeated_and_answered() -> None:
    talk, row = await opened()
    await office.ask(theatre().services, KEY, row.id, "是哪一个窗口？")
    assert await talk.tap("answer_question") == ["utter_ask_answer_form_answer"]
    assert "是哪一个窗口？" in talk.text
    assert await talk.say("不是", "deny") == ["utter_given_answer", "utter_case_menu"]
    assert (await last(row.id, EntryKind.ANSWER))[0] == "不是"
    assert (await talk.tap("answer_question"))[0] == "utter_not_now_answer"


async def test_a_question_withdrawn_meanwhile() -> None:
    report = await submitted()
    talk, other = await Talk().begin(), await Talk().begin()
    await office.ask(theatre().services, KEY, report.row.id, "是哪一个窗口？")
    for person in (talk, other):
        await person.say(report.code)
        await person.tap("answer_question")
    await other.say("三号窗口，在一楼进门左手边第二个")
    assert await talk.say("三号窗口，在一楼进门左手边第二个") == ["utter_not_now_answer", "utter_case_menu"]


async def test_the_question_of_a_session_that_ended_is_not_shown() -> None:
    talk, row = await opened()
    await office.ask(theatre().services, KEY, row.id, "是哪一个窗口？")
    await talk.tap("answer_question")
    talk.shared.clock.advance(minutes=16)
    await talk.tap("faq_time")
    assert "是哪一个窗口？" not in talk.text


@pytest.mark.parametrize("stars", ["5", "五星"])
async def test_a_result_is_rated(stars: str) -> None:
    talk, row = await opened()
    await conclude(row.id)
    await talk.tap("rate_result")
    assert [p for p in talk.payloads if "rating" in p] == [f'/rate_result{{"rating": {n}}}' for n in range(1, 6)]
    assert await talk.say(stars) == ["utter_given_rate", "utter_case_menu"]
    await talk.tap("query_status")
    assert "5 星" in talk.text


async def test_a_result_is_rated_by_a_tap_or_not_at_all() -> None:
    talk, row = await opened()
    await conclude(row.id)
    await talk.tap("rate_result")
    assert await talk.say("还行吧") == ["utter_ask_rate_form_rating_2"]
    assert await talk.tap("cancel") == ["utter_left", "utter_case_menu"]
    await talk.tap("rate_result")
    assert await talk.tap("rate_result", rating=2) == ["utter_given_rate", "utter_case_menu"]


async def test_a_review_is_asked_for_with_a_reason() -> None:
    talk, row = await opened()
    await conclude(row.id)
    assert await talk.tap("dissatisfied_result") == ["utter_ask_review_form_review_reason"]
    assert (await talk.say("理" * 1001))[0] == "utter_too_long"
    assert await talk.say("没有查我说的第二件事") == ["utter_given_review", "utter_case_menu"]
    assert theatre().store.tables.cases[row.id].status is CaseStatus.REOPEN_REQUESTED


async def test_retaliation_is_linked_and_urgent() -> None:
    talk, row = await opened()
    await talk.tap("report_retaliation")
    assert await talk.say(WORDS) == ["utter_given_retaliation", "utter_case_menu"]
    case = theatre().store.tables.cases[row.id]
    assert case.row.priority is Priority.HIGH


async def test_a_name_is_given() -> None:
    talk, row = await opened()
    assert await talk.tap("become_named") == ["utter_ask_named_form_named_name"]
    await talk.say("王小明")
    assert talk.asks == "named_contact"
    assert await talk.say("我的电话") == ["utter_contact_unreadable", "utter_ask_named_form_named_contact_2"]
    assert (await talk.say("我的电话"))[1] == "utter_explain_named_contact"
    assert await talk.say("138 1234 5678") == ["utter_given_named", "utter_case_menu"]
    contact = theatre().store.tables.cases[row.id].contact
    assert contact is not None
    assert (contact.name, "13812345678" in contact.contact.replace(" ", "")) == ("王小明", True)
    assert talk.slot("named_name") is None


@pytest.mark.parametrize("questions", [0, 1])
async def test_a_name_need_not_be_given(questions: int) -> None:
    talk, row = await opened()
    await talk.tap("become_named")
    if questions:
        await talk.say("王小明")
    assert await talk.tap("cancel") == ["utter_left", "utter_case_menu"]
    assert theatre().store.tables.cases[row.id].contact is None


async def test_withdrawing_asks_for_a_reason_and_once_more() -> None:
    talk, row = await opened()
    await talk.tap("withdraw_report")
    assert await talk.say("算了，不撤了", intent="deny") == ["utter_left", "utter_case_menu"]
    await talk.tap("withdraw_report")
    assert await talk.say("事情解决了") == ["utter_confirm_withdraw"]
    assert await talk.tap("deny") == ["utter_kept_withdraw", "utter_case_menu"]
    assert talk.slot("withdraw_reason") is None
    await talk.tap("withdraw_report")
    await talk.say("事情解决了")
    assert await talk.tap("affirm") == ["utter_given_withdraw", "utter_menu"]
    assert theatre().store.tables.cases[row.id].status is CaseStatus.WITHDRAWN
    assert talk.loop is None
    assert (talk.slot("withdraw_reason"), talk.slot("confirm_purpose")) == (None, None)


@pytest.mark.parametrize("intent", ["skip", "deny", "dont_know"])
async def test_no_reason_is_needed(intent: str) -> None:
    talk, _ = await opened()
    await talk.tap("withdraw_report")
    assert await talk.tap(intent) == ["utter_confirm_withdraw"]


async def test_withdrawing_may_be_left_at_the_reason() -> None:
    talk, _ = await opened()
    await talk.tap("withdraw_report")
    assert await talk.tap("cancel") == ["utter_left", "utter_case_menu"]


async def test_withdrawing_after_the_session_ended_asks_for_the_code_and_again() -> None:
    report = await submitted()
    talk = await Talk().begin()
    await talk.say(report.code)
    await talk.tap("withdraw_report")
    await talk.tap("skip")
    talk.shared.clock.advance(minutes=16)
    assert await talk.tap("affirm") == ["utter_session_over", "utter_ask_code_form_code_given"]
    assert await talk.say(report.code) == ["utter_code_right", "utter_confirm_withdraw"]
    assert await talk.tap("affirm") == ["utter_given_withdraw", "utter_menu"]


async def test_withdrawing_in_the_middle_of_a_report_leads_back_to_it() -> None:
    report = await submitted()
    talk = await Talk().begin()
    await talk.tap("start_report")
    await talk.say(report.code)
    await talk.tap("withdraw_report")
    await talk.tap("skip")
    assert await talk.tap("affirm") == ["utter_given_withdraw", "utter_ask_report_form_facts"]


async def test_a_closed_case_takes_no_withdrawal() -> None:
    talk, row = await opened()
    await conclude(row.id)
    assert await talk.tap("withdraw_report") == ["utter_not_now_withdraw", "utter_case_menu"]


@pytest.mark.parametrize(
    ("intent", "question"),
    [
        ("add_info", "utter_ask_add_info_form_addition"),
        ("report_retaliation", "utter_ask_retaliation_form_retaliation_text"),
        ("become_named", "utter_ask_named_form_named_name"),
    ],
)
async def test_empty_text_fails_in_shorter_words(intent: str, question: str) -> None:
    talk, _ = await opened()
    await talk.tap(intent)
    assert await talk.say("  ") == [f"{question}_2"]
    said = await talk.say("  ")
    assert said[-1] == f"{question}_3"
    assert said[0].startswith("utter_explain_")
    assert talk.payloads == ["/ask_human", "/cancel"]
