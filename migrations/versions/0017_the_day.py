"""Times on the register, sign-in by phone, and tables over rounds with who sat where."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("attendance") as table:
        table.add_column(sa.Column("arrived_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("left_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("attended", sa.Boolean(), nullable=True))
        table.add_column(sa.Column("by_phone_at", sa.DateTime(), nullable=True))
    attendance = sa.table("attendance", sa.column("attended", sa.Boolean), sa.column("mark", sa.String))
    op.execute(attendance.update().values(attended=attendance.c.mark != "absent"))
    with op.batch_alter_table("attendance") as table:
        table.alter_column("attended", existing_type=sa.Boolean(), nullable=False)

    op.create_table(
        "room_codes",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["cohort_sessions.id"], name=op.f("fk_room_codes_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_room_codes")),
    )
    _create_tables()


def _create_tables() -> None:
    op.create_table(
        "seating_plans",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("table_size", sa.Integer(), nullable=False),
        sa.Column("shown_from", sa.DateTime(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("best_new", sa.Integer(), nullable=True),
        sa.Column("least_repeats", sa.Integer(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["people.id"], name=op.f("fk_seating_plans_made_by")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["cohort_sessions.id"], name=op.f("fk_seating_plans_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seating_plans")),
        sa.UniqueConstraint("session_id", name=op.f("uq_seating_plans_session_id")),
    )
    op.create_table(
        "seating_rounds",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("task", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_seating_rounds_ends_after_start")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["seating_plans.id"], name=op.f("fk_seating_rounds_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seating_rounds")),
        sa.UniqueConstraint("plan_id", "number", name=op.f("uq_seating_rounds_plan_id_number")),
    )
    op.create_table(
        "seats",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.Column("duty", sa.String(length=12), nullable=False),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_seats_agency_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_seats_person_id")),
        sa.ForeignKeyConstraint(
            ["round_id"], ["seating_rounds.id"], name=op.f("fk_seats_round_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seats")),
        sa.UniqueConstraint("round_id", "person_id", name=op.f("uq_seats_round_id_person_id")),
    )
    with op.batch_alter_table("seats") as table:
        table.create_index(table.f("ix_seats_person_id"), ["person_id"], unique=False)
    op.create_table(
        "kept_seats",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("table_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_kept_seats_person_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["seating_plans.id"], name=op.f("fk_kept_seats_plan_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("plan_id", "person_id", name=op.f("pk_kept_seats")),
    )


def downgrade() -> None:
    """Undo the change."""
    for name in ("kept_seats", "seats", "seating_rounds", "seating_plans", "room_codes"):
        op.drop_table(name)
    with op.batch_alter_table("attendance") as table:
        for name in ("by_phone_at", "attended", "left_at", "arrived_at"):
            table.drop_column(name)
