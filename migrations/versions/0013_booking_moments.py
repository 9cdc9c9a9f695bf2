"""When people were invited to a joint day, and when they were given a place on it."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("bookings") as table:
        table.add_column(sa.Column("invited_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("booked_at", sa.DateTime(), nullable=True))
    op.execute("UPDATE bookings SET invited_at = asked_at WHERE state = 'invited'")
    op.execute("UPDATE bookings SET booked_at = asked_at WHERE state = 'booked'")


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("bookings") as table:
        table.drop_column("booked_at")
        table.drop_column("invited_at")
