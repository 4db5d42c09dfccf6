"""Questions, answers, the handbook; votes, merging and minutes of live sessions; posts found by their message."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, LocalDate, Moment

revision = "0020"
down_revision = "0019"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "handbook_entry",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("origin", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tag", sa.String(length=12), nullable=True),
        sa.Column("lesson", sa.Integer(), nullable=True),
        sa.Column("homework", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handbook_entry")),
        sa.UniqueConstraint("course", "source", name=op.f("uq_handbook_entry_course_source")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_handbook_entry_course_state"), "handbook_entry", ["course", "state"])

    op.create_table(
        "handbook_seed",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("snapshot", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("course", name=op.f("pk_handbook_seed")),
    )
    op.create_table(
        "changed_known",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("known", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("course", "known", name=op.f("pk_changed_known")),
    )
    op.create_table(
        "question_pace",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("course", name=op.f("pk_question_pace")),
    )
    op.create_table(
        "question_heard",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_question_heard_member")),
        sa.PrimaryKeyConstraint("object", name=op.f("pk_question_heard")),
    )
    op.create_index(op.f("ix_question_heard_at"), "question_heard", ["at"])
    op.create_index(op.f("ix_question_heard_member"), "question_heard", ["member"])
    op.create_table(
        "handbook_change",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("entry", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["handbook_entry.id"], name=op.f("fk_handbook_change_entry")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handbook_change")),
    )
    op.create_index(op.f("ix_handbook_change_course_id"), "handbook_change", ["course", "id"])

    op.create_table(
        "handbook_version",
        sa.Column("entry", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("member", ID, nullable=True),
        sa.Column("asked", Json(), nullable=False),
        sa.Column("also", Json(), nullable=False),
        sa.Column("answer", Json(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["handbook_entry.id"], name=op.f("fk_handbook_version_entry")),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_handbook_version_member")),
        sa.PrimaryKeyConstraint("entry", "version", name=op.f("pk_handbook_version")),
    )
    op.create_index(op.f("ix_handbook_version_member"), "handbook_version", ["member"])

    op.create_table(
        "question",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=True),
        sa.Column("is_anonymous", sa.Boolean(create_constraint=False), server_default=sa.false(), nullable=False),
        sa.Column("unsettled", LocalDate(), nullable=True),
        sa.Column("tag", sa.String(length=12), nullable=True),
        sa.Column("is_sorted", sa.Boolean(create_constraint=False), server_default=sa.false(), nullable=False),
        sa.Column("lesson", sa.Integer(), nullable=True),
        sa.Column("homework", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("waiting_since", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("rung", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("claimed_by", ID, nullable=True),
        sa.Column("claimed_until", Moment(), nullable=True),
        sa.Column("merged_into", ID, nullable=True),
        sa.Column("accepted", ID, nullable=True),
        sa.Column("helped_by", sa.String(length=64), nullable=True),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("reopened", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("satisfaction", sa.Integer(), nullable=True),
        sa.Column("verdict", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["claimed_by"], ["member.id"], name=op.f("fk_question_claimed_by")),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_question_member")),
        sa.ForeignKeyConstraint(["merged_into"], ["question.id"], name=op.f("fk_question_merged_into")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_question_course_state_waiting_since"), "question", ["course", "state", "waiting_since"])
    op.create_index(op.f("ix_question_member"), "question", ["member"])
    op.create_index(op.f("ix_question_merged_into"), "question", ["merged_into"])
    op.create_index(op.f("ix_question_object"), "question", ["object"])

    op.create_table(
        "live_vote",
        sa.Column("session", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_live_vote_member")),
        sa.ForeignKeyConstraint(
            ["session", "number"],
            ["live_question.session", "live_question.number"],
            name=op.f("fk_live_vote_session_number"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("session", "number", "member", name=op.f("pk_live_vote")),
    )
    op.create_index(op.f("ix_live_vote_member"), "live_vote", ["member"])

    op.create_table(
        "question_answer",
        sa.Column("id", ID, nullable=False),
        sa.Column("question", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=True),
        sa.Column("is_staff", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("entry", sa.String(length=64), nullable=True),
        sa.Column("corrected_at", Moment(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_question_answer_member")),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name=op.f("fk_question_answer_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_answer")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_question_answer_member"), "question_answer", ["member"])
    op.create_index(op.f("ix_question_answer_object"), "question_answer", ["object"])
    op.create_index(op.f("ix_question_answer_question"), "question_answer", ["question"])

    op.create_table(
        "question_offer",
        sa.Column("question", ID, nullable=False),
        sa.Column("found", sa.String(length=64), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("is_help", sa.Boolean(create_constraint=False), nullable=True),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name=op.f("fk_question_offer_question")),
        sa.PrimaryKeyConstraint("question", "found", name=op.f("pk_question_offer")),
    )
    op.create_table(
        "question_remark",
        sa.Column("id", ID, nullable=False),
        sa.Column("question", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_question_remark_member")),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name=op.f("fk_question_remark_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_remark")),
    )
    op.create_index(op.f("ix_question_remark_member"), "question_remark", ["member"])
    op.create_index(op.f("ix_question_remark_question"), "question_remark", ["question"])

    op.create_table(
        "question_response",
        sa.Column("id", ID, nullable=False),
        sa.Column("question", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("waited", sa.Integer(), nullable=False),
        sa.Column("is_in_time", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("answer", ID, nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_question_response_member")),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name=op.f("fk_question_response_question")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_response")),
    )
    op.create_index(op.f("ix_question_response_at"), "question_response", ["at"])
    op.create_index(op.f("ix_question_response_member"), "question_response", ["member"])
    op.create_index(op.f("ix_question_response_question"), "question_response", ["question"])

    op.add_column("live_question", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.add_column("live_question", sa.Column("answer", sa.Text(), nullable=True))
    op.add_column("live_question", sa.Column("first_session", ID, nullable=True))
    op.add_column("live_question", sa.Column("first_number", sa.Integer(), nullable=True))
    op.create_index(
        op.f("ix_live_question_first_session_first_number"), "live_question", ["first_session", "first_number"]
    )

    op.create_index(
        op.f("ix_outbox_sent_as"),
        "outbox",
        ["sent_as"],
        sqlite_where=sa.text("sent_as is not null"),
        postgresql_where=sa.text("sent_as is not null"),
    )
