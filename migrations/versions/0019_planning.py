"""Building a cohort: programmes of dates, nominations, pairs kept apart, proposals, and what trainers decided."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "date_programmes",
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("stored_rules", sa.JSON(), nullable=False),
        sa.Column("needs_approval", sa.Boolean(), nullable=False),
        sa.Column("opens", sa.Boolean(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["people.id"], name=op.f("fk_date_programmes_changed_by")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_date_programmes_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_date_programmes")),
    )
    with op.batch_alter_table("date_programmes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_date_programmes_partnership"), ["partnership"], unique=False)

    op.create_table(
        "keep_apart_pairs",
        sa.Column("partnership", sa.String(length=80), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["other_id"], ["people.id"], name=op.f("fk_keep_apart_pairs_other_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_keep_apart_pairs_person_id")),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name=op.f("fk_keep_apart_pairs_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keep_apart_pairs")),
    )
    with op.batch_alter_table("keep_apart_pairs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_keep_apart_pairs_partnership_until"), ["partnership", "until"], unique=False
        )

    op.create_table(
        "plan_holds",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=5), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_plan_holds_cohort_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_plan_holds_person_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["date_programmes.id"], name=op.f("fk_plan_holds_programme_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name=op.f("fk_plan_holds_set_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_holds")),
        sa.UniqueConstraint("programme_id", "person_id", name=op.f("uq_plan_holds_programme_id_person_id")),
    )
    op.create_table(
        "programme_dates",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_programme_dates_cohort_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["date_programmes.id"], name=op.f("fk_programme_dates_programme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("programme_id", "cohort_id", name=op.f("pk_programme_dates")),
        sa.UniqueConstraint("cohort_id", name=op.f("uq_programme_dates_cohort_id")),
    )
    op.create_table(
        "proposals",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("stage", sa.String(length=80), nullable=False),
        sa.Column("plan", sa.JSON(), nullable=False),
        sa.Column("assignment", sa.JSON(), nullable=False),
        sa.Column("booked", sa.JSON(), nullable=False),
        sa.Column("undo", sa.JSON(), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("started_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["date_programmes.id"], name=op.f("fk_proposals_programme_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["started_by"], ["people.id"], name=op.f("fk_proposals_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        sa.UniqueConstraint("programme_id", "number", name=op.f("uq_proposals_programme_id_number")),
    )
    with op.batch_alter_table("proposals", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_proposals_state_lease_until"), ["state", "lease_until"], unique=False)

    op.create_table(
        "rule_overrides",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=300), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_rule_overrides_by_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["date_programmes.id"], name=op.f("fk_rule_overrides_programme_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_overrides")),
    )
    with op.batch_alter_table("rule_overrides", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_rule_overrides_programme_id_at"), ["programme_id", "at"], unique=False)

    op.create_table(
        "nominations",
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("membership_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("job", sa.String(length=120), nullable=False),
        sa.Column("stored_band", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("dates", sa.JSON(), nullable=True),
        sa.Column("needs", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("nominated_by", sa.Uuid(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_nominations_agency_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_nominations_decided_by")),
        sa.ForeignKeyConstraint(["membership_id"], ["memberships.id"], name=op.f("fk_nominations_membership_id")),
        sa.ForeignKeyConstraint(["nominated_by"], ["people.id"], name=op.f("fk_nominations_nominated_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_nominations_person_id")),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["date_programmes.id"], name=op.f("fk_nominations_programme_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_nominations_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nominations")),
        sa.UniqueConstraint("programme_id", "person_id", name=op.f("uq_nominations_programme_id_person_id")),
    )
    with op.batch_alter_table("nominations", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_nominations_agency_id"), ["agency_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_nominations_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    """Undo the change."""
    for table in (
        "nominations",
        "rule_overrides",
        "proposals",
        "programme_dates",
        "plan_holds",
        "keep_apart_pairs",
        "date_programmes",
    ):
        op.drop_table(table)
