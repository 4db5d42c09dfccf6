"""Rewards, their codes, and what was redeemed."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment

revision = "0024"
down_revision = "0023"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reward_stock",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("reward", sa.String(length=32), nullable=False),
        sa.Column("taken", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("course", "reward", name=op.f("pk_reward_stock")),
    )
    op.create_table(
        "redemption",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("reward", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title", Json(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("price", sa.Integer(), nullable=False),
        sa.Column("worth", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=True),
        sa.Column("settled_at", Moment(), nullable=True),
        sa.Column("settled_by", ID, nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_redemption_member")),
        sa.ForeignKeyConstraint(["settled_by"], ["member.id"], name=op.f("fk_redemption_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_redemption")),
        sa.UniqueConstraint("course", "cause", name=op.f("uq_redemption_course_cause")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_redemption_course_state"), "redemption", ["course", "state"])
    op.create_index(op.f("ix_redemption_course_reward"), "redemption", ["course", "reward"])
    op.create_index(op.f("ix_redemption_course_month"), "redemption", ["course", "month"])
    op.create_index(op.f("ix_redemption_member"), "redemption", ["member"])
    op.create_table(
        "reward_code",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("reward", sa.String(length=32), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("redemption", ID, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["redemption"], ["redemption.id"], name=op.f("fk_reward_code_redemption")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reward_code")),
        sa.UniqueConstraint("course", "reward", "code", name=op.f("uq_reward_code_course_reward_code")),
    )
    op.create_index(op.f("ix_reward_code_course_reward_state"), "reward_code", ["course", "reward", "state"])
    op.create_index(op.f("ix_reward_code_redemption"), "reward_code", ["redemption"])
    op.create_table(
        "redemption_address",
        sa.Column("redemption", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["redemption"], ["redemption.id"], name=op.f("fk_redemption_address_redemption")),
        sa.PrimaryKeyConstraint("redemption", name=op.f("pk_redemption_address")),
    )
