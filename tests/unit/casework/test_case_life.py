from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.case import Case, CaseId, CaseKind, CaseRow, CaseStatus, EntryKind, Part
from casework.case_life import (
    CLOSED,
    OPEN,
    TABLE,
    Actor,
    Details,
    Disposition,
    Moment,
    Outcome,
    append,
    change,
    is_rated,
    open_question,
    reporter_acts,
    review_origin,
    shared_entries,
    steps,
    steps_of,
    timed,
)
from casework.errors import ReasonRequired, TransitionRefused
from casework.report import Mode
from tests.unit.casework.conftest import DALIAN

S = CaseStatus
DAY = date(2026, 3, 2)
FULL = Details(
    text="一句话",
    reason="理由",
    channel="法院",
    to="甘井子区纪委监委",
    disposition=Disposition.PRELIMINARY_VERIFICATION,
    outcome=Outcome.SUBSTANTIATED,
)


def at(days: int = 0) -> Moment:
    return Moment(now=datetime(2026, 3, 2, 2, tzinfo=UTC) + timedelta(days=days), today=DAY + timedelta(days=days))


def make_case(kind: CaseKind = CaseKind.REPORT, mode: Mode = Mode.ANONYMOUS, **row: Any) -> Case:
    case = Case(row=CaseRow(id=CaseId(b"1" * 16), kind=kind, status=S.RECEIVED, day=DAY, mode=mode))
    case = append(case, kind=EntryKind.STATUS, actor=Actor.SYSTEM, at=at(), status=S.RECEIVED)
    return replace(case, row=replace(case.row, **row))


def go(case: Case, *path: tuple[CaseStatus, Actor], days: int = 0) -> Case:
    for target, actor in path:
        by, approved_by = ("li", "wang") if actor in (Actor.OFFICE, Actor.SUPERVISOR) else ("", "")
        case = change(case, target, actor=actor, at=at(days), details=FULL, by=by, approved_by=approved_by)
    return case


ACCEPTED = (S.ACCEPTED, Actor.OFFICE)
CONCLUDED = (ACCEPTED, (S.ASSESSING, Actor.OFFICE), (S.CONCLUDED, Actor.OFFICE))


def test_the_table_is_the_field_s() -> None:
    """DOMAIN.md section 5, row by row."""
    expected = {
        S.RECEIVED: {S.ACCEPTED, S.NOT_ACCEPTED, S.INFO_REQUESTED, S.TRANSFERRED, S.WITHDRAWN},
        S.INFO_REQUESTED: {S.RECEIVED, S.WITHDRAWN},
        S.NOT_ACCEPTED: {S.REOPEN_REQUESTED},
        S.TRANSFERRED: {S.ACCEPTED, S.CONCLUDED, S.WITHDRAWN},
        S.ACCEPTED: {S.ASSESSING, S.WITHDRAWN},
        S.ASSESSING: {S.ASSESSING, S.CONCLUDED, S.WITHDRAWN},
        S.CONCLUDED: {S.FEEDBACK_GIVEN},
        S.FEEDBACK_GIVEN: {S.REOPEN_REQUESTED},
        S.REOPEN_REQUESTED: {S.REOPENED, S.NOT_ACCEPTED, S.FEEDBACK_GIVEN, S.WITHDRAWN},
        S.REOPENED: {S.ASSESSING, S.FEEDBACK_GIVEN, S.WITHDRAWN},
        S.WITHDRAWN: {S.ACCEPTED},
    }
    table = TABLE[CaseKind.REPORT]
    assert {source: {s.target for s in table if s.source is source} for source in S} == expected
    assert len({(s.source, s.target) for s in table}) == len(table)


def test_dispositions_and_conclusions_need_a_second_person() -> None:
    for step in TABLE[CaseKind.REPORT]:
        assert step.needs_second is (step.target in (S.ASSESSING, S.CONCLUDED))
    case = go(make_case(), ACCEPTED)
    for approved_by in ("", "li"):
        with pytest.raises(TransitionRefused, match="second person"):
            change(case, S.ASSESSING, actor=Actor.OFFICE, at=at(), details=FULL, by="li", approved_by=approved_by)


@pytest.mark.parametrize(
    ("path", "target", "actor", "missing", "what"),
    [
        ((), S.NOT_ACCEPTED, Actor.OFFICE, {"reason": " "}, "reason"),
        ((), S.NOT_ACCEPTED, Actor.OFFICE, {"channel": ""}, "channel"),
        ((), S.INFO_REQUESTED, Actor.OFFICE, {"text": ""}, "text"),
        ((), S.TRANSFERRED, Actor.OFFICE, {"to": ""}, "to"),
        ((ACCEPTED,), S.ASSESSING, Actor.OFFICE, {"disposition": None}, "disposition"),
        ((ACCEPTED, (S.ASSESSING, Actor.OFFICE)), S.CONCLUDED, Actor.OFFICE, {"outcome": None}, "outcome"),
        ((ACCEPTED, (S.ASSESSING, Actor.OFFICE)), S.CONCLUDED, Actor.OFFICE, {"text": ""}, "text"),
        (((S.NOT_ACCEPTED, Actor.OFFICE),), S.REOPEN_REQUESTED, Actor.REPORTER, {"reason": ""}, "reason"),
        (((S.WITHDRAWN, Actor.REPORTER),), S.ACCEPTED, Actor.SUPERVISOR, {"reason": ""}, "reason"),
    ],
)
def test_a_step_names_what_it_lacks(
    path: tuple[Any, ...], target: CaseStatus, actor: Actor, missing: dict[str, Any], what: str
) -> None:
    with pytest.raises(ReasonRequired) as refused:
        change(go(make_case(), *path), target, actor=actor, at=at(), details=replace(FULL, **missing), by="li")
    assert refused.value.what == what


