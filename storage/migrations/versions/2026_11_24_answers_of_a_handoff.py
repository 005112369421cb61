"""Which lines of a hand-off hold answers to the form: they go when it ends."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_answers_of_a_handoff"
down_revision = "2026_11_24_closed_cases"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("handoff_lines", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_answer", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("handoff_lines", schema=None) as batch_op:
        batch_op.drop_column("is_answer")
