"""Polls and their votes, and which post is pinned where."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, LocalDate, Moment

revision = "0004"
down_revision = "0003"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "pinned_post",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("post", sa.String(length=240), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("course", "name", "platform", "chat", name="pk_pinned_post"),
    )
    op.create_table(
        "poll",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("ritual", sa.String(length=48), nullable=False),
        sa.Column("space", sa.String(length=32), nullable=False),
        sa.Column("local_date", LocalDate(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question", Json(), nullable=False),
        sa.Column("options", Json(), nullable=False),
        sa.Column("takes_several", sa.Boolean(), nullable=False),
        sa.Column("closes_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_poll"),
        sa.UniqueConstraint(
            "course", "ritual", "space", "local_date", "number", name="uq_poll_course_ritual_space_local_date_number"
        ),
    )
    op.create_table(
        "poll_vote",
        sa.Column("poll", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_poll_vote_member"),
        sa.ForeignKeyConstraint(["poll"], ["poll.id"], name="fk_poll_vote_poll"),
        sa.PrimaryKeyConstraint("poll", "member", "option", name="pk_poll_vote"),
    )
