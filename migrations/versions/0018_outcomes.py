"""Outcomes: whom a measure asked, what they answered, and examples from practice."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "measures",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("wave", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_measures_booking_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_measures_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measures")),
        sa.UniqueConstraint("booking_id", "wave", name=op.f("uq_measures_booking_id_wave")),
    )
    op.create_index(op.f("ix_measures_cohort_id_wave"), "measures", ["cohort_id", "wave"], unique=False)
    op.create_table(
        "measure_answers",
        sa.Column("measure_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=20), nullable=False),
        sa.Column("level", sa.String(length=2), nullable=False),
        sa.Column("given", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["measure_id"], ["measures.id"], name=op.f("fk_measure_answers_measure_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measure_answers")),
        sa.UniqueConstraint("measure_id", "item", name=op.f("uq_measure_answers_measure_id_item")),
    )
    op.create_table(
        "practice_examples",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.String(length=2), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("seen", sa.String(length=10), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name=op.f("fk_practice_examples_answered_by")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_practice_examples_booking_id")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_practice_examples_cohort_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice_examples")),
        sa.UniqueConstraint("booking_id", name=op.f("uq_practice_examples_booking_id")),
    )
    op.create_index(op.f("ix_practice_examples_cohort_id"), "practice_examples", ["cohort_id"], unique=False)
