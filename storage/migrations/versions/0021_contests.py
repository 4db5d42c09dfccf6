"""Contests grown up: duels, works that are taken out, which votes count, the places, appeals."""

import json

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, Moment

revision = "0021"
down_revision = "0020"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("contest", sa.Column("opened_at", Moment(), nullable=True))
    op.add_column("contest", sa.Column("counted_at", Moment(), nullable=True))
    op.add_column("contest", sa.Column("options", Json(), nullable=True))
    op.add_column("contest", sa.Column("salt", sa.String(length=32), nullable=True))
    op.add_column("contest_entry", sa.Column("duel", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("contest_entry", sa.Column("grade", sa.Integer(), nullable=True))
    op.add_column("contest_entry", sa.Column("removed_at", Moment(), nullable=True))
    op.add_column("contest_entry", sa.Column("removed_for", sa.Text(), nullable=True))
    _let_votes_be_of_a_duel()
    _let_files_name_their_platform()
    _create_places()
    _create_appeals()


def _let_votes_be_of_a_duel() -> None:
    """One a person in each duel, so the duel is part of what names a vote."""
    with op.batch_alter_table("contest_vote") as vote:
        vote.add_column(sa.Column("duel", sa.Integer(), server_default=sa.text("0"), nullable=False))
        vote.add_column(sa.Column("discounted", sa.String(length=12), nullable=True))
        vote.drop_constraint("pk_contest_vote", type_="primary")
        vote.create_primary_key("pk_contest_vote", ["contest", "duel", "member"])


def _let_files_name_their_platform() -> None:
    """That of the message which they came with; else that of who sent them."""
    database = op.get_bind()
    rows = database.execute(_WITH_FILES).all()
    for row in rows:
        named = row.message.removeprefix("message ").partition(":")[0] if row.message else row.platform or ""
        pieces = [{"attachment": one, "platform": named} for one in json.loads(row.files)]
        changed = {"entry": row.entry, "files": json.dumps(pieces, ensure_ascii=False)}
        database.execute(sa.text("UPDATE contest_work SET files = :files WHERE entry = :entry"), changed)


_WITH_FILES = sa.text(
    "SELECT w.entry, w.files, e.message, (SELECT min(a.platform) FROM account a WHERE a.member = e.member) AS platform"
    " FROM contest_work w JOIN contest_entry e ON e.id = w.entry WHERE w.files <> '[]'"
)


def _create_places() -> None:
    op.create_table(
        "contest_place",
        sa.Column("entry", ID, nullable=False),
        sa.Column("contest", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.Column("discounted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["contest"], ["contest.id"], name=op.f("fk_contest_place_contest")),
        sa.ForeignKeyConstraint(["entry"], ["contest_entry.id"], name=op.f("fk_contest_place_entry")),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_contest_place_member")),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_contest_place")),
    )
    op.create_index(op.f("ix_contest_place_contest"), "contest_place", ["contest"])
    op.create_index(op.f("ix_contest_place_member"), "contest_place", ["member"])


def _create_appeals() -> None:
    op.create_table(
        "contest_appeal",
        sa.Column("id", ID, nullable=False),
        sa.Column("contest", ID, nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("is_corrected", sa.Boolean(create_constraint=False), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["contest"], ["contest.id"], name=op.f("fk_contest_appeal_contest")),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name=op.f("fk_contest_appeal_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contest_appeal")),
        sa.UniqueConstraint("contest", "member", name=op.f("uq_contest_appeal_contest_member")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_contest_appeal_member"), "contest_appeal", ["member"])
