"""What a messenger needs: delivered updates, an order of what leaves, watches."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_messenger"
down_revision = "2026_11_24_the_desk"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "updates",
        sa.Column("update_key", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("came_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("update_key", name=op.f("pk_updates")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_updates_person"), "updates", ["person"])
    op.create_table(
        "watches",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("forget_id", sa.LargeBinary(), nullable=False),
        sa.Column("office_version", sa.Integer(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watches")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_watches_forget_id"), "watches", ["forget_id"])
    op.add_column("conversations", sa.Column("chat", sa.LargeBinary(), nullable=True))
    op.add_column("outbox", sa.Column("urgency", sa.SmallInteger(), nullable=True))
    op.add_column("outbox", sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE outbox SET urgency = 0, queued_at = not_before")
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.alter_column("urgency", existing_type=sa.SmallInteger(), nullable=False)
        batch.alter_column("queued_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        batch.create_index(op.f("ix_outbox_person"), ["person"])


def downgrade() -> None:
    with op.batch_alter_table("outbox", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.drop_index(op.f("ix_outbox_person"))
        batch.drop_column("queued_at")
        batch.drop_column("urgency")
    with op.batch_alter_table("conversations", table_kwargs={"sqlite_with_rowid": False}) as batch:
        batch.drop_column("chat")
    op.drop_index(op.f("ix_watches_forget_id"), table_name="watches")
    op.drop_table("watches")
    op.drop_index(op.f("ix_updates_person"), table_name="updates")
    op.drop_table("updates")
