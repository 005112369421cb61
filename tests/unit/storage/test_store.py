"""Setting up and opening: what is shown once, what is refused, what survives a kill."""

import asyncio
import signal
import sys
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest

from casework.code import generate
from casework.errors import Conflict
from casework.ports import CaseQuery
from storage import open_store, setup
from storage.errors import KeyFileMissing, KeyNotGranted, NotSetUp, SetupRefused
from storage.store import StoreConfig
from storage.vault.key_files import write_private
from storage.vault.sealing import new_key, public_key_of
from storage.vault.sessions import OperatorSession
from tests.support.cases import make_case, make_report
from tests.support.stores import CHEAP, fresh_store, log_in, make_config, open_for_test


async def test_a_terminal_is_shown_password_and_recovery_key_once(tmp_path: Path) -> None:
    config = make_config(tmp_path / "data")
    shown = await setup(config, terminal=True)
    assert shown.one_time_password
    assert shown.recovery_key
    assert not shown.is_trial
    assert shown.one_time_password not in repr(shown)
    with pytest.raises(SetupRefused, match="already"):
        await setup(config, terminal=True)
    async with open_for_test(config) as store:
        session = await store.accounts.log_in("admin", shown.one_time_password)
        assert session.must_set_password
        assert not store.is_trial


async def test_without_a_terminal_the_folder_is_a_trial(tmp_path: Path) -> None:
    config = make_config(tmp_path / "data")
    shown = await setup(config, terminal=False)
    assert shown.is_trial
    assert shown.recovery_key is None
    async with open_for_test(config) as store:
        assert store.is_trial
        assert (await log_in(store)).operator == "admin"


async def test_the_recovery_key_goes_to_a_file_outside(tmp_path: Path) -> None:
    out = tmp_path / "recovery"
    shown = await setup(make_config(tmp_path / "data"), terminal=True, recovery_out=out)
    assert shown.recovery_key is None
    assert len(out.read_text().splitlines()) == 1
    assert shown.one_time_password
    unseen = await setup(make_config(tmp_path / "other"), terminal=False, recovery_out=tmp_path / "both")
    assert (unseen.one_time_password, unseen.recovery_key, unseen.is_trial) == (None, None, False)
    assert len((tmp_path / "both").read_text().splitlines()) == 2


async def test_the_recovery_key_never_lies_in_the_data_folder(tmp_path: Path) -> None:
    config = make_config(tmp_path / "data")
    with pytest.raises(SetupRefused, match="data folder"):
        await setup(config, terminal=True, recovery_out=config.data / "recovery")
    shown = await setup(config, terminal=True)
    assert shown.recovery_key, "the set-up that was broken off is finished"


async def test_opening_nothing_says_so_and_makes_nothing(tmp_path: Path) -> None:
    config = make_config(tmp_path / "data")
    with pytest.raises(NotSetUp):
        await open_store(config)
    assert not config.data.exists()


async def test_a_lost_key_file_names_the_backup(tmp_path: Path) -> None:
    config = make_config(tmp_path / "data")
    async with fresh_store(config):
        pass
    key = config.data / "keys" / "server"
    content = key.read_bytes()
    key.unlink()
    with pytest.raises(KeyFileMissing, match="backup of the keys"):
        await open_store(config)
    with pytest.raises(SetupRefused):
        await setup(config, terminal=False)
    write_private(key, content.replace(content[40:50], b"0123456789"))
    with pytest.raises(KeyFileMissing, match="not the key"):
        await open_store(config)


async def test_keys_without_a_database_are_not_set_up(tmp_path: Path) -> None:
    config = make_config(tmp_path / "data")
    async with fresh_store(config):
        pass
    for path in config.data.glob("changtong.db*"):
        path.unlink()
    with pytest.raises(NotSetUp):
        await open_store(config)


