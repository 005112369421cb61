"""The database refuses to change or delete an entry of the audit trail."""

from alembic import op

from storage.trail_guard import guard, unguard

revision = "2026_11_24_trail_is_kept"
down_revision = "2026_11_24_messenger"
branch_labels = None
depends_on = None


def upgrade() -> None:
    guard(op.get_bind())


def downgrade() -> None:
    unguard(op.get_bind())
