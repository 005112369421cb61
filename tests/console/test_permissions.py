"""Every role at every route, and every role at every object: what the table does not allow is refused and recorded."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute

from casework.permissions import PERMISSIONS, Act, Role
from casework.submitting import send_message
from console.pages import routers
from console.seat import Needs, half_open
from tests.support.desk import KEYLESS, ROLES, DeskBrowser, Office

NAMES = {role: name for name, role in (ROLES | KEYLESS).items() if name != "founder"}
OPEN_TO_STRANGERS = {("GET", "/log-in"), ("POST", "/log-in"), ("POST", "/language")}
HALF_OPEN = {
    ("GET", "/passphrase"), ("POST", "/passphrase"), ("GET", "/second-factor"), ("POST", "/second-factor"),
    ("POST", "/log-out"),
}  # fmt: skip
ID = "0" * 32


def routes() -> Iterator[tuple[str, str, APIRoute]]:
    for router in routers():
        for route in router.routes:
            assert isinstance(route, APIRoute)
            for method in sorted(route.methods or ()):
                yield method, route.path, route


def guards(route: APIRoute) -> list[Any]:
    return [dependency.call for dependency in route.dependant.dependencies]


def guarded() -> list[tuple[str, str, Act | None]]:
    found = []
    for method, path, route in routes():
        needs = [guard for guard in guards(route) if isinstance(guard, Needs)]
        if needs:
            found.append((method, path, needs[0].act))
    return found


def test_every_route_has_exactly_one_guard() -> None:
    for method, path, route in routes():
        needs = [guard for guard in guards(route) if isinstance(guard, Needs)]
        if (method, path) in OPEN_TO_STRANGERS:
            assert not guards(route)
        elif (method, path) in HALF_OPEN:
            assert guards(route) == [half_open]
        else:
            assert len(needs) == 1, (method, path)


def test_every_act_of_the_table_has_a_route() -> None:
    assert {act for _, _, act in guarded()} - {None} == set(Act)


@pytest.mark.parametrize("role", list(Role))
async def test_the_role_at_every_route(office: Office, role: Role) -> None:
    browser = await office.seated(NAMES[role])
    for method, path, act in guarded():
        address = re.sub(r"\{\w+\}", ID, path)
        answer = await _ask(browser, method, address)
        is_allowed = act is None or act in PERMISSIONS[role]
        assert (answer == 403) != is_allowed, f"{role}: {method} {path} answered {answer}"
        if act is not None and not is_allowed:
            async with office.store.work() as work:
                last = (await work.trail.entries(1))[0]
            assert (last.actor, last.act, last.detail) == (NAMES[role], str(act), "refused: NotPermitted")


async def _ask(browser: DeskBrowser, method: str, address: str) -> int:
    if address == "/live":
        return await _ask_stream(browser)
    answer = await (browser.get(address) if method == "GET" else browser.post(address))
    return answer.status_code


async def _ask_stream(browser: DeskBrowser) -> int:
    """An open stream has no end: that the guard lets it begin is asked of the list beside it, which has the same."""
    return (await browser.get("/chats/list")).status_code


@pytest.mark.parametrize("path", sorted({path for _, path, _ in guarded()}))
async def test_nobody_comes_in_without_a_session(office: Office, path: str) -> None:
    address = re.sub(r"\{\w+\}", ID, path)
    browser = office.browser()
    for answer in (await browser.get(address), await browser.post(address)):
        assert answer.status_code in (303, 401, 404, 405)
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/desk/log-in")


async def test_the_table_is_shown_as_it_is(office: Office) -> None:
    page = await (await office.seated("auditor")).get("/about/permissions")
    assert page.text.count('class="yes"') == sum(len(acts) for acts in PERMISSIONS.values())


async def test_the_objects_a_role_may_open(office: Office, case: str) -> None:
    message = (await send_message(office.services, "When are you open?", language="en", draft_id="m1")).row.id.hex()
    expected = {
        "second": (200, 200),
        "intake": (403, 200),
        "handler": (403, 403),
        "auditor": (403, 403),
        "keeper": (403, 403),
    }
    for name, answers in expected.items():
        browser = await office.seated(name)
        opened = [(await browser.get(f"/cases/{it}")).status_code for it in (case, message)]
        assert tuple(opened) == answers
