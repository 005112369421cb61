"""Commands about the data folder, and what is refused with its cause."""

import json
import os
from pathlib import Path

import pytest

from tests.unit.cli.conftest import Run


def test_setup_without_a_terminal_makes_a_trial_folder(changtong: Run, tmp_path: Path) -> None:
    result = changtong("setup", "--data", tmp_path / "new")
    assert result.code == 0
    assert "trial folder" in result.err
    assert (tmp_path / "new" / "TRIAL").is_file()


def test_setup_twice_is_refused(changtong: Run, data: Path) -> None:
    result = changtong("setup", "--data", data)
    assert result.code == 1
    assert "set up already" in result.err


def test_setup_writes_the_recovery_key_outside(changtong: Run, tmp_path: Path) -> None:
    kept = tmp_path / "recovery.txt"
    result = changtong("setup", "--recovery-out", kept, "--data", tmp_path / "new")
    assert result.code == 0
    key, password = kept.read_text().split()
    assert (kept.stat().st_mode & 0o777) == 0o600
    assert key not in result.out + result.err
    assert not (tmp_path / "new" / "TRIAL").exists()
    first = changtong("office", "list", "--data", tmp_path / "new", stdin=f"{password}\na long enough passphrase\n")
    assert first.code == 0


def test_claim_needs_a_place_for_the_recovery_key(changtong: Run, data: Path) -> None:
    assert changtong("setup", "--claim", "--data", data).code == 1


def test_claim_makes_a_trial_folder_real(changtong: Run, data: Path, tmp_path: Path, password: str, case: str) -> None:
    kept = tmp_path / "recovery.txt"
    result = changtong("setup", "--claim", "--recovery-out", kept, "--data", data)
    assert result.code == 0, result.err
    assert not (data / "TRIAL").exists()
    assert changtong("office", "list", "--data", data, stdin=password).code == 3
    one_time = kept.read_text().split()[1]
    opened = changtong("office", "show", case, "--data", data, stdin=f"{one_time}\na long enough passphrase\n")
    assert (opened.code, "收钱才办证" in opened.out) == (0, True)
    assert changtong("setup", "--claim", "--recovery-out", tmp_path / "again", "--data", data).code == 1


def test_claim_asks_for_a_trial_password_that_was_changed(
    changtong: Run, data: Path, tmp_path: Path, password: str
) -> None:
    mine = "a long enough passphrase\n"
    assert changtong("operator", "password", "--data", data, stdin=f"{password}{mine}").code == 0
    claim = ("setup", "--claim", "--recovery-out", tmp_path / "recovery.txt", "--data", data)
    wrong = changtong(*claim, stdin="not this one\n")
    assert (wrong.code, (data / "TRIAL").exists()) == (3, True)
    right = changtong(*claim, stdin=mine)
    assert (right.code, (data / "TRIAL").exists()) == (0, False)
    assert "password was changed" in right.err


def test_backup_and_restore(changtong: Run, data: Path, tmp_path: Path, password: str, case: str) -> None:
    saved, keys, new = tmp_path / "saved", tmp_path / "keys.backup", tmp_path / "new"
    assert changtong("backup", saved, "--data", data).code == 0
    assert changtong("backup", "--keys", keys, "--data", data).code == 0
    assert changtong("restore", saved, "--keys", keys, "--data", new).code == 0
    shown = changtong("office", "show", case, "--data", new, stdin=password)
    assert (shown.code, "收钱才办证" in shown.out) == (0, True)


def test_restoring_over_data_is_refused(changtong: Run, data: Path, tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    changtong("backup", saved, "--data", data)
    assert changtong("restore", saved, "--data", data).code == 1


def test_migrate_says_both_versions(changtong: Run, data: Path) -> None:
    result = changtong("migrate", "--data", data)
    assert result.code == 0
    assert "→" in result.err


def test_office_on_an_empty_folder_says_what_to_do(changtong: Run, tmp_path: Path) -> None:
    result = changtong("office", "list", "--data", tmp_path / "none", stdin="x\n")
    assert result.code == 1
    assert "changtong setup" in result.err


def test_a_lost_key_file_is_named(changtong: Run, data: Path) -> None:
    (data / "keys" / "server").unlink()
    result = changtong("operator", "list", "--data", data)
    assert result.code == 1
    assert "server" in result.err
    assert "backup" in result.err


def test_check_of_a_trial_folder_lists_what_to_do(changtong: Run, data: Path) -> None:
    result = changtong("check", "--data", data)
    assert result.code == 0, result.out
    assert "setup --claim" in result.out
    assert "no key holder has ever logged in" in result.out


def test_check_of_no_folder(changtong: Run, tmp_path: Path) -> None:
    result = changtong("check", "--data", tmp_path / "none")
    assert (result.code, "run changtong setup" in result.out) == (1, True)


def test_check_lists_every_problem_of_a_profile(
    changtong: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "city.yml"
    profile.write_text("id: 7\ncity: {zh: 某市}\n", encoding="utf-8")
    monkeypatch.setenv("CHANGTONG_PROFILE", str(profile))
    result = changtong("check", "--data", tmp_path / "none")
    assert result.code == 1
    assert result.out.count("city.yml") > 3


def test_serving_in_the_open_is_refused(changtong: Run, data: Path) -> None:
    result = changtong("run", "--host", "0.0.0.0", "--data", data)  # noqa: S104
    assert result.code == 1
    assert "outside loopback" in result.err


def test_a_wrong_setting_is_named(changtong: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANGTONG_PORT", "many")
    result = changtong("check", "--data", data)
    assert result.code == 1
    assert "CHANGTONG_PORT" in result.err


def test_an_unknown_command_is_a_wrong_command_line(changtong: Run) -> None:
    assert changtong("frobnicate").code == 2


def test_a_fault_tells_its_class_and_nothing_of_its_message(
    changtong: Run, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(settings: object) -> list[object]:
        raise RuntimeError("quoting 张三")

    monkeypatch.setattr("bot.cli.folder.findings", broken)
    result = changtong("check", "--data", data)
    assert result.code == 70
    assert "RuntimeError" in result.err
    assert "张三" not in result.err


def test_data_folder_from_the_environment(changtong: Run, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHANGTONG_DATA", str(data))
    assert changtong("operator", "list").code == 0


def test_the_trial_s_password_file_is_private(data: Path) -> None:
    assert os.stat(data / "TRIAL").st_mode & 0o077 == 0  # noqa: PTH116
    assert json.loads((data / "TRIAL").read_text())["name"] == "admin"