async def test_a_report_on_the_head_is_sealed_to_the_superior_alone(tmp_path: Path) -> None:
    plain = make_config(tmp_path / "data")
    superior = replace(plain.profile.superior, public_key=public_key_of(new_key()))
    config = StoreConfig(
        data=plain.data, profile=replace(plain.profile, superior=superior), clock=plain.clock, argon_cost=CHEAP
    )
    async with fresh_store(config) as store:
        case, code = make_case(row={"recipient": "superior"}), generate()
        async with store.work() as work:
            work.cases.add(case, code)
            await work.commit()
            assert (await work.cases.by_code(code)) == case
            session = await log_in(store)
            assert await work.cases.by_office(case.id, session) is None
            assert await work.cases.contact(case.id, session) is None


async def test_a_session_without_the_offices_key_is_told_so(tmp_path: Path) -> None:
    async with fresh_store(make_config(tmp_path / "data")) as store:
        case, bare = make_case(), OperatorSession(operator="bare", role="auditor")
        async with store.work() as work:
            work.cases.add(case, generate())
            await work.commit()
            with pytest.raises(KeyNotGranted):
                await work.cases.by_office(case.id, bare)


async def test_without_a_superiors_key_nothing_is_sealed_to_it(tmp_path: Path) -> None:
    async with fresh_store(make_config(tmp_path / "data")) as store, store.work() as work:
        work.cases.add(make_case(row={"recipient": "superior"}), generate())
        with pytest.raises(LookupError, match="superior"):
            await work.commit()


async def test_a_rotation_in_between_sends_the_submission_round_again(tmp_path: Path) -> None:
    async with fresh_store(make_config(tmp_path / "data")) as store:
        case, code = make_case(), generate()
        async with store.work() as work:
            work.cases.add(case, code)
            await work.cases.collect()
            session = await store.accounts.rotate_key(await log_in(store))
            with pytest.raises(Conflict):
                await work.commit()
        async with store.work() as work:
            work.cases.add(case, code)
            await work.commit()
            assert await work.cases.by_office(case.id, session) == case


async def test_an_office_key_that_a_case_needs_is_not_deleted(tmp_path: Path) -> None:
    async with fresh_store(make_config(tmp_path / "data")) as store:
        async with store.work() as work:
            work.cases.add(make_case(), generate())
            await work.commit()
        async with store.account_records() as records:
            records.delete_office_key(1)
            with pytest.raises(Conflict):
                await records.commit()
        async with store.account_records() as records:
            assert [key.version for key in await records.office_keys()] == [1]
            with pytest.raises(ValueError, match="expected"):
                records.delete_office_wraps()


async def test_cases_of_one_unit_are_found_by_its_index(tmp_path: Path) -> None:
    async with fresh_store(make_config(tmp_path / "data")) as store:
        unit = store.config.profile.units[0].id
        case = make_case(report=make_report(accused_unit_id=unit))
        async with store.work() as work:
            work.cases.add(case, generate())
            work.cases.add(make_case(), generate())
            await work.commit()
            assert await work.cases.of_unit(unit) == [case.row]


_CHILD = """
    import asyncio, sys
    from pathlib import Path
    from casework.code import generate
    from storage import open_store
    from tests.support.cases import make_case
    from tests.support.stores import make_config

    async def main() -> None:
        store = await open_store(make_config(Path(sys.argv[1])))
        async def submit() -> None:
            while True:
                code = generate()
                async with store.work() as work:
                    work.cases.add(make_case(), code)
                    await work.commit()
                print(code, flush=True)
        await asyncio.gather(*(submit() for _ in range(8)))

    asyncio.run(main())
"""


async def test_a_kill_loses_nothing_that_was_confirmed(tmp_path: Path) -> None:
    config = make_config(tmp_path / "data")
    async with fresh_store(config):
        pass
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", textwrap.dedent(_CHILD), str(config.data), stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    codes = [(await child.stdout.readline()).decode().strip() for _ in range(40)]
    child.send_signal(signal.SIGKILL)
    codes += [code for line in (await child.stdout.read()).decode().splitlines() if len(code := line.strip()) == 23]
    await child.wait()
    async with open_for_test(config) as store, store.work() as work:
        assert all([await work.cases.by_code(code) for code in codes])
        stored = len(await work.cases.rows(CaseQuery(limit=100_000)))
        assert len(codes) <= stored <= len(codes) + 8, "at most the unconfirmed ones more"
