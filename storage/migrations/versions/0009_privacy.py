"""Files that go at a moment; who asked to be forgotten, and what is left to do about it."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Moment

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


_FIXED = "id, course, member, points, rule, object, round, cause, at, local_date, fact, category"
"""All columns of the ledger but its words: the reason that somebody gave, and the fingerprint of a text."""


def upgrade() -> None:
    _create_tables()
    _let_words_of_the_ledger_go()


def _let_words_of_the_ledger_go() -> None:
    """It stays append-only in everything that sums are counted of."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop trigger ledger_no_change on ledger")
        op.execute(
            f"create trigger ledger_no_change before update of {_FIXED} or delete on ledger "
            "for each row execute function ledger_is_append_only()"
        )
        return
    op.execute("drop trigger ledger_no_update")
    op.execute(
        f"create trigger ledger_no_update before update of {_FIXED} on ledger "
        "begin select raise(abort, 'ledger is append-only: a correction is another entry'); end"
    )


def _create_tables() -> None:
    op.create_table(
        "kept_file",
        sa.Column("id", ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("member", ID, nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_kept_file_member"),
        sa.PrimaryKeyConstraint("id", name="pk_kept_file"),
    )
    op.create_index("ix_kept_file_member", "kept_file", ["member"])
    op.create_index("ix_kept_file_expires_at", "kept_file", ["expires_at"])
    op.create_table(
        "erasure",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("answer", sa.String(length=240), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_erasure"),
    )
    op.create_table(
        "forget_wish",
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_forget_wish_member"),
        sa.PrimaryKeyConstraint("member", name="pk_forget_wish"),
    )
