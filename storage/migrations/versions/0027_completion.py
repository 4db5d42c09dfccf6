"""Who has completed a course, certificates, and the keys that sign them."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, LocalDate, Moment

revision = "0027"
down_revision = "0026"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "signing_key",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("private", sa.String(length=64), nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "completion_rules",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("course", name=op.f("pk_completion_rules")),
    )
    op.create_table(
        "completion",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("local_date", LocalDate(), nullable=False),
        sa.Column("checkins", sa.Integer(), nullable=False),
        sa.Column("homework", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_completion_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_completion")),
        sa.UniqueConstraint("member", name=op.f("uq_completion_member")),
    )
    op.create_index(op.f("ix_completion_course"), "completion", ["course"])
    op.create_table(
        "certificate",
        sa.Column("id", ID, nullable=False),
        sa.Column("completion", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("serial", sa.String(length=16), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("is_replaced", sa.Boolean(create_constraint=False), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["completion"], ["completion.id"], name=op.f("fk_certificate_completion")),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_certificate_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("serial", name=op.f("uq_certificate_serial")),
    )
    op.create_index(op.f("ix_certificate_completion"), "certificate", ["completion"])
    op.create_index(op.f("ix_certificate_member"), "certificate", ["member"])
