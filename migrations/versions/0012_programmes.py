"""Certificates of programmes, beside those of modules."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.alter_column("module_title", new_column_name="title", existing_type=sa.String(length=300))
        batch_op.alter_column("completion_id", existing_type=sa.Uuid(), nullable=True)
        batch_op.add_column(sa.Column("programme", sa.String(length=80), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("modules", sa.JSON(), nullable=False, server_default="[]"))
        batch_op.create_check_constraint(
            batch_op.f("ck_certificates_one_kind"),
            "(completion_id IS NULL) = (module = '') AND (completion_id IS NULL) = (programme <> '')",
        )
    # The default was for the rows that were there; from now on each row says it.
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.alter_column("programme", existing_type=sa.String(length=80), server_default=None)
        batch_op.alter_column("modules", existing_type=sa.JSON(), server_default=None)
