"""The rows that accounts live in, as frozen values, and what keeps them as a Protocol.

Nothing here is secret by itself: private keys stand wrapped, and only the wrap of a key holder's password opens them.
"""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from casework.case import CaseId
from casework.ports import Operator, Trail
from storage.vault.case_rows import RecipientKey, Wrap

KEY_HOLDING_ROLES = frozenset({"intake", "handler", "supervisor"})
ROLES = KEY_HOLDING_ROLES | {"admin", "auditor"}


@dataclass(frozen=True, kw_only=True)
class OfficeKeyRecord:
    """One version of the office's key pair. The highest version is the current one.

    `recovery_public_key` (32 bytes) belongs to the recovery key; `recovery_wrap` is the office's private key sealed
    to it. `revision` is compared and raised at every change of accounts: it is where two operators who remove each
    other meet. A case may only be committed while the version it was wrapped for is the current one (else `Conflict`):
    a rotation would leave it behind otherwise.
    """

    version: int
    public_key: bytes
    recovery_public_key: bytes
    recovery_wrap: bytes = field(repr=False)
    created_on: date
    revision: int = 0

    @property
    def recipient_key(self) -> RecipientKey:
        return RecipientKey(recipient="office", version=self.version, public_key=self.public_key)


@dataclass(frozen=True, kw_only=True)
class OperatorRecord:
    """One account. `state` is pending, active or disabled.

    `public_key` (32 bytes) is the operator's own; `private_lock` its private part under the password (opaque bytes:
    format, cost, salt, ciphertext).
    """

    name: str
    role: str
    state: str
    unit: str = ""
    declared_names: tuple[str, ...] = ()
    public_key: bytes
    private_lock: bytes = field(repr=False)
    must_set_password: bool = True
    has_logged_in: bool = False

    def as_operator(self, *, is_key_holder: bool) -> Operator:
        """Return the clear account as casework sees it."""
        return Operator(
            name=self.name,
            role=self.role,
            state=self.state,
            unit=self.unit,
            declared_names=self.declared_names,
            is_key_holder=is_key_holder,
            has_logged_in=self.has_logged_in,
            has_passphrase=not self.must_set_password,
        )


@dataclass(frozen=True, kw_only=True)
class OfficeWrap:
    """The office's private key of one version, sealed to one operator's public key. Key: (operator, key_version)."""

    operator: str
    key_version: int
    wrapped: bytes = field(repr=False)


class AccountRecords(Protocol):
    """One unit of work over accounts: reads at any time, collects writes, `commit` does all or nothing.

    Reads see the committed state, not the collected writes.
    """

    @property
    def trail(self) -> Trail: ...

    async def operators(self) -> list[OperatorRecord]: ...

    async def operator(self, name: str) -> OperatorRecord | None: ...

    async def office_keys(self) -> list[OfficeKeyRecord]:
        """Return all versions, newest first."""

    async def office_wraps(self, operator: str | None = None) -> list[OfficeWrap]: ...

    async def case_wraps(self, key_version: int, limit: int) -> list[tuple[CaseId, Wrap]]:
        """Return some wraps of case keys for recipient "office" under `key_version`."""

    def save_operator(self, record: OperatorRecord) -> None:
        """Insert or replace by name."""

    def save_office_key(self, record: OfficeKeyRecord) -> None:
        """Insert (revision 0), or replace when the stored revision equals the record's, then +1; else `Conflict`."""

    def delete_office_key(self, version: int) -> None:
        """Delete it; `Conflict` at commit while case keys are still wrapped for it."""

    def save_office_wrap(self, wrap: OfficeWrap) -> None:
        """Insert or replace by (operator, key_version)."""

    def delete_office_wraps(self, operator: str | None = None, key_version: int | None = None) -> None:
        """Delete those that match every argument given (at least one)."""

    def replace_case_wrap(self, case_id: CaseId, old: Wrap, new: Wrap) -> None:
        """Put `new` in the place of `old`; nothing happens when `old` is gone."""

    async def handoff_wraps(self, key_version: int, limit: int) -> list[tuple[bytes, bytes]]:
        """Return (id, wrapped private key) of some hand-offs under `key_version`."""

    def replace_handoff_wrap(self, handoff_id: bytes, key_version: int, wrapped: bytes) -> None: ...

    async def commit(self) -> None:
        """Write all in one transaction; raises `Conflict`."""


AccountRecordsFactory = Callable[[], AbstractAsyncContextManager[AccountRecords]]
"""Opens a fresh unit of work over accounts; leaving without `commit` drops what was collected."""
