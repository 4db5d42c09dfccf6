"""The tables of homework.

What one author has handed in for one homework is a *hand-in*; each version of it is a *submission*; what came of one is
a *grade*. A *draft* is a grading that is under way, and claims its hand-ins for who grades.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from storage.columns import Json, Moment
from storage.tables import Id, metadata

NOUGHT = text("0")

team = Table(
    "homework_team",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("homework", String(32), nullable=False),
    Column("number", Integer, nullable=False),  # from 1
    Column("at", Moment, nullable=False),
    UniqueConstraint("course", "homework", "number"),
)

team_member = Table(
    "homework_team_member",
    metadata,
    Column("team", Id, ForeignKey("homework_team.id"), primary_key=True),
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("left_at", Moment),
    Index(None, "member"),
)

draft = Table(
    "grading_draft",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("homework", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),  # who grades
    Column("at", Moment, nullable=False),
    Column("until", Moment, nullable=False),  # then it goes back to the queue
    Column("scores", Json, nullable=False),  # criterion -> points
    Column("problems", Json, nullable=False),  # `criterion.problem`, as they were picked
    Column("comment", Text, nullable=False),
    Column("files", Json, nullable=False),  # what goes with the comment; as those of a submission
    Column("seen", Json, nullable=False),  # hand-in -> the version that counted when it was shown to who grades
    Column("features", Boolean(create_constraint=False)),  # what becomes of it at the end; NULL: it stays as it is
    Index(None, "course", "member"),
    sqlite_autoincrement=True,  # a number is never used again: the panel of what is over is no other draft's
)

hand_in = Table(
    "hand_in",
    metadata,
    Column("id", Id, primary_key=True),  # the number on the receipt
    Column("course", String(32), nullable=False),
    Column("homework", String(32), nullable=False),
    Column("owner", String(24), nullable=False),  # `member 12` or `team 3`: of each there is one
    Column("member", Id, ForeignKey("member.id"), nullable=False),  # the author; of a team, who was first
    Column("team", Id, ForeignKey("homework_team.id")),
    Column("state", String(12), nullable=False),  # waiting, graded, returned, withdrawn
    Column("versions", Integer, nullable=False, server_default=NOUGHT),  # how many there were
    Column("chosen", Integer),  # the version that the author has picked
    Column("counts", Integer),  # the version that counts
    Column("sent_back", Integer, nullable=False, server_default=NOUGHT),  # versions up to this one were returned
    Column("is_late", Boolean(create_constraint=False), nullable=False, server_default=false()),  # that version
    Column("waiting_since", Moment),  # when the version was handed in that waits for an answer
    Column("due_at", Moment),  # when the answer is due
    Column("rung", Integer, nullable=False, server_default=NOUGHT),  # how far those who should answer were told
    Column("draft", Id, ForeignKey("grading_draft.id")),  # who is at it
    Column("revise_until", Moment),  # of what was returned: new versions are in time up to here
    Column("appeal", Text),  # why the author asks to look again, while nobody has
    Column("appellant", Id, ForeignKey("member.id")),  # who asks
    Column("featured_at", Moment),
    Column("featured_in", String(32)),  # the space of those who are to see it
    Column("aside", String(12)),  # its state before one of another account of the same person took its place
    UniqueConstraint("course", "homework", "owner"),
    Index(None, "course", "state", "waiting_since"),
    Index(None, "member"),
    Index(None, "team"),
    Index(None, "draft"),
)

submission = Table(
    "submission",
    metadata,
    Column("id", Id, primary_key=True),
    Column("hand_in", Id, ForeignKey("hand_in.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),  # who handed it in
    Column("at", Moment, nullable=False),  # by the platform's time of the message
    Column("again_at", Moment),  # when the same was last handed in once more
    Column("is_late", Boolean(create_constraint=False), nullable=False),
    Column("text", Text, nullable=False),
    Column("files", Json, nullable=False),  # `Piece`s
    Column("digest", String(32), nullable=False),  # of text and files: the same again is no new version
    Column("object", String(200)),  # the message that it stands in
    UniqueConstraint("hand_in", "version"),
    UniqueConstraint("hand_in", "digest"),
    Index(None, "object"),
    Index(None, "member"),
)

grade = Table(
    "grade",
    metadata,
    Column("id", Id, primary_key=True),
    Column("hand_in", Id, ForeignKey("hand_in.id"), nullable=False),
    Column("version", Integer, nullable=False),  # that was looked at
    Column("kind", String(8), nullable=False),  # graded, returned, undone: a return that was taken back
    Column("member", Id, ForeignKey("member.id")),  # who graded; NULL: a quiz, by itself
    Column("at", Moment, nullable=False),
    Column("points", Integer, nullable=False),  # before what lateness loses
    Column("out_of", Integer, nullable=False),
    Column("lost", Integer, nullable=False),  # percent, by lateness
    Column("score", Integer, nullable=False),  # percent, 0 to 100, after that
    Column("scores", Json, nullable=False),  # criterion -> points
    Column("problems", Json, nullable=False),
    Column("comment", Text, nullable=False),
    Column("files", Json, nullable=False),
    Column("waited", Integer),  # seconds of counted time, from hand-in to answer; NULL: nobody waited for it
    Column("is_in_time", Boolean(create_constraint=False), nullable=False),
    Column("since", Moment),  # from when on somebody had waited for it
    Column("appeal", Text),  # why its author had asked to look again; NULL: had not
    Column("read_at", Moment),  # when the author opened it
    Index(None, "hand_in", "id"),
    Index(None, "member", "at"),
)

extension = Table(
    "homework_extension",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("homework", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id")),  # NULL: everybody, also who comes later
    Column("until", Moment, nullable=False),
    Column("source", String(8), nullable=False),  # token, staff, import
    Column("by", Id, ForeignKey("member.id")),
    Column("at", Moment, nullable=False),
    Column("ended_at", Moment),  # taken back
    Column("is_spent", Boolean(create_constraint=False), nullable=False, server_default=false()),  # its token is gone
    Index(None, "course", "homework", "member"),
    Index(None, "member"),
)

kept_pace = Table(
    "grading_pace",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("rules", Text, nullable=False),  # how soon an answer is due, as the alarms of what waits were set by it
)

waiting_work = Table(
    "waiting_work",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("text", Text, nullable=False),
    Column("files", Json, nullable=False),
    Column("object", String(200)),
    Index(None, "member"),
    Index(None, "at"),
)
"""What somebody handed in without saying for which of several homework; they are asked."""

attempt = Table(
    "quiz_attempt",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("homework", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("number", Integer, nullable=False),  # from 1
    Column("started_at", Moment, nullable=False),
    Column("asked_at", Moment, nullable=False),  # when the current question was shown
    Column("finished_at", Moment),
    Column("points", Integer, nullable=False, server_default=NOUGHT),
    Column("out_of", Integer, nullable=False),
    UniqueConstraint("course", "homework", "member", "number"),
    Index(None, "member"),
)

answer = Table(
    "quiz_answer",
    metadata,
    Column("attempt", Id, ForeignKey("quiz_attempt.id"), primary_key=True),
    Column("asked", String(16), primary_key=True),  # the fingerprint of the question, as it stood then
    Column("question", String(32), nullable=False),  # what it was called
    Column("given", Json, nullable=False),  # numbers of options from 0, or one text
    Column("is_final", Boolean(create_constraint=False), nullable=False),
    Column("is_right", Boolean(create_constraint=False), nullable=False),
    Column("seconds", Integer, nullable=False),
    Column("at", Moment, nullable=False),
)

text_mark = Table(
    "text_mark",
    metadata,
    Column("submission", Id, ForeignKey("submission.id"), primary_key=True),
    Column("mark", BigInteger, primary_key=True),
    Index(None, "mark"),
)
"""The fingerprints of a text by winnowing: copies share some."""

near_copy = Table(
    "near_copy",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("later", Id, ForeignKey("submission.id"), nullable=False),
    Column("earlier", Id, ForeignKey("submission.id"), nullable=False),
    Column("share", Integer, nullable=False),  # percent of the later text's marks that the earlier one has
    Column("at", Moment, nullable=False),
    Column("settled_at", Moment),  # staff have looked
    Column("settled_by", Id, ForeignKey("member.id")),
    UniqueConstraint("later", "earlier"),
)

digest = Table(
    "common_digest",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("homework", String(32), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Id, ForeignKey("member.id")),
    Column("missed", Json, nullable=False),  # what was missed, and how often
    Column("link", Text),  # the teacher's video
    Column("files", Json, nullable=False),
    Column("filled_at", Moment),
    Column("posted_at", Moment),
    Index(None, "course", "at"),
)
"""What many got wrong in one homework, and the video that a teacher makes of it."""
