"""Operators' accounts: log-in, grants, removal, rotation of the office's key, recovery."""

import re
from collections.abc import Collection
from dataclasses import replace

from casework.ports import Clock, TrailEntry
from storage.errors import AccountRefused, KeyNotGranted, LastKeyHolder, LogInRefused, NotPermitted, PasswordMustChange
from storage.vault.case_rows import OFFICE, RecipientKey
from storage.vault.case_sealing import rewrap
from storage.vault.office_keys import (
    new_office_key,
    new_recovery_key,
    open_recovery,
    read_recovery_key,
    unwrap,
    with_recovery,
    wrap_for,
)
from storage.vault.passwords import ArgonCost, PasswordLocks, one_time_password, require_strong
from storage.vault.records import (
    KEY_HOLDING_ROLES,
    ROLES,
    AccountRecords,
    AccountRecordsFactory,
    OfficeKeyRecord,
    OperatorRecord,
)
from storage.vault.sealing import new_key, public_key_of
from storage.vault.server_key import ServerKey
from storage.vault.sessions import OperatorSession

PENDING, ACTIVE, DISABLED = "pending", "active", "disabled"
_KEEPERS = frozenset({"admin", "supervisor"})
_NAME = re.compile(r"[\w.@-]{1,40}")
_BATCH = 500


