"""Accounts by command: added pending, granted from a key holder's session, reset, disabled."""

from pathlib import Path

from tests.unit.cli.conftest import Run

NEW = "a long enough passphrase\n"


def test_the_first_operator_holds_the_key(changtong: Run, data: Path) -> None:
    assert changtong("operator", "list", "--data", data).lines == ["admin\tsupervisor\tactive, key, never logged in"]


def test_from_adding_to_working(changtong: Run, data: Path, password: str) -> None:
    added = changtong("operator", "add", "wang", "--role", "supervisor", "--data", data, stdin=password)
    assert added.code == 0
    [one_time] = added.lines
    early = changtong("operator", "grant", "wang", "--data", data, stdin=password)
    assert early.code == 1
    assert "password set" in early.err
    chosen = changtong("office", "list", "--by", "wang", "--data", data, stdin=f"{one_time}\n{NEW}")
    assert chosen.code == 3
    assert changtong("operator", "grant", "wang", "--data", data, stdin=password).code == 0
    assert changtong("office", "list", "--by", "wang", "--data", data, stdin=NEW).code == 0
    assert "wang\tsupervisor\tactive, key" in changtong("operator", "list", "--data", data).lines


def test_reset_and_disable(changtong: Run, data: Path, password: str) -> None:
    changtong("operator", "add", "wang", "--data", data, stdin=password)
    reset = changtong("operator", "reset", "wang", "--data", data, stdin=password)
    assert (reset.code, len(reset.lines)) == (0, 1)
    assert changtong("operator", "disable", "wang", "--data", data, stdin=password).code == 0
    assert "wang\thandler\tdisabled, no key, never logged in" in changtong("operator", "list", "--data", data).lines


def test_the_last_key_holder_stays(changtong: Run, data: Path, password: str) -> None:
    assert changtong("operator", "disable", "admin", "--data", data, stdin=password).code == 1


def test_a_weak_password_is_refused_and_a_good_one_taken(changtong: Run, data: Path, password: str) -> None:
    weak = changtong("operator", "password", "--data", data, stdin=f"{password}short\n")
    assert weak.code == 1
    assert "14" in weak.err
    assert changtong("operator", "password", "--data", data, stdin=f"{password}{NEW}").code == 0
    assert changtong("office", "list", "--data", data, stdin=NEW).code == 0


def test_an_unknown_role_is_a_wrong_command_line(changtong: Run, data: Path) -> None:
    assert changtong("operator", "add", "wang", "--role", "boss", "--data", data).code == 2


def test_declaring_a_unit_and_names(changtong: Run, data: Path, password: str) -> None:
    changtong("operator", "add", "wang", "--data", data, stdin=password)
    told = changtong(
        "operator", "declare", "wang", "--unit", "市税务局", "--name", "王五", "--data", data, stdin=password
    )
    assert told.code == 0
    [line] = [line for line in changtong("operator", "list", "--data", data).lines if line.startswith("wang")]
    assert line.endswith("市税务局\t王五")


def test_after_a_rotation_everything_opens(changtong: Run, data: Path, password: str, case: str) -> None:
    rotated = changtong("operator", "rotate-key", "--data", data, stdin=password)
    assert (rotated.code, "all cases and key holders" in rotated.err) == (0, True)
    assert changtong("office", "show", case, "--data", data, stdin=password).code == 0
    assert changtong("operator", "rotate-key", "--by", "nobody", "--data", data, stdin=password).code == 3


def test_a_new_recovery_key_opens_the_cases(
    changtong: Run, data: Path, password: str, case: str, tmp_path: Path
) -> None:
    assert changtong("operator", "recovery-key", "--data", data, stdin=password).code == 1
    kept = tmp_path / "recovery.txt"
    made = changtong("operator", "recovery-key", "--recovery-out", kept, "--data", data, stdin=password)
    assert (made.code, kept.stat().st_mode & 0o777) == (0, 0o600)
    key = kept.read_text()
    wrong = changtong("operator", "recover", "wang", "--data", data, stdin=key[:20] + "\n")
    assert (wrong.code, "Not the recovery key" in wrong.err) == (1, True)
    [one_time] = changtong("operator", "recover", "wang", "--data", data, stdin=key).lines
    shown = changtong("office", "show", case, "--by", "wang", "--data", data, stdin=f"{one_time}\n{NEW}")
    assert (shown.code, "收钱才办证" in shown.out) == (0, True)


def test_the_server_key_is_lost_for_good(changtong: Run, data: Path, password: str, case: str, tmp_path: Path) -> None:
    kept = tmp_path / "recovery.txt"
    changtong("operator", "recovery-key", "--recovery-out", kept, "--data", data, stdin=password)
    unneeded = changtong("operator", "recover", "admin", "--without-server-key", "--data", data, stdin=kept.read_text())
    assert (unneeded.code, "is here and fits" in unneeded.err) == (1, True)
    (data / "keys" / "server").unlink()
    refused = changtong("operator", "recover", "admin", "--data", data, stdin=kept.read_text())
    assert (refused.code, "--without-server-key" in refused.err) == (1, True)
    recovered = changtong(
        "operator", "recover", "admin", "--without-server-key", "--data", data, stdin=kept.read_text()
    )
    assert recovered.code == 0
    assert "backup --keys" in recovered.err
    [one_time] = recovered.lines
    shown = changtong("office", "show", case, "--data", data, stdin=f"{one_time}\n{NEW}")
    assert (shown.code, "收钱才办证" in shown.out) == (0, True)
