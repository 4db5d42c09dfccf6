"""The tables of rewards.

A *redemption* is one reward that somebody has, or wants to have; a *code* is one of a reward's pool.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from storage.columns import Json, Moment
from storage.tables import Id, metadata

stock = Table(
    "reward_stock",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("reward", String(32), primary_key=True),  # empty: that of the course's budget
    Column("taken", Integer, nullable=False, server_default=text("0")),  # how many are somebody's
)
"""What is locked while one is taken."""

redemption = Table(
    "redemption",
    metadata,
    Column("id", Id, primary_key=True),  # its number, as everybody sees it: #12
    Column("course", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("reward", String(32), nullable=False),
    Column("kind", String(12), nullable=False),
    Column("title", Json, nullable=False),  # by language, as it was
    Column("at", Moment, nullable=False),
    Column("month", String(7), nullable=False),  # `2027-03`, in the course's zone: whose budget it is
    Column("price", Integer, nullable=False),  # points that were paid
    Column("worth", Integer, nullable=False),  # points that it takes of the budget
    Column("state", String(12), nullable=False),  # owed, requested, given, delivered; declined, cancelled, refunded
    Column("cause", String(200)),  # of what was given for nothing: each cause gives once
    Column("settled_at", Moment),  # when its state last changed
    Column("settled_by", Id, ForeignKey("member.id")),  # the member of staff who has done that
    Column("note", Text),  # what staff say about it
    UniqueConstraint("course", "cause"),
    Index(None, "course", "state"),
    Index(None, "course", "reward"),
    Index(None, "course", "month"),
    Index(None, "member"),
    sqlite_autoincrement=True,
)

code = Table(
    "reward_code",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("reward", String(32), nullable=False),
    Column("code", Text, nullable=False),
    Column("state", String(12), nullable=False),  # free, held (for a request), given, withdrawn
    Column("redemption", Id, ForeignKey("redemption.id")),  # whose it is, or will be
    Column("at", Moment, nullable=False),  # when it was put in
    UniqueConstraint("course", "reward", "code"),
    Index(None, "course", "reward", "state"),
    Index(None, "redemption"),
)

address = Table(
    "redemption_address",
    metadata,
    Column("redemption", Id, ForeignKey("redemption.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
