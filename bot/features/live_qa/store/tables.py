"""The sessions, the questions asked for them, who would like to hear of them, and who attended.

A session that has not opened yet is a list of questions only: of these a course has one, and the next session to open
takes it. So what was asked for a session that never took place waits for the one after it.
"""

from sqlalchemy import (
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.columns import LocalDate, Moment
from storage.tables import Id, metadata

session = Table(
    "live_session",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("asked", Integer, nullable=False, server_default=text("0")),  # the last number that a question got
    # From here on NULL until it opens.
    Column("ritual", String(48)),
    Column("local_date", LocalDate),
    Column("number", Integer),  # of several on that date
    Column("opened_at", Moment),
    Column("closes_at", Moment),
    Column("code", String(8)),
    UniqueConstraint("course", "ritual", "local_date", "number"),
    Index(
        "ix_live_session_waiting",
        "course",
        unique=True,
        sqlite_where=text("opened_at is null"),
        postgresql_where=text("opened_at is null"),
    ),
    Index(None, "course", "closes_at"),
)

question = Table(
    "live_question",
    metadata,
    Column("session", Id, ForeignKey("live_session.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("text", Text, nullable=False),
    Column("object", String(200)),  # the message that it was made from, if any
    Column("merged_into", Integer),  # the number of the one that asks the same
    Column("answer", Text),  # what was said about it, for the minutes; empty: it was answered, in words nobody noted
    # Where it was asked first, if it was carried over from there.
    Column("first_session", Id),
    Column("first_number", Integer),
    Index(None, "object"),
    Index(None, "first_session", "first_number"),
)

vote = Table(
    "live_vote",
    metadata,
    Column("session", Id, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("at", Moment, nullable=False),
    ForeignKeyConstraint(["session", "number"], ["live_question.session", "live_question.number"], ondelete="CASCADE"),
    Index(None, "member"),
)

attendance = Table(
    "live_attendance",
    metadata,
    Column("session", Id, ForeignKey("live_session.id"), primary_key=True),
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("at", Moment),  # NULL: has tried wrong codes only
    Column("wrong_codes", Integer, nullable=False, server_default=text("0")),
)
