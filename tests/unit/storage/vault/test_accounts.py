import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from casework.errors import Conflict, LogInRefused, NotPermitted
from casework.ports import OfficeKey
from storage.errors import (
    AccountRefused,
    KeyNotGranted,
    LastKeyHolder,
    PasswordMustChange,
    RecoveryRefused,
    WeakPassphrase,
)
from storage.vault.account_changes import AccountChange
from storage.vault.office_keys import new_recovery_key
from storage.vault.passwords import PasswordLocks
from tests.fakes.clock import FakeClock
from tests.unit.storage.vault.case_builders import make_report
from tests.unit.storage.vault.office_house import PASSWORD, OfficeHouse, open_office


@pytest.fixture
def house(data: Path, clock: FakeClock) -> Iterator[OfficeHouse]:
    house = open_office(data, clock)
    yield house
    house.accounts.close()


async def test_the_one_time_password_opens_nothing_but_a_new_password(house: OfficeHouse) -> None:
    case_id = house.add_case()
    session = await house.accounts.log_in("admin", house.first.one_time_password)
    assert session.must_set_password
    with pytest.raises(PasswordMustChange):
        house.open_case(case_id, session)
    with pytest.raises(PasswordMustChange):
        await house.accounts.add(session, "li", "handler")
    session = await house.accounts.set_password(session, PASSWORD)
    assert house.open_case(case_id, session).report == make_report()
    assert house.tables.operators["admin"].has_logged_in


async def test_a_session_is_what_casework_calls_an_office_key(house: OfficeHouse) -> None:
    key: OfficeKey = await house.first_session()
    assert key.operator == "admin"
    assert repr(key) == "OperatorSession('admin')"


async def test_the_password_set_is_the_one_that_counts(house: OfficeHouse) -> None:
    await house.first_session()
    again = await house.accounts.log_in("admin", PASSWORD)
    assert (again.must_set_password, again.is_key_holder, again.role) == (False, True, "supervisor")
    full_width = "".join(chr(ord(c) + 0xFEE0) if c != " " else "\u3000" for c in PASSWORD)
    assert (await house.accounts.log_in("admin", full_width)).operator == "admin"
    with pytest.raises(LogInRefused):
        await house.accounts.log_in("admin", house.first.one_time_password)


@pytest.mark.parametrize(("name", "password"), [("admin", "wrong"), ("nobody", PASSWORD), ("admin", "")])
async def test_wrong_log_ins_look_alike(house: OfficeHouse, name: str, password: str) -> None:
    with pytest.raises(LogInRefused) as refused:
        await house.accounts.log_in(name, password)
    assert str(refused.value) == ""
    assert [act for _, act, _ in house.acts] == ["log_in_refused"]


async def test_a_refused_log_in_stands_in_the_trail_without_what_was_typed(house: OfficeHouse) -> None:
    admin = await house.first_session()
    one_time = await house.accounts.add(admin, "li", "handler")
    await house.accounts.set_password(await house.accounts.log_in("li", one_time), PASSWORD + "li")
    tries = [("admin", "not the password"), ("my password typed as a name", "x"), ("li", PASSWORD + "li")]
    for name, password in tries:
        with pytest.raises(LogInRefused):
            await house.accounts.log_in(name, password)
    await house.accounts.disable(admin, "li")
    with pytest.raises(LogInRefused):
        await house.accounts.log_in("li", PASSWORD + "li")
    refused = [(entry.actor, entry.detail) for entry in house.tables.trail if entry.act == "log_in_refused"]
    assert refused == [
        ("admin", "wrong password"),
        ("-", "unknown name"),
        ("li", "account pending"),
        ("li", "account disabled"),
    ]
    assert not any("typed as a name" in str(entry) for entry in house.tables.trail)


async def test_a_log_in_that_the_trail_cannot_hold_is_none(house: OfficeHouse) -> None:
    house.tables.commits_before_failure = 0
    with pytest.raises(Conflict):
        await house.accounts.log_in("admin", house.first.one_time_password)


@pytest.mark.parametrize(
    "password", ["short", "thirteen char", "aaaaaaaaaaaaaaaaaaaa", "abcdabcdabcdabcd", "x" * 13 + "   "]
)
async def test_weak_passphrases_are_refused(house: OfficeHouse, password: str) -> None:
    session = await house.accounts.log_in("admin", house.first.one_time_password)
    with pytest.raises(WeakPassphrase, match="14 characters"):
        await house.accounts.set_password(session, password)


