"""All tables of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_24_first_tables"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_sessions",
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_case_sessions")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("category", sa.String(length=64), nullable=False),
        sa.Column("region", sa.String(length=64), nullable=False),
        sa.Column("level", sa.String(length=16), nullable=False),
        sa.Column("reporter_kind", sa.String(length=16), nullable=False),
        sa.Column("mode", sa.String(length=16), nullable=False),
        sa.Column("priority", sa.String(length=8), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("recipient", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("lookup", name=op.f("uq_cases_lookup")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("ix_cases_status", ["status", "due_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_cases_unit"), ["unit"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_conversations")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "inbox",
        sa.Column("update_key", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("update_key", name=op.f("pk_inbox")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "meta",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_meta")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "office_keys",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("recovery_public_key", sa.LargeBinary(), nullable=False),
        sa.Column("recovery_wrap", sa.LargeBinary(), nullable=False),
        sa.Column("created_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_office_keys")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "office_wraps",
        sa.Column("operator", sa.String(length=64), nullable=False),
        sa.Column("key_version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("operator", "key_version", name=op.f("pk_office_wraps")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "operators",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("declared_names", sa.Text(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("private_lock", sa.LargeBinary(), nullable=False),
        sa.Column("must_set_password", sa.Boolean(), nullable=False),
        sa.Column("has_logged_in", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_operators")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("owner", sa.LargeBinary(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipts",
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("draft", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_receipts")),
        sa.UniqueConstraint("draft", name=op.f("uq_receipts_draft")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "replies",
        sa.Column("update_key", sa.LargeBinary(), nullable=False),
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("update_key", name=op.f("pk_replies")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_replies_person"), ["person"], unique=False)

    op.create_table(
        "trail",
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("act", sa.String(length=64), nullable=False),
        sa.Column("case_ref", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("mac", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_trail")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "uploads",
        sa.Column("person", sa.LargeBinary(), nullable=False),
        sa.Column("file", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person", "file", name=op.f("pk_uploads")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_entries",
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_entries_case_id")),
        sa.PrimaryKeyConstraint("case_id", "id", name=op.f("pk_case_entries")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_files",
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_files_case_id")),
        sa.PrimaryKeyConstraint("case_id", "mark", name=op.f("pk_case_files")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_keys",
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("recipient", sa.String(length=16), nullable=False),
        sa.Column("key_version", sa.Integer(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_keys_case_id")),
        sa.PrimaryKeyConstraint("case_id", "part", "recipient", name=op.f("pk_case_keys")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "case_parts",
        sa.Column("case_id", sa.LargeBinary(), nullable=False),
        sa.Column("part", sa.String(length=8), nullable=False),
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_parts_case_id")),
        sa.PrimaryKeyConstraint("case_id", "part", name=op.f("pk_case_parts")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("case_parts")
    op.drop_table("case_keys")
    op.drop_table("case_files")
    op.drop_table("case_entries")
    op.drop_table("uploads")
    op.drop_table("trail")
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_replies_person"))

    op.drop_table("replies")
    op.drop_table("receipts")
    op.drop_table("outbox")
    op.drop_table("operators")
    op.drop_table("office_wraps")
    op.drop_table("office_keys")
    op.drop_table("meta")
    op.drop_table("inbox")
    op.drop_table("conversations")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cases_unit"))
        batch_op.drop_index("ix_cases_status")

    op.drop_table("cases")
    op.drop_table("case_sessions")
