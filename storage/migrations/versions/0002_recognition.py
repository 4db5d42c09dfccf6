"""Reversals, levels, honours, boards, reactions, thanks, rules in the shadow."""

import sqlalchemy as sa
from alembic import op

from storage.columns import Json, LocalDate, Moment

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _extend()
    _create_shadows()
    _create_boards()
    _create_features()
    _keep_every_share()


def _extend() -> None:
    op.add_column("ledger", sa.Column("fact", sa.String(length=48), server_default=sa.text("''"), nullable=False))
    category = sa.Column("category", sa.String(length=16), server_default=sa.text("'activity'"), nullable=False)
    op.add_column("ledger", category)
    _sort_grants()
    op.add_column("ledger", sa.Column("text", sa.String(length=16), nullable=True))
    op.create_index("ix_ledger_course_text", "ledger", ["course", "text"])
    op.create_index("ix_fact_object", "fact", ["object"])
    op.add_column("member", sa.Column("level", sa.String(length=48), server_default=sa.text("''"), nullable=False))
    op.add_column("member", sa.Column("tags", Json(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("member", sa.Column("is_on_boards", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("member", sa.Column("is_praised", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("profile", sa.Column("pseudonym", sa.Text(), nullable=True))


def _sort_grants() -> None:
    """What staff gave counts for no threshold. No entry changes: this column was not there before."""
    update = "update ledger set category = 'other' where rule = 'grant'"
    if op.get_bind().dialect.name == "postgresql":
        op.execute("alter table ledger disable trigger ledger_no_change")
        op.execute(update)
        op.execute("alter table ledger enable trigger ledger_no_change")
        return
    op.execute("drop trigger ledger_no_update")
    op.execute(update)
    op.execute(
        "create trigger ledger_no_update before update on ledger "
        "begin select raise(abort, 'ledger is append-only: a correction is another entry'); end"
    )


def _create_shadows() -> None:
    op.create_table(
        "shadow_ledger",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("local_date", LocalDate(length=10), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("fact", sa.String(length=48), server_default=sa.text("''"), nullable=False),
        sa.Column("category", sa.String(length=16), server_default=sa.text("'activity'"), nullable=False),
        sa.Column("text", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_shadow_ledger_member"),
        sa.PrimaryKeyConstraint("id", name="pk_shadow_ledger"),
        sa.UniqueConstraint("member", "rule", "object", "round", name="uq_shadow_ledger_member_rule_object_round"),
    )
    op.create_index("ix_shadow_ledger_course_member_local_date", "shadow_ledger", ["course", "member", "local_date"])
    op.create_index("ix_shadow_ledger_course_text", "shadow_ledger", ["course", "text"])
    op.create_table(
        "shadow_run",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("since", Moment(), nullable=False),
        sa.Column("reported_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("course", "rule", name="pk_shadow_run"),
    )


def _create_boards() -> None:
    op.create_table(
        "score",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("board", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("early", ID, nullable=False),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_score_member"),
        sa.PrimaryKeyConstraint("course", "board", "period", "member", name="pk_score"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_score_course_board_period_is_listed_points_early_member",
        "score",
        ["course", "board", "period", "is_listed", "points", "early", "member"],
    )
    op.create_index("ix_score_member", "score", ["member"])
    op.create_table(
        "score_count",
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("board", sa.String(length=16), nullable=False),
        sa.Column("period", sa.String(length=16), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.Column("members", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("course", "board", "period", "step", "points", name="pk_score_count"),
        sqlite_with_rowid=False,
    )


def _create_features() -> None:
    op.create_table(
        "honour",
        sa.Column("id", ID, nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.String(length=48), nullable=False),
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("until", Moment(), nullable=True),
        sa.Column("withdrawn_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_honour_member"),
        sa.PrimaryKeyConstraint("id", name="pk_honour"),
        sa.UniqueConstraint(
            "member", "kind", "name", "rule", "object", "round", name="uq_honour_member_kind_name_rule_object_round"
        ),
    )
    op.create_index("ix_honour_course_kind_until", "honour", ["course", "kind", "until"])
    op.create_table(
        "reaction",
        sa.Column("object", sa.String(length=200), nullable=False),
        sa.Column("member", ID, nullable=False),
        sa.Column("reaction", sa.String(length=64), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_reaction_member"),
        sa.PrimaryKeyConstraint("object", "member", "reaction", name="pk_reaction"),
    )
    op.create_table(
        "thanks",
        sa.Column("giver", ID, nullable=False),
        sa.Column("taker", ID, nullable=False),
        sa.Column("local_date", LocalDate(length=10), nullable=False),
        sa.Column("course", sa.String(length=32), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["giver"], ["member.id"], name="fk_thanks_giver"),
        sa.ForeignKeyConstraint(["taker"], ["member.id"], name="fk_thanks_taker"),
        sa.PrimaryKeyConstraint("giver", "taker", "local_date", name="pk_thanks"),
    )


def _keep_every_share() -> None:
    """Of several that a member posts in a session, the next longest counts where the longest is deleted."""
    op.create_table(
        "share_post",
        sa.Column("id", ID, nullable=False),
        sa.Column("share", ID, nullable=False),
        sa.Column("message", sa.String(length=200), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("attachments", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["share"], ["share.id"], name="fk_share_post_share"),
        sa.PrimaryKeyConstraint("id", name="pk_share_post"),
    )
    op.create_index("ix_share_post_message", "share_post", ["message"])
    op.create_index("ix_share_post_share", "share_post", ["share"])
    op.execute(
        "insert into share_post (share, at, text) "
        "select share.id, share.at, share_text.text from share join share_text on share_text.share = share.id "
        "order by share.id"
    )
    op.drop_table("share_text")
