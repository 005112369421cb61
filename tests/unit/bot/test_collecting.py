"""What was built is left alone; what comes later is looked at rarely, but looked at."""

import gc
from collections.abc import Iterator

import pytest

from bot.collecting import keep_for_good


@pytest.fixture(autouse=True)
def _collector_as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)
    gc.enable()


def test_what_is_there_is_left_alone_and_the_collector_goes_on() -> None:
    before = gc.get_threshold()[0]  # 700 in Python 3.11, 2,000 in 3.13
    gc.disable()
    keep_for_good()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 1_000
    assert gc.get_threshold()[0] > 2 * before


def test_cycles_made_later_are_found() -> None:
    keep_for_good()
    cycle: list[object] = []
    cycle.append(cycle)
    del cycle
    assert gc.collect() >= 1
