from datetime import datetime, timedelta

import pytest

from console.throttle import MOST_AT_ONCE, MOST_AT_ONCE_STRANGERS, MOST_FAILURES, WINDOW, Crowded, Throttle
from tests.fakes import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def throttle(clock: FakeClock) -> Throttle:
    return Throttle(now=clock.now)


def fail(throttle: Throttle, source: str, times: int) -> None:
    for _ in range(times):
        throttle.failed(source)


def test_one_source_is_refused_and_told_once(throttle: Throttle) -> None:
    fail(throttle, "from a", MOST_FAILURES)
    for is_new in (True, False):
        with pytest.raises(Crowded) as refused, throttle.attempt("from a", is_known=False):
            pass
        assert refused.value.is_new is is_new
    with throttle.attempt("from b", is_known=False):
        pass


def test_success_and_time_forgive(throttle: Throttle, clock: FakeClock) -> None:
    fail(throttle, "from a", MOST_FAILURES - 1)
    throttle.passed("from a")
    fail(throttle, "from a", MOST_FAILURES)
    clock.advance(seconds=(WINDOW + timedelta(seconds=1)).total_seconds())
    with throttle.attempt("from a", is_known=False):
        pass


def test_marked_browsers_have_room_when_strangers_have_none(throttle: Throttle) -> None:
    places = [throttle.attempt(f"from {n}", is_known=False) for n in range(MOST_AT_ONCE_STRANGERS)]
    for place in places:
        place.__enter__()
    with pytest.raises(Crowded), throttle.attempt("from z", is_known=False):
        pass
    known = [throttle.attempt(f"known {n}", is_known=True) for n in range(MOST_AT_ONCE - MOST_AT_ONCE_STRANGERS)]
    for place in known:
        place.__enter__()
    with pytest.raises(Crowded), throttle.attempt("known z", is_known=True):
        pass
    for place in [*places, *known]:
        place.__exit__(None, None, None)
    with throttle.attempt("from z", is_known=False):
        pass


def test_the_table_stays_small(throttle: Throttle, clock: FakeClock) -> None:
    assert isinstance(clock.now(), datetime)
    for number in range(10_050):
        throttle.failed(f"from {number}")
    with throttle.attempt("from x", is_known=False):
        pass
    assert len(throttle._failures) <= 10_000
