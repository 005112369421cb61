from typing import Any

from casework.intake import (
    DONE,
    FIELDS,
    GROUPS,
    NUMBER_QUESTIONS,
    PERSONAL,
    QUESTIONS,
    SKIPPED,
    UNKNOWN,
    Ground,
    assemble,
    can_skip,
    can_submit,
    missing,
    next_question,
    required,
    uncoached,
)
from casework.report import Contact, FileRef, Mode, Report, ReporterKind
from tests.unit.casework.intake.making import draft

FACTS = "西岗区城管局的王队长上周三收走了我的摊子，还要五千块钱，说不给就天天来查。" * 3
FULL: dict[str, Any] = {
    **draft(),
    "facts": FACTS,
    "region": "xigang",
    "mode": "anonymous",
    "reporter_kind": "citizen",
    "accused_unit": {"id": "management__xigang", "name": "西岗区城市管理局"},
    "occurred": {"text": "上周三", "start": "2026-11-18", "end": "2026-11-18", "precision": "day"},
    "place": "路边",
}


def test_the_story_comes_first_and_the_summary_last() -> None:
    assert next_question(draft()) == "facts"
    assert required(draft())[-1] == "confirm"
    assert set(required(draft())) <= set(QUESTIONS)


def test_anonymous_reports_never_ask_who() -> None:
    for kind in ("citizen", "enterprise", "grassroots"):
        assert not set(PERSONAL) & set(required({**FULL, "reporter_kind": kind}))


def test_named_reports_ask_what_their_mode_needs() -> None:
    real = required({**FULL, "mode": "real_name"})
    assert {"reporter_name", "contact", "address"} <= set(real)
    assert "organisation" not in real
    company = required({**FULL, "mode": "real_name", "reporter_kind": "enterprise"})
    assert {"organisation", "credit_code", "industry", "post", "reporter_name"} <= set(company)
    unit = required({**FULL, "mode": "unit_name", "reporter_kind": "grassroots"})
    assert {"organisation", "post", "contact"} <= set(unit)
    assert not {"credit_code", "reporter_name"} & set(unit)


def test_enterprises_are_asked_about_the_harm() -> None:
    assert {"matter", "loss", "delay"} <= set(required({**FULL, "reporter_kind": "enterprise"}))
    assert not {"matter", "loss", "delay"} & set(required(FULL))


def test_what_was_read_is_confirmed_and_long_texts_are_decided_on() -> None:
    assert "understood" not in required(FULL)
    assert "understood" in required({**FULL, **draft(read=["region"])})
    assert "long_text" not in required(FULL)
    assert "long_text" in required({**FULL, "facts": "字" * 3001})


def test_submitting_is_offered_from_facts_region_and_mode_on() -> None:
    assert can_submit(FULL)
    for name in ("facts", "region", "mode"):
        assert not can_submit({**FULL, name: None})
    assert not can_submit({**FULL, "mode": "real_name"})
    assert can_submit({**FULL, "mode": "real_name", "reporter_name": "张", "contact": "x"})
    assert not can_submit({**FULL, **draft(short=True)})
    assert not can_submit({**FULL, "facts": "字" * 3001})


def test_a_short_report_asks_only_what_is_needed() -> None:
    assert required({**FULL, **draft(short=True)}) == ["facts", "region", "mode", "confirm"]
    named = {**FULL, **draft(short=True), "mode": "unit_name"}
    assert required(named) == ["facts", "region", "mode", "organisation", "contact", "confirm"]
    changed = {**FULL, **draft(short=True, changing="place"), "place": None}
    assert required(changed)[0] == "place"


def test_the_question_being_changed_comes_first() -> None:
    values = {**FULL, **draft(changing="place"), "place": None}
    assert next_question(values) == "place"
    assert required({**values, "place": "x"})[0] == "facts"
    assert required({**FULL, **draft(changing="contact")})[0] == "facts"


def test_coaching_is_asked_while_something_is_missing() -> None:
    assert missing(FULL) == []
    assert "more_facts" not in required(FULL)
    bare = {**draft(), "facts": "收钱"}
    assert missing(bare) == ["who", "when", "where", "what"]
    assert "more_facts" in required(bare)
    assert uncoached({**draft(coached=["who", "when"]), "facts": "收钱"}) == ["where", "what"]
    unread = {"text": "记不清", "start": None, "end": None, "precision": "unknown"}
    assert missing({**FULL, "occurred": unread, "accused_unit": UNKNOWN, "place": SKIPPED}) == ["who", "when", "where"]


def test_groups_hold_every_field_once() -> None:
    assert sorted(name for names in GROUPS.values() for name in names) == sorted(FIELDS)
    assert not set(GROUPS) & set(FIELDS)
    assert {"loss", "delay", "contact", "credit_code"} <= NUMBER_QUESTIONS
    assert not can_skip("mode", FULL)


def test_an_anonymous_report_is_assembled_without_a_contact(ground: Ground) -> None:
    file = FileRef(id="f", key="k", name="a.jpg", size=1)
    values = {
        **FULL,
        "contact": "13812345678",
        "accused_name": UNKNOWN,
        "place": SKIPPED,
        "evidence": DONE,
        "loss": UNKNOWN,
    }
    report, contact = assemble(values, [file] * 12, ground, channel="web")
    assert contact is None
    assert "13812345678" not in str(report.as_dict())
    assert (report.accused_unit_id, report.accused_unit) == ("management__xigang", "西岗区城市管理局")
    assert (report.accused_name, report.place, report.loss_yuan, report.category) == (UNKNOWN, None, None, "other")
    assert 0 < len(report.title) <= 50
    assert len(report.files) == 10
    assert (report.language, report.channel, report.follow_up) == ("zh", "web", "code")
    assert Report.from_dict(report.as_dict()) == report


def test_a_named_report_is_assembled_with_its_contact_apart(ground: Ground) -> None:
    values = {
        **FULL,
        "mode": "unit_name",
        "reporter_kind": "enterprise",
        "organisation": "蓝天公司",
        "credit_code": "91110000600037341L",
        "contact": "+86 138 1234 5678",
        "post": SKIPPED,
        "occurred": UNKNOWN,
        "loss": 0.0,
        "delay": 15,
        "title": "标题",
        "draft": {"id": "d", "earlier_code": True},
    }
    report, contact = assemble(values, [], ground, channel="terminal")
    assert contact == Contact(organisation="蓝天公司", credit_code="91110000600037341L", contact="+86 138 1234 5678")
    assert (report.mode, report.reporter_kind) == (Mode.UNIT_NAME, ReporterKind.ENTERPRISE)
    assert (report.loss_yuan, report.delay_days, report.title) == (0.0, 15, "标题")
    assert report.occurred is not None
    assert report.occurred.text == UNKNOWN
    assert report.earlier_code_given
    assert "蓝天" not in str(report.as_dict())


def test_a_unit_that_is_not_known_stays_unknown(ground: Ground) -> None:
    report, _ = assemble({**FULL, "accused_unit": UNKNOWN, "level": UNKNOWN}, [], ground, channel="web")
    assert (report.accused_unit, report.accused_unit_id, report.level) == (UNKNOWN, None, UNKNOWN)
