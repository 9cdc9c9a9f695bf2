"""Connections of agencies' directories, and people as those describe them."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "scim_connections",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_scim_connections_agency_id")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_scim_connections_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_connections")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_scim_connections_token_hash")),
    )
    op.create_index(op.f("ix_scim_connections_agency_id"), "scim_connections", ["agency_id"])
    op.create_table(
        "scim_users",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("user_name", sa.String(length=254), nullable=False),
        sa.Column("external_id", sa.String(length=254), nullable=True),
        sa.Column("described", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_scim_users_agency_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_scim_users_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scim_users")),
        sa.UniqueConstraint("agency_id", "user_name", name=op.f("uq_scim_users_agency_id_user_name")),
        sa.UniqueConstraint("agency_id", "person_id", name=op.f("uq_scim_users_agency_id_person_id")),
    )
    op.create_index(op.f("ix_scim_users_person_id"), "scim_users", ["person_id"])


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("scim_users")
    op.drop_table("scim_connections")
