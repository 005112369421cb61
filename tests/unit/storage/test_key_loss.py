"""A server key lost for good: with the recovery key the office opens its cases again, on both databases."""

import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from casework import code as codes
from casework.case import Case
from casework.errors import LogInRefused
from casework.ports import CaseQuery, Operator, Receipt
from storage import Store, StoreConfig, key_loss, open_store, retention, setup
from storage.errors import KeyFileMissing, NotSetUp, RecoveryRefused, SetupRefused
from storage.key_loss import replace_lost_server_key
from storage.vault.setup import server_key_path
from tests.fakes.clock import FakeClock
from tests.support.cases import make_case, make_report
from tests.support.stores import make_config, open_for_test

PASSWORD = "correct horse battery"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def config(request: pytest.FixtureRequest, tmp_path: Path) -> StoreConfig:
    url = str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else ""
    return make_config(tmp_path / "data", url, FakeClock())


@pytest.fixture
async def recovery_key(config: StoreConfig) -> str:
    told = await setup(config, terminal=True)
    assert told.recovery_key
    async with open_for_test(config) as store:
        session = await store.accounts.log_in("admin", told.one_time_password or "")
        session = await store.accounts.set_password(session, PASSWORD)
        await store.accounts.add(session, "li", "supervisor")
        await retention.write_trail_head(store)
    return told.recovery_key


async def _with_a_file(store: Store) -> tuple[Case, str]:
    async def chunks() -> AsyncIterator[bytes]:
        yield b"a photograph"

    file = await store.evidence.seal(chunks(), name="1.jpg", media_type="image/jpeg", limit_bytes=100)
    case = make_case(report=make_report(files=(file,), accused_unit_id="city_tax"))
    code = codes.generate()
    async with store.work() as work:
        work.cases.add(case, code)
        await work.commit()
    return case, code


async def test_the_office_regains_its_cases_and_files(config: StoreConfig, recovery_key: str) -> None:
    async with open_for_test(config) as store:
        case, code = await _with_a_file(store)
        person = store.person_keys.person("web", "a")
        async with store.work() as work:
            work.receipts.put(
                person, Receipt(code=code, language="zh", draft="d"), config.clock.now().replace(year=2030)
            )
            await work.commit()
    server_key_path(config.data).unlink()
    with pytest.raises(KeyFileMissing):
        await open_store(config)
    await replace_lost_server_key(config, recovery_key)
    async with open_for_test(config) as store:
        with pytest.raises(LogInRefused):
            await store.accounts.log_in("admin", PASSWORD)
        one_time = await store.accounts.recover(recovery_key, "admin")
        session = await store.accounts.set_password(await store.accounts.log_in("admin", one_time), PASSWORD + "!")
        async with store.work() as work:
            opened = await work.cases.by_office(case.id, session)
            assert opened is not None
            assert opened.report == case.report
            assert await work.cases.by_code(code) is None
            assert [row.id for row in await work.cases.of_unit("city_tax")] == [case.id]
            assert await work.receipts.get(store.person_keys.person("web", "a")) is None
            assert await work.trail.verify() > 0
            acts = [entry.act for entry in await work.trail.entries()]
        assert "server_key_replaced" in acts
        assert "operator_added" in acts
        _age_files(config)
        assert await retention.sweep_evidence(store) == []
        states = {o.name: (o.state, o.is_key_holder) for o in await _operators(store)}
        assert states == {"admin": ("active", True), "li": ("disabled", False)}
    assert [path.name[:13] for path in config.data.glob("trail-*")] == ["trail-before-"]
    assert not list((config.data / "keys").glob("server.new"))


async def test_what_is_not_lost_is_not_replaced(config: StoreConfig, recovery_key: str) -> None:
    path = server_key_path(config.data)
    with pytest.raises(SetupRefused, match="is here and fits"):
        await replace_lost_server_key(config, recovery_key)
    path.unlink()
    other = make_config(config.data.with_name("other"))
    await setup(other, terminal=False)
    server_key_path(other.data).rename(path)
    with pytest.raises(SetupRefused, match="another key"):
        await replace_lost_server_key(config, recovery_key)
    with pytest.raises(NotSetUp):
        await replace_lost_server_key(make_config(config.data.with_name("none")), recovery_key)


async def test_without_the_recovery_key_nothing_changes(config: StoreConfig, recovery_key: str) -> None:
    other = make_config(config.data.with_name("other"))
    told = await setup(other, terminal=True)
    path = server_key_path(config.data)
    kept = path.read_bytes()
    path.unlink()
    for typed in ("", recovery_key[:-1], told.recovery_key or ""):
        with pytest.raises(RecoveryRefused):
            await replace_lost_server_key(config, typed)
    assert list(path.parent.glob("server*")) == []
    path.write_bytes(kept)
    path.chmod(0o600)
    async with open_for_test(config) as store:
        await store.accounts.log_in("admin", PASSWORD)


@pytest.mark.parametrize("step", ["_reseal", "_put_heads_aside"])
async def test_broken_off_it_is_finished_by_calling_it_again(
    config: StoreConfig, recovery_key: str, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_for_test(config) as store:
        case, _ = await _with_a_file(store)
    server_key_path(config.data).unlink()

    class Died(Exception):
        pass

    def dies(*_: object) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(key_loss, step, dies)
        with pytest.raises(Died):
            await replace_lost_server_key(config, recovery_key)
    await replace_lost_server_key(config, recovery_key)
    async with open_for_test(config) as store:
        one_time = await store.accounts.recover(recovery_key, "wang")
        session = await store.accounts.set_password(await store.accounts.log_in("wang", one_time), PASSWORD)
        async with store.work() as work:
            assert await work.cases.by_office(case.id, session) is not None
            assert await work.trail.verify() > 0


async def test_files_of_cases_that_only_the_superior_opens_are_kept(config: StoreConfig, recovery_key: str) -> None:
    superior = replace(config.profile.superior, public_key=bytes(range(32)))
    above = replace(config, profile=replace(config.profile, superior=superior))

    async def chunks() -> AsyncIterator[bytes]:
        yield b"a photograph"

    async with open_for_test(above) as store:
        mine, _ = await _with_a_file(store)
        file = await store.evidence.seal(chunks(), name="2.jpg", media_type="", limit_bytes=100)
        hidden = make_case(report=make_report(files=(file,)), row={"recipient": "superior"})
        async with store.work() as work:
            work.cases.add(hidden, codes.generate())
            await work.commit()
    server_key_path(config.data).unlink()
    await replace_lost_server_key(above, recovery_key)
    async with open_for_test(above) as store:
        _age_files(above)
        assert await retention.sweep_evidence(store) == []
        async with store.work() as work:
            rows = await work.cases.rows(CaseQuery())
    assert {row.id for row in rows} == {mine.id, hidden.id}


def _age_files(config: StoreConfig) -> None:
    for path in config.evidence_folder.glob("*/*"):
        os.utime(path, (0, 0))


async def _operators(store: Store) -> list[Operator]:
    async with store.work() as work:
        return await work.operators.all()
