"""A few named values of the database."""

from sqlalchemy import Connection, delete, insert, select

from storage.models import MetaRecord

SERVER_KEY = "server_key"
"""Fingerprint (hex) of the server key this database was made with."""

SETTLED = "settled"
"""PostgreSQL's number of the transaction that settled last."""


PARKED = "parked"
"""How many messages that could not be sent were set aside and have gone since."""


def value_of(connection: Connection, name: str) -> str | None:
    """Return a value, None when it was never noted."""
    return connection.execute(select(MetaRecord.value).where(MetaRecord.name == name)).scalar_one_or_none()


def note_first(connection: Connection, name: str, value: str) -> None:
    """Set a value that has none; `Conflict` when it has."""
    connection.execute(insert(MetaRecord).values(name=name, value=value))


def note(connection: Connection, name: str, value: str) -> None:
    """Set a value."""
    connection.execute(delete(MetaRecord).where(MetaRecord.name == name))
    connection.execute(insert(MetaRecord).values(name=name, value=value))
