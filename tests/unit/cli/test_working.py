"""An operator's work by command: two people, both kinds of case, refusals with their reasons, the trail."""

import asyncio
import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.bootstrap import open_office
from bot.settings import Settings
from casework import way_back
from casework.case import CaseId
from casework.code import generate
from casework.services import Services
from casework.submitting import send_message, submit
from casework.turn import Turn, current_turn
from casework.watching import watch
from storage import Store
from tests.support.cases import make_case
from tests.unit.casework.conftest import make_report, typed
from tests.unit.cli.conftest import Result, Run

LI, ZHAO = "li has a long passphrase\n", "zhao has a passphrase too\n"
PRELIMINARY = ("--disposition", "preliminary_verification")

Office = Callable[..., Result]


@pytest.fixture
def office(changtong: Run, data: Path, password: str) -> Office:
    """Return what runs an office command as the first operator, or as `by` with their password."""

    def run(*arguments: str, by: str = "", stdin: str = "") -> Result:
        who = ("--by", by) if by else ()
        return changtong("office", *arguments, *who, "--data", data, stdin=stdin or password)

    return run


def _join(changtong: Run, data: Path, password: str, name: str, theirs: str, *options: str) -> None:
    """Add an operator as the manual says."""
    added = changtong("operator", "add", name, *options, "--data", data, stdin=password)
    one_time = added.lines[0]
    chosen = changtong("operator", "password", "--by", name, "--data", data, stdin=f"{one_time}\n{theirs}")
    assert chosen.code == 0
    if "auditor" not in options:
        assert changtong("operator", "grant", name, "--data", data, stdin=password).code == 0


def _in_store(data: Path, work: Callable[[Store, Services], Any]) -> Any:
    async def run() -> Any:
        store, services = await open_office(Settings(data=data))
        try:
            return await work(store, services)
        finally:
            await store.close()

    return asyncio.run(run())


def test_a_disposition_by_two_people(changtong: Run, data: Path, password: str, case: str, office: Office) -> None:
    _join(changtong, data, password, "li", LI, "--role", "supervisor")
    office("status", case, "accepted")
    proposed = office("status", case, "assessing", *PRELIMINARY)
    assert (proposed.code, "approved by: li" in proposed.err) == (0, True)
    own = office("approve", case)
    assert (own.code, "nobody approves what they proposed" in own.err) == (1, True)
    seen = office("show", case, by="li", stdin=LI)
    assert f"changtong office approve {case[:8]} --by li" in seen.out
    assert "preliminary verification" in seen.out
    assert office("approve", case, by="li", stdin=LI).err.splitlines()[-1] == "Done. The case is: being handled"
    shown = office("show", case).out
    assert "approved by: li" in shown
    assert "assessing --disposition …  (a second person approves)" in shown
    assert "concluded --outcome … --text …  (a second person approves)" in shown


def test_prolonging_once(changtong: Run, data: Path, password: str, case: str, office: Office) -> None:
    early = office("extend", case, "--reason", "complex")
    assert (early.code, "prolonged once" in early.err) == (1, True)
    _join(changtong, data, password, "li", LI, "--role", "supervisor")
    office("status", case, "accepted")
    assert "approved by: li" in office("extend", case, "--reason", "complex").err
    assert office("approve", case, by="li", stdin=LI).code == 0
    assert "complex" in office("show", case).out


def test_not_accepted_names_the_right_channel(office: Office, case: str) -> None:
    without = office("status", case, "not_accepted", "--reason", "诉讼中")
    assert (without.code, "This needs --channel" in without.err) == (1, True)
    assert "--channel court|arbitration" in office("show", case).out
    assert office("status", case, "not_accepted", "--reason", "诉讼中", "--channel", "court").code == 0
    assert "人民法院" in office("show", case).out


def test_transferred_names_the_office(office: Office, case: str) -> None:
    assert "--to" in office("status", case, "transferred").err
    assert office("status", case, "transferred", "--to", "西岗区纪委监委").code == 0
    assert "西岗区纪委监委" in office("show", case).out


