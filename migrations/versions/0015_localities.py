"""The part of the area that a team works in."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("teams") as table:
        table.add_column(sa.Column("locality", sa.String(length=80), nullable=False, server_default=""))
    with op.batch_alter_table("teams") as table:
        table.alter_column("locality", server_default=None)


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("teams") as table:
        table.drop_column("locality")
