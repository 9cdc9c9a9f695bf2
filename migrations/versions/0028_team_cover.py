"""Team cover: how many of a team may be out on one day, and who went over it for whom."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "team_covers",
        sa.Column("team_id", sa.Uuid(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(most IS NULL AND share IS NOT NULL) OR (most IS NOT NULL AND share IS NULL)",
            name=op.f("ck_team_covers_one"),
        ),
        sa.CheckConstraint("most IS NULL OR most > 0", name=op.f("ck_team_covers_lets_one_go")),
        sa.CheckConstraint("share IS NULL OR share BETWEEN 1 AND 100", name=op.f("ck_team_covers_share_is_percent")),
        sa.ForeignKeyConstraint(["set_by"], ["people.id"], name=op.f("fk_team_covers_set_by")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name=op.f("fk_team_covers_team_id")),
        sa.PrimaryKeyConstraint("team_id", name=op.f("pk_team_covers")),
    )
    with op.batch_alter_table("bookings") as table:
        table.add_column(sa.Column("cover_by", sa.Uuid(), nullable=True))
        table.add_column(sa.Column("cover_why", sa.String(length=300), nullable=False, server_default=""))
        table.create_foreign_key(op.f("fk_bookings_cover_by"), "people", ["cover_by"], ["id"])
    with op.batch_alter_table("bookings") as table:
        table.alter_column(
            "cover_why", existing_type=sa.String(length=300), existing_nullable=False, server_default=None
        )


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("bookings") as table:
        table.drop_constraint(op.f("fk_bookings_cover_by"), type_="foreignkey")
        table.drop_column("cover_why")
        table.drop_column("cover_by")
    op.drop_table("team_covers")
