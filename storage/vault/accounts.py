"""Operators' accounts: log-in, grants, removal, rotation of the office's key, recovery."""

from pathlib import Path

from casework.ports import Clock
from storage.vault.records import AccountRecordsFactory
from storage.vault.server_key import ServerKey
from storage.vault.sessions import OperatorSession


class Accounts:
    """Each method is one transaction of its own and leaves its entry in the trail. Argon2 runs off the event loop."""

    def __init__(self, records: AccountRecordsFactory, server_key: ServerKey, clock: Clock) -> None:
        self._records, self._server_key, self._clock = records, server_key, clock

    async def log_in(self, name: str, password: str) -> OperatorSession:
        """Unlock the operator's key. `session.must_set_password` means that it opens nothing before `set_password`.

        Raises `LogInRefused` (unknown, wrong, disabled, not granted yet: all alike).
        """
        raise NotImplementedError

    async def set_password(self, session: OperatorSession, password: str) -> OperatorSession:
        """Replace the operator's key pair and lock it with `password`; returns the session to go on with.

        Raises `WeakPassphrase`.
        """
        raise NotImplementedError

    async def add(
        self, by: OperatorSession, name: str, role: str, *, unit: str = "", declared_names: tuple[str, ...] = ()
    ) -> str:
        """Make a pending account; returns its one-time password, shown once. By admin or supervisor."""
        raise NotImplementedError

    async def grant(self, by: OperatorSession, name: str) -> None:
        """Give the office key from the session of a key holder, once `name` has set a password of their own."""
        raise NotImplementedError

    async def reset(self, by: OperatorSession, name: str) -> str:
        """Forget the key pair and its wraps; returns a new one-time password. Needs a new grant."""
        raise NotImplementedError

    async def disable(self, by: OperatorSession, name: str) -> None:
        """Delete the wraps and refuse further log-ins. Raises `LastKeyHolder`."""
        raise NotImplementedError

    async def rotate_key(self, by: OperatorSession) -> OperatorSession:
        """Make a new office key pair, wrap it for every holder, re-wrap all cases, delete the old pair."""
        raise NotImplementedError

    async def recover(self, recovery_key: str, name: str) -> str:
        """Make `name` an active key holder again by the recovery key; returns a one-time password."""
        raise NotImplementedError

    async def write_recovery_key(self, by: OperatorSession, path: Path | None = None) -> str:
        """Replace the recovery key; returns it, shown once."""
        raise NotImplementedError
