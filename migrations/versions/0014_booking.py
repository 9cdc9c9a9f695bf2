"""Places held for sectors, offers, approval, preparation, arrangements, missed places and other dates."""

from datetime import UTC, datetime
from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

COHORT = (
    ("minimum_sectors", sa.Integer(), "0"),
    ("needs_approval", sa.Boolean(), sa.false()),
    ("offers_places", sa.Boolean(), sa.false()),
    ("must_prepare", sa.Boolean(), sa.false()),
    ("prepare_days", sa.Integer(), "3"),
    ("late_days", sa.Integer(), "3"),
    ("features", sa.JSON(), "[]"),
    ("moved_message", sa.Text(), ""),
    ("version", sa.Integer(), "1"),
)
BOOKING = (
    ("passed_over", sa.Integer(), "0"),
    ("sits_out", sa.Boolean(), sa.false()),
    ("answer", sa.String(length=300), ""),
    ("waived_why", sa.String(length=300), ""),
)


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("cohorts") as table:
        table.add_column(sa.Column("release_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("released_at", sa.DateTime(), nullable=True))
    with op.batch_alter_table("bookings") as table:
        table.add_column(sa.Column("offer_until", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("approved_at", sa.DateTime(), nullable=True))
        table.add_column(sa.Column("approved_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("waived_by", sa.Uuid(), nullable=True))
        table.create_foreign_key(op.f("fk_bookings_approved_by"), "people", ["approved_by"], ["id"])
        table.create_foreign_key(op.f("fk_bookings_waived_by"), "people", ["waived_by"], ["id"])
        table.create_index(table.f("ix_bookings_state_offer_until"), ["state", "offer_until"], unique=False)
    for name, columns in (("cohorts", COHORT), ("bookings", BOOKING)):
        _add_filled(name, columns)
    _create_small_tables()
    _create_arrangements()
    _create_missed_places()


def _add_filled(name, columns) -> None:
    """Columns that may not be empty: the rows there are get a value, then the default is taken away."""
    with op.batch_alter_table(name) as table:
        for column, kind, value in columns:
            table.add_column(sa.Column(column, kind, nullable=False, server_default=value))
    with op.batch_alter_table(name) as table:
        for column, kind, _ in columns:
            table.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)


def _create_small_tables() -> None:
    op.create_table(
        "held_places",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("sector", sa.String(length=20), nullable=False),
        sa.Column("places", sa.Integer(), nullable=False),
        sa.CheckConstraint("places > 0", name=op.f("ck_held_places_holds_some")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_held_places_cohort_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("cohort_id", "sector", name=op.f("pk_held_places")),
    )
    op.create_table(
        "other_dates",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["cohorts.id"], name=op.f("fk_other_dates_cohort_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["other_id"], ["cohorts.id"], name=op.f("fk_other_dates_other_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("cohort_id", "other_id", name=op.f("pk_other_dates")),
    )


def _create_arrangements() -> None:
    op.create_table(
        "arrangements",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("need", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_arrangements_booking_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["people.id"], name=op.f("fk_arrangements_changed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arrangements")),
    )
    with op.batch_alter_table("arrangements") as table:
        table.create_index(table.f("ix_arrangements_booking_id"), ["booking_id"], unique=False)
    _arrange_what_was_said()


def _arrange_what_was_said() -> None:
    """Each line of what people said they need becomes one thing to arrange."""
    bookings = sa.table("bookings", sa.column("id", sa.Uuid()), sa.column("access_needs", sa.Text()))
    arrangements = sa.table(
        "arrangements",
        *(sa.column(name, sa.Uuid()) for name in ("id", "booking_id")),
        *(sa.column(name, sa.String()) for name in ("need", "words", "state", "note")),
        sa.column("position", sa.Integer()),
        sa.column("changed_at", sa.DateTime()),
    )
    said = op.get_bind().execute(sa.select(bookings.c.id, bookings.c.access_needs).where(bookings.c.access_needs != ""))
    now = datetime.now(UTC).replace(tzinfo=None)
    rows = [
        {"id": uuid4(), "booking_id": id_, "need": "other", "words": line.strip()[:500], "state": "to-arrange",
         "note": "", "position": position, "changed_at": now}
        for id_, text in said.all()
        for position, line in enumerate(one for one in text.splitlines() if one.strip())
    ]  # fmt: skip
    if rows:
        op.bulk_insert(arrangements, rows)


def _create_missed_places() -> None:
    op.create_table(
        "missed_places",
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("missed_at", sa.DateTime(), nullable=False),
        sa.Column("cleared_at", sa.DateTime(), nullable=True),
        sa.Column("cleared_by", sa.Uuid(), nullable=True),
        sa.Column("cleared_how", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_missed_places_agency_id")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_missed_places_booking_id")),
        sa.ForeignKeyConstraint(["cleared_by"], ["people.id"], name=op.f("fk_missed_places_cleared_by")),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_missed_places_cohort_id")),
        sa.ForeignKeyConstraint(["session_id"], ["cohort_sessions.id"], name=op.f("fk_missed_places_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_missed_places")),
        sa.UniqueConstraint(
            "booking_id", "kind", "session_id", name=op.f("uq_missed_places_booking_id_kind_session_id")
        ),
    )
    with op.batch_alter_table("missed_places") as table:
        table.create_index(table.f("ix_missed_places_agency_id_missed_at"), ["agency_id", "missed_at"], unique=False)
        table.create_index(table.f("ix_missed_places_cohort_id"), ["cohort_id"], unique=False)


def downgrade() -> None:
    """Undo the change. People who wait for approval or hold an offer go back to the waiting list."""
    for name in ("missed_places", "arrangements", "other_dates", "held_places"):
        op.drop_table(name)
    op.execute("UPDATE bookings SET state = 'waiting' WHERE state IN ('asked', 'offered')")
    op.execute("UPDATE bookings SET state = 'cancelled' WHERE state = 'declined'")
    with op.batch_alter_table("bookings") as table:
        table.drop_index(table.f("ix_bookings_state_offer_until"))
        table.drop_constraint(op.f("fk_bookings_approved_by"), type_="foreignkey")
        table.drop_constraint(op.f("fk_bookings_waived_by"), type_="foreignkey")
        for column in ("offer_until", "approved_at", "approved_by", "waived_by", *(one for one, _, _ in BOOKING)):
            table.drop_column(column)
    with op.batch_alter_table("cohorts") as table:
        for column in ("release_on", "released_at", *(one for one, _, _ in COHORT)):
            table.drop_column(column)
