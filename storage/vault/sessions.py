"""What an operator holds after a log-in, in memory only."""

from collections.abc import Mapping
from typing import Any, Self

from casework.ports import OfficeKey
from storage.errors import KeyNotGranted, PasswordMustChange
from storage.vault.case_rows import OFFICE
from storage.vault.sealing import open_box


class OperatorSession:
    """An unlocked key pair and the private keys it opens. Satisfies `casework.ports.OfficeKey`.

    `public_key` is the operator's own at log-in: a session from before a reset is known by it. `keys` maps (recipient,
    version) to a private key; an admin or auditor has none.
    """

    def __init__(
        self,
        *,
        operator: str,
        role: str,
        public_key: bytes = b"",
        must_set_password: bool = False,
        keys: Mapping[tuple[str, int], bytes] | None = None,
    ) -> None:
        self._operator, self._role, self._public_key = operator, role, public_key
        self._must_set_password = must_set_password
        self._keys = dict(keys or {})

    def __repr__(self) -> str:
        return f"OperatorSession({self._operator!r})"

    @property
    def operator(self) -> str:
        return self._operator

    @property
    def role(self) -> str:
        return self._role

    @property
    def public_key(self) -> bytes:
        return self._public_key

    @property
    def must_set_password(self) -> bool:
        """Whether the session is good for `Accounts.set_password` alone."""
        return self._must_set_password

    @property
    def is_key_holder(self) -> bool:
        return bool(self._keys)

    def open_box(self, recipient: str, version: int, context: str, row_id: bytes, box: bytes) -> bytes:
        """Open what was sealed to one version of a recipient's key.

        Raises `PasswordMustChange`, `KeyNotGranted`, `Tampered`.
        """
        if self._must_set_password:
            raise PasswordMustChange
        if (recipient, version) not in self._keys:
            raise KeyNotGranted(recipient, version)
        return open_box(self._keys[recipient, version], context, row_id, box)

    def private_keys(self) -> dict[int, bytes]:
        """Return the office's private keys by version: for granting and rotation, within the vault only."""
        return {version: key for (recipient, version), key in self._keys.items() if recipient == OFFICE}

    def with_keys(self, keys: Mapping[int, bytes]) -> "OperatorSession":
        """Return a session of the same operator with these versions of the office's key."""
        named = {(OFFICE, version): key for version, key in keys.items()}
        return OperatorSession(operator=self._operator, role=self._role, public_key=self._public_key, keys=named)

    def with_password_set(self, public_key: bytes) -> "OperatorSession":
        """Return a session of the same keys, under the operator's new key pair, that opens them."""
        return OperatorSession(operator=self._operator, role=self._role, public_key=public_key, keys=self._keys)

    def as_data(self) -> dict[str, Any]:
        """Return all of it as JSON-ready values, keys included: for sealing at once, never for a log."""
        return {
            "operator": self._operator,
            "role": self._role,
            "public_key": self._public_key.hex(),
            "must_set_password": self._must_set_password,
            "keys": [[recipient, version, key.hex()] for (recipient, version), key in self._keys.items()],
        }

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Self:
        """Read what `as_data` gave."""
        return cls(
            operator=data["operator"],
            role=data["role"],
            public_key=bytes.fromhex(data["public_key"]),
            must_set_password=data["must_set_password"],
            keys={(recipient, version): bytes.fromhex(key) for recipient, version, key in data["keys"]},
        )

    def close(self) -> None:
        """Forget the keys."""
        self._keys.clear()


def require_session(key: OfficeKey) -> OperatorSession:
    """Return `key` as a session of this vault. Raises `KeyNotGranted` for anything else."""
    if not isinstance(key, OperatorSession):
        raise KeyNotGranted(OFFICE, 0)
    return key