def test_the_office_cannot_withdraw_nor_the_reporter_accept() -> None:
    with pytest.raises(TransitionRefused, match="reporter"):
        change(make_case(), S.ACCEPTED, actor=Actor.REPORTER, at=at())
    with pytest.raises(TransitionRefused, match="supervisor"):
        change(make_case(), S.WITHDRAWN, actor=Actor.SUPERVISOR, at=at())
    with pytest.raises(TransitionRefused, match="no such step"):
        change(make_case(), S.CONCLUDED, actor=Actor.OFFICE, at=at(), details=FULL)


def test_who_did_it_stands_in_the_office_part_alone() -> None:
    case = go(make_case(), ACCEPTED, (S.ASSESSING, Actor.OFFICE))
    office = [e for e in case.entries if e.part is Part.OFFICE]
    assert [e.data["by"] for e in office] == ["li", "li"]
    assert office[-1].data["approved_by"] == "wang"
    assert all("by" not in e.data and "approved_by" not in e.data for e in shared_entries(case.entries))
    assert len({(e.part, e.seq) for e in case.entries}) == len(case.entries)


def test_a_disposition_and_its_grounds_are_the_office_s() -> None:
    case = go(make_case(), ACCEPTED, (S.ASSESSING, Actor.OFFICE))
    told = shared_entries(case.entries)[-1]
    assert (told.status, told.text, told.data) == (S.ASSESSING, "", {"from": "accepted"})
    assert case.entries[-1].data["disposition"] == "preliminary_verification"
    assert case.entries[-1].text == "一句话"
    again = go(case, (S.ASSESSING, Actor.OFFICE))
    assert shared_entries(again.entries) == shared_entries(case.entries)


def test_times_are_kept_of_the_office_and_of_named_reporters_only() -> None:
    anonymous = go(make_case(), (S.INFO_REQUESTED, Actor.OFFICE), (S.RECEIVED, Actor.REPORTER))
    assert [bool(e.at) for e in shared_entries(anonymous.entries)] == [False, True, True, False]
    named = go(make_case(mode=Mode.REAL_NAME), (S.INFO_REQUESTED, Actor.OFFICE), (S.RECEIVED, Actor.REPORTER))
    assert [bool(e.at) for e in shared_entries(named.entries)] == [False, True, True, True]


def test_a_question_is_open_until_answered_or_given_up() -> None:
    asked = go(make_case(), (S.INFO_REQUESTED, Actor.OFFICE))
    question = open_question(asked)
    assert question is not None
    assert (question.kind, question.text) == (EntryKind.QUESTION, "一句话")
    assert "answer" in reporter_acts(asked)
    answered = append(asked, kind=EntryKind.ANSWER, actor=Actor.REPORTER, at=at(), text="答")
    assert open_question(answered) is None
    given_up = timed(asked, DALIAN, at(30))
    assert (given_up.status, open_question(given_up)) == (S.RECEIVED, None)
    assert open_question(make_case()) is None


@pytest.mark.parametrize(
    ("path", "days", "target"),
    [(((S.INFO_REQUESTED, Actor.OFFICE),), 30, S.RECEIVED), (CONCLUDED, 14, S.FEEDBACK_GIVEN)],
)
def test_time_alone_takes_a_step_on_the_day_it_falls_due(path: Any, days: int, target: CaseStatus) -> None:
    case = go(make_case(), *path)
    assert timed(case, DALIAN, at(days - 1)) == case
    moved = timed(case, DALIAN, at(days + 9))
    last = moved.entries[-1]
    assert (moved.status, last.author, last.day, last.at) == (target, "system", DAY + timedelta(days=days), None)
    assert timed(moved, DALIAN, at(days + 400)) == moved


