from datetime import date, timedelta
from pathlib import Path

import pytest

from storage.errors import DayKeyGone, KeyFileMissing, KeyFileUnsafe, SetupRefused
from storage.vault.key_backup import back_up_keys, restore_keys, write_outside
from storage.vault.setup import Vault, create_folder, open_folder, server_key_path
from tests.fakes.clock import FakeClock

ROW = b"r" * 16


@pytest.fixture
def vault(data: Path, clock: FakeClock) -> Vault:
    return create_folder(data, clock, is_trial=False)


def test_the_server_key_comes_back(vault: Vault, tmp_path: Path, clock: FakeClock) -> None:
    back_up_keys(vault.data, tmp_path / "keys.backup")
    assert (tmp_path / "keys.backup").stat().st_mode & 0o777 == 0o600
    server_key_path(vault.data).unlink()
    restore_keys(tmp_path / "keys.backup", vault.data, clock.today())
    reopened = open_folder(vault.data, clock, fingerprint=vault.server_key.fingerprint)
    assert reopened.server_key.person("web", "a") == vault.server_key.person("web", "a")


def test_day_keys_stay_out_unless_asked_for(vault: Vault, tmp_path: Path, clock: FakeClock) -> None:
    sealed = vault.day_keys.seal("a", ROW, b"x")
    for name, with_day_keys in (("without", False), ("with", True)):
        back_up_keys(vault.data, tmp_path / name, with_day_keys=with_day_keys)
        restore_keys(tmp_path / name, tmp_path / f"data-{name}", clock.today())
    moved = open_folder(tmp_path / "data-with", clock, fingerprint=vault.server_key.fingerprint)
    assert moved.day_keys.open("a", ROW, sealed) == b"x"
    moved = open_folder(tmp_path / "data-without", clock, fingerprint=vault.server_key.fingerprint)
    with pytest.raises(DayKeyGone):
        moved.day_keys.open("a", ROW, sealed)


def test_a_day_key_that_would_be_destroyed_by_now_is_not_restored(
    vault: Vault, tmp_path: Path, clock: FakeClock
) -> None:
    vault.day_keys.seal("a", ROW, b"x")
    back_up_keys(vault.data, tmp_path / "backup", with_day_keys=True)
    for later, kept in ((1, True), (2, False)):
        folder = tmp_path / f"later{later}"
        restore_keys(tmp_path / "backup", folder, clock.today() + timedelta(days=later))
        assert (folder / "keys" / "day" / "2026-03-02").exists() is kept


def test_what_is_there_and_the_same_stays(vault: Vault, tmp_path: Path, clock: FakeClock) -> None:
    vault.day_keys.seal("a", ROW, b"x")
    back_up_keys(vault.data, tmp_path / "backup", with_day_keys=True)
    assert restore_keys(tmp_path / "backup", vault.data, clock.today()).fingerprint == vault.server_key.fingerprint


def test_another_key_is_not_overwritten(vault: Vault, tmp_path: Path, clock: FakeClock) -> None:
    back_up_keys(vault.data, tmp_path / "backup")
    other = create_folder(tmp_path / "other", clock, is_trial=False)
    with pytest.raises(SetupRefused, match="another key lies here"):
        restore_keys(tmp_path / "backup", other.data, clock.today())
    assert open_folder(other.data, clock, fingerprint=other.server_key.fingerprint).data == other.data


def test_a_backup_is_never_inside_the_folder_or_over_another_file(vault: Vault, tmp_path: Path) -> None:
    with pytest.raises(SetupRefused, match="lies in the data folder"):
        back_up_keys(vault.data, vault.data / "keys" / "backup")
    back_up_keys(vault.data, tmp_path / "backup")
    with pytest.raises(SetupRefused, match="is there already"):
        back_up_keys(vault.data, tmp_path / "backup")
    with pytest.raises(SetupRefused):
        write_outside(tmp_path / "no" / "folder", vault.data, "x")


def test_a_folder_without_a_key_has_nothing_to_back_up(data: Path, tmp_path: Path) -> None:
    with pytest.raises(KeyFileMissing):
        back_up_keys(data, tmp_path / "backup")


@pytest.mark.parametrize(
    "text",
    [
        "something else",
        "",
        "changtong key backup v1\n",
        "changtong key backup v1\nday 2026-03-02 00\nchangtong server key v1\nserver x",
        "changtong key backup v1\nday 2026-13-02 " + "0" * 64,
        "changtong key backup v1\nday",
        "changtong key backup v1\nday x y z",
    ],
)
def test_a_damaged_backup_is_refused(tmp_path: Path, text: str) -> None:
    write_outside(tmp_path / "backup", tmp_path / "data", text)
    with pytest.raises(KeyFileUnsafe, match="no key backup"):
        restore_keys(tmp_path / "backup", tmp_path / "data", date(2026, 3, 2))
    assert not (tmp_path / "data").exists()


def test_a_missing_backup_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupRefused, match="is not there"):
        restore_keys(tmp_path / "backup", tmp_path / "data", date(2026, 3, 2))
