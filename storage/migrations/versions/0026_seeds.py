"""Seed students: what assistants look after, and their shifts."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment

revision = "0026"
down_revision = "0025"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "assistantship",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("areas", Json(), nullable=False),
        sa.Column("shifts", Json(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("confirmed_by", ID, nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_assistantship_member_member")),
        sa.ForeignKeyConstraint(["confirmed_by"], ["member.id"], name=op.f("fk_assistantship_confirmed_by_member")),
        sa.ForeignKeyConstraint(["ended_by"], ["member.id"], name=op.f("fk_assistantship_ended_by_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assistantship")),
    )
    op.create_index(op.f("ix_assistantship_course_ended_at"), "assistantship", ["course", "ended_at"])
    op.create_index(op.f("ix_assistantship_member"), "assistantship", ["member"])
