"""The tables of battles: what is asked in one, when each question was open, and who chose what."""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import Json, LocalDate, Moment
from storage.tables import Id, metadata

battle = Table(
    "battle",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("ritual", String(48), nullable=False),
    Column("space", String(32), nullable=False),
    Column("local_date", LocalDate, nullable=False),
    Column("number", Integer, nullable=False),  # of several on one date
    Column("title", Json, nullable=False),  # as it was announced: the file may say something else by now
    Column("questions", Json, nullable=False),
    Column("seconds", Integer, nullable=False),  # for each question
    Column("pause", Integer, nullable=False),  # seconds between two
    Column("top", Integer, nullable=False),
    Column("asked", Integer, nullable=False, server_default=text("0")),  # how many were put by now
    Column("state", String(12), nullable=False),  # on, over, cancelled
    Column("next_step", String(12), nullable=False),  # ask, hurry, settle, finish
    Column("next_at", Moment, nullable=False),
    Column("ended_at", Moment),
    UniqueConstraint("course", "ritual", "space", "local_date", "number"),
    Index(None, "course", "state"),
    sqlite_autoincrement=True,  # a button of a battle never means a later one
)

question = Table(
    "battle_question",
    metadata,
    Column("battle", Id, ForeignKey("battle.id"), primary_key=True),
    Column("number", Integer, primary_key=True),  # 1 is the first
    Column("opened_at", Moment, nullable=False),
    Column("closes_at", Moment, nullable=False),
    Column("closed_at", Moment),  # from then on no answer is taken, whenever it was given
    Column("is_void", Boolean(create_constraint=False), nullable=False, server_default=false()),
)

answer = Table(
    "battle_answer",
    metadata,
    Column("battle", Id, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("option", Integer, nullable=False),  # 1 is the first
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["battle", "number"], ["battle_question.battle", "battle_question.number"]),
    Index(None, "member"),
)
