import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.errors import Conflict, LogInRefused
from storage.errors import KeyFileMissing, KeyFileUnsafe, NotClaimable, NotSetUp, RecoveryRefused, SetupRefused
from storage.vault.claiming import Claimed, claim
from storage.vault.server_key import ServerKey
from storage.vault.setup import create_folder, first_accounts, open_folder, read_trial, server_key_path, trial_path
from tests.fakes.clock import FakeClock
from tests.unit.storage.vault.case_builders import make_report
from tests.unit.storage.vault.conftest import TODAY
from tests.unit.storage.vault.office_house import CHEAP, PASSWORD, OfficeHouse, open_office


@pytest.fixture
def trial(data: Path, clock: FakeClock) -> Iterator[OfficeHouse]:
    house = open_office(data, clock, is_trial=True)
    yield house
    house.accounts.close()


def everything_in(folder: Path) -> bytes:
    return b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_a_folder_is_made_and_opened_again(data: Path, clock: FakeClock) -> None:
    made = create_folder(data, clock, is_trial=False)
    opened = open_folder(data, clock, fingerprint=made.server_key.fingerprint)
    assert (opened.is_trial, opened.data) == (False, data)
    assert opened.server_key.fingerprint == made.server_key.fingerprint
    assert (data / "keys").stat().st_mode & 0o777 == 0o700


def test_an_empty_folder_says_run_setup(data: Path, clock: FakeClock) -> None:
    with pytest.raises(NotSetUp, match="run setup"):
        open_folder(data, clock, fingerprint=None)


def test_a_lost_server_key_is_refused_with_the_backup_needed(data: Path, clock: FakeClock) -> None:
    made = create_folder(data, clock, is_trial=False)
    server_key_path(data).unlink()
    with pytest.raises(KeyFileMissing, match="backup of the keys"):
        open_folder(data, clock, fingerprint=made.server_key.fingerprint)


def test_another_folders_server_key_is_refused(data: Path, tmp_path: Path, clock: FakeClock) -> None:
    made = create_folder(data, clock, is_trial=False)
    create_folder(tmp_path / "other", clock, is_trial=False)
    server_key_path(tmp_path / "other").replace(server_key_path(data))
    with pytest.raises(KeyFileMissing, match="not the key this database"):
        open_folder(data, clock, fingerprint=made.server_key.fingerprint)


@pytest.mark.parametrize("folder", [".", "keys", "keys/day"])
def test_a_folder_where_others_write_is_refused(data: Path, clock: FakeClock, folder: str) -> None:
    create_folder(data, clock, is_trial=False)
    (data / folder).chmod(0o770)
    with pytest.raises(KeyFileUnsafe, match="others may write"):
        open_folder(data, clock, fingerprint=None)


def test_a_lost_folder_of_keys_is_named_too(data: Path, clock: FakeClock, server_key: ServerKey) -> None:
    with pytest.raises(KeyFileMissing, match="keys/server: is missing"):
        open_folder(data, clock, fingerprint=server_key.fingerprint)


def test_a_set_up_broken_off_goes_on_with_its_key(data: Path, clock: FakeClock) -> None:
    first = create_folder(data, clock, is_trial=True)
    second = create_folder(data, clock, is_trial=False)
    assert second.server_key.fingerprint == first.server_key.fingerprint
    assert (first.is_trial, second.is_trial) == (True, False)


def test_a_place_that_is_no_folder_is_refused(tmp_path: Path, clock: FakeClock) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SetupRefused):
        create_folder(tmp_path / "file" / "data", clock, is_trial=False)


def test_a_claimed_folder_holds_nothing_that_opens_the_office(data: Path, clock: FakeClock) -> None:
    vault = create_folder(data, clock, is_trial=False)
    first = first_accounts(vault, TODAY, cost=CHEAP)
    lying = everything_in(data)
    for secret in (first.one_time_password, first.recovery_key, first.recovery_key.replace("-", "")):
        assert secret.encode() not in lying
    assert read_trial(data) is None
    assert first.operator.must_set_password
    for secret in (first.one_time_password, first.recovery_key):
        assert secret not in repr(first)


