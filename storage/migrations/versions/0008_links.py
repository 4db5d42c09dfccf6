"""Accounts that are linked by a code, and what linking them has changed."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_IS_MERGED = sa.text("merged_into is not null")


def upgrade() -> None:
    op.create_index(
        "ix_member_merged_into", "member", ["merged_into"], sqlite_where=_IS_MERGED, postgresql_where=_IS_MERGED
    )
    op.create_table(
        "link_code",
        sa.Column("member", ID, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_link_code_member"),
        sa.PrimaryKeyConstraint("member", name="pk_link_code"),
        sa.UniqueConstraint("digest", name="uq_link_code_digest"),
    )
    op.create_table(
        "link_guess",
        sa.Column("id", ID, nullable=False),
        sa.Column("account", sa.String(length=160), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_link_guess"),
    )
    op.create_index("ix_link_guess_account_at", "link_guess", ["account", "at"])
    op.create_table(
        "member_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("survivor", ID, nullable=False),
        sa.Column("merged", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("undone_at", Moment(), nullable=True),
        sa.Column("closed", Json(), nullable=False),
        sa.ForeignKeyConstraint(["survivor"], ["member.id"], name="fk_member_link_survivor"),
        sa.ForeignKeyConstraint(["merged"], ["member.id"], name="fk_member_link_merged"),
        sa.PrimaryKeyConstraint("id", name="pk_member_link"),
    )
    op.create_index("ix_member_link_course", "member_link", ["course"])
