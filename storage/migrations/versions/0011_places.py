"""How the bot stands in chats, who asks to be let in, and what platforms are in trouble with."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment

revision = "0011"
down_revision = "0010"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "place",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("is_in", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("lacks", Json(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "chat", name=op.f("pk_place")),
    )
    op.create_table(
        "join_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by", ID, nullable=True),
        sa.Column("is_admitted", sa.Boolean(create_constraint=False), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_request")),
    )
    op.create_table(
        "platform_trouble",
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "kind", name=op.f("pk_platform_trouble")),
    )