async def test_a_trial_tells_how_its_office_is_entered(trial: OfficeHouse) -> None:
    told = json.loads(trial_path(trial.vault.data).read_bytes())
    assert trial_path(trial.vault.data).stat().st_mode & 0o777 == 0o600
    session = await trial.accounts.log_in(told["name"], told["password"])
    assert not session.must_set_password
    assert trial.open_case(trial.add_case(), session).report == make_report()


async def test_a_claim_replaces_all_that_the_trial_told(trial: OfficeHouse, clock: FakeClock) -> None:
    case_id = trial.add_case()
    password = trial.first.one_time_password
    session = await trial.accounts.log_in("admin", password)
    await trial.colleague(session, "friend", "supervisor")

    claimed = await claim(trial.vault, trial.accounts)

    reopened = open_folder(trial.vault.data, clock, fingerprint=trial.vault.server_key.fingerprint)
    assert not reopened.is_trial
    for name, old in (("admin", password), ("friend", PASSWORD + "friend")):
        with pytest.raises(LogInRefused):
            await trial.accounts.log_in(name, old)
    with pytest.raises(RecoveryRefused):
        await trial.accounts.recover(trial.first.recovery_key, "admin")
    assert claimed.one_time_password.encode() not in everything_in(trial.vault.data)
    fresh = await trial.accounts.log_in(claimed.operator, claimed.one_time_password)
    assert fresh.must_set_password
    fresh = await trial.accounts.set_password(fresh, PASSWORD)
    assert trial.open_case(case_id, fresh).report == make_report()
    await trial.accounts.recover(claimed.recovery_key, "chief")
    assert list(trial.tables.keys) == [2]


async def test_a_claim_broken_off_anywhere_is_finished(tmp_path: Path, clock: FakeClock) -> None:
    for commits in range(6):
        trial = open_office(tmp_path / str(commits), clock, is_trial=True)
        case_id = trial.add_case()
        trial.tables.commits_before_failure = commits
        with pytest.raises(Conflict):
            await claim(trial.vault, trial.accounts)
        trial.tables.commits_before_failure = None
        claimed = await claim(trial.vault, trial.accounts)
        session = await trial.accounts.log_in("admin", claimed.one_time_password)
        session = await trial.accounts.set_password(session, PASSWORD)
        assert trial.open_case(case_id, session).report == make_report()
        trial.accounts.close()


async def test_a_claim_that_could_not_tell_its_keys_is_finished(trial: OfficeHouse) -> None:
    def full_disk(claimed: Claimed) -> None:
        raise SetupRefused("the recovery key cannot be written")

    with pytest.raises(SetupRefused):
        await claim(trial.vault, trial.accounts, tell=full_disk)
    assert trial_path(trial.vault.data).exists()
    told: list[Claimed] = []
    claimed = await claim(trial.vault, trial.accounts, tell=told.append)
    assert told == [claimed]
    assert (await trial.accounts.log_in("admin", claimed.one_time_password)).must_set_password
    await trial.accounts.recover(claimed.recovery_key, "admin")
    assert not trial_path(trial.vault.data).exists()


async def test_only_a_trial_is_claimed(data: Path, clock: FakeClock) -> None:
    house = open_office(data, clock)
    with pytest.raises(NotClaimable):
        await claim(house.vault, house.accounts)
    house.accounts.close()


async def test_a_trial_whose_password_was_changed_is_claimed_with_it(trial: OfficeHouse) -> None:
    session = await trial.accounts.log_in("admin", trial.first.one_time_password)
    await trial.accounts.set_password(session, PASSWORD)
    with pytest.raises(LogInRefused):
        await claim(trial.vault, trial.accounts)
    claimed = await claim(trial.vault, trial.accounts, password=PASSWORD)
    assert (await trial.accounts.log_in("admin", claimed.one_time_password)).must_set_password


def test_a_damaged_trial_file_is_refused(trial: OfficeHouse) -> None:
    trial_path(trial.vault.data).write_text("{")
    with pytest.raises(KeyFileUnsafe, match="cannot be read"):
        read_trial(trial.vault.data)
