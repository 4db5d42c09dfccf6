"""Homework: hand-ins, grades, extensions, teams, quizzes, near-copies; moments that features want to hear of."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment

revision = "0019"
down_revision = "0018"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "alarm",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("object", sa.String(length=64), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("is_failed", sa.Boolean(create_constraint=False), server_default=sa.false(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm")),
        sa.UniqueConstraint("course", "name", "object", name=op.f("uq_alarm_course_name_object")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_alarm_is_failed_due_at"), "alarm", ["is_failed", "due_at"])

    op.create_table(
        "homework_team",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("homework", sa.String(length=32), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homework_team")),
        sa.UniqueConstraint("course", "homework", "number", name=op.f("uq_homework_team_course_homework_number")),
    )
    op.create_table(
        "common_digest",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("homework", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by", ID, nullable=True),
        sa.Column("missed", Json(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("files", Json(), nullable=False),
        sa.Column("filled_at", Moment(), nullable=True),
        sa.Column("posted_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["member.id"], name=op.f("fk_common_digest_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_common_digest")),
    )
    op.create_index(op.f("ix_common_digest_course_at"), "common_digest", ["course", "at"])

    op.create_table(
        "grading_draft",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("homework", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("scores", Json(), nullable=False),
        sa.Column("problems", Json(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.Column("seen", Json(), nullable=False),
        sa.Column("features", sa.Boolean(create_constraint=False), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_grading_draft_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grading_draft")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_grading_draft_course_member"), "grading_draft", ["course", "member"])

    op.create_table(
        "homework_extension",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("homework", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=True),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("source", sa.String(length=8), nullable=False),
        sa.Column("by", ID, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("is_spent", sa.Boolean(create_constraint=False), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["member.id"], name=op.f("fk_homework_extension_by")),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_homework_extension_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_homework_extension")),
    )
    op.create_index(
        op.f("ix_homework_extension_course_homework_member"), "homework_extension", ["course", "homework", "member"]
    )
    op.create_index(op.f("ix_homework_extension_member"), "homework_extension", ["member"])

    op.create_table(
        "homework_team_member",
        sa.Column("team", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("left_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_homework_team_member_member")),
        sa.ForeignKeyConstraint(["team"], ["homework_team.id"], name=op.f("fk_homework_team_member_team")),
        sa.PrimaryKeyConstraint("team", "member", name=op.f("pk_homework_team_member")),
    )
    op.create_index(op.f("ix_homework_team_member_member"), "homework_team_member", ["member"])

    op.create_table(
        "quiz_attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("homework", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("started_at", Moment(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("finished_at", Moment(), nullable=True),
        sa.Column("points", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("out_of", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_quiz_attempt_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempt")),
        sa.UniqueConstraint(
            "course", "homework", "member", "number", name=op.f("uq_quiz_attempt_course_homework_member_number")
        ),
    )
    op.create_index(op.f("ix_quiz_attempt_member"), "quiz_attempt", ["member"])

    op.create_table(
        "grading_pace",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("rules", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("course", name=op.f("pk_grading_pace")),
    )

    op.create_table(
        "waiting_work",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_waiting_work_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_work")),
    )
    op.create_index(op.f("ix_waiting_work_at"), "waiting_work", ["at"])
    op.create_index(op.f("ix_waiting_work_member"), "waiting_work", ["member"])

    op.create_table(
        "hand_in",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("homework", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=24), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("team", ID, nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("versions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("counts", sa.Integer(), nullable=True),
        sa.Column("sent_back", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("is_late", sa.Boolean(create_constraint=False), server_default=sa.false(), nullable=False),
        sa.Column("waiting_since", Moment(), nullable=True),
        sa.Column("due_at", Moment(), nullable=True),
        sa.Column("rung", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("draft", ID, nullable=True),
        sa.Column("revise_until", Moment(), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("appellant", ID, nullable=True),
        sa.Column("featured_at", Moment(), nullable=True),
        sa.Column("featured_in", sa.String(length=32), nullable=True),
        sa.Column("aside", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(["appellant"], ["member.id"], name=op.f("fk_hand_in_appellant")),
        sa.ForeignKeyConstraint(["draft"], ["grading_draft.id"], name=op.f("fk_hand_in_draft")),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_hand_in_member")),
        sa.ForeignKeyConstraint(["team"], ["homework_team.id"], name=op.f("fk_hand_in_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_in")),
        sa.UniqueConstraint("course", "homework", "owner", name=op.f("uq_hand_in_course_homework_owner")),
    )
    op.create_index(op.f("ix_hand_in_course_state_waiting_since"), "hand_in", ["course", "state", "waiting_since"])
    op.create_index(op.f("ix_hand_in_draft"), "hand_in", ["draft"])
    op.create_index(op.f("ix_hand_in_member"), "hand_in", ["member"])
    op.create_index(op.f("ix_hand_in_team"), "hand_in", ["team"])

    op.create_table(
        "quiz_answer",
        sa.Column("attempt", ID, nullable=False),
        sa.Column("asked", sa.String(length=16), nullable=False),
        sa.Column("question", sa.String(length=32), nullable=False),
        sa.Column("given", Json(), nullable=False),
        sa.Column("is_final", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("is_right", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["attempt"], ["quiz_attempt.id"], name=op.f("fk_quiz_answer_attempt")),
        sa.PrimaryKeyConstraint("attempt", "asked", name=op.f("pk_quiz_answer")),
    )
    op.create_table(
        "grade",
        sa.Column("id", ID, nullable=False),
        sa.Column("hand_in", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("member", ID, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("out_of", sa.Integer(), nullable=False),
        sa.Column("lost", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("scores", Json(), nullable=False),
        sa.Column("problems", Json(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.Column("waited", sa.Integer(), nullable=True),
        sa.Column("is_in_time", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("since", Moment(), nullable=True),
        sa.Column("appeal", sa.Text(), nullable=True),
        sa.Column("read_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["hand_in"], ["hand_in.id"], name=op.f("fk_grade_hand_in")),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_grade_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grade")),
    )
    op.create_index(op.f("ix_grade_hand_in_id"), "grade", ["hand_in", "id"])
    op.create_index(op.f("ix_grade_member_at"), "grade", ["member", "at"])

    op.create_table(
        "submission",
        sa.Column("id", ID, nullable=False),
        sa.Column("hand_in", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("again_at", Moment(), nullable=True),
        sa.Column("is_late", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", Json(), nullable=False),
        sa.Column("digest", sa.String(length=32), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["hand_in"], ["hand_in.id"], name=op.f("fk_submission_hand_in")),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_submission_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("hand_in", "digest", name=op.f("uq_submission_hand_in_digest")),
        sa.UniqueConstraint("hand_in", "version", name=op.f("uq_submission_hand_in_version")),
    )
    op.create_index(op.f("ix_submission_member"), "submission", ["member"])
    op.create_index(op.f("ix_submission_object"), "submission", ["object"])

    op.create_table(
        "near_copy",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("later", ID, nullable=False),
        sa.Column("earlier", ID, nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", ID, nullable=True),
        sa.ForeignKeyConstraint(["earlier"], ["submission.id"], name=op.f("fk_near_copy_earlier")),
        sa.ForeignKeyConstraint(["later"], ["submission.id"], name=op.f("fk_near_copy_later")),
        sa.ForeignKeyConstraint(["settled_by"], ["member.id"], name=op.f("fk_near_copy_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_near_copy")),
        sa.UniqueConstraint("later", "earlier", name=op.f("uq_near_copy_later_earlier")),
    )
    op.create_table(
        "text_mark",
        sa.Column("submission", ID, nullable=False),
        sa.Column("mark", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name=op.f("fk_text_mark_submission")),
        sa.PrimaryKeyConstraint("submission", "mark", name=op.f("pk_text_mark")),
    )
    op.create_index(op.f("ix_text_mark_mark"), "text_mark", ["mark"])
