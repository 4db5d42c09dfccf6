"""Growth reports: those that are drawn or were sent, and who wants none."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment

revision = "0025"
down_revision = "0024"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "growth_report",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("occasion", sa.String(length=120), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("shown", Json(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.Column("sent_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_growth_report_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_growth_report")),
        sa.UniqueConstraint("member", "occasion", name=op.f("uq_growth_report_member_occasion")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_growth_report_at"), "growth_report", ["at"])

    op.create_table(
        "growth_choice",
        sa.Column("member", ID, nullable=False),
        sa.Column("is_wanted", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_growth_choice_member")),
        sa.PrimaryKeyConstraint("member", name=op.f("pk_growth_choice")),
    )
