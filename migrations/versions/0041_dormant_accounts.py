"""Accounts that nobody uses: when their person was told, and when they were closed."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "dormant_accounts",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("told_at", sa.DateTime(), nullable=False),
        sa.Column("closed_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_dormant_accounts_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dormant_accounts")),
        sa.UniqueConstraint("person_id", name=op.f("uq_dormant_accounts_person_id")),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("dormant_accounts")