async def test_the_one_time_password_cannot_be_kept(house: OfficeHouse) -> None:
    session = await house.accounts.log_in("admin", house.first.one_time_password)
    with pytest.raises(AccountRefused, match="has this password already"):
        await house.accounts.set_password(session, house.first.one_time_password)


async def test_the_server_key_is_part_of_every_lock(house: OfficeHouse, tmp_path: Path, clock: FakeClock) -> None:
    await house.first_session()
    thief = open_office(tmp_path / "other", clock)
    thief.tables.operators.update(house.tables.operators)
    with pytest.raises(LogInRefused):
        await thief.accounts.log_in("admin", PASSWORD)
    thief.accounts.close()


async def test_a_new_operator_waits_for_the_grant(house: OfficeHouse) -> None:
    admin, case_id = await house.first_session(), house.add_case()
    one_time = await house.accounts.add(admin, "li", "handler", unit="tax", declared_names=("李",))
    with pytest.raises(AccountRefused, match="with a password set"):
        await house.accounts.grant(admin, "li")
    await house.accounts.set_password(await house.accounts.log_in("li", one_time), "li's own passphrase")
    with pytest.raises(LogInRefused):
        await house.accounts.log_in("li", "li's own passphrase")
    await house.accounts.grant(admin, "li")
    li = await house.accounts.log_in("li", "li's own passphrase")
    assert house.open_case(case_id, li).report == make_report()
    account = house.tables.operators["li"].as_operator(is_key_holder=True)
    assert (account.state, account.unit, account.declared_names, account.has_logged_in) == (
        "active",
        "tax",
        ("李",),
        True,
    )
    assert [act for act in house.acts if act[1] != "logged_in"] == [
        ("admin", "password_set", "admin"),
        ("admin", "operator_added", "li"),
        ("li", "password_set", "li"),
        ("li", "log_in_refused", "account pending"),
        ("admin", "key_granted", "li"),
    ]


async def test_an_auditor_needs_no_grant_and_gets_none(house: OfficeHouse) -> None:
    admin, case_id = await house.first_session(), house.add_case()
    auditor = await house.colleague(admin, "zhou", "auditor")
    assert not auditor.is_key_holder
    with pytest.raises(KeyNotGranted):
        house.open_case(case_id, auditor)
    with pytest.raises(AccountRefused):
        await house.accounts.grant(admin, "zhou")
    with pytest.raises(NotPermitted):
        await house.accounts.add(auditor, "wu", "handler")


async def test_who_holds_no_key_grants_none(house: OfficeHouse) -> None:
    admin = await house.first_session()
    keeper = await house.colleague(admin, "keeper", "admin")
    one_time = await house.accounts.add(keeper, "li", "handler")
    await house.accounts.set_password(await house.accounts.log_in("li", one_time), PASSWORD + "li")
    with pytest.raises(NotPermitted):
        await house.accounts.grant(keeper, "li")


async def test_names_and_roles_are_checked(house: OfficeHouse) -> None:
    admin = await house.first_session()
    for name in ("", "a b", "x" * 41, "a/b"):
        with pytest.raises(AccountRefused, match="letters, digits"):
            await house.accounts.add(admin, name, "handler")
    with pytest.raises(AccountRefused, match="expected one of"):
        await house.accounts.add(admin, "li", "king")
    with pytest.raises(AccountRefused, match="there already"):
        await house.accounts.add(admin, "admin", "handler")
    with pytest.raises(AccountRefused, match="not known"):
        await house.accounts.grant(admin, "nobody")


async def test_the_last_key_holder_stays(house: OfficeHouse) -> None:
    admin = await house.first_session()
    for remove in (house.accounts.disable, house.accounts.reset):
        with pytest.raises(LastKeyHolder, match="admin: is the last key holder"):
            await remove(admin, "admin")
    await house.accounts.recover(house.first.recovery_key, "paper")
    with pytest.raises(LastKeyHolder):
        await house.accounts.disable(admin, "admin")
    li = await house.colleague(admin, "li", "supervisor")
    await house.accounts.disable(li, "admin")
    with pytest.raises(LastKeyHolder):
        await house.accounts.disable(li, "li")


