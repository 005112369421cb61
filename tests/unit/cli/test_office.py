"""The office's commands: the password is asked, cases are opened and moved, every act stands in the trail."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.bootstrap import open_office
from bot.settings import Settings
from casework.ports import TrailEntry
from casework.submitting import submit
from tests.unit.casework.conftest import make_report
from tests.unit.cli.conftest import Run


def test_list_shows_clear_columns_alone(changtong: Run, data: Path, password: str, case: str) -> None:
    result = changtong("office", "list", "--data", data, stdin=password)
    assert result.code == 0
    [line] = result.lines
    assert line.startswith(case[:8])
    assert "received" in line
    assert "Xigang" in line
    assert "收钱" not in line


def test_list_as_json(changtong: Run, data: Path, password: str, case: str) -> None:
    result = changtong("office", "list", "--json", "--data", data, stdin=password)
    [row] = [json.loads(line) for line in result.lines]
    assert (row["id"], row["status"], row["mode"], row["category"]) == (case, "received", "real_name", "bribe_demand")


def test_show_opens_the_report_by_the_first_digits(changtong: Run, data: Path, password: str, case: str) -> None:
    result = changtong("office", "show", case[:6], "--data", data, stdin=password)
    assert result.code == 0
    assert "三月到窗口办证，经办人要五千元。" in result.out
    assert "某街道办事处" in result.out
    assert "李四" not in result.out


def test_show_as_json(changtong: Run, data: Path, password: str, case: str) -> None:
    shown = json.loads(changtong("office", "show", case, "--json", "--data", data, stdin=password).out)
    assert shown["report"]["title"] == "收钱才办证"
    assert [entry["status"] for entry in shown["entries"]] == ["received"]


def test_the_contact_is_opened_with_a_reason(changtong: Run, data: Path, password: str, case: str) -> None:
    without = changtong("office", "contact", case, "--reason", " ", "--data", data, stdin=password)
    assert without.code == 1
    result = changtong("office", "contact", case, "--reason", "call back", "--data", data, stdin=password)
    assert (result.code, result.lines) == (0, ["name\t李四", "contact\t13900000000"])
    assert next(entry.detail for entry in _trail(data) if entry.act == "contact") == "call back"


def test_words_for_an_announcement_are_drafted(changtong: Run, data: Path, password: str, case: str) -> None:
    result = changtong("office", "publish", case, "--data", data, stdin=password)
    assert (result.code, result.lines) == (0, ["收钱才办证", "", "三月到窗口办证，经办人要五千元。"])
    assert "draft" in result.err
    as_json = json.loads(changtong("office", "publish", case, "--json", "--data", data, stdin=password).out)
    assert as_json["title"] == "收钱才办证"
    assert [entry.act for entry in _trail(data)].count("publish") == 2


def test_an_original_is_written_into_a_new_file_with_a_reason(
    changtong: Run, data: Path, password: str, tmp_path: Path
) -> None:
    case, file = asyncio.run(_with_original(Settings(data=data)))
    target = tmp_path / "came.jpg"
    options = ("--data", data)
    without = changtong("office", "original", case, file, target, "--reason", " ", *options, stdin=password)
    assert (without.code, target.exists()) == (1, False)
    result = changtong("office", "original", case, file, target, "--reason", "court", *options, stdin=password)
    assert (result.code, target.read_bytes(), target.stat().st_mode & 0o777) == (0, b"as it came", 0o600)
    assert next(entry.detail for entry in _trail(data) if entry.act == "original") == f"{file[:8]}: court"
    again = changtong("office", "original", case, file, target, "--reason", "court", *options, stdin=password)
    assert (again.code, "left alone" in again.err) == (1, True)


async def _with_original(settings: Settings) -> tuple[str, str]:
    """Submit a report with a file whose original was kept; return the ids of both."""

    async def chunks(content: bytes) -> AsyncIterator[bytes]:
        yield content

    store, services = await open_office(settings)
    seal = store.evidence.seal
    try:
        clean = await seal(chunks(b"clean"), name="a.jpg", media_type="", limit_bytes=99)
        came = await seal(chunks(b"as it came"), name="a.jpg", media_type="", limit_bytes=99)
        original: dict[str, Any] = {"original_id": came.id, "original_key": came.key, "original_size": came.size}
        file = replace(clean, keeps_original=True, **original)
        done = await submit(services, make_report(files=(file,)), None, draft_id="d2")
    finally:
        await store.close()
    return done.row.id.hex(), file.id


def test_ask_reply_and_note(changtong: Run, data: Path, password: str, case: str) -> None:
    asked = changtong("office", "ask", case, "是哪一天？", "--data", data, stdin=password)
    assert (asked.code, asked.err.splitlines()[-1]) == (0, "Done. The case is: information requested")
    assert changtong("office", "reply", case, "请稍候", "--data", data, stdin=password).code == 0
    assert changtong("office", "note", case, "看监控", "--data", data, stdin=password).code == 0
    shown = changtong("office", "show", case, "--data", data, stdin=password).out
    assert all(text in shown for text in ("是哪一天？", "请稍候", "看监控"))


def test_status_moves_along_the_table(changtong: Run, data: Path, password: str, case: str) -> None:
    moved = changtong("office", "status", case, "accepted", "--data", data, stdin=password)
    assert (moved.code, moved.err.splitlines()[-1]) == (0, "Done. The case is: accepted")
    refused = changtong("office", "status", case, "received", "--data", data, stdin=password)
    assert refused.code == 1
    assert "The case is “accepted” and cannot become “received” this way: there is no such step." in refused.err


def test_a_disposition_needs_a_second_person(changtong: Run, data: Path, password: str, case: str) -> None:
    changtong("office", "status", case, "accepted", "--data", data, stdin=password)
    options = ("--disposition", "preliminary_verification", "--data", data)
    result = changtong("office", "status", case, "assessing", *options, stdin=password)
    assert result.code == 0
    assert "second supervisor" in result.err
    assert "waits for approval" in changtong("office", "show", case, "--data", data, stdin=password).out
    assert changtong("office", "approve", case, "--data", data, stdin=password).code == 1
    declined = changtong("office", "decline", case, "--reason", "not yet", "--data", data, stdin=password)
    assert declined.code == 0


def test_due_is_empty_for_a_new_case(changtong: Run, data: Path, password: str, case: str) -> None:
    result = changtong("office", "due", "--data", data, stdin=password)
    assert (result.code, result.lines) == (0, [])


@pytest.mark.parametrize("wanted", ["ffffffff", "", "zz"])
def test_an_unknown_case(changtong: Run, data: Path, password: str, case: str, wanted: str) -> None:
    result = changtong("office", "show", wanted, "--data", data, stdin=password)
    assert result.code == 1
    assert ("There is no case" if len(wanted) > 3 else "four digits") in result.err


def test_a_wrong_password_opens_nothing(changtong: Run, data: Path, case: str) -> None:
    result = changtong("office", "list", "--data", data, stdin="wrong\n")
    assert (result.code, result.out) == (3, "")
    assert "Wrong name or password" in result.err


def test_an_unknown_operator_looks_the_same(changtong: Run, data: Path) -> None:
    assert changtong("office", "list", "--by", "nobody", "--data", data, stdin="x\n").code == 3


def test_every_act_stands_in_the_trail(changtong: Run, data: Path, password: str, case: str) -> None:
    changtong("office", "show", case, "--data", data, stdin=password)
    changtong("office", "note", case, "看监控", "--data", data, stdin=password)
    acts = [entry.act for entry in reversed(_trail(data))]
    assert [act for act in acts if act in ("show", "note")] == ["show", "note"]
    assert all(entry.actor == "admin" for entry in _trail(data))


def _trail(data: Path) -> list[TrailEntry]:
    async def read() -> list[TrailEntry]:
        store, _ = await open_office(Settings(data=data))
        try:
            async with store.work() as work:
                return await work.trail.entries()
        finally:
            await store.close()

    return asyncio.run(read())
