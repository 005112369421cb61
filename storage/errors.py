"""What can go wrong in storage, as one tree.

StorageError
├── SetupRefused              the data folder is not fit to be set up
│   └── AlreadySetUp          it is set up, perhaps a moment ago by another program
├── NotSetUp                  the data folder has no keys and the database is empty: run setup
├── KeyFileMissing            a key file that the data needs is gone (or another's); says which backup is needed
├── KeyFileUnsafe             a key file can be read by others, is a link, or is no key file
├── DatabaseNewer             made by a newer program
├── DatabaseUnreachable       the database does not answer, or is locked by another program
├── UnknownDatabase           the URL names neither SQLite nor PostgreSQL
├── StoreFull                 the disk is full (or fails): nothing was written
├── BackupRefused             the backup or restore cannot be done as asked; says why
├── TrialRefused              a trial folder is asked for what only a claimed one may do
├── NotClaimable              only a trial folder can be claimed
├── DayKeyGone                what was under this day's key is deleted for good
├── Tampered                  a ciphertext, its label or its row does not fit its key
├── TrailBroken               the audit trail was changed; names the first unsound entry
├── KeyNotGranted             this session holds no key for what is to be opened
├── PasswordMustChange        the one-time password opens nothing but `set_password`
├── WeakPassphrase            shorter than 14 characters, or hardly more than one character repeated
├── AccountRefused            the account is not in a state for this act
│   └── LastKeyHolder         nobody else could open the cases
└── RecoveryRefused           this is not the recovery key

Shared with casework and so kept there: `CaseUnreadable` (`Tampered` and `KeyNotGranted` are drawn on it too),
`Conflict`, `LogInRefused`, `NotPermitted`, and `EvidenceRefused` with `FileTooLarge`, `FileEmpty` and `NoSpace`.
"""

from pathlib import Path

from casework.errors import CaseUnreadable, Conflict, FileEmpty, FileTooLarge, LogInRefused, NoSpace, NotPermitted

__all__ = [
    "AccountRefused",
    "AlreadySetUp",
    "BackupRefused",
    "Conflict",
    "DatabaseNewer",
    "DatabaseUnreachable",
    "DayKeyGone",
    "FileEmpty",
    "FileTooLarge",
    "KeyFileMissing",
    "KeyFileUnsafe",
    "KeyNotGranted",
    "LastKeyHolder",
    "LogInRefused",
    "NoSpace",
    "NotClaimable",
    "NotPermitted",
    "NotSetUp",
    "PasswordMustChange",
    "RecoveryRefused",
    "SetupRefused",
    "StorageError",
    "StoreFull",
    "Tampered",
    "TrailBroken",
    "TrialRefused",
    "UnknownDatabase",
    "WeakPassphrase",
]


class StorageError(Exception):
    """The root of storage's errors."""


class SetupRefused(StorageError):
    """The folder cannot be set up; the message says why."""


class AlreadySetUp(SetupRefused):
    """`folder`, or its database, has its keys and its first operator."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder}: is set up already")
        self.folder = folder


class NotSetUp(StorageError):
    """There are no keys in `folder` yet."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder}: no keys here yet; run setup")
        self.folder = folder


class KeyFileMissing(StorageError):
    """`path` is gone, or holds another key than the database was made with. `backup` names the backup needed."""

    def __init__(self, path: Path, backup: str, reason: str = "is missing") -> None:
        super().__init__(f"{path}: {reason}; restore it from {backup}")
        self.path, self.backup = path, backup


class KeyFileUnsafe(StorageError):
    """`path` must not be used as it lies there."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path, self.reason = path, reason


class DatabaseNewer(StorageError):
    """The database is at `found`, which this program does not know."""

    def __init__(self, found: str) -> None:
        super().__init__(f"the database is at {found}, made by a newer program")
        self.found = found


class DatabaseUnreachable(StorageError):
    """The database cannot be used now."""


class UnknownDatabase(StorageError):
    """`backend` is neither sqlite nor postgresql."""

    def __init__(self, backend: str) -> None:
        super().__init__(f"database: {backend}, expected sqlite or postgresql")
        self.backend = backend


class StoreFull(StorageError):
    """The disk is full or fails; the write was undone as a whole."""


class BackupRefused(StorageError):
    """The message says what stands in the way."""


class TrialRefused(StorageError):
    """A trial folder refuses `act`."""

    def __init__(self, act: str) -> None:
        super().__init__(f"this data folder is a trial and refuses: {act}; claim it first")
        self.act = act


class NotClaimable(StorageError):
    """`folder` is no trial folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder}: is no trial folder, there is nothing to claim")
        self.folder = folder


class DayKeyGone(StorageError):
    """The key of `day` was destroyed, and with it what it sealed."""

    def __init__(self, day: str) -> None:
        super().__init__(f"the key of {day} is destroyed")
        self.day = day


class Tampered(StorageError, CaseUnreadable):
    """What stands under `context` was changed, moved, or is not under this key."""

    def __init__(self, context: str, reason: str = "does not open") -> None:
        super().__init__(f"{context}: {reason}")
        self.context = context


class TrailBroken(StorageError):
    """The trail is unsound from `position` (1 is the oldest entry)."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"trail entry {position}: {reason}")
        self.position, self.reason = position, reason


class KeyNotGranted(StorageError, CaseUnreadable):
    """The session of an operator without the key (`recipient`, `version`)."""

    def __init__(self, recipient: str, version: int) -> None:
        super().__init__(f"no key {recipient} {version} in this session")
        self.recipient, self.version = recipient, version


class PasswordMustChange(StorageError):
    """Set a password of your own first."""


class WeakPassphrase(StorageError):
    """At least `minimum` characters, `distinct` of them different."""

    def __init__(self, minimum: int, distinct: int) -> None:
        super().__init__(f"expected {minimum} characters or more, {distinct} of them different")
        self.minimum, self.distinct = minimum, distinct


class AccountRefused(StorageError):
    """The account `name` cannot do or undergo this now."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")
        self.name, self.reason = name, reason


class LastKeyHolder(AccountRefused):
    """`name` is the last who can open the cases."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "is the last key holder")


class RecoveryRefused(StorageError):
    """The recovery key is mistyped or is not this office's."""
