"""The desk's tables: sessions, second factors, hand-offs. None is keyed by a reporter, none refers to a case."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, SmallInteger, String, Text, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.models import Base


class DeskSessionRow(Base):
    """An operator's session. `id` is a keyed hash of the cookie's secret, `sealed` opens with that secret alone."""

    __tablename__ = "desk_sessions"

    id: Mapped[bytes] = mapped_column(primary_key=True)
    operator: Mapped[str] = mapped_column(String(64), index=True)
    sealed: Mapped[bytes]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SecondFactorRow(Base):
    """What makes an operator's six digits. `public_key`: the key pair it was enrolled with; a new pair enrols anew."""

    __tablename__ = "second_factors"

    operator: Mapped[str] = mapped_column(String(64), primary_key=True)
    public_key: Mapped[bytes]
    sealed: Mapped[bytes]
    last_step: Mapped[int]
    recovery: Mapped[str] = mapped_column(Text)


class DeskPreferenceRow(Base):
    """What an operator has set for themselves: saved filters, language. Sealed under the server key."""

    __tablename__ = "desk_preferences"

    operator: Mapped[str] = mapped_column(String(64), primary_key=True)
    sealed: Mapped[bytes]


class HandoffRow(Base):
    """A conversation with a person, or one that waits for it: no person key, no case id.

    `public_key` is this hand-off's own; `wrapped` its private half for the office's key `key_version`. `way` holds
    channel and address under the day key while the hand-off is open, nothing afterwards.
    """

    __tablename__ = "handoffs"
    __table_args__: Any = (Index("ix_handoffs_state", "state", "asked_at"), {"sqlite_with_rowid": False})

    id: Mapped[bytes] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    language: Mapped[str] = mapped_column(String(8))
    reason: Mapped[str] = mapped_column(String(16))
    asked_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    last_at: Mapped[datetime]
    snoozed_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    unread: Mapped[int]
    alerted: Mapped[bool]
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    public_key: Mapped[bytes]
    key_version: Mapped[int]
    wrapped: Mapped[bytes]
    way: Mapped[bytes | None]
    expires_at: Mapped[datetime]


class HandoffLineRow(Base):
    """One line said in a hand-off, or a note: a sealed box to the hand-off's key. `seq` is its order.

    `is_answer`: it holds an answer to the form, and goes when the hand-off ends.
    """

    __tablename__ = "handoff_lines"

    handoff: Mapped[bytes] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[bytes]
    sealed: Mapped[bytes]
    is_answer: Mapped[bool] = mapped_column(server_default=false())
