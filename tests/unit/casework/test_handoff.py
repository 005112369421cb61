"""The table of moves: every move from every owner by everybody, and what a desk may show."""

from datetime import timedelta

import pytest

from casework.handing_off import is_open, opens_next
from casework.handoff import HELD, LIVE, STEPS, By, Move, MoveRefused, Owner, moved, moves, waits_too_long
from tests.fakes.clock import START
from tests.unit.casework.conftest import DALIAN

ALLOWED = {(step.source, step.move, by): step.target for step in STEPS for by in step.by}


@pytest.mark.parametrize("source", list(Owner))
@pytest.mark.parametrize("move", list(Move))
@pytest.mark.parametrize("by", list(By))
def test_what_the_table_does_not_name_is_refused(source: Owner, move: Move, by: By) -> None:
    if (source, move, by) in ALLOWED:
        assert moved(source, move, by) is ALLOWED[source, move, by]
        return
    with pytest.raises(MoveRefused):
        moved(source, move, by)


def test_from_wherever_people_are_there_is_a_way_back_to_the_bot() -> None:
    assert all(moved(source, Move.HAND_BACK, By.REPORTER) is Owner.BOT for source in LIVE)


def test_nothing_leaves_closed_and_no_row_stands_twice() -> None:
    assert all(step.source is not Owner.CLOSED for step in STEPS)
    assert len({(step.source, step.move) for step in STEPS}) == len(STEPS)


def test_buttons_are_the_table_s() -> None:
    assert moves(Owner.WAITING, is_owner=False) == {Move.CLAIM, Move.HAND_BACK}
    assert moves(Owner.HUMAN, is_owner=False) == frozenset()
    assert moves(Owner.HUMAN, is_owner=True) == {Move.TRANSFER, Move.SNOOZE, Move.HAND_BACK, Move.CLOSE}
    assert HELD < LIVE


def test_patience() -> None:
    assert not waits_too_long(START, START + timedelta(minutes=4, seconds=59), 5)
    assert waits_too_long(START, START + timedelta(minutes=5), 5)
    assert DALIAN.office_hours.alert_minutes == 5


def test_people_answer_on_working_days_within_hours() -> None:
    assert is_open(DALIAN, START)  # a Monday, ten in the morning
    assert not is_open(DALIAN, START + timedelta(hours=8))
    assert not is_open(DALIAN, START + timedelta(days=5))
    assert opens_next(DALIAN, START + timedelta(hours=8)).isoformat() == "2026-03-03T08:30:00+08:00"
    assert opens_next(DALIAN, START + timedelta(days=5)).isoformat() == "2026-03-09T08:30:00+08:00"
    assert opens_next(DALIAN, START - timedelta(hours=4)).isoformat() == "2026-03-02T08:30:00+08:00"
