"""The superior authority's key: made and kept by them; here only its public half, in the profile."""

import base64
from dataclasses import dataclass, field

from storage.errors import KeyNotGranted
from storage.vault.case_rows import SUPERIOR
from storage.vault.office_keys import print_private_key, read_recovery_key
from storage.vault.sealing import new_key, public_key_of
from storage.vault.sessions import OperatorSession

VERSION = 1


@dataclass(frozen=True, kw_only=True)
class SuperiorKey:
    """A fresh key pair: `private_key` (14 groups of 4) for the superior, `public_key` (base64) for the profile."""

    private_key: str = field(repr=False)
    public_key: str


def new_superior_key() -> SuperiorKey:
    """Make a key pair, on a machine of the superior's own."""
    private_key = new_key()
    public_key = base64.b64encode(public_key_of(private_key)).decode()
    return SuperiorKey(private_key=print_private_key(private_key), public_key=public_key)


def superior_session(operator: str, private_key: str, public_key: bytes | None) -> OperatorSession:
    """Return what opens the reports on the office's head. `public_key` is the profile's.

    Raises `RecoveryRefused` for a mistyped key, `KeyNotGranted` for one that the profile does not name.
    """
    opened = read_recovery_key(private_key)
    if public_key is None or public_key_of(opened) != public_key:
        raise KeyNotGranted(SUPERIOR, VERSION)
    return OperatorSession(operator=operator, role=SUPERIOR, keys={(SUPERIOR, VERSION): opened})
