"""Coming in, staying in, and everything that must not let anybody in."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from casework import office as desk
from casework.case import CaseId
from casework.ports import TrailEntry
from storage.vault.sessions import OperatorSession
from tests.support.desk import PASSPHRASE, DeskBrowser, Office, open_office


async def trail(office: Office) -> list[TrailEntry]:
    async with office.store.work() as work:
        return await work.trail.entries(limit=500)


async def test_the_first_time_passphrase_and_second_factor_are_set_up(tmp_path: Path) -> None:
    async with open_office(tmp_path / "data", everyone=False) as office:
        one_time = await office.store.accounts.add(office.founder, "wang", "supervisor")
        browser = office.browser()
        assert (await browser.log_in("wang", passphrase=one_time)).headers["location"] == "/desk/passphrase"
        assert (await browser.get("/cases")).headers["location"] == "/desk/passphrase"
        assert (await browser.get("/passphrase")).status_code == 200
        assert (await browser.post("/passphrase", {"passphrase": "short", "again": "short"})).status_code == 422
        assert (await browser.post("/passphrase", {"passphrase": PASSPHRASE, "again": "other"})).status_code == 422
        done = await browser.post("/passphrase", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
        assert done.headers["location"] == "/desk/second-factor"
        shown = await browser.get("/second-factor")
        found = re.search(r'id="secret">([A-Z2-7 ]+)<', shown.text)
        assert found is not None
        assert 'src="data:image/png;base64,' in shown.text
        office.secrets["wang"] = found[1].replace(" ", "")
        assert (await browser.post("/second-factor", {"code": "000000"})).status_code == 422
        codes = await browser.post("/second-factor", {"code": office.code("wang")})
        assert codes.status_code == 200
        assert len(re.findall(r'class="code">[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}<', codes.text)) == 10
        assert "key holder grants" in codes.text
        assert (await browser.log_in("wang")).status_code == 401
        await office.store.accounts.grant(office.founder, "wang")
        assert (await browser.log_in("wang")).headers["location"] == "/desk"
        assert (await browser.get("/cases")).status_code == 200


async def test_recovery_codes_are_good_once(office: Office) -> None:
    session = await office.store.accounts.log_in("second", PASSPHRASE)
    office.clock.advance(minutes=2)
    codes = await office.store.second_factors.enrol(session, office.secrets["second"], office.code("second"))
    assert codes is not None
    assert (await office.browser().log_in("second", code=codes[0].upper())).status_code == 303
    assert (await office.browser().log_in("second", code=codes[0])).status_code == 401


async def test_a_code_is_good_once_and_for_a_minute_and_a_half(office: Office) -> None:
    code = office.code("second")
    assert (await office.browser().log_in("second", code=code)).status_code == 303
    assert (await office.browser().log_in("second", code=code)).status_code == 401
    late = office.code("second")
    office.clock.advance(seconds=90)
    assert (await office.browser().log_in("second", code=late)).status_code == 401


@pytest.mark.parametrize(
    "changes",
    [
        {"passphrase": "wrong wrong wrong wrong"},
        {"code": "123456"},
        {"code": ""},
        {"name": "ghost"},
        {"code": "９９９"},
    ],
)
async def test_refusals_look_alike_and_stand_in_the_trail(office: Office, changes: dict[str, str]) -> None:
    refused = await office.browser().log_in("second", **changes)
    assert refused.status_code == 401
    assert "Name, passphrase or code is wrong" in refused.text
    assert "set-cookie" not in refused.headers
    last = (await trail(office))[0]
    assert last.act == "log_in_refused"
    assert last.actor == ("-" if "name" in changes else "second")
    assert "wrong wrong" not in last.detail


async def test_every_log_in_stands_in_the_trail(office: Office) -> None:
    await office.seated("second")
    assert [(it.actor, it.act) for it in (await trail(office))[:1]] == [("second", "logged_in")]


async def test_many_failures_slow_down_their_source_alone(office: Office) -> None:
    known = await office.seated("second")
    stranger = office.browser()
    for _ in range(10):
        assert (await stranger.log_in("second", passphrase="no no no no no no")).status_code == 401
    assert (await stranger.log_in("second")).status_code == 429
    assert (await stranger.log_in("handler")).status_code == 429
    assert (await trail(office))[0].detail == "too many attempts"
    entries = len(await trail(office))
    assert (await stranger.log_in("second")).status_code == 429
    assert len(await trail(office)) == entries  # a flood does not fill the trail
    assert (await DeskBrowser(office, "10.9.9.9").log_in("second")).status_code == 303
    await known.post("/log-out")
    assert (await known.log_in("second")).status_code == 303
    office.clock.advance(minutes=16)
    assert (await stranger.log_in("second")).status_code == 303


async def test_the_cookie_is_for_this_host_and_no_script(office: Office) -> None:
    response = await office.browser().log_in("second")
    cookie = next(it for it in response.headers.get_list("set-cookie") if it.startswith("desk="))
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "max-age" not in cookie.lower()


async def test_behind_https_the_cookie_has_the_host_prefix(office: Office) -> None:
    from console import DeskOptions, create_desk

    office.app = create_desk(office.app.state.parts, DeskOptions(is_https=True, default_language="en"))
    response = await office.browser().log_in("second")
    cookie = next(it for it in response.headers.get_list("set-cookie") if it.startswith("__Host-desk="))
    assert "secure" in cookie.lower()
    assert "domain" not in cookie.lower()
    assert response.headers["strict-transport-security"].startswith("max-age=")


async def test_a_session_that_was_planted_is_not_taken_over(office: Office) -> None:
    attacker = await office.seated("handler")
    planted = attacker.client.cookies["desk"]
    victim = office.browser()
    victim.client.cookies.set("desk", planted, domain="desk.test")
    assert (await victim.log_in("second")).status_code == 303
    assert victim.client.cookies.get("desk", domain="desk.test") != planted
    assert (await attacker.get("/cases")).headers["location"].startswith("/desk/log-in")


async def test_half_an_hour_of_rest_ends_a_session(office: Office) -> None:
    browser = await office.seated("second")
    for _ in range(3):
        office.clock.advance(minutes=29)
        assert (await browser.get("/me")).status_code == 200
    office.clock.advance(minutes=31)
    assert (await browser.get("/me")).headers["location"].startswith("/desk/log-in")


async def test_twelve_hours_end_every_session(office: Office) -> None:
    browser = await office.seated("second")
    for _ in range(25):
        office.clock.advance(minutes=29)
        last = await browser.get("/me")
    assert last.status_code == 303


async def test_logging_out_everywhere(office: Office) -> None:
    here, there = await office.seated("second"), await office.seated("second")
    other = await office.seated("handler")
    assert (await here.post("/log-out", {"everywhere": "1"})).status_code == 303
    for browser in (here, there):
        assert (await browser.get("/me")).headers["location"].startswith("/desk/log-in")
    assert (await other.get("/me")).status_code == 200


async def test_a_disabled_or_reset_account_loses_its_sessions(office: Office) -> None:
    second, handler = await office.seated("second"), await office.seated("handler")
    await office.store.accounts.disable(office.founder, "second")
    await office.store.accounts.reset(office.founder, "handler")
    for browser in (second, handler):
        assert (await browser.get("/me")).headers["location"].startswith("/desk/log-in")


async def test_the_database_and_the_server_key_open_no_session(office: Office) -> None:
    browser = await office.seated("second")
    secret = browser.client.cookies["desk"]
    found = await office.store.desk_sessions.find(secret)
    assert found is not None
    private = next(iter(found.key.private_keys().values()))
    database = (office.store.config.data / "changtong.db").read_bytes()
    wal = office.store.config.data / "changtong.db-wal"
    everything = database + (wal.read_bytes() if wal.exists() else b"")
    for planted in (secret.encode(), private, private.hex().encode()):
        assert planted not in everything
    assert await office.store.desk_sessions.find("A" * 43) is None
    assert isinstance(found.key, OperatorSession)


@pytest.mark.parametrize("token", ["", "wrong", "ü"])
async def test_a_form_without_the_token_does_nothing(office: Office, case: str, token: str) -> None:
    browser = await office.seated("second")
    refused = await browser.post(f"/cases/{case}/note", {"csrf": token, "text": "x"})
    assert refused.status_code == 403
    assert "x" not in await _notes(office, case)


async def _notes(office: Office, case: str) -> list[str]:
    opened = await desk.show(office.services, office.founder, CaseId(bytes.fromhex(case)))
    return [entry.text for entry in opened.entries]


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"origin": "https://evil.test"}]
)
async def test_a_form_of_another_site_does_nothing(office: Office, headers: dict[str, str]) -> None:
    browser = await office.seated("second")
    plain = {} if "origin" in headers else headers
    response = await browser.client.post("/desk/log-out", data={"csrf": browser.csrf}, headers=plain | headers)
    assert response.status_code == 403
    assert (await browser.get("/me")).status_code == 200


@pytest.mark.parametrize("path", ["/log-in", "/second-factor", "/cases", "/static/desk.css", "/nowhere"])
async def test_headers_of_every_answer(office: Office, path: str) -> None:
    response = await office.browser().get(path)
    policy = response.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert response.headers["x-frame-options"] == "DENY"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["referrer-policy"] == "no-referrer"
    if not path.startswith("/static"):
        assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "to",
    [
        "https://evil.test/", "//evil.test", "/desk/../evil", "/desk//evil.test", "/desk/x?y=http://evil", "/other",
        "javascript:1", "/desk/cases\r\nset-cookie: a=b", "/desk/log-out", "/desk\\evil",
    ],
)  # fmt: skip
async def test_logging_in_leads_to_our_own_pages_alone(office: Office, to: str) -> None:
    for answer in (
        await office.browser().log_in("second", to=to),
        await office.browser().post("/language", {"language": "en", "to": to}),
    ):
        assert answer.headers["location"] == "/desk"


async def test_logging_in_leads_back_to_the_page_that_was_wanted(office: Office, case: str) -> None:
    browser = office.browser()
    asked = await browser.get(f"/cases/{case}")
    assert asked.headers["location"] == f"/desk/log-in?to=/desk/cases/{case}"
    done = await browser.log_in("second", to=f"/desk/cases/{case}")
    assert done.headers["location"] == f"/desk/cases/{case}"


async def test_a_session_that_ended_is_named_and_leads_back(office: Office, case: str) -> None:
    browser = await office.seated("second")
    office.clock.advance(minutes=31)
    late = await browser.post(f"/cases/{case}/reply", {"text": "What I wrote for half an hour", "seen": "1"})
    assert late.headers["location"] == f"/desk/log-in?to=/desk/cases/{case}&ended=1"
    assert "Your session has ended" in (await browser.get("/log-in?ended=1")).text
    again = await browser.post("/log-in", {"name": "second", "passphrase": "no", "code": "1"})
    assert again.status_code == 401
    assert 'name="name" value="second"' in again.text


async def test_the_log_in_page_tells_where_the_first_account_comes_from(office: Office) -> None:
    shown = (await office.browser().get("/log-in")).text
    assert "one-time password" in shown
    assert "TRIAL" not in shown
    office.app.state.options = replace(office.app.state.options, is_trial=True)
    assert "in the file TRIAL of the data folder" in (await office.browser().get("/log-in")).text


async def test_an_open_page_asks_whose_session_it_is(office: Office) -> None:
    browser = await office.seated("second")
    for _ in range(3):  # typing is no rest
        office.clock.advance(minutes=20)
        told = (await browser.get("/awake")).json()
        assert told == {"name": "second", "csrf": browser.csrf}
    office.clock.advance(minutes=31)
    scripts = ({"x-live": "1"}, {"accept": "text/event-stream"})
    assert (
        await browser.get("/awake")
    ).status_code == 401  # and no redirect to a page that a script takes for an answer
    browser = await office.seated("second")
    office.clock.advance(minutes=31)
    assert [(await browser.post("/search", {"words": "x"}, headers=headers)).status_code for headers in scripts] == [
        401,
        401,
    ]


async def test_what_is_shown_once_offers_nothing_that_leaves_the_page(office: Office) -> None:
    browser = await office.seated("second")
    assert 'action="/desk/language"' in (await browser.get("/accounts")).text
    made = await browser.post("/accounts", {"name": "newcomer", "role": "handler"})
    assert 'id="password"' in made.text
    assert 'action="/desk/language"' not in made.text
    one_time = re.search(r'id="password">([^<]+)<', made.text)
    assert one_time is not None
    assert "once they have logged in" in (await browser.get("/accounts")).text
    await office.store.accounts.set_password(await office.store.accounts.log_in("newcomer", one_time[1]), PASSPHRASE)
    ready = (await browser.get("/accounts")).text
    assert "once they have logged in" not in ready
    assert 'action="/desk/accounts/newcomer/grant"' in ready


async def test_changing_the_passphrase_keeps_the_second_factor(office: Office) -> None:
    browser, other = await office.seated("second"), await office.seated("second")
    fresh = "seven quiet lanterns cross the bay"
    wrong = {"present": "not this one at all", "code": office.code("second"), "passphrase": fresh, "again": fresh}
    assert (await browser.post("/me/passphrase", wrong)).status_code == 422
    right = wrong | {"present": PASSPHRASE, "code": office.code("second")}
    assert (await browser.post("/me/passphrase", right)).headers["location"] == "/desk/me?done=passphrase_changed"
    assert (await browser.get("/cases")).status_code == 200
    assert (await other.get("/me")).status_code == 303
    office.passphrases["second"] = fresh
    assert (await office.browser().log_in("second", code="")).status_code == 401
    assert (await office.browser().log_in("second")).status_code == 303


async def test_the_language_is_chosen_and_kept(office: Office) -> None:
    browser = office.browser()
    assert "Log in" in (await browser.get("/log-in")).text
    await browser.post("/language", {"language": "zh", "to": "/desk/log-in"})
    assert "密码短语" in (await browser.get("/log-in")).text
    assert '<html lang="zh-Hans">' in (await browser.get("/log-in")).text
