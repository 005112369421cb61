"""The tables. Person-side tables (a live conversation) and case-side tables share no column that could be joined.

Ids are random. On SQLite tables have no rowid: its order would be the order of arrival. What reporters wrote stands in
`sealed` columns alone; the clear columns are listed in the threat model.
"""

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_name)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}

_NO_ROWID = {"sqlite_with_rowid": False}


class AwareTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps no zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("time without a zone")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The one declarative base. `repr` shows the table and the primary key's first column only."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        bytes: LargeBinary,
        datetime: AwareTime,
        date: Date,
    }
    __table_args__: Any = _NO_ROWID

    def __repr__(self) -> str:
        key = self.__mapper__.primary_key[0].key
        value = getattr(self, key or "", None)
        return f"<{type(self).__name__} {value.hex() if isinstance(value, bytes) else value}>"


# Person-side: keyed by a keyed hash of the chat, sealed under day keys, gone within days.


class ConversationRecord(Base):
    """`chat`: where a messenger writes to, and which of its messages are ours; sealed, and not of the version."""

    __tablename__ = "conversations"

    person: Mapped[bytes] = mapped_column(primary_key=True)
    version: Mapped[int]
    sealed: Mapped[bytes]
    chat: Mapped[bytes | None]
    updated_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ReplyRecord(Base):
    __tablename__ = "replies"

    update_key: Mapped[bytes] = mapped_column(primary_key=True)
    person: Mapped[bytes] = mapped_column(index=True)
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime]


class InboxRecord(Base):
    """The tombstone of an answered message."""

    __tablename__ = "inbox"

    update_key: Mapped[bytes] = mapped_column(primary_key=True)
    day: Mapped[date]


class UpdateRecord(Base):
    """What a messenger delivered, as it came, until it is answered; then a tombstone in `inbox` under the same key."""

    __tablename__ = "updates"

    update_key: Mapped[bytes] = mapped_column(primary_key=True)
    person: Mapped[bytes] = mapped_column(index=True)
    sealed: Mapped[bytes]
    came_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger)
    owner: Mapped[bytes | None]
    lease_until: Mapped[datetime | None]


class OutboxRecord(Base):
    """What is to leave the process: `sealed` holds address and content; claimed by compare-and-set with a lease.

    Of one person's rows only the first leaves: by `urgency` (0 goes before 1), then by `queued_at`.
    """

    __tablename__ = "outbox"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    person: Mapped[bytes | None] = mapped_column(index=True)
    urgency: Mapped[int] = mapped_column(SmallInteger)
    queued_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes]
    not_before: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(SmallInteger)
    owner: Mapped[bytes | None]
    lease_until: Mapped[datetime | None]


class ReceiptRecord(Base):
    __tablename__ = "receipts"

    person: Mapped[bytes] = mapped_column(primary_key=True)
    draft: Mapped[bytes] = mapped_column(unique=True)
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime]


class CaseSessionRecord(Base):
    __tablename__ = "case_sessions"

    person: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime]


class UploadRecord(Base):
    """A file a draft refers to. `file` is a keyed hash: the evidence folder's names stand nowhere person-side."""

    __tablename__ = "uploads"

    person: Mapped[bytes] = mapped_column(primary_key=True)
    file: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    expires_at: Mapped[datetime]


class WatchRecord(Base):
    """An address to ping, sealed to the office's key. `forget_id`, a keyed hash of the chat, lets the chat end it."""

    __tablename__ = "watches"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    forget_id: Mapped[bytes] = mapped_column(index=True)
    office_version: Mapped[int]
    box: Mapped[bytes]
    expires_on: Mapped[date]


# Case-side.


class CaseRecord(Base):
    """The clear columns. `lookup` is the keyed look-up id of the code, `unit` the keyed index of a directory unit."""

    __tablename__ = "cases"
    __table_args__: Any = (Index("ix_cases_status", "status", "due_on"), _NO_ROWID)

    id: Mapped[bytes] = mapped_column(primary_key=True)
    lookup: Mapped[bytes | None] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(32))
    version: Mapped[int]
    category: Mapped[str] = mapped_column(String(64))
    region: Mapped[str] = mapped_column(String(64))
    level: Mapped[str] = mapped_column(String(16))
    reporter_kind: Mapped[str] = mapped_column(String(16))
    mode: Mapped[str] = mapped_column(String(16))
    priority: Mapped[str] = mapped_column(String(8))
    day: Mapped[date]
    received_at: Mapped[datetime | None]
    due_on: Mapped[date | None]
    delete_on: Mapped[date | None] = mapped_column(index=True)
    recipient: Mapped[str] = mapped_column(String(16))
    unit: Mapped[bytes | None] = mapped_column(index=True)


class CasePartRecord(Base):
    """What was sealed at submission, a blob a part."""

    __tablename__ = "case_parts"

    case_id: Mapped[bytes] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(8), primary_key=True)
    id: Mapped[bytes]
    sealed: Mapped[bytes]


class CaseKeyRecord(Base):
    """The key of a part, wrapped for one recipient: "code", "office" or "superior"."""

    __tablename__ = "case_keys"

    case_id: Mapped[bytes] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    part: Mapped[str] = mapped_column(String(8), primary_key=True)
    recipient: Mapped[str] = mapped_column(String(16), primary_key=True)
    key_version: Mapped[int]
    wrapped: Mapped[bytes]


class CaseEntryRecord(Base):
    """A sealed line of the history; only ever inserted, its order stands inside."""

    __tablename__ = "case_entries"

    case_id: Mapped[bytes] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    id: Mapped[bytes] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(String(8))
    sealed: Mapped[bytes]


class CaseFileRecord(Base):
    """The mark (keyed hash) of a file that a case keeps: the sweep spares it, the end of the case ends it."""

    __tablename__ = "case_files"

    case_id: Mapped[bytes] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    mark: Mapped[bytes] = mapped_column(primary_key=True)


# Office-side.


class TrailRecord(Base):
    """An operator's act. No foreign key: the trail outlives the case."""

    __tablename__ = "trail"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(64))
    act: Mapped[str] = mapped_column(String(64))
    case_ref: Mapped[str] = mapped_column(String(32))
    detail: Mapped[str] = mapped_column(Text)
    mac: Mapped[bytes]


class OfficeKeyRow(Base):
    """A version of the office's key pair; the private part only wrapped for the recovery key."""

    __tablename__ = "office_keys"

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    public_key: Mapped[bytes]
    recovery_public_key: Mapped[bytes]
    recovery_wrap: Mapped[bytes]
    created_on: Mapped[date]
    revision: Mapped[int]


class OperatorRow(Base):
    __tablename__ = "operators"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    role: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    unit: Mapped[str] = mapped_column(Text)
    declared_names: Mapped[str] = mapped_column(Text)
    public_key: Mapped[bytes]
    private_lock: Mapped[bytes]
    must_set_password: Mapped[bool]
    has_logged_in: Mapped[bool]


class OfficeWrapRow(Base):
    __tablename__ = "office_wraps"

    operator: Mapped[str] = mapped_column(String(64), primary_key=True)
    key_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    wrapped: Mapped[bytes]


class MetaRecord(Base):
    """A few named values: marks of the jobs, the generation of keys."""

    __tablename__ = "meta"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[str] = mapped_column(Text)