async def test_a_disabled_operator_has_no_way_in(house: OfficeHouse) -> None:
    admin = await house.first_session()
    li = await house.colleague(admin, "li", "supervisor")
    await house.accounts.disable(admin, "li")
    assert ("li", 1) not in house.tables.wraps
    with pytest.raises(LogInRefused):
        await house.accounts.log_in("li", PASSWORD + "li")
    with pytest.raises(NotPermitted):
        await house.accounts.add(li, "wu", "handler")
    with pytest.raises(AccountRefused):
        await house.accounts.set_password(li, "another passphrase")
    with pytest.raises(AccountRefused):
        await house.accounts.grant(admin, "li")


async def test_a_reset_needs_a_new_grant_and_ends_old_sessions(house: OfficeHouse) -> None:
    admin = await house.first_session()
    old = await house.colleague(admin, "li", "supervisor")
    one_time = await house.accounts.reset(admin, "li")
    with pytest.raises(LogInRefused):
        await house.accounts.log_in("li", PASSWORD + "li")
    with pytest.raises(AccountRefused, match="changed since this log-in"):
        await house.accounts.set_password(old, "the thief's passphrase")
    session = await house.accounts.log_in("li", one_time)
    assert not session.is_key_holder
    await house.accounts.set_password(session, "a fresh passphrase")
    await house.accounts.grant(admin, "li")
    with pytest.raises(NotPermitted):
        await house.accounts.disable(old, "admin")
    assert (await house.accounts.log_in("li", "a fresh passphrase")).is_key_holder


async def test_what_keeps_one_away_is_declared(house: OfficeHouse) -> None:
    admin = await house.first_session()
    await house.colleague(admin, "li")
    await house.accounts.declare(admin, "li", unit="tax", declared_names=("李四",))
    assert house.tables.operators["li"].declared_names == ("李四",)
    await house.accounts.reset(admin, "li")
    assert (house.tables.operators["li"].unit, house.tables.operators["li"].state) == ("tax", "pending")


async def test_of_two_who_remove_each_other_one_stays(house: OfficeHouse) -> None:
    admin = await house.first_session()
    li = await house.colleague(admin, "li", "supervisor")
    outcomes = await asyncio.gather(
        house.accounts.disable(admin, "li"), house.accounts.disable(li, "admin"), return_exceptions=True
    )
    assert sum(isinstance(outcome, Conflict | LastKeyHolder | NotPermitted) for outcome in outcomes) == 1
    assert sorted(record.state for record in house.tables.operators.values()) == ["active", "disabled"]
    assert len(house.tables.wraps) == 1


