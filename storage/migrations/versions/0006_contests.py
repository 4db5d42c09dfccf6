"""Contests, their entries and votes; review days."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, LocalDate, Moment

revision = "0006"
down_revision = "0005"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_contests()
    _create_entries()
    _create_reviews()


def _create_contests() -> None:
    op.create_table(
        "contest",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("ritual", sa.String(length=48), nullable=False),
        sa.Column("space", sa.String(length=32), nullable=False),
        sa.Column("local_date", LocalDate(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("entries_until", Moment(), nullable=False),
        sa.Column("votes_until", Moment(), nullable=False),
        sa.Column("gallery_at", Moment(), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_contest"),
        sa.UniqueConstraint(
            "course", "ritual", "space", "local_date", "number", name="uq_contest_course_ritual_space_local_date_number"
        ),
    )
    op.create_index("ix_contest_course_closed_at", "contest", ["course", "closed_at"])


def _create_entries() -> None:
    op.create_table(
        "contest_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("contest", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("message", sa.String(length=200), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["contest"], ["contest.id"], name="fk_contest_entry_contest"),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_contest_entry_member"),
        sa.PrimaryKeyConstraint("id", name="pk_contest_entry"),
        sa.UniqueConstraint("contest", "member", name="uq_contest_entry_contest_member"),
        sa.UniqueConstraint("contest", "number", name="uq_contest_entry_contest_number"),
    )
    op.create_index("ix_contest_entry_message", "contest_entry", ["message"])
    op.create_table(
        "contest_work",
        sa.Column("entry", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["contest_entry.id"], name="fk_contest_work_entry"),
        sa.PrimaryKeyConstraint("entry", name="pk_contest_work"),
    )
    op.create_table(
        "contest_vote",
        sa.Column("contest", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("entry", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["contest"], ["contest.id"], name="fk_contest_vote_contest"),
        sa.ForeignKeyConstraint(["entry"], ["contest_entry.id"], name="fk_contest_vote_entry"),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_contest_vote_member"),
        sa.PrimaryKeyConstraint("contest", "member", name="pk_contest_vote"),
    )
    op.create_index("ix_contest_vote_entry", "contest_vote", ["entry"])


def _create_reviews() -> None:
    op.create_table(
        "review_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("ritual", sa.String(length=48), nullable=False),
        sa.Column("space", sa.String(length=32), nullable=False),
        sa.Column("local_date", LocalDate(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("after_fact", ID, nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_review_session"),
        sa.UniqueConstraint(
            "course",
            "ritual",
            "space",
            "local_date",
            "number",
            name="uq_review_session_course_ritual_space_local_date_number",
        ),
    )
