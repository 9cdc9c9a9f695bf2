"""Impact packs: figures of a year, signed off for the annual report."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "impact_packs",
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=False),
        sa.Column("signed_by", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["signed_by"], ["people.id"], name=op.f("fk_impact_packs_signed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_packs")),
        sa.UniqueConstraint("partnership", "year", "number", name=op.f("uq_impact_packs_partnership_year_number")),
    )
