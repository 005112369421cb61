"""The key that a tracking code is. No slow hash: 95 random bits cannot be guessed, slowness would serve attackers."""

import hmac

from casework.code import normalise

_SALT = b"changtong.code.v1"
_WRAPPING = b"case key wrapping"


def wrapping_key(code: str) -> bytes:
    """Return the 32 bytes that open the shared part's key: HKDF-SHA-256 (RFC 5869) of the code's symbols.

    The look-up id is another function, under the server key (`ServerKey.lookup_ids`): the database tells nothing of it.
    """
    pseudo_random_key = hmac.digest(_SALT, normalise(code).encode(), "sha256")
    return hmac.digest(pseudo_random_key, _WRAPPING + b"\x01", "sha256")
