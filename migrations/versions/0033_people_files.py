"""Files of people that an administrator sent, kept until they are taken."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "people_files",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("fallback_id", sa.Uuid(), nullable=True),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_people_files_owner_id")),
        sa.ForeignKeyConstraint(["fallback_id"], ["agencies.id"], name=op.f("fk_people_files_fallback_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_files")),
    )
    op.create_index(op.f("ix_people_files_owner_id_sent_at"), "people_files", ["owner_id", "sent_at"])
    op.create_index(op.f("ix_people_files_state_sent_at"), "people_files", ["state", "sent_at"])


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("people_files")
