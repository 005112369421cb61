"""The word before a draft: compared kindly, kept nowhere, tried ten times an hour."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.turns.memory import Memory, decode, encode
from bot.turns.word_lock import LONGEST_WORD, WAIT_AFTER, Lock, length_fault, lock_with, plain_word

DAY = date(2026, 3, 2)
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("chosen", "typed", "fits"),
    [
        ("老槐树", " 老 槐树。", True),
        ("Old Acacia-Tree", "ｏｌｄ acacia tree", True),
        ("老槐树", "老槐", False),
        ("tree 7", "tree 8", False),
        ("😀😀", "😀😀", True),
        ("😀😀", "😀😁", False),
    ],
)
async def test_a_word_fits_however_it_is_spaced_and_written(chosen: str, typed: str, fits: bool) -> None:
    assert await (await lock_with(chosen, DAY)).fits(typed) is fits


async def test_the_same_word_twice_leaves_nothing_alike() -> None:
    first, second = await lock_with("老槐树", DAY), await lock_with("老槐树", DAY)
    assert first.salt != second.salt
    assert first.digest != second.digest


@pytest.mark.parametrize(
    ("word", "fault"),
    [("a", "short"), ("…。 ", "short"), ("ab", None), ("槐树", None), ("x" * LONGEST_WORD, None), ("x" * 65, "long")],
)
def test_what_can_be_a_word(word: str, fault: str | None) -> None:
    assert length_fault(word) == fault


@given(st.text(max_size=30))
@settings(max_examples=50)
def test_a_plain_word_is_plain(word: str) -> None:
    assert plain_word(plain_word(word)) == plain_word(word)
    assert " " not in plain_word(word)


def test_after_ten_wrong_words_an_hour_and_then_anew() -> None:
    lock = Lock(salt=b"s", digest=b"d", day=DAY)
    for _ in range(WAIT_AFTER):
        assert not lock.must_wait(NOW)
        lock = lock.missed(NOW)
    assert lock.must_wait(NOW + timedelta(minutes=59))
    assert not lock.must_wait(NOW + timedelta(minutes=60))
    assert lock.missed(NOW + timedelta(minutes=61)).tries == 1
    assert lock.opened().tries == 0


@pytest.mark.parametrize("is_closed", [True, False])
async def test_memory_keeps_the_lock_and_never_the_word(is_closed: bool) -> None:
    lock = (await lock_with("oldacaciatree", DAY)).missed(NOW)
    lock = lock.closed("c1", {"slots": {"draft": {}}}) if is_closed else lock
    memory = Memory(id="c2", engine={}, lock=lock)
    assert decode(encode(memory)) == memory
    assert decode(encode(memory)).lock == lock
    assert "oldacaciatree" not in json.dumps(lock.to_list())
    assert decode(encode(Memory(id="c2", engine={}))).lock is None
