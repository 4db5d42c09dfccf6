"""Live Q&A sessions, reminders to check in."""

import sqlalchemy as sa
from alembic import op

from storage.columns import LocalDate, Moment

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "live_session",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("asked", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("ritual", sa.String(length=48), nullable=True),
        sa.Column("local_date", LocalDate(length=10), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("opened_at", Moment(), nullable=True),
        sa.Column("closes_at", Moment(), nullable=True),
        sa.Column("code", sa.String(length=8), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_live_session"),
        sa.UniqueConstraint(
            "course", "ritual", "local_date", "number", name="uq_live_session_course_ritual_local_date_number"
        ),
    )
    op.create_index("ix_live_session_course_closes_at", "live_session", ["course", "closes_at"])
    op.create_index(
        "ix_live_session_waiting",
        "live_session",
        ["course"],
        unique=True,
        sqlite_where=sa.text("opened_at is null"),
        postgresql_where=sa.text("opened_at is null"),
    )
    op.create_table(
        "live_question",
        sa.Column("session", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_live_question_member"),
        sa.ForeignKeyConstraint(["session"], ["live_session.id"], name="fk_live_question_session"),
        sa.PrimaryKeyConstraint("session", "number", name="pk_live_question"),
    )
    op.create_table(
        "live_attendance",
        sa.Column("session", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=True),
        sa.Column("wrong_codes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_live_attendance_member"),
        sa.ForeignKeyConstraint(["session"], ["live_session.id"], name="fk_live_attendance_session"),
        sa.PrimaryKeyConstraint("session", "member", name="pk_live_attendance"),
    )
    op.create_table(
        "nudge",
        sa.Column("member", ID, nullable=False),
        sa.Column("is_wanted", sa.Boolean(), nullable=False),
        sa.Column("last_on", LocalDate(length=10), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_nudge_member"),
        sa.PrimaryKeyConstraint("member", name="pk_nudge"),
    )
