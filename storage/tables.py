"""The core's tables. A feature's own tables stand in its `store.py`, on the same metadata.

Names, handles and texts live in tables of their own (`profile`, `outbox`, `adapter_document`, `set_aside`), apart from
facts and sums, so that a person can be forgotten without breaking others' points.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

from storage.columns import Json, LocalDate, Moment

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column that is exactly INTEGER."""

# --- what is live -----------------------------------------------------------------------------------------------------

snapshot = Table(
    "snapshot",
    metadata,
    Column("number", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("at", Moment, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("files", Json, nullable=False),  # file name -> text, as it was when it went live
    Index(None, "course", "number"),
)

binding = Table(
    "binding",
    metadata,
    Column("id", Id, primary_key=True),  # the newest row of an address counts
    Column("platform", String(32), nullable=False),
    Column("chat", String(128), nullable=False),
    Column("course", String(32), nullable=False),  # empty: it belongs to none any more
    Column("space", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

moved_space = Table(
    "moved_space",
    metadata,
    Column("id", Id, primary_key=True),
    Column("platform", String(32), nullable=False),
    Column("old", String(128), nullable=False),  # the chat that is no more; YAML may still name it
    Column("new", String(128), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("platform", "old"),
)

staff_grant = Table(
    "staff_grant",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account", String(160), nullable=False),
    Column("course", String(32)),  # NULL: every course
    Column("role", String(16), nullable=False),
    Column("at", Moment, nullable=False),
)

claim_code = Table(
    "claim_code",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("at", Moment, nullable=False),
    Column("used_at", Moment),
    Column("used_by", String(160)),
)

# --- people -----------------------------------------------------------------------------------------------------------

member = Table(
    "member",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("role", String(16), nullable=False),
    Column("joined_at", Moment, nullable=False),
    Column("left_at", Moment),
    Column("merged_into", Id, ForeignKey("member.id")),
    Column("level", String(48), nullable=False, server_default=text("''")),  # empty: the course's first
    Column("tags", Json, nullable=False, server_default=text("'[]'")),
    Column("is_on_boards", Boolean(create_constraint=False), nullable=False, server_default=true()),
    Column("is_praised", Boolean(create_constraint=False), nullable=False, server_default=true()),
    Index(None, "course", "role"),
    Index(
        "ix_member_merged_into",
        "merged_into",
        sqlite_where=text("merged_into is not null"),
        postgresql_where=text("merged_into is not null"),
    ),
)

account = Table(
    "account",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("platform", String(32), primary_key=True),
    Column("user", String(128), primary_key=True),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Index(None, "member"),
    Index(None, "user"),
)

profile = Table(
    "profile",
    metadata,
    Column("member", Id, ForeignKey("member.id"), primary_key=True),
    Column("name", Text, nullable=False),
    Column("handle", Text),
    Column("language", String(16)),
    Column("pseudonym", Text),  # shown on boards and in praise instead of the name
)

contact = Table(
    "contact",
    metadata,
    Column("platform", String(32), primary_key=True),
    Column("user", String(128), primary_key=True),
    Column("is_open", Boolean(create_constraint=False), nullable=False),  # the bot may write to them in private
    Column("at", Moment, nullable=False),
)

# --- what happened ----------------------------------------------------------------------------------------------------

event_claim = Table(
    "event_claim",
    metadata,
    Column("key", String(200), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
    sqlite_with_rowid=False,
)

set_aside = Table(
    "set_aside",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32)),  # NULL where it belongs to no course
    Column("key", String(200), nullable=False, unique=True),
    Column("event", Json),  # NULL where it could not be read; then `raw` has it
    Column("raw", Text),
    Column("error", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("replayed_at", Moment),
)

fact = Table(
    "fact",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("kind", String(48), nullable=False),
    Column("object", String(200), nullable=False),
    Column("at", Moment, nullable=False),
    Column("local_date", LocalDate, nullable=False),
    Column("cause", String(200), nullable=False),
    Column("snapshot", Id, nullable=False),
    Column("values", Json, nullable=False),
    Column("verdicts", Json, nullable=False),
    Index(None, "member", "id"),
    Index(None, "object"),
)


def _entries(name: str) -> Table:
    """A table of ledger entries."""
    return Table(
        name,
        metadata,
        Column("id", Id, primary_key=True),
        Column("course", String(32), nullable=False),
        Column("member", Id, ForeignKey("member.id"), nullable=False),
        Column("points", Integer, nullable=False),
        Column("rule", String(48), nullable=False),
        Column("object", String(200), nullable=False),
        Column("round", Integer, nullable=False),
        Column("cause", String(200), nullable=False),
        Column("at", Moment, nullable=False),
        Column("local_date", LocalDate, nullable=False),
        Column("reason", Text, nullable=False, server_default=text("''")),
        Column("fact", String(48), nullable=False, server_default=text("''")),  # its kind
        Column("category", String(16), nullable=False, server_default=text("'activity'")),
        Column("text", String(16)),  # the fingerprint of what was rewarded
        UniqueConstraint("member", "rule", "object", "round"),
        Index(None, "course", "member", "local_date"),
        Index(None, "course", "text"),
    )


ledger = _entries("ledger")
shadow_ledger = _entries("shadow_ledger")  # what rules in the shadow would have given

occurrence = Table(
    "occurrence",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("ritual", String(48), nullable=False),
    Column("space", String(32), nullable=False),
    Column("local_date", LocalDate, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("state", String(16), nullable=False, server_default=text("'planned'")),  # planned, done, skipped, failed
    Column("settled_at", Moment),
    Column("reason", String(16)),  # why it was skipped
    Column("is_moved", Boolean(create_constraint=False), nullable=False, server_default=false()),  # by staff
    UniqueConstraint("course", "ritual", "space", "local_date", "slot"),
    Index(None, "state", "due_at"),
)

horizon = Table(
    "horizon",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("until", Moment, nullable=False),  # occurrences due up to here are rows already
)

ritual_pause = Table(
    "ritual_pause",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("ritual", String(48), nullable=False),  # `*`: all of them
    Column("since", Moment, nullable=False),
    Column("until", Moment),  # NULL: until somebody resumes it
    Column("ended_at", Moment),
    Index(None, "course", "ended_at"),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("course", String(32)),
    Column("member", Id, ForeignKey("member.id")),
    Column("account", String(160)),
    Column("action", String(48), nullable=False),
    Column("details", Json, nullable=False),
)

# --- what goes out ----------------------------------------------------------------------------------------------------

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", String(240), nullable=False, unique=True),
    Column("lane", String(240), nullable=False),
    Column("platform", String(32), nullable=False),
    Column("message", Json, nullable=False),
    Column("edits", String(240)),
    Column("state", String(16), nullable=False),  # held, pending, sending, sent, unknown, dead, expired
    Column("priority", SmallInteger, nullable=False, server_default=text("2")),  # 0 goes first
    Column("holder", String(64)),  # the process that is sending it
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("not_before", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("retry_at", Moment),  # by the real clock; NULL: not waiting for another try
    Column("is_unsure", Boolean(create_constraint=False), nullable=False, server_default=false()),
    # of an earlier try nobody knows whether it arrived
    Column("sent_as", String(128)),  # the platform's id of the message
    Column("error", Text),
    Column("settled_at", Moment),
    Column(
        "is_notice", Boolean(create_constraint=False), nullable=False
    ),  # about delivery itself: its failure tells nobody
    Index(None, "sent_as", sqlite_where=text("sent_as is not null"), postgresql_where=text("sent_as is not null")),
    Index(None, "state", "lane", "id"),
    Index(None, "state", "not_before"),
    Index(None, "state", "expires_at"),
)

# --- processes, clock, adapters ---------------------------------------------------------------------------------------

lease = Table(
    "lease",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("holder", String(64), nullable=False),
    Column("epoch", Integer, nullable=False),  # grows with every change of holder
    Column("host", String(128), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("expires_at", Moment, nullable=False),  # by the real clock
)

clock = Table(
    "clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("now", Moment, nullable=False),  # what a virtual clock shows
)

heartbeat = Table(
    "heartbeat",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),  # when any process last was at work, by the real clock
)

adapter_document = Table(
    "adapter_document",
    metadata,
    Column("adapter", String(32), primary_key=True),
    Column("kind", String(96), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("revision", Id, nullable=False),
    Column("value", Json, nullable=False),
    UniqueConstraint("adapter", "revision"),
    Index(None, "adapter", "kind", "revision"),
)
