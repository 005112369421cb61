"""A sealed case as rows: what the database holds of it."""

from dataclasses import dataclass, field

from casework.case import CaseId, CaseRow, Part

OFFICE = "office"
SUPERIOR = "superior"
CODE = "code"


@dataclass(frozen=True, kw_only=True)
class RecipientKey:
    """A public key (32 bytes, X25519) that cases are sealed to. `recipient` is "office" or "superior"."""

    recipient: str
    version: int
    public_key: bytes


@dataclass(frozen=True, kw_only=True)
class SealedPart:
    """One part of a case, at most one row a (case, part). `row_id` is 16 random bytes, new at every write."""

    part: Part
    row_id: bytes
    ciphertext: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SealedEntry:
    """One line of the history. Its order stands inside; `row_id` is 16 random bytes. Rows are only ever inserted."""

    part: Part
    row_id: bytes
    ciphertext: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Wrap:
    """The key of one part for one recipient ("code", "office", "superior"); unique by (case, part, recipient).

    `key_version` is the office key's version; for "code" the version of the look-up key.
    """

    part: Part
    recipient: str
    key_version: int
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class SealedCase:
    """All rows of a new case. `lookup_id` (32 bytes) is unique; `unit_index` (16 bytes) only for directory units."""

    row: CaseRow
    lookup_id: bytes
    lookup_version: int
    unit_index: bytes | None
    parts: tuple[SealedPart, ...]
    entries: tuple[SealedEntry, ...]
    wraps: tuple[Wrap, ...]


@dataclass(frozen=True, kw_only=True)
class SealedChange:
    """What saving an opened case writes.

    `row`: compare the stored version with `row.version`, write version + 1. `parts` and `wraps` replace by their unique
    key; `entries` are inserted.
    """

    row: CaseRow
    parts: tuple[SealedPart, ...] = ()
    entries: tuple[SealedEntry, ...] = ()
    wraps: tuple[Wrap, ...] = ()

    @property
    def case_id(self) -> CaseId:
        return self.row.id


@dataclass(frozen=True, kw_only=True)
class StoredCase:
    """The rows of one case as read. Rows the opener has no key for may be left out."""

    row: CaseRow
    parts: tuple[SealedPart, ...] = ()
    entries: tuple[SealedEntry, ...] = ()
    wraps: tuple[Wrap, ...] = ()