async def test_a_removal_decided_on_what_changed_meanwhile_is_a_conflict(
    house: OfficeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await house.first_session()
    li = await house.colleague(admin, "li", "supervisor")
    check = AccountChange.require_other_holder

    async def removed_meanwhile(change: AccountChange, name: str) -> None:
        await check(change, name)
        monkeypatch.setattr(AccountChange, "require_other_holder", check)
        await house.accounts.disable(li, "admin")

    monkeypatch.setattr(AccountChange, "require_other_holder", removed_meanwhile)
    with pytest.raises(Conflict):
        await house.accounts.disable(admin, "li")
    assert house.tables.operators["li"].state == "active"
    assert ("li", 1) in house.tables.wraps


async def test_a_log_in_does_not_undo_a_removal_beside_it(house: OfficeHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    admin = await house.first_session()
    await house.colleague(admin, "li")
    unlock = PasswordLocks.unlock

    async def disabled_meanwhile(locks: PasswordLocks, name: str, lock: bytes | None, password: str) -> bytes | None:
        await house.accounts.disable(admin, "li")
        return await unlock(locks, name, lock, password)

    monkeypatch.setattr(PasswordLocks, "unlock", disabled_meanwhile)
    with pytest.raises(LogInRefused):
        await house.accounts.log_in("li", PASSWORD + "li")
    assert house.tables.operators["li"].state == "disabled"


async def test_a_password_set_beside_a_reset_does_not_count(
    house: OfficeHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await house.first_session()
    li = await house.colleague(admin, "li")
    lock = PasswordLocks.lock

    async def reset_meanwhile(locks: PasswordLocks, name: str, private_key: bytes, password: str) -> bytes:
        monkeypatch.setattr(PasswordLocks, "lock", lock)
        await house.accounts.reset(admin, "li")
        return await lock(locks, name, private_key, password)

    monkeypatch.setattr(PasswordLocks, "lock", reset_meanwhile)
    with pytest.raises(AccountRefused, match="changed meanwhile"):
        await house.accounts.set_password(li, "another passphrase")
    assert house.tables.operators["li"].must_set_password


async def test_a_new_recovery_key_reaches_the_versions_of_a_broken_rotation(house: OfficeHouse) -> None:
    admin, case_id = await house.first_session(), house.add_case()
    house.tables.commits_before_failure = 1
    with pytest.raises(Conflict):
        await house.accounts.rotate_key(admin)
    house.tables.commits_before_failure = None
    fresh = await house.accounts.new_recovery_key(await house.accounts.log_in("admin", PASSWORD))
    one_time = await house.accounts.recover(fresh, "chief")
    session = await house.accounts.set_password(await house.accounts.log_in("chief", one_time), PASSWORD)
    assert sorted(house.tables.keys) == [1, 2]
    assert house.open_case(case_id, session).report == make_report()


async def test_rotation_leaves_nothing_for_the_old_key(house: OfficeHouse) -> None:
    admin = await house.first_session()
    li = await house.colleague(admin, "li")
    cases = [house.add_case() for _ in range(3)]
    rotated = await house.accounts.rotate_key(admin)
    assert list(house.tables.keys) == [2]
    assert {version for _, version in house.tables.wraps} == {2}
    later = house.add_case()
    for session in (rotated, await house.accounts.log_in("li", PASSWORD + "li")):
        assert all(house.open_case(case_id, session).report == make_report() for case_id in (*cases, later))
    with pytest.raises(KeyNotGranted):
        house.open_case(cases[0], li)
    with pytest.raises(KeyNotGranted):
        await house.accounts.grant(admin, "li")


@pytest.mark.parametrize("commits", [0, 1, 2, 3])
async def test_a_rotation_broken_off_anywhere_is_finished(house: OfficeHouse, commits: int) -> None:
    admin, cases = await house.first_session(), [house.add_case() for _ in range(2)]
    house.tables.commits_before_failure = commits
    with pytest.raises(Conflict):
        await house.accounts.rotate_key(admin)
    house.tables.commits_before_failure = None
    session = await house.accounts.rotate_key(await house.accounts.log_in("admin", PASSWORD))
    assert len(house.tables.keys) == 1
    assert all(house.open_case(case_id, session).report == make_report() for case_id in cases)


async def test_the_recovery_key_brings_an_office_back(house: OfficeHouse) -> None:
    case_id = house.add_case()
    typed = house.first.recovery_key.lower().replace("-", " ")
    one_time = await house.accounts.recover(typed, "admin")
    session = await house.accounts.set_password(await house.accounts.log_in("admin", one_time), PASSWORD)
    assert house.open_case(case_id, session).report == make_report()
    assert ("admin", "key_recovered", "admin") in house.acts


async def test_the_recovery_key_outlives_a_rotation(house: OfficeHouse) -> None:
    await house.accounts.rotate_key(await house.first_session())
    case_id = house.add_case()
    one_time = await house.accounts.recover(house.first.recovery_key, "chief")
    session = await house.accounts.set_password(await house.accounts.log_in("chief", one_time), PASSWORD)
    assert (session.role, house.open_case(case_id, session).report) == ("supervisor", make_report())


async def test_a_recovered_colleague_stays_away_from_what_they_declared(house: OfficeHouse) -> None:
    admin = await house.first_session()
    await house.colleague(admin, "li")
    await house.accounts.declare(admin, "li", unit="tax", declared_names=("李四",))
    await house.accounts.recover(house.first.recovery_key, "li")
    record = house.tables.operators["li"]
    assert (record.role, record.unit, record.declared_names) == ("handler", "tax", ("李四",))


async def test_recovery_makes_no_auditor_a_reader(house: OfficeHouse) -> None:
    await house.colleague(await house.first_session(), "zhou", "auditor")
    with pytest.raises(AccountRefused, match="auditor"):
        await house.accounts.recover(house.first.recovery_key, "zhou")


async def test_a_wrong_recovery_key_is_refused(house: OfficeHouse) -> None:
    right = house.first.recovery_key
    slip = ("A" if right[0] != "A" else "B") + right[1:]
    for wrong, reason in ((slip, "mistyped"), (right[:-1], "55"), (new_recovery_key()[0], "belong"), ("", "got 0")):
        with pytest.raises(RecoveryRefused, match=reason):
            await house.accounts.recover(wrong, "admin")


async def test_a_new_recovery_key_ends_the_old_one(house: OfficeHouse) -> None:
    fresh = await house.accounts.new_recovery_key(await house.first_session())
    with pytest.raises(RecoveryRefused, match="belong"):
        await house.accounts.recover(house.first.recovery_key, "admin")
    await house.accounts.recover(fresh, "admin")