class Accounts:
    """Each method commits by itself and leaves its entry in the trail; `Conflict` means: do it again.

    Argon2 runs off the event loop and outside any unit of work.
    """

    def __init__(
        self, records: AccountRecordsFactory, server_key: ServerKey, clock: Clock, *, cost: ArgonCost | None = None
    ) -> None:
        self._records, self._clock = records, clock
        self._locks = PasswordLocks(server_key, cost)

    def close(self) -> None:
        """End the threads of Argon2."""
        self._locks.close()

    async def log_in(self, name: str, password: str) -> OperatorSession:
        """Unlock the operator's key. `session.must_set_password` means that it opens nothing before `set_password`.

        Raises `LogInRefused` (unknown, wrong, disabled, not granted yet: all alike, after equal work).
        """
        async with self._records() as records:
            record = await records.operator(name)
            wraps = await records.office_wraps(name)
        private_key = await self._locks.unlock(name, record.private_lock if record else None, password)
        if record is None or private_key is None or not _may_log_in(record):
            raise LogInRefused
        keys = {(OFFICE, wrap.key_version): unwrap(wrap, private_key) for wrap in wraps}
        await self._note_log_in(record)
        return OperatorSession(
            operator=name,
            role=record.role,
            public_key=record.public_key,
            must_set_password=record.must_set_password,
            keys=keys,
        )

    async def set_password(self, session: OperatorSession, password: str) -> OperatorSession:
        """Replace the operator's key pair and lock it with `password`; returns the session to go on with.

        The pair is new because the one-time password was known to another. Raises `WeakPassphrase`, `AccountRefused`
        for the password one has already.
        """
        require_strong(password)
        private_key = new_key()
        async with self._records() as records:
            before = await _require_operator(records, session.operator)
        if before.public_key != session.public_key:
            raise AccountRefused(before.name, "was changed since this log-in")
        if await self._locks.unlock(before.name, before.private_lock, password) is not None:
            raise AccountRefused(before.name, "has this password already; choose another")
        lock = await self._locks.lock(before.name, private_key, password)
        async with self._records() as records:
            record = await _require_operator(records, session.operator)
            if record != before or not _may_log_in(record):
                raise AccountRefused(record.name, "was changed meanwhile; log in again")
            after = replace(
                record,
                public_key=public_key_of(private_key),
                private_lock=lock,
                must_set_password=False,
                state=ACTIVE if record.role not in KEY_HOLDING_ROLES else record.state,
                has_logged_in=record.state == ACTIVE,
            )
            _wrap_all(records, after, session.private_keys())
            await self._commit(records, after, session.operator, "password_set")
        return session.with_password_set(after.public_key)

    async def add(
        self, by: OperatorSession, name: str, role: str, *, unit: str = "", declared_names: tuple[str, ...] = ()
    ) -> str:
        """Make a pending account; returns its one-time password, shown once. By an admin or a supervisor.

        The new operator sets a password; then a key holder grants (admin and auditor need no grant).
        """
        _require_fit(name, role, ROLES)
        record, password = await self._fresh(name, role)
        async with self._records() as records:
            await _require_actor(records, by, _KEEPERS)
            if await records.operator(name) is not None:
                raise AccountRefused(name, "is there already")
            record = replace(record, unit=unit, declared_names=declared_names)
            await self._commit(records, record, by.operator, "operator_added")
        return password

    async def declare(self, by: OperatorSession, name: str, *, unit: str, declared_names: tuple[str, ...]) -> None:
        """Set the unit and the names by which `name` is kept away from cases about them."""
        async with self._records() as records:
            await _require_actor(records, by, _KEEPERS)
            record = await _require_operator(records, name)
            changed = replace(record, unit=unit, declared_names=declared_names)
            await self._commit(records, changed, by.operator, "operator_declared")

    async def grant(self, by: OperatorSession, name: str) -> None:
        """Give the office key from the session of a key holder, once `name` has set a password of their own.

        Before that, whoever made the account could take the key with the one-time password.
        """
        async with self._records() as records:
            await _require_actor(records, by, KEY_HOLDING_ROLES)
            record = await _require_operator(records, name)
            if record.role not in KEY_HOLDING_ROLES or record.state == DISABLED or record.must_set_password:
                raise AccountRefused(name, "must be intake, handler or supervisor, not disabled, with a password set")
            keys = await _current_keys(records, by)
            _wrap_all(records, record, keys)
            await self._commit(records, replace(record, state=ACTIVE), by.operator, "key_granted")

    async def reset(self, by: OperatorSession, name: str) -> str:
        """Forget the key pair and its wraps; returns a new one-time password. Needs a new grant.

        Raises `LastKeyHolder`. Also the way back for a disabled account.
        """
        async with self._records() as records:
            role = (await _require_operator(records, name)).role
        fresh, password = await self._fresh(name, role)
        async with self._records() as records:
            await _require_actor(records, by, _KEEPERS)
            record = await _require_operator(records, name)
            await _require_other_holder(records, name)
            records.delete_office_wraps(operator=name)
            fresh = replace(fresh, role=record.role, unit=record.unit, declared_names=record.declared_names)
            await self._commit(records, fresh, by.operator, "password_reset")
        return password

    async def disable(self, by: OperatorSession, name: str) -> None:
        """Delete the wraps and refuse further log-ins. Raises `LastKeyHolder`."""
        async with self._records() as records:
            await _require_actor(records, by, _KEEPERS)
            record = await _require_operator(records, name)
            await _require_other_holder(records, name)
            records.delete_office_wraps(operator=name)
            await self._commit(records, replace(record, state=DISABLED), by.operator, "operator_disabled")

    async def rotate_key(self, by: OperatorSession) -> OperatorSession:
        """Make a new office key pair, wrap it for every holder, re-wrap all cases, delete the old pair.

        Broken off, it is finished by calling it again. Returns the session with the new key.
        """
        async with self._records() as records:
            await _require_actor(records, by, frozenset({"supervisor"}))
            keys = await _current_keys(records, by)
            current = (await records.office_keys())[0]
            new = new_office_key(current.version + 1, current.recovery_public_key, self._clock.today())
            for holder in await _holders(records):
                records.save_office_wrap(wrap_for(holder.name, holder.public_key, new.record.version, new.private_key))
            records.save_office_key(new.record)
            await self._commit(records, None, by.operator, "key_rotated", f"version {new.record.version}")
        session = by.with_keys(keys | {new.record.version: new.private_key})
        await self._retire_old_keys(session, new.record.recipient_key)
        return by.with_keys({new.record.version: new.private_key})

    async def recover(self, recovery_key: str, name: str) -> str:
        """Make `name` (new: a supervisor) a key holder by the recovery key; returns a one-time password.

        Raises `RecoveryRefused`.
        """
        recovery = read_recovery_key(recovery_key)
        async with self._records() as records:
            existing = await records.operator(name)
        role = existing.role if existing else "supervisor"
        _require_fit(name, role, KEY_HOLDING_ROLES)
        fresh, password = await self._fresh(name, role)
        if existing is not None:
            fresh = replace(fresh, unit=existing.unit, declared_names=existing.declared_names)
        async with self._records() as records:
            keys = {key.version: open_recovery(key, recovery) for key in await records.office_keys()}
            _wrap_all(records, fresh, keys)
            await self._commit(records, replace(fresh, state=ACTIVE), name, "key_recovered")
        return password

    async def new_recovery_key(self, by: OperatorSession) -> str:
        """Replace the recovery key; returns it, shown once."""
        text, public_key = new_recovery_key()
        async with self._records() as records:
            await _require_actor(records, by, frozenset({"supervisor"}))
            current = await _replace_recovery(records, await _current_keys(records, by), public_key)
            await self._commit(records, None, by.operator, "recovery_key_replaced", "", office_key=current)
        return text

    async def hand_over(self, session: OperatorSession, password: str) -> str:
        """Put a one-time password in the place of the operator's own; returns a new recovery key. For `claim`."""
        text, public_key = new_recovery_key()
        private_key = new_key()
        lock = await self._locks.lock(session.operator, private_key, password)
        async with self._records() as records:
            record = await _require_operator(records, session.operator)
            keys = await _current_keys(records, session)
            fresh = replace(
                record,
                public_key=public_key_of(private_key),
                private_lock=lock,
                must_set_password=True,
                has_logged_in=False,
            )
            _wrap_all(records, fresh, keys)
            current = await _replace_recovery(records, keys, public_key)
            await self._commit(records, fresh, record.name, "folder_claimed", office_key=current)
        return text

    async def names(self) -> list[str]:
        """Return the names of all accounts."""
        async with self._records() as records:
            return [record.name for record in await records.operators()]

    async def _note_log_in(self, record: OperatorRecord) -> None:
        """Write the log-in to the trail; the account itself only when it changes. Refuses what changed meanwhile."""
        async with self._records() as records:
            if await records.operator(record.name) != record:
                raise LogInRefused
            completes = record.state == ACTIVE and not record.must_set_password and not record.has_logged_in
            if completes:
                await self._commit(records, replace(record, has_logged_in=True), record.name, "logged_in")
            else:
                self._append(records, record.name, "logged_in", "")
                await records.commit()

    async def _fresh(self, name: str, role: str) -> tuple[OperatorRecord, str]:
        private_key, password = new_key(), one_time_password()
        lock = await self._locks.lock(name, private_key, password)
        record = OperatorRecord(
            name=name, role=role, state=PENDING, public_key=public_key_of(private_key), private_lock=lock
        )
        return record, password

    async def _retire_old_keys(self, session: OperatorSession, current: RecipientKey) -> None:
        for version in session.private_keys():
            if version != current.version:
                while await self._rewrap_some(session, version, current):
                    pass
                await self._delete_key(version, session.operator)

    async def _rewrap_some(self, session: OperatorSession, version: int, current: RecipientKey) -> int:
        async with self._records() as records:
            wraps = await records.case_wraps(version, _BATCH)
            for case_id, wrap in wraps:
                records.replace_case_wrap(case_id, wrap, rewrap(case_id, wrap, session, current))
            await records.commit()
        return len(wraps)

    async def _delete_key(self, version: int, actor: str) -> None:
        async with self._records() as records:
            records.delete_office_wraps(key_version=version)
            records.delete_office_key(version)
            await self._commit(records, None, actor, "key_deleted", f"version {version}")

    async def _commit(
        self,
        records: AccountRecords,
        changed: OperatorRecord | None,
        actor: str,
        act: str,
        detail: str | None = None,
        *,
        office_key: OfficeKeyRecord | None = None,
    ) -> None:
        """Write the account, its trail entry, and the office key's revision at which concurrent changes meet."""
        if changed is not None:
            records.save_operator(changed)
        records.save_office_key(office_key or (await records.office_keys())[0])
        self._append(records, actor, act, detail if detail is not None else changed.name if changed else "")
        await records.commit()

    def _append(self, records: AccountRecords, actor: str, act: str, detail: str) -> None:
        records.trail.append(TrailEntry(at=self._clock.now(), actor=actor, act=act, detail=detail))


