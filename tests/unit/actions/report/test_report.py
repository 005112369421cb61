"""The report form in a whole conversation, where transcripts cannot reach: refusals, other channels, faults."""

import pickle
from typing import Any

import pytest
from rasa_sdk import Tracker
from ruamel.yaml import YAML

from actions.report import build
from actions.report.draft import FORM, said, values_of
from casework import submitting
from casework.case import CaseKind
from casework.errors import CodeUnknown, IntakeClosed, ReportOnHead
from casework.intake import GROUPS, QUESTIONS, SKIPPED
from tests.unit.actions.stage import KEY, ROOT, Talk, theatre

DOMAIN: dict[str, Any] = {"responses": {}}
for path in sorted((ROOT / "nlu_data" / "responses").glob("*.yml")):
    DOMAIN["responses"] |= YAML(typ="safe").load(path.read_text(encoding="utf-8"))["responses"]
REPORT = YAML(typ="safe").load((ROOT / "nlu_data" / "domain" / "report.yml").read_text(encoding="utf-8"))


async def at_summary(**opening: Any) -> Talk:
    """Return a conversation that stands at the summary of a short anonymous report."""
    talk = await Talk(**opening).begin()
    await talk.tap("start_report")
    await talk.say("西岗区的窗口人员一直刁难我", "describe_incident")
    await talk.tap("done")
    await talk.tap("affirm")
    await talk.tap("inform", field="mode", value="anonymous")
    await talk.tap("submit_now")
    assert talk.asks == "confirm"
    return talk


def test_actions_are_built_without_arguments_and_travel_by_pickle() -> None:
    for action in build(theatre().services):
        bare = type(action)()
        assert pickle.loads(pickle.dumps(action)).name() == bare.name()  # noqa: S301 - our own object


def test_the_domain_lists_every_action_question_and_slot() -> None:
    built = [action.name() for action in build(theatre().services)]
    assert [name for name in REPORT["actions"] if name not in built] == []
    assert REPORT["forms"][FORM]["required_slots"] == list(QUESTIONS) == list(REPORT["slots"])


@pytest.mark.parametrize("question", QUESTIONS)
def test_every_question_has_its_words(question: str) -> None:
    ask = f"utter_ask_{FORM}_{question}"
    needed = [ask, f"{ask}_2", f"{ask}_3", f"utter_explain_{question}"]
    assert [name for name in needed if name not in DOMAIN["responses"]] == []
    asked = QUESTIONS[question]
    if not asked.can_skip:
        assert f"utter_needed_{question}" in DOMAIN["responses"]
    if asked.group:
        assert f"utter_label_{question}" in DOMAIN["responses"]


@pytest.mark.parametrize("question", QUESTIONS)
def test_asked_again_the_words_are_shorter_each_time(question: str) -> None:
    ask = f"utter_ask_{FORM}_{question}"
    for first, second, third in zip(*(DOMAIN["responses"][f"{ask}{n}"] for n in ("", "_2", "_3")), strict=True):
        assert len(first["text"]) > len(second["text"]) > len(third["text"])


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_has_its_button(group: str) -> None:
    assert f"utter_button_edit_{group}" in DOMAIN["responses"]


async def test_a_report_arrives_as_it_was_told() -> None:
    talk = await at_summary()
    shared = theatre()
    before = {row.id for row in await _rows()}
    assert await talk.tap("affirm") == ["utter_receipt_next_anonymous", "utter_receipt"]
    assert talk.turn is not None
    assert talk.turn.submitted
    (new,) = [row for row in await _rows() if row.id not in before]
    async with shared.store.work() as work:
        case = await work.cases.by_office(new.id, KEY)
    assert case is not None
    assert case.report is not None
    assert (case.row.kind, case.report.region, case.report.facts) == (
        CaseKind.REPORT,
        "xigang",
        "西岗区的窗口人员一直刁难我",
    )
    custom = [message.custom for message in talk.heard if message.custom]
    assert custom == [{"receipt": True}]


async def _rows() -> list[Any]:
    from casework.ports import CaseQuery

    async with theatre().store.work() as work:
        return list(await work.cases.rows(CaseQuery(limit=10_000)))


@pytest.mark.parametrize(
    ("error", "response"),
    [
        (IntakeClosed(), "utter_report_intake_closed"),
        (ReportOnHead(), "utter_report_on_head"),
        (CodeUnknown(), "utter_report_not_sent"),
    ],
)
async def test_what_cannot_be_sent_is_kept(error: Exception, response: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: Any, **__: Any) -> Any:
        raise error

    talk = await at_summary()
    with monkeypatch.context() as patched:
        patched.setattr(submitting, "submit", failing)
        assert await talk.tap("affirm") == [response, "utter_ask_report_form_confirm"]
    assert (talk.loop, talk.asks) == (FORM, "confirm")
    assert "西岗区的窗口人员一直刁难我" in talk.text
    assert talk.turn is not None
    assert not talk.turn.submitted
    assert (await talk.tap("affirm"))[-1] == "utter_receipt"


