"""Operators' accounts: log-in, grants, removal, rotation of the office's key, recovery."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from casework.errors import Conflict
from casework.ports import Clock
from storage.errors import AccountRefused, LogInRefused
from storage.vault.account_changes import ACTIVE, DISABLED, PENDING, account_change, may_log_in, require_fit
from storage.vault.case_rows import OFFICE, RecipientKey
from storage.vault.case_sealing import rewrap
from storage.vault.office_keys import new_office_key, new_recovery_key, open_recovery, read_recovery_key, unwrap
from storage.vault.passwords import ArgonCost, PasswordLocks, one_time_password, require_strong
from storage.vault.records import KEY_HOLDING_ROLES, ROLES, AccountRecordsFactory, OperatorRecord
from storage.vault.sealing import new_key, public_key_of, seal_box
from storage.vault.server_key import ServerKey
from storage.vault.sessions import OperatorSession

_KEEPERS = frozenset({"admin", "supervisor"})
_BATCH = 500
_ATTEMPTS = 5
HANDOFF_KEY = "handoff.key.v1"
NOBODY = "-"
"""Who the trail names when the name typed is no account's."""

SecondCheck = Callable[[OperatorRecord], Awaitable[bool]]
"""Whether the second factor that was typed is right for this account."""


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

    async def log_in(self, name: str, password: str, *, second: SecondCheck | None = None) -> OperatorSession:
        """Unlock the operator's key. `session.must_set_password` means that it opens nothing before `set_password`.

        `second` is asked for the second factor once the password was right. Raises `LogInRefused` (unknown, wrong,
        disabled, not granted yet: all alike, after equal work). The trail tells them apart; it holds neither the
        password nor a name that is no account's (it may be a password, too).
        """
        async with self._records() as records:
            wraps = await records.office_wraps(name)
            record = await records.operator(name)
        private_key = await self._locks.unlock(name, record.private_lock if record else None, password)
        if record is None or private_key is None or not may_log_in(record):
            await self._note_refusal(record, _why_refused(record, is_right=private_key is not None))
            raise LogInRefused
        if second is not None and not await second(record):
            await self._note_refusal(record, "wrong second factor")
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
        async with account_change(self._records, self._clock) as change:
            before = await change.operator(session.operator)
        if before.public_key != session.public_key:
            raise AccountRefused(before.name, "was changed since this log-in")
        if await self._locks.unlock(before.name, before.private_lock, password) is not None:
            raise AccountRefused(before.name, "has this password already; choose another")
        lock = await self._locks.lock(before.name, private_key, password)
        async with account_change(self._records, self._clock) as change:
            record = await change.operator(session.operator)
            if record != before or not may_log_in(record):
                raise AccountRefused(record.name, "was changed meanwhile; log in again")
            after = replace(
                record,
                public_key=public_key_of(private_key),
                private_lock=lock,
                must_set_password=False,
                state=ACTIVE if record.role not in KEY_HOLDING_ROLES else record.state,
                has_logged_in=record.state == ACTIVE,
            )
            change.wrap(after, session.private_keys())
            await change.commit(after, session.operator, "password_set")
        return session.with_password_set(after.public_key)

    async def add(
        self, by: OperatorSession, name: str, role: str, *, unit: str = "", declared_names: tuple[str, ...] = ()
    ) -> str:
        """Make a pending account; returns its one-time password, shown once. By an admin or a supervisor.

        The new operator sets a password; then a key holder grants (admin and auditor need no grant).
        """
        require_fit(name, role, ROLES)
        record, password = await self._fresh(name, role)
        async with account_change(self._records, self._clock) as change:
            await change.require_actor(by, _KEEPERS)
            if await change.records.operator(name) is not None:
                raise AccountRefused(name, "is there already")
            record = replace(record, unit=unit, declared_names=declared_names)
            await change.commit(record, by.operator, "operator_added")
        return password

    async def declare(self, by: OperatorSession, name: str, *, unit: str, declared_names: tuple[str, ...]) -> None:
        """Set the unit and the names by which `name` is kept away from cases about them."""
        async with account_change(self._records, self._clock) as change:
            await change.require_actor(by, _KEEPERS)
            record = await change.operator(name)
            changed = replace(record, unit=unit, declared_names=declared_names)
            await change.commit(changed, by.operator, "operator_declared")

    async def grant(self, by: OperatorSession, name: str) -> None:
        """Give the office key from the session of a key holder, once `name` has set a password of their own.

        Before that, whoever made the account could take the key with the one-time password.
        """
        async with account_change(self._records, self._clock) as change:
            await change.require_actor(by, KEY_HOLDING_ROLES)
            record = await change.operator(name)
            if record.role not in KEY_HOLDING_ROLES or record.state == DISABLED or record.must_set_password:
                raise AccountRefused(name, "must be intake, handler or supervisor, not disabled, with a password set")
            keys = change.keys_of(by)
            change.wrap(record, keys)
            await change.commit(replace(record, state=ACTIVE), by.operator, "key_granted")

    async def reset(self, by: OperatorSession, name: str) -> str:
        """Forget the key pair and its wraps; returns a new one-time password. Needs a new grant.

        Raises `LastKeyHolder`. Also the way back for a disabled account.
        """
        async with account_change(self._records, self._clock) as change:
            role = (await change.operator(name)).role
        fresh, password = await self._fresh(name, role)
        async with account_change(self._records, self._clock) as change:
            await change.require_actor(by, _KEEPERS)
            record = await change.operator(name)
            await change.require_other_holder(name)
            change.records.delete_office_wraps(operator=name)
            fresh = replace(fresh, role=record.role, unit=record.unit, declared_names=record.declared_names)
            await change.commit(fresh, by.operator, "password_reset")
        return password

    async def disable(self, by: OperatorSession, name: str) -> None:
        """Delete the wraps and refuse further log-ins. Raises `LastKeyHolder`."""
        async with account_change(self._records, self._clock) as change:
            await change.require_actor(by, _KEEPERS)
            record = await change.operator(name)
            await change.require_other_holder(name)
            change.records.delete_office_wraps(operator=name)
            await change.commit(replace(record, state=DISABLED), by.operator, "operator_disabled")

    async def rotate_key(self, by: OperatorSession) -> OperatorSession:
        """Make a new office key pair, wrap it for every holder, re-wrap all cases, delete the old pair.

        Broken off, it is finished by calling it again. Returns the session with the new key.
        """
        async with account_change(self._records, self._clock) as change:
            await change.require_actor(by, frozenset({"supervisor"}))
            keys = change.keys_of(by)
            new = new_office_key(change.newest.version + 1, change.newest.recovery_public_key, self._clock.today())
            for holder in await change.holders():
                change.wrap(holder, {new.record.version: new.private_key})
            change.records.save_office_key(new.record)
            await change.commit(None, by.operator, "key_rotated", f"version {new.record.version}")
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
        require_fit(name, role, KEY_HOLDING_ROLES)
        fresh, password = await self._fresh(name, role)
        if existing is not None:
            fresh = replace(fresh, unit=existing.unit, declared_names=existing.declared_names)
        async with account_change(self._records, self._clock) as change:
            keys = {key.version: open_recovery(key, recovery) for key in change.office_keys}
            change.wrap(fresh, keys)
            await change.commit(replace(fresh, state=ACTIVE), name, "key_recovered")
        return password

    async def new_recovery_key(self, by: OperatorSession) -> str:
        """Replace the recovery key; returns it, shown once."""
        text, public_key = new_recovery_key()
        async with account_change(self._records, self._clock) as change:
            await change.require_actor(by, frozenset({"supervisor"}))
            change.replace_recovery(change.keys_of(by), public_key)
            await change.commit(None, by.operator, "recovery_key_replaced")
        return text

    async def hand_over(self, session: OperatorSession, password: str) -> str:
        """Put a one-time password in the place of the operator's own; returns a new recovery key. For `claim`."""
        text, public_key = new_recovery_key()
        private_key = new_key()
        lock = await self._locks.lock(session.operator, private_key, password)
        async with account_change(self._records, self._clock) as change:
            record = await change.operator(session.operator)
            keys = change.keys_of(session)
            fresh = replace(
                record,
                public_key=public_key_of(private_key),
                private_lock=lock,
                must_set_password=True,
                has_logged_in=False,
            )
            change.wrap(fresh, keys)
            change.replace_recovery(keys, public_key)
            await change.commit(fresh, record.name, "folder_claimed")
        return text

    async def names(self) -> list[str]:
        """Return the names of all accounts."""
        async with self._records() as records:
            return [record.name for record in await records.operators()]

    async def _note_log_in(self, record: OperatorRecord) -> None:
        """Write the log-in to the trail; the account itself only when it changes. Refuses what changed meanwhile."""
        async with account_change(self._records, self._clock) as change:
            if await change.records.operator(record.name) != record:
                raise LogInRefused
            completes = record.state == ACTIVE and not record.must_set_password and not record.has_logged_in
            if completes:
                await change.commit(replace(record, has_logged_in=True), record.name, "logged_in", "")
            else:
                change.note(record.name, "logged_in")
                await change.records.commit()

    async def note_slowed_down(self, name: str) -> None:
        """Tell the trail that log-ins to an account were refused unread, because too many came from one place."""
        async with self._records() as records:
            record = await records.operator(name)
        await self._note_refusal(record, "too many attempts")

    async def _note_refusal(self, record: OperatorRecord | None, why: str) -> None:
        for attempt in range(_ATTEMPTS):
            async with account_change(self._records, self._clock) as change:
                change.note(record.name if record else NOBODY, "log_in_refused", why)
                try:
                    await change.records.commit()
                except Conflict:
                    if attempt + 1 == _ATTEMPTS:
                        raise
                else:
                    return

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
            handoffs = await records.handoff_wraps(version, _BATCH)
            for handoff_id, wrapped in handoffs:
                private_key = session.open_box(OFFICE, version, HANDOFF_KEY, handoff_id, wrapped)
                fresh = seal_box(current.public_key, HANDOFF_KEY, handoff_id, private_key)
                records.replace_handoff_wrap(handoff_id, current.version, fresh)
            await records.commit()
        return len(wraps) + len(handoffs)

    async def _delete_key(self, version: int, actor: str) -> None:
        async with account_change(self._records, self._clock) as change:
            change.records.delete_office_wraps(key_version=version)
            change.records.delete_office_key(version)
            await change.commit(None, actor, "key_deleted", f"version {version}")


def _why_refused(record: OperatorRecord | None, *, is_right: bool) -> str:
    return "unknown name" if record is None else f"account {record.state}" if is_right else "wrong password"
