"""The one format of every ciphertext, and the padding in front of it.

Symmetric: format byte 1, key id (8), nonce (24), XChaCha20-Poly1305. The associated data is the header, a constant
label ("case.shared.v1", never a table's name) and the row's random id. Box: format byte 2, key id (8), sealed box
(X25519) that holds label and id inside, because a sealed box has no associated data. Contents are not compressed: a
compressed length tells something of the text, and padded to steps there is little to win.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable

from nacl.bindings import (
    crypto_aead_xchacha20poly1305_ietf_decrypt,
    crypto_aead_xchacha20poly1305_ietf_encrypt,
    crypto_box_seal,
    crypto_box_seal_open,
    crypto_scalarmult_base,
)
from nacl.exceptions import CryptoError

from storage.errors import Tampered

KEY_BYTES = 32
ROW_ID_BYTES = 16
SYMMETRIC, BOX = 1, 2
OVERHEAD = 1 + 8 + 24 + 16
"""Bytes a symmetric ciphertext is longer than what it holds."""

_KEY_ID, _NONCE = 8, 24
_HEADER = 1 + _KEY_ID
_LENGTH = 4
_REPORT_SIZES = (1024, 2048, 4096, 8192, 16384)
_MESSAGE_SIZE = 512


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def new_row_id() -> bytes:
    return secrets.token_bytes(ROW_ID_BYTES)


def key_id(key: bytes) -> bytes:
    """Return 8 bytes that name a key (secret or public) without telling it."""
    return hashlib.blake2b(b"key id", key=key, digest_size=_KEY_ID).digest()


def derive(key: bytes, label: str) -> bytes:
    """Return a 32-byte subkey."""
    return hashlib.blake2b(b"changtong." + label.encode(), key=key, digest_size=KEY_BYTES).digest()


def seal(key: bytes, context: str, row_id: bytes, data: bytes, *, named: bytes | None = None) -> bytes:
    """Encrypt `data` as it is (see `pad`). `named`: 8 bytes to use as key id, else made from the key."""
    nonce = secrets.token_bytes(_NONCE)
    header = bytes([SYMMETRIC]) + (key_id(key) if named is None else named)
    bound = header + _bound(context, row_id)
    return header + nonce + crypto_aead_xchacha20poly1305_ietf_encrypt(data, bound, nonce, key)


def open_sealed(key: bytes, context: str, row_id: bytes, ciphertext: bytes) -> bytes:
    """Decrypt what `seal` gave for the same key, label and row; else raises `Tampered`."""
    if len(ciphertext) < OVERHEAD or ciphertext[0] != SYMMETRIC:
        raise Tampered(context, "is no ciphertext of this format")
    header, rest = ciphertext[:_HEADER], ciphertext[_HEADER:]
    try:
        return crypto_aead_xchacha20poly1305_ietf_decrypt(
            rest[_NONCE:], header + _bound(context, row_id), rest[:_NONCE], key
        )
    except CryptoError as error:
        raise Tampered(context) from error


def key_id_of(ciphertext: bytes) -> bytes:
    """Return the key id in the header (shorter when there is no whole header)."""
    return ciphertext[1:_HEADER]


def public_key_of(private_key: bytes) -> bytes:
    """Return the X25519 public key."""
    return crypto_scalarmult_base(private_key)


def seal_box(public_key: bytes, context: str, row_id: bytes, data: bytes) -> bytes:
    """Encrypt `data` to whoever holds the private key; the sender cannot open it again."""
    inside = _bound(context, row_id) + data
    return bytes([BOX]) + key_id(public_key) + crypto_box_seal(inside, public_key)


def open_box(private_key: bytes, context: str, row_id: bytes, box: bytes) -> bytes:
    """Decrypt what `seal_box` gave for the same label and row; else raises `Tampered`."""
    public_key = public_key_of(private_key)
    if box[:_HEADER] != bytes([BOX]) + key_id(public_key):
        raise Tampered(context, "is no box for this key")
    try:
        inside = crypto_box_seal_open(box[_HEADER:], public_key, private_key)
    except CryptoError as error:
        raise Tampered(context) from error
    bound = _bound(context, row_id)
    if not hmac.compare_digest(inside[: len(bound)], bound):
        raise Tampered(context, "belongs elsewhere")
    return inside[len(bound) :]


def report_size(length: int) -> int:
    """Return the step for a report: 1, 2, 4, 8, 16 kB, then multiples of 16 kB."""
    for size in _REPORT_SIZES:
        if length <= size:
            return size
    return -(-length // _REPORT_SIZES[-1]) * _REPORT_SIZES[-1]


def message_size(length: int) -> int:
    """Return the step for a message or an entry: multiples of 512 bytes."""
    return -(-length // _MESSAGE_SIZE) * _MESSAGE_SIZE


def padme(length: int) -> int:
    """Return the Padmé step (Nikitin et al. 2019): at most 12 % more, O(log log) bits of the length are told."""
    if length < 2:
        return length
    exponent = length.bit_length() - 1
    low_bits = exponent - exponent.bit_length()
    mask = (1 << max(low_bits, 0)) - 1
    return (length + mask) & ~mask


def pad(data: bytes, step: Callable[[int], int]) -> bytes:
    """Return length, data and zeros, as long as `step` says."""
    size = step(_LENGTH + len(data))
    return (len(data).to_bytes(_LENGTH, "big") + data).ljust(size, b"\0")


def unpad(padded: bytes, context: str) -> bytes:
    """Return the data of `pad`. Raises `Tampered` when the length does not fit."""
    length = int.from_bytes(padded[:_LENGTH], "big")
    if len(padded) < _LENGTH + length:
        raise Tampered(context, "is padded wrongly")
    return padded[_LENGTH : _LENGTH + length]


def _bound(context: str, row_id: bytes) -> bytes:
    label = context.encode()
    return len(label).to_bytes(1, "big") + label + len(row_id).to_bytes(1, "big") + row_id
