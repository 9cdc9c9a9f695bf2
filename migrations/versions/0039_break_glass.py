"""Links by which an administrator comes in when nothing else works."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "break_glass_links",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_break_glass_links_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_break_glass_links")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_break_glass_links_token_hash")),
    )
    op.create_index(op.f("ix_break_glass_links_person_id"), "break_glass_links", ["person_id"])


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("break_glass_links")
