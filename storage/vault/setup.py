"""The data folder's keys: made, checked at every start.

Layout: `keys/server`, `keys/day/<date>`, and `TRIAL` in a folder made without a terminal: it holds the password of the
first operator, so that the office commands can be tried. In a claimed folder nothing lies that opens the office's key.
"""

import json
import stat
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from casework.ports import Clock
from storage.errors import KeyFileUnsafe, NotSetUp, SetupRefused
from storage.vault.case_sealing import CaseSealing
from storage.vault.day_keys import DayKeys
from storage.vault.key_files import destroy, make_private_folder, read_private, replace_private
from storage.vault.office_keys import new_office_key, new_recovery_key, wrap_for
from storage.vault.passwords import ArgonCost, PasswordLocks, one_time_password
from storage.vault.records import OfficeKeyRecord, OfficeWrap, OperatorRecord
from storage.vault.sealing import new_key, public_key_of
from storage.vault.server_key import ServerKey

FIRST_OPERATOR = "admin"
_OTHERS_MAY_WRITE = stat.S_IWGRP | stat.S_IWOTH


@dataclass(frozen=True, kw_only=True)
class Vault:
    """The keys of an opened data folder."""

    data: Path
    server_key: ServerKey
    day_keys: DayKeys
    cases: CaseSealing
    is_trial: bool


@dataclass(frozen=True, kw_only=True)
class TrialOperator:
    """What the file `TRIAL` tells: an account whose password is no secret. `next_password` is set while claiming."""

    name: str
    password: str = field(repr=False)
    next_password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, kw_only=True)
class FirstAccounts:
    """The rows of a new database's first operator, and what is shown once.

    `one_time_password` of a trial folder is a lasting one and stands in `TRIAL`.
    """

    office_key: OfficeKeyRecord
    operator: OperatorRecord
    wrap: OfficeWrap
    one_time_password: str = field(repr=False)
    recovery_key: str = field(repr=False)


def create_folder(data: Path, clock: Clock, *, is_trial: bool) -> Vault:
    """Make the key files for an *empty* database; also finishes a set-up that was broken off.

    Raises `SetupRefused`, `KeyFileUnsafe`.
    """
    try:
        make_private_folder(data / "keys")
        make_private_folder(data / "keys" / "day")
        _mark(data, is_trial=is_trial)
        if not server_key_path(data).exists():
            ServerKey.create(server_key_path(data))
    except OSError as error:
        raise SetupRefused(f"{data}: {error.strerror}") from error
    return open_folder(data, clock, fingerprint=None)


def open_folder(data: Path, clock: Clock, *, fingerprint: bytes | None) -> Vault:
    """Open the key files; `fingerprint` is what the database notes (`ServerKey.fingerprint`), None for an empty one.

    Raises `NotSetUp` (no keys, empty database), `KeyFileMissing`, `KeyFileUnsafe`.
    """
    path = server_key_path(data)
    if fingerprint is None and not path.exists():
        raise NotSetUp(data)
    for folder in (data, path.parent, path.parent / "day"):
        _require_unshared(folder)
    server_key = ServerKey.load(path, fingerprint=fingerprint)
    return Vault(
        data=data,
        server_key=server_key,
        day_keys=DayKeys(data / "keys" / "day", clock),
        cases=CaseSealing(server_key),
        is_trial=trial_path(data).exists(),
    )


def first_accounts(
    vault: Vault, today: date, *, name: str = FIRST_OPERATOR, cost: ArgonCost | None = None
) -> FirstAccounts:
    """Make the office key pair and the first key holder, a supervisor. Slow on purpose (one Argon2).

    In a trial folder the password is also written to `TRIAL`, and need not be changed.
    """
    recovery_key, recovery_public_key = new_recovery_key()
    office = new_office_key(1, recovery_public_key, today)
    private_key, password = new_key(), one_time_password()
    operator = OperatorRecord(
        name=name,
        role="supervisor",
        state="active",
        public_key=public_key_of(private_key),
        private_lock=PasswordLocks(vault.server_key, cost).lock_now(name, private_key, password),
        must_set_password=not vault.is_trial,
    )
    if vault.is_trial:
        write_trial(vault.data, TrialOperator(name=name, password=password))
    return FirstAccounts(
        office_key=office.record,
        operator=operator,
        wrap=wrap_for(name, operator.public_key, 1, office.private_key),
        one_time_password=password,
        recovery_key=recovery_key,
    )


def server_key_path(data: Path) -> Path:
    return data / "keys" / "server"


def trial_path(data: Path) -> Path:
    return data / "TRIAL"


def read_trial(data: Path) -> TrialOperator | None:
    """Return the trial's operator; None when the folder is no trial, or has no operator yet."""
    try:
        told = json.loads(read_private(trial_path(data)))
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise KeyFileUnsafe(trial_path(data), "cannot be read") from error
    return TrialOperator(**told) if told else None


def write_trial(data: Path, operator: TrialOperator | None) -> None:
    """Mark the folder as a trial, and say how its office can be entered."""
    told = {} if operator is None else {k: v for k, v in vars(operator).items() if v is not None}
    replace_private(trial_path(data), json.dumps(told).encode())


def _mark(data: Path, *, is_trial: bool) -> None:
    # Marked before there is a key: a set-up that dies between never looks claimed.
    if is_trial:
        write_trial(data, None)
    else:
        destroy(trial_path(data))


def _require_unshared(folder: Path) -> None:
    if not folder.exists():  # then the key is missing, and that is said by name
        return
    mode = folder.stat().st_mode
    if mode & _OTHERS_MAY_WRITE:
        raise KeyFileUnsafe(folder, f"others may write here (mode {mode & 0o777:o}, expected 700)")
