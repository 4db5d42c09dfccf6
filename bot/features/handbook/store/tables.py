"""The tables of the handbook: its entries, and every version of each."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from storage.columns import Json, Moment
from storage.tables import Id, metadata

entry = Table(
    "handbook_entry",
    metadata,
    Column("id", Id, primary_key=True),  # its number, as everybody sees it: H3
    Column("course", String(32), nullable=False),
    Column("source", String(64), nullable=False),  # `faq:ID` or `question:12` or `staff:N`
    Column("origin", String(64), nullable=False),  # digest of what its source said when it was last looked at
    Column("state", String(12), nullable=False),  # as `entries.State` has it
    Column("version", Integer, nullable=False),  # the newest, which is read; 0: a draft, whose words are its source's
    Column("tag", String(12)),
    Column("lesson", Integer),
    Column("homework", String(32)),
    UniqueConstraint("course", "source"),
    Index(None, "course", "state"),
    sqlite_autoincrement=True,
)

version = Table(
    "handbook_version",
    metadata,
    Column("entry", Id, ForeignKey("handbook_entry.id"), primary_key=True),
    Column("version", Integer, primary_key=True),  # from 1
    Column("at", Moment, nullable=False),
    Column("member", Id, ForeignKey("member.id")),  # who wrote it; NULL: faq.yaml
    Column("asked", Json, nullable=False),  # by language
    Column("also", Json, nullable=False),  # other ways to ask it
    Column("answer", Json, nullable=False),  # by language
    Column("note", Text, nullable=False),  # what is different, and why
    Index(None, "member"),
)

change = Table(
    "handbook_change",
    metadata,
    Column("id", Id, primary_key=True),  # grows with every change: what has been read up to which is known
    Column("course", String(32), nullable=False),
    Column("entry", Id, ForeignKey("handbook_entry.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("at", Moment, nullable=False),
    Column("kind", String(12), nullable=False),  # as `entries.Kind` has it
    Index(None, "course", "id"),
)

seed = Table(
    "handbook_seed",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("snapshot", Integer, nullable=False),  # of the course's files, whose faq.yaml is in
)
