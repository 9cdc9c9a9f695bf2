"""Who looked at whose record: with which role, at which agency and why, as it was at the time."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

COLUMNS = {"role": 20, "agency": 300, "why": 20}


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("record_views", schema=None) as batch_op:
        for name, length in COLUMNS.items():
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=""))
    # The default was for the rows that were there, of which nobody knows; from now on each row says it.
    with op.batch_alter_table("record_views", schema=None) as batch_op:
        for name, length in COLUMNS.items():
            batch_op.alter_column(name, existing_type=sa.String(length=length), server_default=None)