def test_a_message_is_answered(data: Path, office: Office) -> None:
    sent = _in_store(data, lambda _, services: send_message(services, "周末上班吗？", language="zh", draft_id="m"))
    case = sent.row.id.hex()
    assert "message" in office("list", "--kind", "message").out
    assert office("list", "--kind", "report").out == ""
    shown = office("show", case)
    assert "周末上班吗？" in shown.out
    assert f"reply {case[:8]}" in shown.out
    assert f"ask {case[:8]}" not in shown.out
    assert office("reply", case, "上午上班").err.splitlines()[-1] == "Done. The case is: concluded"
    assert office("ask", case, "为什么？").code == 1


def test_the_recused_do_not_find_it_and_the_trail_says_so(
    changtong: Run, data: Path, password: str, case: str, office: Office
) -> None:
    added = ("--role", "supervisor", "--unit", "某街道办事处")
    _join(changtong, data, password, "li", LI, *added)
    _join(changtong, data, password, "zhao", ZHAO, "--role", "auditor")
    hidden = _in_store(data, lambda _, services: submit(services, _about_the_street(), None, draft_id="d2"))
    case = hidden.row.id.hex()
    result = office("show", case[:8], by="li", stdin=LI)
    assert (result.code, result.out, "There is no case" in result.err) == (1, "", True)
    assert case[:8] not in office("list", by="li", stdin=LI).out
    refused = office("assign", case, "li")
    assert (refused.code, "recused" in refused.err) == (3, True)
    trail = office("trail", "--case", case[:8], by="zhao", stdin=ZHAO)
    assert trail.code == 0
    assert any("li\tshow" in line and "refused: Recused" in line for line in trail.lines)


def _about_the_street() -> Any:
    return replace(make_report(), accused_unit_id=None, accused_unit="某街道办事处", accused_name="")


def test_a_handler_sees_what_is_assigned(changtong: Run, data: Path, password: str, case: str, office: Office) -> None:
    _join(changtong, data, password, "li", LI, "--role", "handler")
    assert office("list", by="li", stdin=LI).err.splitlines()[-1] == "There is no case that you may see."
    assert office("assign", case, "li").code == 0
    assert case[:8] in office("list", by="li", stdin=LI).out
    assert "assigned to\tli" in office("show", case, by="li", stdin=LI).out
    assert office("approve", case, by="li", stdin=LI).code == 3


def test_a_disabled_operator_is_out(changtong: Run, data: Path, password: str, case: str, office: Office) -> None:
    _join(changtong, data, password, "li", LI, "--role", "supervisor")
    changtong("operator", "disable", "li", "--data", data, stdin=password)
    result = office("list", by="li", stdin=LI)
    assert (result.code, result.out) == (3, "")


def test_a_watch_is_told_in_words_and_its_id_nowhere(data: Path, case: str, office: Office) -> None:
    found: list[str] = []

    async def watched(store: Store, services: Services) -> None:
        async with store.work() as work:
            person = store.person_keys.person("telegram", "1/2")
            turn = Turn(work=work, person=person, successor=person, channel="telegram", address="1/2", message_id="1")
            token = current_turn.set(turn)
            try:
                sent = await submit(services, make_report(), None, draft_id="d8")
                await way_back.open_by_code(services, typed(sent.code))
                assert await watch(services, "zh") is not None
                await work.commit()
            finally:
                current_turn.reset(token)
        found.append(sent.row.id.hex())

    _in_store(data, watched)
    (number,) = found
    assert "wishes to be told of news" in office("show", number).out
    entries = json.loads(office("show", number, "--json").out)["entries"]
    assert [entry["data"] for entry in entries if "watch" in entry["data"]] == [{"watch": True}]


