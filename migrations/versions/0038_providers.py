"""Providers at which agencies sign in, who is who there, and ways back that were taken."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "identity_providers",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("client_id", sa.String(length=255), nullable=False),
        sa.Column("client_secret", sa.LargeBinary(length=600), nullable=False),
        sa.Column("domains", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_identity_providers_agency_id")),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_identity_providers_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_providers")),
    )
    op.create_index(op.f("ix_identity_providers_agency_id"), "identity_providers", ["agency_id"])
    op.create_table(
        "provider_people",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["identity_providers.id"], name=op.f("fk_provider_people_provider_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_provider_people_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_people")),
        sa.UniqueConstraint("provider_id", "subject", name=op.f("uq_provider_people_provider_id_subject")),
        sa.UniqueConstraint("provider_id", "person_id", name=op.f("uq_provider_people_provider_id_person_id")),
    )
    op.create_index(op.f("ix_provider_people_person_id"), "provider_people", ["person_id"])
    op.create_table(
        "provider_returns",
        sa.Column("state_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_provider_returns")),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("provider_returns")
    op.drop_table("provider_people")
    op.drop_table("identity_providers")