def test_a_refused_review_goes_back_to_where_it_was_asked() -> None:
    refused = go(make_case(), (S.NOT_ACCEPTED, Actor.OFFICE), (S.REOPEN_REQUESTED, Actor.REPORTER))
    assert review_origin(refused) is S.NOT_ACCEPTED
    assert {s.target for s in steps_of(refused, Actor.OFFICE)} == {S.REOPENED, S.NOT_ACCEPTED}
    with pytest.raises(TransitionRefused):
        go(refused, (S.FEEDBACK_GIVEN, Actor.OFFICE))
    fed_back = go(make_case(), *CONCLUDED, (S.FEEDBACK_GIVEN, Actor.REPORTER), (S.REOPEN_REQUESTED, Actor.REPORTER))
    assert {s.target for s in steps_of(fed_back, Actor.OFFICE)} == {S.REOPENED, S.FEEDBACK_GIVEN}
    assert fed_back.entries[-2].kind is EntryKind.REVIEW


def test_ratings_belong_to_the_last_result() -> None:
    case = go(make_case(), *CONCLUDED)
    assert {"rate", "review"} <= reporter_acts(case)
    rated = append(case, kind=EntryKind.RATING, actor=Actor.REPORTER, at=at(), data={"stars": 2})
    assert is_rated(rated)
    assert "rate" not in reporter_acts(rated)
    again = go(
        rated,
        (S.FEEDBACK_GIVEN, Actor.REPORTER),
        (S.REOPEN_REQUESTED, Actor.REPORTER),
        (S.REOPENED, Actor.OFFICE),
        (S.ASSESSING, Actor.OFFICE),
        (S.CONCLUDED, Actor.OFFICE),
    )
    assert "rate" in reporter_acts(again)
    never = go(
        make_case(),
        (S.NOT_ACCEPTED, Actor.OFFICE),
        (S.REOPEN_REQUESTED, Actor.REPORTER),
        (S.REOPENED, Actor.OFFICE),
        (S.FEEDBACK_GIVEN, Actor.OFFICE),
    )
    assert not is_rated(never)
    assert "rate" not in reporter_acts(never)


def test_a_withdrawn_case_goes_on_only_ex_officio_and_unseen() -> None:
    for path in ((), (ACCEPTED,), ((S.TRANSFERRED, Actor.OFFICE),)):
        case = go(make_case(), *path, (S.WITHDRAWN, Actor.REPORTER))
        assert reporter_acts(case) == frozenset()
        assert steps_of(case, Actor.REPORTER) == steps_of(case, Actor.OFFICE) == ()
        went_on = go(case, (S.ACCEPTED, Actor.SUPERVISOR))
        assert shared_entries(went_on.entries) == shared_entries(case.entries)
        assert went_on.entries[-1].data["reason"] == "理由"


def test_a_message_is_answered_and_closed_and_a_new_word_opens_it_again() -> None:
    message = make_case(CaseKind.MESSAGE)
    assert reporter_acts(message) == {"add_info", "withdraw"}
    answered = go(message, (S.CONCLUDED, Actor.OFFICE))
    assert [e.kind for e in shared_entries(answered.entries)[-2:]] == [EntryKind.OFFICE_REPLY, EntryKind.STATUS]
    closed = timed(answered, DALIAN, at(14))
    assert closed.status is S.FEEDBACK_GIVEN
    assert go(closed, (S.RECEIVED, Actor.REPORTER)).status is S.RECEIVED
    with pytest.raises(TransitionRefused):
        go(message, ACCEPTED)


def test_details_survive_the_sealed_history() -> None:
    assert Details.from_data(FULL.text, FULL.as_data()) == FULL
    assert Details.from_data("", {}) == Details()


ACTIONS = st.lists(st.tuples(st.sampled_from(list(S)), st.sampled_from(list(Actor)), st.booleans()), max_size=25)


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(list(CaseKind)), mode=st.sampled_from(list(Mode)), actions=ACTIONS)
def test_random_walks_never_leave_the_table(kind: CaseKind, mode: Mode, actions: list[Any]) -> None:
    case, was_withdrawn = make_case(kind, mode), False
    for day, (target, actor, is_approved) in enumerate(actions):
        before = case
        try:
            approved_by = "wang" if is_approved else ""
            case = change(case, target, actor=actor, at=at(day), details=FULL, by="li", approved_by=approved_by)
        except TransitionRefused:
            assert case is before
            continue
        taken = [s for s in steps(before.row) if s.target is target]
        assert len(taken) == 1
        assert taken[0].may_be_taken_by(actor)
        assert is_approved or not taken[0].needs_second
        new = case.entries[len(before.entries) :]
        assert new[-1].status is target
        assert case.entries[: len(before.entries)] == before.entries
        if before.status is S.WITHDRAWN:
            assert actor is Actor.SUPERVISOR
            was_withdrawn = True
    _is_whole(case, was_withdrawn)


def _is_whole(case: Case, was_withdrawn: bool) -> None:
    told = [e.status for e in shared_entries(case.entries) if e.kind is EntryKind.STATUS]
    if not was_withdrawn:
        assert told[-1] is case.status
    assert len({(e.part, e.seq) for e in case.entries}) == len(case.entries)
    assert (S.WITHDRAWN in {s.target for s in steps(case.row, Actor.REPORTER)}) <= (case.status in OPEN)
    if case.status in CLOSED:
        assert "answer" not in reporter_acts(case)
