"""The code: right, mistyped, unknown, too often; and the case in plain words."""

import pytest

from casework import office
from casework.attempts import LIMIT
from casework.case import CaseStatus
from casework.case_life import Details, Disposition, Outcome
from casework.code import generate
from tests.unit.actions.stage import KEY, SECOND, Talk, opened, submitted, theatre

SHOWN = ["utter_case_status", "utter_case_history", "utter_case_deadline", "utter_case_menu"]


def mistyped(code: str) -> str:
    return code[:-1] + ("2" if code[-1] != "2" else "3")


async def conclude(case_id: object) -> None:
    services = theatre().services
    await office.change_status(services, KEY, case_id, CaseStatus.ACCEPTED)  # type: ignore[arg-type]
    disposition = Details(disposition=Disposition.TALK_OR_LETTER)
    await office.change_status(services, KEY, case_id, CaseStatus.ASSESSING, disposition)  # type: ignore[arg-type]
    await office.approve(services, SECOND, case_id)  # type: ignore[arg-type]
    outcome = Details(outcome=Outcome.SUBSTANTIATED, text="已责令整改")
    await office.change_status(services, KEY, case_id, CaseStatus.CONCLUDED, outcome)  # type: ignore[arg-type]
    await office.approve(services, SECOND, case_id)  # type: ignore[arg-type]


async def test_the_code_is_asked_and_opens_the_case() -> None:
    report = await submitted()
    talk = await Talk().begin()
    assert await talk.tap("query_status") == ["utter_ask_code_form_code_given"]
    assert await talk.say(f"我的编码是 {report.code.lower().replace('-', ' ')} 谢谢") == SHOWN
    assert talk.loop is None
    assert "已收到" in talk.text
    assert talk.payloads == ["/add_info", "/become_named", "/report_retaliation", "/withdraw_report", "/done"]


async def test_an_addition_said_where_no_story_was_begun_is_for_the_open_case() -> None:
    talk, _ = await opened()
    await talk.tap("start_report")
    assert await talk.say("我还想补充，他还收了一条烟", intent="add_info") == ["utter_ask_case_words"]
    assert talk.slot("case_words") == "他还收了一条烟"
    await talk.tap("affirm")
    await talk.say("他又来了我的店里", intent="describe_incident")
    await talk.say("我还想补充，他还收了一条烟", intent="add_info")
    assert talk.asks == "facts"


async def test_a_code_is_in_no_slot() -> None:
    report = await submitted()
    talk = await Talk().begin()
    await talk.tap("query_status")
    await talk.say(report.code)
    assert report.code not in str(talk.state.snapshot())


async def test_the_open_case_is_shown_without_asking_again() -> None:
    talk, _ = await opened()
    assert await talk.tap("query_status") == SHOWN


async def test_the_session_ends_after_a_quarter_of_an_hour() -> None:
    talk, _ = await opened()
    talk.shared.clock.advance(minutes=16)
    assert await talk.tap("query_status") == ["utter_ask_code_form_code_given"]


async def test_a_mistyped_code_is_said_to_be_one() -> None:
    report = await submitted()
    talk = await Talk().begin()
    await talk.tap("query_status")
    assert await talk.say(mistyped(report.code)) == ["utter_code_mistyped", "utter_ask_code_form_code_given_2"]
    assert await talk.say(mistyped(report.code)) == ["utter_code_mistyped", "utter_ask_code_form_code_given_3"]
    assert talk.payloads == ["/ask_human", "/cancel"]
    assert await talk.say(report.code) == SHOWN
    assert talk.slot("failures") is None


async def test_an_unknown_code_names_the_ways_on() -> None:
    talk = await Talk().begin()
    assert await talk.say(generate()) == ["utter_code_unknown", "utter_ask_code_form_code_given_2"]
    assert "(0411) 12388" in talk.text
    assert talk.loop == "code_form"


async def test_ten_wrong_codes_ask_to_wait() -> None:
    talk = await Talk().begin()
    for _ in range(LIMIT):
        await talk.say(generate())
    assert await talk.say(generate()) == ["utter_code_wait", "utter_menu"]
    assert talk.loop is None
    assert "60" in talk.text


async def test_what_is_no_code_is_asked_again_and_explained() -> None:
    talk = await Talk().begin()
    await talk.tap("query_status")
    assert await talk.say("ABC") == ["utter_ask_code_form_code_given_2"]
    assert await talk.say("我的编码忘了", "provide_code") == ["utter_ask_code_form_code_given_3"]


async def test_asking_for_the_status_again_is_no_failure() -> None:
    talk = await Talk().begin()
    await talk.tap("query_status")
    assert await talk.say("查进度", "query_status") == ["utter_ask_code_form_code_given"]


@pytest.mark.parametrize("intent", ["cancel", "go_back", "deny"])
async def test_the_code_need_not_be_given(intent: str) -> None:
    talk = await Talk().begin()
    await talk.tap("query_status")
    assert await talk.tap(intent) == ["utter_left", "utter_menu"]
    assert talk.loop is None


async def test_inside_a_report_the_case_is_shown_and_the_question_put_again() -> None:
    report = await submitted()
    talk = await Talk().begin()
    await talk.tap("start_report")
    assert await talk.say(report.code) == [*SHOWN, "utter_ask_report_form_facts"]
    assert await talk.say(generate()) == ["utter_code_unknown", "utter_ask_report_form_facts"]
    assert "/query_status" in talk.payloads
    assert talk.loop == "report_form"


async def test_from_a_report_the_code_form_leads_back() -> None:
    report = await submitted()
    talk = await Talk().begin()
    await talk.tap("start_report")
    await talk.tap("query_status")
    assert talk.loop == "code_form"
    assert await talk.say(report.code) == [*SHOWN, "utter_ask_report_form_facts"]
    await talk.tap("done")
    await talk.tap("goodbye")
    await talk.tap("start_report")
    await talk.tap("query_status")
    assert await talk.tap("cancel") == ["utter_left", "utter_ask_report_form_facts"]


async def test_the_open_question_comes_first() -> None:
    talk, row = await opened()
    await office.ask(theatre().services, KEY, row.id, "是哪一个窗口？")
    assert (await talk.tap("query_status"))[:2] == ["utter_case_status", "utter_case_question"]
    assert "是哪一个窗口？" in talk.text
    assert talk.payloads[0] == "/answer_question"


async def test_the_history_tells_what_the_office_said() -> None:
    talk, row = await opened()
    await conclude(row.id)
    await talk.tap("query_status")
    for words in ("已办结", "已责令整改", "结果：属实"):
        assert words in talk.text
    assert "/rate_result" in talk.payloads


async def test_a_refusal_tells_reason_and_right_place() -> None:
    talk, row = await opened()
    details = Details(reason="应由法院处理", channel="甘井子区人民法院")
    await office.change_status(theatre().services, KEY, row.id, CaseStatus.NOT_ACCEPTED, details)
    await talk.tap("query_status")
    assert "原因：应由法院处理" in talk.text
    assert "该找：甘井子区人民法院" in talk.text


async def test_a_long_history_shows_the_last() -> None:
    talk, _ = await opened()
    for number in range(12):
        await talk.tap("add_info")
        await talk.say(f"第 {number} 次补充：他们又来了一次，还是没有手续")
    assert "utter_case_history_last" in await talk.tap("query_status")
    assert "更早的 3 条" in talk.text
    assert "还是没有手续" not in talk.text


async def test_in_english() -> None:
    report = await submitted()
    talk = await Talk(language="en").begin()
    await talk.say(report.code)
    assert "Your report: Received" in talk.text
    assert "2026-" in talk.text
