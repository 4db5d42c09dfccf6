"""What shows on people's names where a platform can, and of whom something has changed that shows there."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment

revision = "0016"
down_revision = "0015"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "changed_member",
        sa.Column("member", ID, sa.ForeignKey("member.id", name=op.f("fk_changed_member_member")), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("member", "at", name=op.f("pk_changed_member")),
    )
    op.create_table(
        "shown_mark",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("user", sa.String(length=128), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("names", Json(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("course", "platform", "user", name=op.f("pk_shown_mark")),
    )
    op.create_table(
        "named_mark",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("chat", sa.String(length=128), nullable=False),
        sa.Column("labels", Json(), nullable=False),
        sa.PrimaryKeyConstraint("course", "platform", name=op.f("pk_named_mark")),
    )
    op.create_table(
        "marked_view",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_marked_view")),
    )
