"""The record of acts is read by time: an index, so that its newest page is found without sorting all of it."""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_index("ix_audit_entries_at_id", "audit_entries", ["at", "id"])


def downgrade() -> None:
    """Undo the change."""
    op.drop_index("ix_audit_entries_at_id", table_name="audit_entries")
