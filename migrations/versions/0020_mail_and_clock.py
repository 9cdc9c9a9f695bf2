"""When people want which mails, how far each mail has come, which workers are alive, and what ran by the clock."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

FILLED = (
    ("link", sa.String(length=500), ""),
    ("urgent", sa.Boolean(), sa.false()),
    ("gather", sa.String(length=8), ""),
    ("unsure", sa.Integer(), "0"),
    ("set_at", sa.DateTime(), "2026-01-01 00:00:00"),
)
EMPTY = (
    ("about", sa.Uuid()),
    ("until", sa.DateTime()),
    ("let_go_at", sa.DateTime()),
    ("tried_at", sa.DateTime()),
    ("handed_at", sa.DateTime()),
    ("claimed_by", sa.Uuid()),
    ("digest_id", sa.Uuid()),
)
INDEXES = (["person_id", "state"], ["about"], ["digest_id"])


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("outbox_mails") as table:
        for column, kind, value in FILLED:
            table.add_column(sa.Column(column, kind, nullable=False, server_default=value))
        for column, kind in EMPTY:
            table.add_column(sa.Column(column, kind, nullable=True))
    with op.batch_alter_table("outbox_mails") as table:
        for column, kind, _ in FILLED:
            table.alter_column(column, existing_type=kind, existing_nullable=False, server_default=None)
        table.create_foreign_key(
            op.f("fk_outbox_mails_digest_id"), "outbox_mails", ["digest_id"], ["id"], ondelete="SET NULL"
        )
        for columns in INDEXES:
            table.create_index(table.f(f"ix_outbox_mails_{'_'.join(columns)}"), columns, unique=False)
    op.create_table(
        "mail_choices",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("topic", sa.String(length=20), nullable=False),
        sa.Column("choice", sa.String(length=10), nullable=False),
        sa.Column("chosen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mail_choices_person_id")),
        sa.PrimaryKeyConstraint("person_id", "topic", name=op.f("pk_mail_choices")),
    )
    op.create_table(
        "workers",
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "clock_runs",
        sa.Column("job", sa.String(length=60), nullable=False),
        sa.Column("done_for", sa.DateTime(), nullable=True),
        sa.Column("worker_id", sa.Uuid(), nullable=True),
        sa.Column("began_at", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("went_well_at", sa.DateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("again_at", sa.DateTime(), nullable=True),
        sa.Column("fault", sa.String(length=200), nullable=False),
        sa.Column("fault_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("job", name=op.f("pk_clock_runs")),
    )


def downgrade() -> None:
    """Undo the change."""
    for table in ("clock_runs", "workers", "mail_choices"):
        op.drop_table(table)
    with op.batch_alter_table("outbox_mails") as table:
        for columns in INDEXES:
            table.drop_index(table.f(f"ix_outbox_mails_{'_'.join(columns)}"))
        table.drop_constraint(op.f("fk_outbox_mails_digest_id"), type_="foreignkey")
        for column, *_ in (*FILLED, *EMPTY):
            table.drop_column(column)
