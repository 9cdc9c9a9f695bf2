"""Search: an index of all content, in each database's own way, and which content it holds.

Words come in already folded (small letters without accents, digits), so neither database folds or cuts them again.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "indexed_content",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_indexed_content")),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE search_entries USING fts5(key UNINDEXED, title, body, tokenize='ascii', prefix='2 3')"
        )
        return
    op.create_table(
        "search_entries",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_search_entries")),
    )
    op.create_index(op.f("ix_search_entries_words"), "search_entries", ["words"], postgresql_using="gin")
