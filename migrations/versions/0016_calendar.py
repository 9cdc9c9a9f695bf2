"""Joint days in people's calendars: events that go with mails, what each calendar was told, and private feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("outbox_mails") as table:
        table.add_column(sa.Column("calendar", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("calendar_method", sa.String(length=10), nullable=False, server_default=""))
    with op.batch_alter_table("outbox_mails") as table:
        table.alter_column("calendar", server_default=None)
        table.alter_column("calendar_method", server_default=None)
    op.create_table(
        "calendar_entries",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("cohort_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["cohort_id"], ["cohorts.id"], name=op.f("fk_calendar_entries_cohort_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calendar_entries_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entries")),
        sa.UniqueConstraint("person_id", "session_id", name=op.f("uq_calendar_entries_person_id_session_id")),
    )
    with op.batch_alter_table("calendar_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_calendar_entries_cohort_id_person_id"), ["cohort_id", "person_id"], unique=False
        )
    op.create_table(
        "calendar_feeds",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_calendar_feeds_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("number", name=op.f("uq_calendar_feeds_number")),
        sa.UniqueConstraint("person_id", name=op.f("uq_calendar_feeds_person_id")),
    )


def downgrade() -> None:
    """Undo the change."""
    op.drop_table("calendar_feeds")
    op.drop_table("calendar_entries")
    with op.batch_alter_table("outbox_mails") as table:
        table.drop_column("calendar_method")
        table.drop_column("calendar")
