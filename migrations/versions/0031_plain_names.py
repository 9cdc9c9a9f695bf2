"""People's names in small letters without accents, so that the database itself searches and orders long lists."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

PLAIN = sa.String(length=240).with_variant(sa.String(length=240, collation="C"), "postgresql")
AT_ONCE = 5_000


def plain(name: str) -> str:
    """The rule of `lms.people.names` when this was written."""
    letters = unicodedata.normalize("NFKD", name.casefold().replace("ł", "l").replace("ø", "o"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).strip()[:240]


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("people") as table:
        table.add_column(sa.Column("plain_name", PLAIN, nullable=False, server_default=""))
    people = sa.table("people", sa.column("id"), sa.column("name"), sa.column("plain_name"))
    setting = sa.update(people).where(people.c.id == sa.bindparam("person")).values(plain_name=sa.bindparam("plain"))
    connection = op.get_bind()
    rows = connection.execute(sa.select(people.c.id, people.c.name)).all()
    for start in range(0, len(rows), AT_ONCE):
        connection.execute(
            setting, [{"person": one.id, "plain": plain(one.name)} for one in rows[start : start + AT_ONCE]]
        )
    with op.batch_alter_table("people") as table:
        table.alter_column("plain_name", existing_type=PLAIN, existing_nullable=False, server_default=None)


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("people") as table:
        table.drop_column("plain_name")