def _require_fit(name: str, role: str, roles: Collection[str]) -> None:
    if not _NAME.fullmatch(name):
        raise AccountRefused(name, "expected a name of 1 to 40 letters, digits or _.@-")
    if role not in roles:
        raise AccountRefused(name, f"has the role {role!r}, expected one of {', '.join(sorted(roles))}")


def _may_log_in(record: OperatorRecord) -> bool:
    """A pending account logs in once, to set its password; then it waits for its grant."""
    return record.state == ACTIVE or (record.state == PENDING and record.must_set_password)


def _wrap_all(records: AccountRecords, operator: OperatorRecord, keys: dict[int, bytes]) -> None:
    for version, private_key in keys.items():
        records.save_office_wrap(wrap_for(operator.name, operator.public_key, version, private_key))


async def _require_operator(records: AccountRecords, name: str) -> OperatorRecord:
    record = await records.operator(name)
    if record is None:
        raise AccountRefused(name, "is not known")
    return record


async def _require_actor(records: AccountRecords, by: OperatorSession, roles: Collection[str]) -> None:
    """Check the account behind a session as it stands now, not as it was at log-in."""
    if by.must_set_password:
        raise PasswordMustChange
    record = await records.operator(by.operator)
    if record is None or record.state != ACTIVE or record.role not in roles or record.public_key != by.public_key:
        raise NotPermitted


async def _current_keys(records: AccountRecords, by: OperatorSession) -> dict[int, bytes]:
    """Return the session's keys for every version there is. Raises `KeyNotGranted` when one is missing."""
    versions = [record.version for record in await records.office_keys()]
    held = by.private_keys()
    for version in versions:
        if version not in held:
            raise KeyNotGranted(OFFICE, version)
    return {version: held[version] for version in versions}


async def _replace_recovery(records: AccountRecords, keys: dict[int, bytes], public_key: bytes) -> OfficeKeyRecord:
    """Save older versions under another recovery key; return the current one for the commit to save."""
    current, *older = await records.office_keys()
    for record in older:
        records.save_office_key(with_recovery(record, keys[record.version], public_key))
    return with_recovery(current, keys[current.version], public_key)


async def _holders(records: AccountRecords) -> list[OperatorRecord]:
    wrapped = {wrap.operator for wrap in await records.office_wraps()}
    return [record for record in await records.operators() if record.name in wrapped and record.state == ACTIVE]


async def _require_other_holder(records: AccountRecords, name: str) -> None:
    """Whoever has only a one-time password does not count: the slip of paper may be lost."""
    holders = await _holders(records)
    others = [record for record in holders if record.name != name and not record.must_set_password]
    if not others and name in {record.name for record in holders}:
        raise LastKeyHolder(name)