def test_retaliation_is_marked(data: Path, case: str, office: Office) -> None:
    async def retaliate(store: Store, services: Services) -> None:
        async with store.work() as work:
            sent = await submit(services, make_report(), None, draft_id="d7")
            turn: Any = Turn(
                work=work,
                person=store.person_keys.person("web", "a"),
                successor=store.person_keys.person("web", "a"),
                channel="web",
                message_id="1",
            )
            token = current_turn.set(turn)
            try:
                await way_back.open_by_code(services, typed(sent.code))
                await way_back.report_retaliation(services, "被调离岗位")
                await work.commit()
            finally:
                current_turn.reset(token)

    _in_store(data, retaliate)
    first = office("list").lines[0]
    assert "\thigh\t" in first
    shown = office("show", first.split("\t")[0]).out
    assert "被调离岗位" in shown
    assert "retaliation · " in shown


def test_pages_and_prefixes_of_many_cases(data: Path, office: Office) -> None:
    ids = [bytes.fromhex("abcdef12".ljust(32, "0")), bytes.fromhex("abcdef12".ljust(32, "1"))]

    async def fill(store: Store, services: Services) -> None:
        async with store.work() as work:
            for case_id in ids:
                work.cases.add(make_case(row={"id": CaseId(case_id)}), generate())
            for _ in range(118):
                work.cases.add(make_case(), generate())
            await work.commit()

    _in_store(data, fill)
    pages = [office("list", "--page", str(page)) for page in (1, 2, 3)]
    assert [len(page.lines) for page in pages] == [50, 50, 20]
    assert ["--page" in page.err for page in pages] == [True, True, False]
    everything = office("list", "--all", "--json")
    assert len({json.loads(line)["id"] for line in everything.lines}) == 120
    ambiguous = office("show", "ABCDEF")
    assert ambiguous.code == 1
    assert "abcdef120, abcdef121" in ambiguous.err
    assert office("note", "abcdef121", "找到了").code == 0
    assert office("show", "abcdef121").code == 0


def test_the_trail_is_for_auditors(changtong: Run, data: Path, password: str, case: str, office: Office) -> None:
    _join(changtong, data, password, "zhao", ZHAO, "--role", "auditor")
    assert office("trail").code == 3
    office("list", by="zhao", stdin="wrong\n")
    office("show", case)
    read = office("trail", "--actor", "zhao", by="zhao", stdin=ZHAO)
    assert "zhao\tlog_in_refused" in read.out
    assert "wrong password" in read.out
    assert "admin" not in read.out
    assert "the audit trail is sound" in read.err
    shown = office("trail", "--case", case, "--json", by="zhao", stdin=ZHAO)
    assert [json.loads(line)["act"] for line in shown.lines] == ["show"]
    assert office("trail", "--day", "2001-01-01", by="zhao", stdin=ZHAO).out == ""
    assert office("trail", "--day", "tomorrow", by="zhao", stdin=ZHAO).code == 2
    assert office("list", by="zhao", stdin=ZHAO).code == 3


def test_a_changed_trail_is_told(changtong: Run, data: Path, password: str, case: str, office: Office) -> None:
    _join(changtong, data, password, "zhao", ZHAO, "--role", "auditor")
    connection = sqlite3.connect(data / "changtong.db")
    with connection:
        connection.execute("DROP TRIGGER trail_is_not_changed")
        connection.execute("UPDATE trail SET actor = 'somebody' WHERE position = 2")
    connection.close()
    result = office("trail", by="zhao", stdin=ZHAO)
    assert (result.code, result.out) == (1, "")
    assert "trail entry 2" in result.err


def test_times_are_the_city_s(office: Office, case: str) -> None:
    before = datetime.now(UTC)
    office("reply", case, "请稍候")
    shown = office("show", case).out
    city = ZoneInfo("Asia/Shanghai")
    moments = {f"{moment.astimezone(city):%Y-%m-%d %H:%M}" for moment in (before, datetime.now(UTC))}
    assert any(moment in shown for moment in moments)
