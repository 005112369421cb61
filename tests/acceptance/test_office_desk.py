"""An operator at the command line works a case that the bot took; the reporter hears of it by code."""

import json
import sqlite3

import pytest

from tests.acceptance.conftest import Changtong, Make
from tests.acceptance.test_person_at_terminal import Pty
from tests.acceptance.test_terminal import CODE, _to_the_summary

QUESTION, ANSWER = "Which counter was it?", "Counter number seven."


async def _submitted(terminal: Make) -> str:
    chat = terminal("en")
    summary = await _to_the_summary(chat, "en")
    receipt = await chat.tap(next(p for m in summary.messages for _, p in m.buttons if "affirm" in p))
    code = CODE.search("\n".join(message.text for message in receipt.messages))
    assert code is not None
    assert await chat.close() == 0
    return code[0]


async def test_list_show_ask_answer_status(terminal: Make, changtong: Changtong) -> None:
    code = await _submitted(terminal)
    listed = changtong.run("office", "list", stdin=changtong.password)
    assert (listed.returncode, len(listed.stdout.splitlines())) == (0, 1)
    assert "Wang" not in listed.stdout
    case = listed.stdout.split("\t")[0]

    at_terminal = Pty(changtong.data, "office", "show", case)  # the password is asked there, and not echoed
    at_terminal.wait_for("(?i)password")
    at_terminal.type(changtong.password)
    assert at_terminal.exit_code() == 0
    assert changtong.password.strip() not in at_terminal.seen

    assert changtong.run("office", "ask", case, QUESTION, stdin=changtong.password).returncode == 0
    chat = terminal("en", person="somebody else")
    shown = await chat.say(code)
    assert QUESTION in "\n".join(message.text for message in shown.messages)
    await chat.tap(next(p for m in shown.messages for _, p in m.buttons if "answer" in p))
    await chat.say(ANSWER)
    assert await chat.close() == 0

    opened = changtong.run("office", "show", case, stdin=changtong.password)
    assert ANSWER in opened.stdout
    moved = changtong.run("office", "status", case, "accepted", "--text", "Taken up.", stdin=changtong.password)
    assert moved.returncode == 0, moved.stderr
    later = terminal("en", person="a third")
    told = "\n".join(message.text for message in (await later.say(code)).messages)
    assert "Accepted" in told
    assert "Taken up." in told
    assert await later.close() == 0
    checked = changtong.run("check")
    assert "trail" in (checked.stdout + checked.stderr).lower()


async def test_what_the_office_may_not_do(terminal: Make, changtong: Changtong) -> None:
    await _submitted(terminal)
    wrong = changtong.run("office", "list", stdin="not the password\n")
    assert (wrong.returncode, wrong.stdout) == (3, "")
    listed = changtong.run("office", "list", "--json", stdin=changtong.password)
    case = json.loads(listed.stdout)["id"]
    backwards = changtong.run("office", "status", case, "concluded", "--text", "x", stdin=changtong.password)
    assert backwards.returncode == 1
    assert "received" in backwards.stderr.lower()
    assert changtong.run("office", "show", "ffff", stdin=changtong.password).returncode == 1


@pytest.mark.parametrize("command", [["run", "--port", "0"], ["chat"], ["office", "list"]])
def test_without_its_key_it_does_not_start_and_says_which_backup(changtong: Changtong, command: list[str]) -> None:
    assert changtong.run("setup").returncode == 0
    (changtong.data / "keys" / "server").unlink()
    refused = changtong.run(*command)
    assert refused.returncode == 1
    assert str(changtong.data / "keys" / "server") in refused.stderr
    assert "backup" in refused.stderr
    assert not (changtong.data / "keys" / "server").exists()


@pytest.mark.parametrize("command", [["run", "--port", "0"], ["chat"]])
def test_a_database_of_a_newer_program_is_left_alone(changtong: Changtong, command: list[str]) -> None:
    assert changtong.run("setup").returncode == 0
    connection = sqlite3.connect(changtong.data / "changtong.db")
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from_the_future'")
    connection.close()
    refused = changtong.run(*command)
    assert refused.returncode == 1
    assert "newer program" in refused.stderr
    connection = sqlite3.connect(changtong.data / "changtong.db")
    assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [("from_the_future",)]
    connection.close()
