"""Answers: which wording of the question or scene was answered."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("quiz_answers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.String(length=16), nullable=False, server_default=""))
    with op.batch_alter_table("quiz_answers", schema=None) as batch_op:
        batch_op.alter_column("version", server_default=None)


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("quiz_answers", schema=None) as batch_op:
        batch_op.drop_column("version")
