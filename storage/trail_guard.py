"""The database's own refusal to change or delete an entry of the audit trail, on SQLite and PostgreSQL.

Whoever owns the database can take it off; the chain of MACs shows what they did then. Until then a mistake, and a
program with the database's ordinary rights on rows, cannot touch the trail.
"""

from sqlalchemy import Connection

CHANGED, DELETED = "trail_is_not_changed", "trail_is_not_deleted"
_FUNCTION = "trail_refuses"
_REASON = "the audit trail is only added to"

_SQLITE = tuple(
    f"CREATE TRIGGER {name} BEFORE {act} ON trail BEGIN SELECT RAISE(ABORT, '{_REASON}'); END"
    for name, act in ((CHANGED, "UPDATE"), (DELETED, "DELETE"))
)
_POSTGRES = (
    f"CREATE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REASON}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
    f"CREATE TRIGGER {CHANGED} BEFORE UPDATE ON trail FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()",
    f"CREATE TRIGGER {DELETED} BEFORE DELETE OR TRUNCATE ON trail FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()",
)
_OFF = {
    "sqlite": (f"DROP TRIGGER IF EXISTS {CHANGED}", f"DROP TRIGGER IF EXISTS {DELETED}"),
    "postgresql": (
        f"DROP TRIGGER IF EXISTS {CHANGED} ON trail",
        f"DROP TRIGGER IF EXISTS {DELETED} ON trail",
        f"DROP FUNCTION IF EXISTS {_FUNCTION}()",
    ),
}


def guard(connection: Connection) -> None:
    """Put the refusal on."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES:
        connection.exec_driver_sql(statement)


def unguard(connection: Connection) -> None:
    """Take it off: for a migration back, and for sealing the trail anew under another server key."""
    for statement in _OFF[connection.dialect.name]:
        connection.exec_driver_sql(statement)
