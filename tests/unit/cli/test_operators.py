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
