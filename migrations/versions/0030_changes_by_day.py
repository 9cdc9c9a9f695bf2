"""The changes to counts are read by day first

Revision ID: 0028
Revises: 0027

All values of a group are asked for on one day, so the days must come before the values: with the values first, every
count read all changes that there ever were.
"""

from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

NAME = "ix_standing_changes_reading"
TABLE = "standing_changes"


def upgrade() -> None:
    """Days before values."""
    op.drop_index(NAME, table_name=TABLE)
    columns = ["partnership", "grouping", "day", "value", "target", "state", "change"]
    op.create_index(NAME, TABLE, columns, unique=False)


def downgrade() -> None:
    """Values before days."""
    op.drop_index(NAME, table_name=TABLE)
    columns = ["partnership", "grouping", "value", "day", "target", "state", "change"]
    op.create_index(NAME, TABLE, columns, unique=False)
