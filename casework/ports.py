"""What casework needs from the outside, as Protocols that adapters satisfy by shape.

A unit of work reads at any time and only *collects* writes; `commit` carries them out together or not at all.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NewType, Protocol

from casework.case import Case, CaseId, CaseRow, CaseStatus
from casework.report import Contact, FileRef

if TYPE_CHECKING:
    from casework.handing_off import HandoffStore

PersonKey = NewType("PersonKey", bytes)
"""Keyed hash of channel and address. Names a live conversation; never stands in a row about a case."""


class Clock(Protocol):
    """Time as a port."""

    def now(self) -> datetime:
        """Return the aware UTC time."""

    def today(self) -> date:
        """Return the day in the profile's time zone."""


class OfficeKey(Protocol):
    """An unlocked private key of the office (or the superior), held in memory only."""

    @property
    def operator(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What lets a person see their code again: lives until "saved", "leave" or 60 minutes.

    `draft` is the keyed-hash input of the submitted draft (its random id): a second submission of the same draft
    finds the receipt and gets the same code.
    """

    code: str = field(repr=False)
    language: str
    draft: str = field(repr=False)
    kind: str = "report"


@dataclass(frozen=True, kw_only=True)
class CaseQuery:
    """A filter over clear columns; None means any. `id_prefix` is the first hex digits of the id."""

    status: Sequence[CaseStatus] | None = None
    kind: str | None = None
    due_before: date | None = None
    id_prefix: str = ""
    offset: int = 0
    limit: int | None = 100


class CaseStore(Protocol):
    """Cases, sealed. Reading by code or by office key gives an opened `Case`."""

    def add(self, case: Case, code: str) -> None:
        """Seal `case` to `code` and to its recipient's public key; written at commit. The row's version must be 0."""

    async def by_code(self, code: str) -> Case | None:
        """Open the shared part; None when unknown or withdrawn or expired (they look alike)."""

    async def by_office(self, case_id: CaseId, key: OfficeKey) -> Case | None:
        """Open the shared and the office part. Raises `CaseUnreadable` when the key does not open what is there."""

    async def contact(self, case_id: CaseId, key: OfficeKey) -> Contact | None:
        """Open the contact part. The use case records the reason in the trail."""

    def save(self, case: Case) -> None:
        """Write the row (version compared, then +1) and seal entries that were not there when it was opened.

        A `contact` that is set replaces the sealed one.
        """

    async def hand_over(self, case: Case, key: OfficeKey, recipient: str) -> None:
        """Wrap all parts of an opened case for another recipient ("superior") and drop the office's wraps, at commit.

        Raises `ValueError` for a recipient without a public key here.
        """

    async def replace_code(self, code: str, fresh: str) -> None:
        """Let `fresh` open what `code` opens, and `code` nothing, at commit."""

    async def rows(self, query: CaseQuery) -> list[CaseRow]:
        """List clear rows, most urgent first: high priority, then due day, then day."""

    async def stamps(self) -> frozenset[tuple[CaseId, int]]:
        """Return id and version of every case: as long as they are the same, no case has changed."""

    async def row(self, case_id: CaseId) -> CaseRow | None:
        """Return one clear row."""


class ReceiptStore(Protocol):
    """Receipts, under the day key."""

    def put(self, person: PersonKey, receipt: Receipt, expires_at: datetime) -> None: ...

    async def get(self, person: PersonKey) -> Receipt | None: ...

    async def by_draft(self, draft: str) -> Receipt | None: ...

    def drop(self, person: PersonKey) -> None: ...


class CaseSessionStore(Protocol):
    """Which case a conversation has open: the code under the day key, for 15 minutes from the last use."""

    def put(self, person: PersonKey, code: str, expires_at: datetime) -> None: ...

    async def get(self, person: PersonKey) -> str | None: ...

    def drop(self, person: PersonKey) -> None: ...


class UploadStore(Protocol):
    """Sealed files that a draft refers to and no case yet: key and name under the day key."""

    def put(self, person: PersonKey, file: FileRef, expires_at: datetime, *, sent_as: str = "") -> None:
        """Keep an upload; `sent_as` names the message that brought it, and never goes into a case."""

    async def of(self, person: PersonKey) -> list[FileRef]: ...

    async def sent(self, person: PersonKey, sent_as: str) -> FileRef | None:
        """Return what that message brought already."""

    def drop(self, person: PersonKey, file_ids: Sequence[str]) -> None:
        """Forget the upload; the file itself is swept when no case refers to it."""


class WatchStore(Protocol):
    """Addresses to ping, sealed to the office's key; no case stands beside them."""

    async def put(self, person: PersonKey, address: "JsonDict", expires_on: date) -> bytes:
        """Collect a watch; return its random id. Raises `IntakeClosed` without a key of the office."""

    async def count_of(self, person: PersonKey) -> int: ...

    def drop_of(self, person: PersonKey) -> None:
        """End all watches of this chat."""

    async def open(self, watch_id: bytes, key: OfficeKey, today: date) -> "JsonDict | None":
        """Return the address; None when the watch has ended. Raises what opening with this key raises."""


class Team(Protocol):
    """A group of the office's people that is pointed to the desk."""

    def point(self, work: Any, what: str) -> None:
        """Collect a pointer in `work`, sent once that is committed: that somebody "waiting", "emergency" or "late"
        is there, never who, where, or what about."""


class Pinger(Protocol):
    """Tells a watcher that there is news, without a word of content."""

    async def ping(self, channel: str, address: str, language: str) -> None:
        """Queue a ping, to leave some time later; one that waits already is enough."""


@dataclass(frozen=True, kw_only=True)
class TrailEntry:
    """One act of an operator. `case_ref` is the case id in hex; never a foreign key."""

    at: datetime
    actor: str
    act: str
    case_ref: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class TrailQuery:
    """A filter over the trail, "" and None meaning any. `case_prefix` in hex; `since` is in, `until` is not."""

    actor: str = ""
    case_prefix: str = ""
    since: datetime | None = None
    until: datetime | None = None
    offset: int = 0
    limit: int | None = 100


class Trail(Protocol):
    """The audit trail: appended, MACed, chained."""

    def append(self, entry: TrailEntry) -> None: ...

    async def entries(self, limit: int = 100) -> list[TrailEntry]: ...

    async def find(self, query: TrailQuery) -> list[TrailEntry]:
        """Return what fits, newest first."""

    async def verify(self) -> int:
        """Return how many entries are sound; raises `storage.errors.TrailBroken` naming the first that is not."""


@dataclass(frozen=True, kw_only=True)
class Operator:
    """An operator's account (clear columns). `state` is pending, active or disabled.

    `has_passphrase`: one of their own, so that the key can be granted.
    """

    name: str
    role: str
    state: str
    unit: str = ""
    declared_names: tuple[str, ...] = ()
    is_key_holder: bool = False
    has_logged_in: bool = False
    has_passphrase: bool = False


class OperatorStore(Protocol):
    """Accounts and the wraps of the office's private key."""

    async def all(self) -> list[Operator]: ...

    async def get(self, name: str) -> Operator | None: ...

    async def can_read(self) -> bool:
        """Whether some enabled key holder has completed a log-in."""


class UnitOfWork(Protocol):
    """Everything one turn, request or job reads and writes."""

    @property
    def cases(self) -> CaseStore: ...
    @property
    def receipts(self) -> ReceiptStore: ...
    @property
    def case_sessions(self) -> CaseSessionStore: ...
    @property
    def uploads(self) -> UploadStore: ...
    @property
    def trail(self) -> Trail: ...
    @property
    def operators(self) -> OperatorStore: ...
    @property
    def handoffs(self) -> "HandoffStore": ...
    @property
    def watches(self) -> WatchStore: ...

    async def commit(self) -> None:
        """Write all that was collected in one transaction; raises `Conflict` and writes nothing if a version moved."""


class UnitOfWorkFactory(Protocol):
    """Opens a fresh unit of work; leaving the context without `commit` drops what was collected."""

    def __call__(self) -> AbstractAsyncContextManager[UnitOfWork]: ...


class CategoryRanker(Protocol):
    """Ranks category ids for whole facts."""

    def rank(self, facts: str, language: str) -> list[tuple[str, float]]:
        """Return (category id, score 0..1), best first."""


class NameTagger(Protocol):
    """Marks names in Chinese text with a model."""

    def names(self, text: str) -> Sequence[tuple[int, int, str]]:
        """Return (start, end, kind), kind being person, place or organisation."""


class Evidence(Protocol):
    """The sealed files themselves."""

    async def seal(self, chunks: AsyncIterator[bytes], *, name: str, media_type: str, limit_bytes: int) -> FileRef:
        """Encrypt while streaming under a fresh key, fsync, and return the reference. Raises `FileTooLarge`."""

    def open(self, file: FileRef) -> AsyncIterator[bytes]:
        """Decrypt, chunk by chunk; raises when the file was changed."""

    async def sweep(self, keep: set[str]) -> list[str]:
        """Delete files older than an hour that are not in `keep`; return their ids."""


JsonDict = dict[str, Any]
