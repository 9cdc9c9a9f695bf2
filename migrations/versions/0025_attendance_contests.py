"""People who say that the register is wrong about them, and what they were answered."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "attendance_contests",
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("says", sa.String(length=500), nullable=False),
        sa.Column("was", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("became", sa.String(length=40), nullable=False),
        sa.Column("answer", sa.String(length=500), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'open') = (answered_at IS NULL)", name=op.f("ck_attendance_contests_answered_or_open")
        ),
        sa.ForeignKeyConstraint(["answered_by"], ["people.id"], name=op.f("fk_attendance_contests_answered_by")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_attendance_contests_booking_id")),
        sa.ForeignKeyConstraint(["session_id"], ["cohort_sessions.id"], name=op.f("fk_attendance_contests_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance_contests")),
    )
    op.create_index(op.f("ix_attendance_contests_booking_id"), "attendance_contests", ["booking_id"], unique=False)
    op.create_index(
        op.f("ix_attendance_contests_session_id_state"), "attendance_contests", ["session_id", "state"], unique=False
    )
