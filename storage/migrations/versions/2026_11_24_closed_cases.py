"""The day on which a closed case ends."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_closed_cases"
down_revision = "2026_11_24_trail_is_kept"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("cases", schema=None, table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.add_column(sa.Column("delete_on", sa.Date(), nullable=True))
        batch_op.create_index(batch_op.f("ix_cases_delete_on"), ["delete_on"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("cases", schema=None, table_kwargs={"sqlite_with_rowid": False}) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cases_delete_on"))
        batch_op.drop_column("delete_on")
