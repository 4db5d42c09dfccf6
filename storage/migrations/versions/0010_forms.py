"""Forms that are being filled in, and the course that somebody talks about in private."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment

revision = "0010"
down_revision = "0009"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "form_session",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("token", sa.String(length=16), nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("form", sa.String(length=48), nullable=False),
        sa.Column("answers", Json(), nullable=False),
        sa.Column("step", sa.SmallInteger(), nullable=False),
        sa.Column("prompts", Json(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_form_session_member_member")),
        sa.PrimaryKeyConstraint("platform", "user", "chat", name=op.f("pk_form_session")),
    )
    op.create_table(
        "private_course",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "user", name=op.f("pk_private_course")),
    )
