"""Alembic's entry: runs on the connection that `storage.migrating` hands over."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage import desk_models  # noqa: F401 - its tables join the base's
from storage.models import AwareTime, Base


def render_item(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Write our time type as the plain type it is in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, AwareTime) else False


def run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        render_item=render_item,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


run()
