"""The tables of questions.

A *question* is what somebody asked; an *answer* is one person's; a *remark* is what else was said about it: staff asked
back, the asker added something. A *response* is one time that staff were waited for, and how long.
"""

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    false,
    text,
)

from storage.columns import Json, LocalDate, Moment
from storage.tables import Id, metadata

_NOUGHT = text("0")

question = Table(
    "question",
    metadata,
    Column("id", Id, primary_key=True),  # its number, as everybody sees it: Q12
    Column("course", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),  # who asks
    Column("at", Moment, nullable=False),
    Column("text", Text, nullable=False),
    Column("files", Json, nullable=False),  # `File`s that are stored, as they are
    Column("object", String(200)),  # the message that it stands in
    Column("is_anonymous", Boolean(create_constraint=False), nullable=False, server_default=false()),
    Column("unsettled", LocalDate),  # of an anonymous one: the date that it counts for, until its fact is announced
    Column("tag", String(12)),  # content, how_to, beyond
    Column("is_sorted", Boolean(create_constraint=False), nullable=False, server_default=false()),  # by a person
    Column("lesson", Integer),
    Column("homework", String(32)),
    Column("state", String(12), nullable=False),  # helped: never filed; the others stand in flow.py
    Column("waiting_since", Moment),  # staff are waited for
    Column("due_at", Moment),
    Column("rung", Integer, nullable=False, server_default=_NOUGHT),  # how far those who should answer were told
    Column("claimed_by", Id, ForeignKey("member.id")),
    Column("claimed_until", Moment),
    Column("merged_into", Id, ForeignKey("question.id")),
    Column("accepted", Id),  # the answer that settled it
    Column("helped_by", String(64)),  # what was known already and was all that the asker wanted
    Column("closed_at", Moment),
    Column("reopened", Integer, nullable=False, server_default=_NOUGHT),  # times
    Column("satisfaction", Integer),  # 1–5
    Column("verdict", Text),  # what the asker says about the answer
    Index(None, "course", "state", "waiting_since"),
    Index(None, "member"),
    Index(None, "object"),
    Index(None, "merged_into"),
    sqlite_autoincrement=True,
)

answer = Table(
    "question_answer",
    metadata,
    Column("id", Id, primary_key=True),  # as everybody sees it: A7
    Column("question", Id, ForeignKey("question.id"), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("text", Text, nullable=False),
    Column("files", Json, nullable=False),
    Column("object", String(200)),  # the message that it stands in, where that is not in the staff room
    Column("is_staff", Boolean(create_constraint=False), nullable=False),
    Column("entry", String(64)),  # of the handbook, where it was sent from there
    Column("corrected_at", Moment),
    Column("withdrawn_at", Moment),
    Column("note", Text),  # why it was corrected or withdrawn
    Index(None, "question"),
    Index(None, "member"),
    Index(None, "object"),
    sqlite_autoincrement=True,
)

remark = Table(
    "question_remark",
    metadata,
    Column("id", Id, primary_key=True),
    Column("question", Id, ForeignKey("question.id"), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(12), nullable=False),  # asks_back, adds, before (the words before an edit)
    Column("text", Text, nullable=False),
    Column("files", Json, nullable=False),
    Column("object", String(200)),
    Index(None, "question"),
    Index(None, "member"),
)

response = Table(
    "question_response",
    metadata,
    Column("id", Id, primary_key=True),
    Column("question", Id, ForeignKey("question.id"), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),  # who was there at last
    Column("since", Moment, nullable=False),
    Column("at", Moment, nullable=False),
    Column("waited", Integer, nullable=False),  # seconds of counted time
    Column("is_in_time", Boolean(create_constraint=False), nullable=False),
    Column("answer", Id),  # NULL: staff asked back
    Column("withdrawn_at", Moment),  # the answer was: nobody was answered by it
    Index(None, "question"),
    Index(None, "member"),
    Index(None, "at"),
)

offer = Table(
    "question_offer",
    metadata,
    Column("question", Id, ForeignKey("question.id"), primary_key=True),
    Column("found", String(64), primary_key=True),  # `entry:12`, `question:7`
    Column("score", Integer, nullable=False),  # thousandths
    Column("is_help", Boolean(create_constraint=False)),  # NULL: the asker has not said
)

heard = Table(
    "question_heard",
    metadata,
    Column("object", String(200), primary_key=True),  # a student's message, for a day: somebody may put a ❓ under it
    Column("course", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("user", String(128), nullable=False),  # its author, by the platform's id
    Column("text", Text, nullable=False),
    Column("files", Json, nullable=False),
    Index(None, "member"),
    Index(None, "at"),
)

kept_pace = Table(
    "question_pace",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("rules", Text, nullable=False),  # how soon an answer is due, as the alarms of what waits were set by it
)
