"""The office's key pair: made, wrapped for holders and for the recovery key."""

import hashlib
import hmac
from dataclasses import dataclass, field, replace
from datetime import date

from casework.code import ALPHABET, normalise
from storage.errors import RecoveryRefused, Tampered
from storage.vault.records import OfficeKeyRecord, OfficeWrap
from storage.vault.sealing import KEY_BYTES, new_key, open_box, public_key_of, seal_box

_WRAP = "office.private.v1"
_RECOVERY = "office.recovery.v1"
_CHECK = 3
_GROUP = 4
_SYMBOLS = (KEY_BYTES + _CHECK) * 8 // 5


@dataclass(frozen=True, kw_only=True)
class NewOfficeKey:
    """A fresh office key pair. `record` is a row; the private key is for memory only."""

    record: OfficeKeyRecord
    private_key: bytes = field(repr=False)


def new_office_key(version: int, recovery_public_key: bytes, today: date) -> NewOfficeKey:
    """Make a key pair whose private part the recovery key opens."""
    private_key = new_key()
    record = OfficeKeyRecord(
        version=version,
        public_key=public_key_of(private_key),
        recovery_public_key=recovery_public_key,
        recovery_wrap=_recovery_wrap(version, recovery_public_key, private_key),
        created_on=today,
    )
    return NewOfficeKey(record=record, private_key=private_key)


def with_recovery(record: OfficeKeyRecord, private_key: bytes, recovery_public_key: bytes) -> OfficeKeyRecord:
    """Return the record with another recovery key."""
    wrap = _recovery_wrap(record.version, recovery_public_key, private_key)
    return replace(record, recovery_public_key=recovery_public_key, recovery_wrap=wrap)


def wrap_for(operator: str, public_key: bytes, version: int, private_key: bytes) -> OfficeWrap:
    """Seal one version of the office's private key to an operator."""
    wrapped = seal_box(public_key, _WRAP, _wrap_id(operator, version), private_key)
    return OfficeWrap(operator=operator, key_version=version, wrapped=wrapped)


def unwrap(wrap: OfficeWrap, operator_private_key: bytes) -> bytes:
    """Return the office's private key. Raises `Tampered`."""
    return open_box(operator_private_key, _WRAP, _wrap_id(wrap.operator, wrap.key_version), wrap.wrapped)


def new_recovery_key() -> tuple[str, bytes]:
    """Return the recovery key as text (14 groups of 4 symbols, shown once) and its public key."""
    private_key = new_key()
    return print_private_key(private_key), public_key_of(private_key)


def print_private_key(private_key: bytes) -> str:
    """Return a private key as 14 groups of 4 symbols, with a check inside."""
    number = int.from_bytes(private_key + _check(private_key), "big")
    symbols = [ALPHABET[(number >> shift) & 31] for shift in range(5 * (_SYMBOLS - 1), -1, -5)]
    return "-".join("".join(symbols[i : i + _GROUP]) for i in range(0, _SYMBOLS, _GROUP))


def read_recovery_key(text: str) -> bytes:
    """Return the private key of what was typed, forgiven as codes are. Raises `RecoveryRefused` for a slip."""
    symbols = normalise(text)
    if len(symbols) != _SYMBOLS or not set(symbols) <= set(ALPHABET):
        raise RecoveryRefused(f"expected {_SYMBOLS} symbols, got {len(symbols)}")
    number = 0
    for symbol in symbols:
        number = number << 5 | ALPHABET.index(symbol)
    data = number.to_bytes(KEY_BYTES + _CHECK, "big")
    if not hmac.compare_digest(_check(data[:KEY_BYTES]), data[KEY_BYTES:]):
        raise RecoveryRefused("a symbol is mistyped")
    return data[:KEY_BYTES]


def open_recovery(record: OfficeKeyRecord, recovery_private_key: bytes) -> bytes:
    """Return the office's private key. Raises `RecoveryRefused` when it is another office's, or an older key."""
    try:
        return open_box(recovery_private_key, _RECOVERY, _version_id(record.version), record.recovery_wrap)
    except Tampered as error:
        raise RecoveryRefused("this recovery key does not belong to this office") from error


def _recovery_wrap(version: int, recovery_public_key: bytes, private_key: bytes) -> bytes:
    return seal_box(recovery_public_key, _RECOVERY, _version_id(version), private_key)


def _wrap_id(operator: str, version: int) -> bytes:
    return _version_id(version) + operator.encode()


def _version_id(version: int) -> bytes:
    return version.to_bytes(4, "big")


def _check(private_key: bytes) -> bytes:
    return hashlib.blake2b(b"recovery key check", key=private_key, digest_size=_CHECK).digest()
