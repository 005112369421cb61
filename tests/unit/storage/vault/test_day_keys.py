import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.errors import DayKeyGone, KeyFileUnsafe, Tampered
from storage.vault import day_keys
from storage.vault.day_keys import DayKeys
from storage.vault.key_files import write_private
from storage.vault.sealing import OVERHEAD
from tests.fakes.clock import FakeClock

ROW = b"r" * 16

RACER = """
import sys, time
from pathlib import Path
from storage.vault import day_keys
from storage.vault.day_keys import DayKeys
from storage.vault.key_files import write_private
from tests.fakes.clock import FakeClock
keys = DayKeys(Path(sys.argv[1]), FakeClock())
go = Path(sys.argv[2])
print("ready", flush=True)
while not go.exists():
    time.sleep(0.001)
print(keys.seal("race.v1", b"r" * 16, b"by " + sys.argv[3].encode()).hex(), flush=True)
"""


@pytest.fixture
def keys(tmp_path: Path, clock: FakeClock) -> DayKeys:
    return DayKeys(tmp_path / "day", clock)


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=2000))
def test_what_is_sealed_opens_again(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    keys = DayKeys(tmp_path_factory.getbasetemp() / "shared-day", FakeClock())
    sealed = keys.seal("conversation.v1", ROW, data)
    assert keys.open("conversation.v1", ROW, sealed) == data
    assert (len(sealed) - OVERHEAD) % 512 == 0


def test_the_key_is_a_private_file_of_that_day(keys: DayKeys, tmp_path: Path) -> None:
    keys.seal("a", ROW, b"x")
    path = tmp_path / "day" / "2026-03-02"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.stat().st_size == 32
    assert [p.name for p in path.parent.iterdir()] == ["2026-03-02"]


def test_a_replica_opens_what_another_sealed(keys: DayKeys, tmp_path: Path, clock: FakeClock) -> None:
    sealed = keys.seal("a", ROW, b"x")
    assert DayKeys(tmp_path / "day", clock).open("a", ROW, sealed) == b"x"


def test_another_label_or_row_is_refused(keys: DayKeys) -> None:
    sealed = keys.seal("receipt.v1", ROW, b"x")
    for context, row in (("case_session.v1", ROW), ("receipt.v1", b"s" * 16)):
        with pytest.raises(Tampered):
            keys.open(context, row, sealed)


def test_what_is_no_ciphertext_is_refused(keys: DayKeys) -> None:
    for text in (b"", b"\x01" + bytes(60), b"\x01" + b"\xff" * 60):
        with pytest.raises(Tampered):
            keys.open("a", ROW, text)


def test_every_changed_byte_is_refused(keys: DayKeys) -> None:
    sealed = keys.seal("receipt.v1", ROW, b"x")
    for position in range(len(sealed)):
        changed = bytearray(sealed)
        changed[position] ^= 1
        with pytest.raises((DayKeyGone, Tampered)):
            keys.open("receipt.v1", ROW, bytes(changed))


def test_a_day_tells_itself(keys: DayKeys, clock: FakeClock) -> None:
    sealed = keys.seal("a", ROW, b"x")
    assert keys.day_of(sealed) == clock.today()
    assert keys.days() == [clock.today()]


def test_yesterdays_key_opens_while_it_is_used(keys: DayKeys, clock: FakeClock) -> None:
    sealed, day = keys.seal("a", ROW, b"x"), clock.today()
    clock.advance(days=1)
    assert keys.destroy_unused({day}) == []
    assert keys.open("a", ROW, sealed) == b"x"


def test_an_unused_key_is_destroyed_the_next_day(keys: DayKeys, clock: FakeClock) -> None:
    sealed, day = keys.seal("a", ROW, b"x"), clock.today()
    assert keys.destroy_unused(set()) == []
    clock.advance(days=1)
    assert keys.destroy_unused(set()) == [day]
    with pytest.raises(DayKeyGone, match="2026-03-02"):
        keys.open("a", ROW, sealed)
    assert keys.days() == []


def test_a_key_is_destroyed_after_two_days_even_when_used(keys: DayKeys, tmp_path: Path, clock: FakeClock) -> None:
    sealed, day = keys.seal("a", ROW, b"x"), clock.today()
    clock.advance(days=2)
    with pytest.raises(DayKeyGone):
        keys.open("a", ROW, sealed)
    assert keys.destroy_unused({day}) == [day]
    assert not list((tmp_path / "day").iterdir())


def test_a_replica_forgets_what_another_destroyed(keys: DayKeys, tmp_path: Path, clock: FakeClock) -> None:
    sealed = keys.seal("a", ROW, b"x")
    clock.advance(days=2)
    DayKeys(tmp_path / "day", clock).destroy_unused(set())
    with pytest.raises(DayKeyGone):
        keys.open("a", ROW, sealed)


def test_a_key_made_anew_on_the_same_day_reads_as_gone(keys: DayKeys, tmp_path: Path, clock: FakeClock) -> None:
    sealed = keys.seal("a", ROW, b"x")
    (tmp_path / "day" / "2026-03-02").unlink()
    other = DayKeys(tmp_path / "day", clock)
    other.seal("a", ROW, b"y")
    with pytest.raises(DayKeyGone):
        other.open("a", ROW, sealed)


def test_a_damaged_key_file_is_refused(keys: DayKeys, tmp_path: Path) -> None:
    (tmp_path / "day").mkdir()
    path = tmp_path / "day" / "2026-03-02"
    path.write_bytes(b"short")
    path.chmod(0o600)
    with pytest.raises(KeyFileUnsafe, match="5 bytes, expected 32"):
        keys.seal("a", ROW, b"x")
    path.chmod(0o644)
    with pytest.raises(KeyFileUnsafe, match="mode 644"):
        keys.seal("a", ROW, b"x")


def test_a_draft_of_a_dead_process_is_no_key(keys: DayKeys, tmp_path: Path, clock: FakeClock) -> None:
    keys.seal("a", ROW, b"x")
    (tmp_path / "day" / ".2026-03-02.0011223344556677").write_bytes(b"half")
    assert keys.days() == [clock.today()]


def test_threads_share_one_key(keys: DayKeys) -> None:
    with ThreadPoolExecutor(8) as threads:
        sealed = list(threads.map(lambda n: keys.seal("a", ROW, bytes([n])), range(64)))
    assert [keys.open("a", ROW, s) for s in sealed] == [bytes([n]) for n in range(64)]


def test_two_processes_that_make_the_key_at_once_share_it(tmp_path: Path, clock: FakeClock) -> None:
    for attempt in range(3):
        folder, go = tmp_path / f"day{attempt}", tmp_path / f"go{attempt}"
        racers = [
            subprocess.Popen(
                [sys.executable, "-c", RACER, str(folder), str(go), str(n)], stdout=subprocess.PIPE, text=True
            )
            for n in range(2)
        ]
        for racer in racers:
            assert racer.stdout is not None
            assert racer.stdout.readline() == "ready\n"
        go.touch()
        sealed = [bytes.fromhex(racer.communicate(timeout=30)[0].strip()) for racer in racers]
        keys = DayKeys(folder, clock)
        assert [keys.open("race.v1", ROW, s) for s in sealed] == [b"by 0", b"by 1"]
        assert [path.name for path in folder.iterdir()] == ["2026-03-02"]


def test_the_oldest_day_that_opens_is_yesterday(keys: DayKeys, clock: FakeClock) -> None:
    clock.advance(hours=13, minutes=59)  # 23:59 there
    sealed = keys.seal("a", ROW, b"x")
    clock.advance(hours=24)
    assert keys.open("a", ROW, sealed) == b"x"
    assert keys.day_of(sealed) == clock.today() - timedelta(days=1)


def test_the_key_of_who_was_first_is_everybodys(
    keys: DayKeys, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, sealed = DayKeys(tmp_path / "day", clock), []

    def late(path: Path, data: bytes) -> None:
        with monkeypatch.context() as first:
            first.setattr(day_keys, "write_private", write_private)
            sealed.append(other.seal("a", ROW, b"first"))
        write_private(path, data)

    monkeypatch.setattr(day_keys, "write_private", late)
    keys.seal("a", ROW, b"second")
    assert keys.open("a", ROW, sealed[0]) == b"first"


def test_before_the_first_key_there_is_no_day(keys: DayKeys) -> None:
    assert keys.days() == []
    assert keys.destroy_unused(set()) == []


def test_nothing_secret_is_shown(keys: DayKeys) -> None:
    keys.seal("a", ROW, b"x")
    assert repr(keys) == str(keys) == "DayKeys(…)"
