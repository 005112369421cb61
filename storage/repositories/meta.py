"""A few named values of the database."""

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from storage.models import MetaRecord

SERVER_KEY = "server_key"
"""Fingerprint (hex) of the server key this database was made with."""

SETTLED = "settled"
"""The last day whose rows were settled."""


def value_of(session: Session, name: str) -> str | None:
    """Return a value, None when it was never noted."""
    return session.execute(select(MetaRecord.value).where(MetaRecord.name == name)).scalar_one_or_none()


def note(session: Session, name: str, value: str) -> None:
    """Set a value."""
    session.execute(delete(MetaRecord).where(MetaRecord.name == name))
    session.execute(insert(MetaRecord).values(name=name, value=value))
