"""One change of accounts: what it must check, and how it is written."""

import re
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager

from casework.ports import Clock, TrailEntry
from storage.errors import AccountRefused, KeyNotGranted, LastKeyHolder, NotPermitted, PasswordMustChange
from storage.vault.case_rows import OFFICE
from storage.vault.office_keys import with_recovery, wrap_for
from storage.vault.records import AccountRecords, AccountRecordsFactory, OfficeKeyRecord, OperatorRecord
from storage.vault.sessions import OperatorSession

PENDING, ACTIVE, DISABLED = "pending", "active", "disabled"
_NAME = re.compile(r"[\w.@-]{1,40}")


class AccountChange:
    """One unit of work over accounts; it fails with `Conflict` when any account changed since it began.

    The newest office key's revision is read before anything is decided and compared at commit: there concurrent changes
    meet, also those of different accounts.
    """

    def __init__(self, records: AccountRecords, office_keys: list[OfficeKeyRecord], clock: Clock) -> None:
        self.records, self.office_keys, self._clock = records, office_keys, clock

    @property
    def newest(self) -> OfficeKeyRecord:
        return self.office_keys[0]

    async def operator(self, name: str) -> OperatorRecord:
        """Return the account. Raises `AccountRefused` when there is none."""
        record = await self.records.operator(name)
        if record is None:
            raise AccountRefused(name, "is not known")
        return record

    async def require_actor(self, by: OperatorSession, roles: Collection[str]) -> None:
        """Check the account behind a session as it stands now, not as it was at log-in."""
        if by.must_set_password:
            raise PasswordMustChange
        record = await self.records.operator(by.operator)
        if record is None or record.state != ACTIVE or record.role not in roles or record.public_key != by.public_key:
            raise NotPermitted

    async def holders(self) -> list[OperatorRecord]:
        """List the active operators with a wrap of the office's key."""
        wrapped = {wrap.operator for wrap in await self.records.office_wraps()}
        return [r for r in await self.records.operators() if r.name in wrapped and r.state == ACTIVE]

    async def require_other_holder(self, name: str) -> None:
        """Raise `LastKeyHolder` if nobody else can open the cases.

        Whoever has only a one-time password does not count: the slip of paper may be lost.
        """
        holders = await self.holders()
        others = [record for record in holders if record.name != name and not record.must_set_password]
        if not others and name in {record.name for record in holders}:
            raise LastKeyHolder(name)

    def keys_of(self, by: OperatorSession) -> dict[int, bytes]:
        """Return the session's keys for every version there is. Raises `KeyNotGranted` when one is missing."""
        held = by.private_keys()
        for record in self.office_keys:
            if record.version not in held:
                raise KeyNotGranted(OFFICE, record.version)
        return {record.version: held[record.version] for record in self.office_keys}

    def wrap(self, operator: OperatorRecord, keys: Mapping[int, bytes]) -> None:
        """Give these versions of the office's key to an operator."""
        for version, private_key in keys.items():
            self.records.save_office_wrap(wrap_for(operator.name, operator.public_key, version, private_key))

    def replace_recovery(self, keys: Mapping[int, bytes], public_key: bytes) -> None:
        """Put all versions under another recovery key."""
        self.office_keys = [with_recovery(record, keys[record.version], public_key) for record in self.office_keys]
        for record in self.office_keys[1:]:
            self.records.save_office_key(record)

    async def commit(self, changed: OperatorRecord | None, actor: str, act: str, detail: str | None = None) -> None:
        """Write the account, the newest office key with its revision, and the trail entry (`detail`: the account)."""
        if changed is not None:
            self.records.save_operator(changed)
        self.records.save_office_key(self.newest)
        self.note(actor, act, detail if detail is not None else changed.name if changed else "")
        await self.records.commit()

    def note(self, actor: str, act: str, detail: str = "") -> None:
        """Add an entry to the trail."""
        self.records.trail.append(TrailEntry(at=self._clock.now(), actor=actor, act=act, detail=detail))


@asynccontextmanager
async def account_change(records: AccountRecordsFactory, clock: Clock) -> AsyncIterator[AccountChange]:
    """Begin a change."""
    async with records() as opened:
        yield AccountChange(opened, await opened.office_keys(), clock)


def require_fit(name: str, role: str, roles: Collection[str]) -> None:
    """Raise `AccountRefused` for a name or a role that no account may have."""
    if not _NAME.fullmatch(name):
        raise AccountRefused(name, "expected a name of 1 to 40 letters, digits or _.@-")
    if role not in roles:
        raise AccountRefused(name, f"has the role {role!r}, expected one of {', '.join(sorted(roles))}")


def may_log_in(record: OperatorRecord) -> bool:
    """A pending account logs in once, to set its password; then it waits for its grant."""
    return record.state == ACTIVE or (record.state == PENDING and record.must_set_password)
