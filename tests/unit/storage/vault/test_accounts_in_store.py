"""Accounts on the real databases: rotation beside submissions, removals beside each other, the claim of a trial."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from casework import code as codes
from casework.case import CaseId
from casework.errors import Conflict, LogInRefused, NotPermitted
from storage import Store, open_store, setup
from storage.errors import LastKeyHolder
from storage.vault.claiming import claim
from storage.vault.sessions import OperatorSession
from tests.fakes.clock import FakeClock
from tests.support.stores import make_config
from tests.unit.storage.vault.case_builders import make_case, make_report

PASSWORD = "correct horse battery"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def store(request: pytest.FixtureRequest, data: Path) -> AsyncIterator[Store]:
    """A trial folder on either database."""
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""
    config = make_config(data, url, FakeClock())
    told = await setup(config, terminal=False)
    store = await open_store(config)
    session = await store.accounts.log_in("admin", told.one_time_password or "")
    await store.accounts.set_password(session, PASSWORD)
    yield store
    await store.close()


async def submit(store: Store) -> tuple[CaseId, str]:
    """Commit a new case, again when the office's key was changed meanwhile."""
    case, code = make_case(), codes.generate()
    case = replace(case, row=replace(case.row, id=CaseId(secrets.token_bytes(16))))
    while True:
        async with store.work() as work:
            work.cases.add(case, code)
            try:
                await work.commit()
            except Conflict:
                continue
        return case.id, code


async def colleague(store: Store, by: OperatorSession, name: str) -> OperatorSession:
    one_time = await store.accounts.add(by, name, "supervisor")
    await store.accounts.set_password(await store.accounts.log_in(name, one_time), PASSWORD + name)
    await store.accounts.grant(by, name)
    return await store.accounts.log_in(name, PASSWORD + name)


async def test_no_case_is_left_behind_by_a_rotation(store: Store) -> None:
    admin = await store.accounts.log_in("admin", PASSWORD)
    before = [await submit(store) for _ in range(5)]
    rotated, *during = await asyncio.gather(
        store.accounts.rotate_key(admin), *(submit(store) for _ in range(20)), return_exceptions=True
    )
    if isinstance(rotated, Conflict):  # a case came between: it is finished by calling it again
        admin = await store.accounts.log_in("admin", PASSWORD)
        rotated = await store.accounts.rotate_key(admin)
    assert isinstance(rotated, OperatorSession)
    async with store.work() as work:
        for submitted in (*before, *during):
            assert isinstance(submitted, tuple)
            case_id, code = submitted
            opened, by_code = await work.cases.by_office(case_id, rotated), await work.cases.by_code(code)
            assert opened is not None
            assert by_code is not None
            assert opened.report == by_code.report == make_report()
        assert await work.trail.verify() > 0


async def test_of_two_who_remove_each_other_one_stays(store: Store) -> None:
    admin = await store.accounts.log_in("admin", PASSWORD)
    li = await colleague(store, admin, "li")
    outcomes = await asyncio.gather(
        store.accounts.disable(admin, "li"), store.accounts.disable(li, "admin"), return_exceptions=True
    )
    assert sum(isinstance(outcome, Conflict | LastKeyHolder | NotPermitted) for outcome in outcomes) >= 1
    async with store.work() as work:
        assert any(o.is_key_holder and o.state == "active" for o in await work.operators.all())


async def test_a_trial_is_claimed(store: Store) -> None:
    case_id, code = await submit(store)
    await colleague(store, await store.accounts.log_in("admin", PASSWORD), "li")
    claimed = await claim(store.vault, store.accounts, password=PASSWORD)
    for name, password in (("admin", PASSWORD), ("li", PASSWORD + "li")):
        with pytest.raises(LogInRefused):
            await store.accounts.log_in(name, password)
    session = await store.accounts.log_in("admin", claimed.one_time_password)
    session = await store.accounts.set_password(session, PASSWORD)
    async with store.work() as work:
        opened, by_code = await work.cases.by_office(case_id, session), await work.cases.by_code(code)
        assert opened is not None
        assert by_code is not None
        assert opened.report == by_code.report == make_report()
    reopened = await open_store(store.config)
    assert not reopened.is_trial
    await reopened.close()
