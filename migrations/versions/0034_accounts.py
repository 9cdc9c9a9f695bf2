"""Accounts: the second step of signing in, its recovery codes, links to a new password, invitations,
mail domains of agencies, and where a sign-in came from.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("sign_ins") as table:
        table.add_column(sa.Column("remote", sa.String(length=45), nullable=False, server_default=""))
        table.add_column(sa.Column("second_step", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("sign_ins") as table:
        for name, kind in (("remote", sa.String(length=45)), ("second_step", sa.Boolean())):
            table.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    op.create_table(
        "second_factors",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(length=200), nullable=True),
        sa.Column("new_secret", sa.LargeBinary(length=200), nullable=True),
        sa.Column("last_counter", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.DateTime(), nullable=True),
        sa.Column("set_up_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_second_factors_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.String(length=255), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_recovery_codes_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    op.create_index(op.f("ix_recovery_codes_person_id"), "recovery_codes", ["person_id"])
    op.create_table(
        "password_resets",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_password_resets_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_resets_token_hash")),
    )
    op.create_index(op.f("ix_password_resets_answered_at_asked_at"), "password_resets", ["answered_at", "asked_at"])
    op.create_index(op.f("ix_password_resets_person_id"), "password_resets", ["person_id"])
    _invitations()


def _invitations() -> None:
    op.create_table(
        "invitations",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("job", sa.String(length=120), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("scope", sa.String(length=12), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("accepted_at", sa.DateTime(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_invitations_agency_id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_invitations_team_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["people.id"], name=op.f("fk_invitations_invited_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_invitations_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitations_token_hash")),
    )
    op.create_index(op.f("ix_invitations_agency_id_sent_at"), "invitations", ["agency_id", "sent_at"])
    op.create_index(op.f("ix_invitations_email"), "invitations", ["email"])
    op.create_table(
        "agency_domains",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("domain", sa.String(length=253), nullable=False),
        sa.Column("code_hash", sa.String(length=255), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("proven_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_agency_domains_agency_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_agency_domains_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_domains")),
        sa.UniqueConstraint("agency_id", "domain", name=op.f("uq_agency_domains_agency_id_domain")),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("agency_domains")
    op.drop_table("invitations")
    op.drop_table("password_resets")
    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
    with op.batch_alter_table("sign_ins") as table:
        table.drop_column("second_step")
        table.drop_column("remote")
