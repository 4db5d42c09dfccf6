"""Messages that staff have marked as worth everybody's look."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "featured",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("member", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("space", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_featured_member_member")),
        sa.PrimaryKeyConstraint("object", name=op.f("pk_featured")),
    )
    op.create_index(op.f("ix_featured_course_at"), "featured", ["course", "at"])
