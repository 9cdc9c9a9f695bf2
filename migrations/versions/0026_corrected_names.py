"""Names on certificates that owners ask to be corrected, and certificates as they were before."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "name_corrections",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("outcome", sa.String(length=10), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'open') = (decided_at IS NULL)", name=op.f("ck_name_corrections_decided_or_open")
        ),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_name_corrections_certificate_id")
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_name_corrections_decided_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_name_corrections_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_name_corrections")),
    )
    for columns in (["certificate_id"], ["person_id"], ["outcome", "asked_at"]):
        name = op.f(f"ix_name_corrections_{'_'.join(columns)}")
        op.create_index(name, "name_corrections", columns, unique=False)
    op.create_table(
        "replaced_certificates",
        sa.Column("certificate_id", sa.Uuid(), nullable=False),
        sa.Column("correction_id", sa.Uuid(), nullable=False),
        sa.Column("replaced_at", sa.DateTime(), nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("agency", sa.String(length=120), nullable=False),
        sa.Column("job", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("modules", sa.JSON(), nullable=False),
        sa.Column("core_hash", sa.String(length=64), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("completed_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificates.id"], name=op.f("fk_replaced_certificates_certificate_id")
        ),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["name_corrections.id"], name=op.f("fk_replaced_certificates_correction_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replaced_certificates")),
        sa.UniqueConstraint("code", name=op.f("uq_replaced_certificates_code")),
        sa.UniqueConstraint("correction_id", name=op.f("uq_replaced_certificates_correction_id")),
    )
    op.create_index(
        op.f("ix_replaced_certificates_certificate_id"), "replaced_certificates", ["certificate_id"], unique=False
    )
