"""Taking figures along: files that the worker makes, and views that people keep."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "exports",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", sa.String(length=80), nullable=False),
        sa.Column("format", sa.String(length=4), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("scope", sa.String(length=300), nullable=False),
        sa.Column("reach", sa.JSON(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("file", sa.String(length=60), nullable=False),
        sa.Column("file_name", sa.String(length=160), nullable=False),
        sa.Column("fault", sa.String(length=400), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_exports_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exports")),
    )
    with op.batch_alter_table("exports", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_exports_owner_id_asked_at"), ["owner_id", "asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_exports_state_lease_until"), ["state", "lease_until"], unique=False)
    op.create_table(
        "saved_views",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("sheet", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("every", sa.String(length=5), nullable=False),
        sa.Column("next_mail_on", sa.Date(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_saved_views_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("owner_id", "name", name=op.f("uq_saved_views_owner_id_name")),
    )
    with op.batch_alter_table("saved_views", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_saved_views_next_mail_on"), ["next_mail_on"], unique=False)


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("saved_views")
    op.drop_table("exports")
