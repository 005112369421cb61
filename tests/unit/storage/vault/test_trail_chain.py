from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.ports import TrailEntry
from storage.errors import TrailBroken
from storage.vault.server_key import ServerKey
from storage.vault.trail_chain import ChainedEntry, TrailChain, TrailHead, read_heads, write_head

AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
DAY = AT.date()
CHAIN = TrailChain(ServerKey(bytes(32), {1: bytes(32)}))


def make_trail(length: int) -> list[ChainedEntry]:
    trail: list[ChainedEntry] = []
    for number in range(length):
        entry = TrailEntry(at=AT + timedelta(minutes=number), actor="li", act="case_opened", case_ref=f"{number:02x}")
        trail.append(CHAIN.link(entry, trail[-1] if trail else None))
    return trail


def head_of(entry: ChainedEntry, day: date = DAY) -> TrailHead:
    return TrailHead(day=day, position=entry.position, mac=entry.mac)


def test_a_sound_trail_is_counted() -> None:
    assert CHAIN.verify([]) == 0
    trail = make_trail(5)
    assert [entry.position for entry in trail] == [1, 2, 3, 4, 5]
    assert CHAIN.verify(trail, [head_of(trail[1]), head_of(trail[4])]) == 5


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 4), st.sampled_from(["actor", "act", "case_ref", "detail"]))
def test_the_first_changed_entry_is_named(position: int, name: str) -> None:
    trail = make_trail(5)
    entry = trail[position].entry
    trail[position] = replace(trail[position], entry=replace(entry, **{name: getattr(entry, name) + "x"}))
    with pytest.raises(TrailBroken, match="was changed") as broken:
        CHAIN.verify(trail)
    assert broken.value.position == position + 1


def test_a_changed_time_is_named() -> None:
    trail = make_trail(2)
    trail[1] = replace(trail[1], entry=replace(trail[1].entry, at=AT))
    with pytest.raises(TrailBroken, match="entry 2"):
        CHAIN.verify(trail)


def test_another_zone_for_the_same_moment_is_no_change() -> None:
    entry = make_trail(1)[0]
    there = entry.entry.at.astimezone(timezone(timedelta(hours=8)))
    assert CHAIN.verify([replace(entry, entry=replace(entry.entry, at=there))]) == 1


@pytest.mark.parametrize("removed", [0, 2])
def test_a_removed_entry_is_named(removed: int) -> None:
    trail = make_trail(4)
    del trail[removed]
    with pytest.raises(TrailBroken, match="is missing") as broken:
        CHAIN.verify(trail)
    assert broken.value.position == removed + 1


def test_renumbering_after_a_removal_is_found() -> None:
    trail = make_trail(4)
    del trail[1]
    trail = [replace(entry, position=number) for number, entry in enumerate(trail, 1)]
    with pytest.raises(TrailBroken, match="entry 2: was changed"):
        CHAIN.verify(trail)


def test_swapped_entries_are_found() -> None:
    trail = make_trail(3)
    trail[0], trail[1] = trail[1], trail[0]
    with pytest.raises(TrailBroken, match="entry 1"):
        CHAIN.verify(trail)


def test_a_cut_end_is_told_by_the_head() -> None:
    trail = make_trail(4)
    assert CHAIN.verify(trail[:3]) == 3
    with pytest.raises(TrailBroken, match="entry 4: is missing: the trail had 4 entries"):
        CHAIN.verify(trail[:3], [head_of(trail[3])])


def test_another_end_than_the_heads_is_found() -> None:
    trail, other = make_trail(3), make_trail(2)
    other.append(CHAIN.link(TrailEntry(at=AT, actor="li", act="made_up"), other[-1]))
    assert CHAIN.verify(other) == 3
    with pytest.raises(TrailBroken, match="entry 3: is not what the head file says"):
        CHAIN.verify(other, [head_of(trail[2])])


def test_another_server_key_makes_no_entries(server_key: ServerKey) -> None:
    with pytest.raises(TrailBroken, match="entry 1: was changed"):
        TrailChain(server_key).verify(make_trail(2))


def test_fields_do_not_run_into_each_other() -> None:
    first = CHAIN.link(TrailEntry(at=AT, actor="ab", act="c"), None)
    second = CHAIN.link(TrailEntry(at=AT, actor="a", act="bc"), None)
    assert first.mac != second.mac


def test_heads_are_kept_a_file_a_day(tmp_path: Path) -> None:
    trail = make_trail(3)
    assert read_heads(tmp_path / "trail") == []
    heads = [head_of(trail[1], date(2026, 3, 1)), head_of(trail[2], date(2026, 3, 2))]
    for head in reversed(heads):
        write_head(tmp_path / "trail", head)
    write_head(tmp_path / "trail", heads[1])
    assert read_heads(tmp_path / "trail") == heads
    assert CHAIN.verify(trail, read_heads(tmp_path / "trail")) == 3


def test_an_unreadable_head_is_named(tmp_path: Path) -> None:
    (tmp_path / "2026-03-01").write_text("what?")
    with pytest.raises(TrailBroken, match="2026-03-01"):
        read_heads(tmp_path)
