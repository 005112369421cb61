"""The data folder's keys: made, checked at every start, claimed.

Layout: `keys/server`, `keys/day/<date>`, `evidence/`, `trail/`, and `TRIAL` in a folder made without a terminal.
"""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from casework.ports import Clock
from storage.vault.case_sealing import CaseSealing
from storage.vault.day_keys import DayKeys
from storage.vault.records import OfficeKeyRecord, OfficeWrap, OperatorRecord
from storage.vault.server_key import ServerKey


@dataclass(frozen=True, kw_only=True)
class Vault:
    """The keys of an opened data folder."""

    data: Path
    server_key: ServerKey
    day_keys: DayKeys
    cases: CaseSealing
    is_trial: bool


@dataclass(frozen=True, kw_only=True)
class FirstAccounts:
    """The rows of a new database's first operator, and what is shown once."""

    office_key: OfficeKeyRecord
    operator: OperatorRecord
    wrap: OfficeWrap
    one_time_password: str = field(repr=False)
    recovery_key: str = field(repr=False)


def create_folder(data: Path, clock: Clock, *, is_trial: bool) -> Vault:
    """Make the key files; also finishes a set-up that was broken off. Raises `SetupRefused`, `KeyFileUnsafe`."""
    raise NotImplementedError


def open_folder(data: Path, clock: Clock, *, fingerprint: bytes | None) -> Vault:
    """Open the key files; `fingerprint` is what the database notes (`ServerKey.fingerprint`), None for an empty one.

    Raises `NotSetUp` (no keys, empty database), `KeyFileMissing`, `KeyFileUnsafe`.
    """
    raise NotImplementedError


def first_accounts(vault: Vault, today: date, *, name: str = "admin") -> FirstAccounts:
    """Make the office key pair and the first key holder (role supervisor). Slow on purpose (one Argon2).

    In a trial folder the password is also written to `TRIAL`, so that the office commands can be tried.
    """
    raise NotImplementedError
