"""Quiz battles."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, LocalDate, Moment

revision = "0022"
down_revision = "0021"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "battle",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("ritual", sa.String(length=48), nullable=False),
        sa.Column("space", sa.String(length=32), nullable=False),
        sa.Column("local_date", LocalDate(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", Json(), nullable=False),
        sa.Column("questions", Json(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("pause", sa.Integer(), nullable=False),
        sa.Column("top", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("next_step", sa.String(length=12), nullable=False),
        sa.Column("next_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_battle")),
        sa.UniqueConstraint(
            "course",
            "ritual",
            "space",
            "local_date",
            "number",
            name=op.f("uq_battle_course_ritual_space_local_date_number"),
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_battle_course_state"), "battle", ["course", "state"])

    op.create_table(
        "battle_question",
        sa.Column("battle", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("closes_at", Moment(), nullable=False),
        sa.Column("closed_at", Moment(), nullable=True),
        sa.Column("is_void", sa.Boolean(create_constraint=False), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["battle"], ["battle.id"], name=op.f("fk_battle_question_battle")),
        sa.PrimaryKeyConstraint("battle", "number", name=op.f("pk_battle_question")),
    )

    op.create_table(
        "battle_answer",
        sa.Column("battle", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["battle", "number"],
            ["battle_question.battle", "battle_question.number"],
            name=op.f("fk_battle_answer_battle_number"),
        ),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_battle_answer_member")),
        sa.PrimaryKeyConstraint("battle", "number", "member", name=op.f("pk_battle_answer")),
    )
    op.create_index(op.f("ix_battle_answer_member"), "battle_answer", ["member"])