async def test_a_channel_without_files_says_so() -> None:
    talk = await at_summary(channel="terminal")
    await talk.tap("edit_field", field="evidence")
    assert [message.response for message in talk.heard] == ["utter_ask_report_form_evidence_no_files"]


@pytest.mark.parametrize("reason", ["too_large", "too_many", "empty", "no_space", "nonsense"])
async def test_a_file_not_taken_is_answered_and_the_question_stays(reason: str) -> None:
    talk = await at_summary()
    known = reason if reason != "nonsense" else "empty"
    heard = await talk.tap("evidence_refused", reason=reason)
    assert heard == [f"utter_file_refused_{known}", "utter_ask_report_form_confirm"]


async def test_files_are_counted_listed_and_removed_by_number_or_id() -> None:
    talk = await at_summary()
    first, second = await talk.upload("a.jpg"), await talk.upload("b.jpg")
    await talk.tap("evidence", ids=[first, second])
    assert "2" in talk.heard[0].text
    await talk.tap("edit_field", field="evidence")
    assert await talk.tap("remove_file") == ["utter_file_not_there", "utter_ask_report_form_evidence_files"]
    assert await talk.tap("remove_file", number=2) == ["utter_file_removed", "utter_ask_report_form_evidence_files"]
    assert await talk.uploads() == ["a.jpg"]
    assert (await talk.tap("remove_file", file="nonsense"))[0] == "utter_file_not_there"
    assert (await talk.tap("remove_file", file=first))[0] == "utter_file_removed"
    assert await talk.uploads() == []


async def test_saying_twice_that_one_wants_to_report_changes_nothing() -> None:
    talk = await at_summary()
    assert await talk.tap("start_report") == ["utter_report_begun", "utter_ask_report_form_confirm_short"]


async def test_a_draft_put_aside_is_gone_on_with() -> None:
    talk = await at_summary()
    await talk.tap("query_status")
    assert talk.loop == "code_form"
    await talk.tap("start_report")
    assert (talk.loop, talk.asks) == (FORM, "confirm")


async def test_an_answer_that_is_not_asked_cannot_be_changed() -> None:
    talk = await at_summary()
    assert await talk.tap("edit_field", field="contact") == ["utter_edit_not_asked", "utter_ask_report_form_confirm"]
    assert await talk.say("改一下那个", "edit_field") == ["utter_edit_which", "utter_ask_report_form_confirm"]


async def test_done_elsewhere_offers_to_submit_or_says_what_is_needed() -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    assert await talk.tap("done") == ["utter_needed_facts", "utter_ask_report_form_facts"]
    await talk.say("西岗区的窗口人员一直刁难我", "describe_incident")
    await talk.tap("done")
    await talk.tap("affirm")
    assert await talk.tap("done") == ["utter_not_ready", "utter_ask_report_form_mode"]
    await talk.tap("inform", field="mode", value="anonymous")
    assert (await talk.tap("done"))[0] == "utter_enough_to_submit"
    assert "/submit_now" in talk.payloads


async def test_two_unclear_answers_explain_and_offer_ways_out() -> None:
    talk = await Talk(language="en").begin()
    await talk.tap("start_report")
    await talk.say("They ask for money", "describe_incident")
    await talk.tap("done")
    assert await talk.say("blah", "nlu_fallback", 0.2) == ["utter_ask_report_form_region_2"]
    assert await talk.say("blah", "nlu_fallback", 0.2) == ["utter_explain_region", "utter_ask_report_form_region_3"]
    assert {"/ask_human", "/cancel"} <= set(talk.payloads)
    await talk.tap("inform", field="region", value="xigang")
    assert talk.slot("failures") is None


async def test_the_long_story_is_cut_when_no_file_can_be_kept() -> None:
    talk = await Talk().begin()
    await talk.tap("start_report")
    await talk.say("西岗区的人天天来店里检查。" * 300, "describe_incident")
    await talk.tap("done")
    assert talk.asks == "long_text"
    await talk.tap("inform", field="long_text", value="cut")
    assert len(talk.slot("facts")) <= 3000
    assert await talk.uploads() == []


def test_what_is_said_and_not_settled_counts_as_unanswered() -> None:
    slots = {"region": said("x"), "place": SKIPPED, "draft": None}
    values = values_of(Tracker("c", slots, {}, [], False, None, {}, "action_listen"))
    assert (values["region"], values["place"], values["draft"]) == (None, SKIPPED, {})
