"""The tables of sharing, but for who was asked to share.

A *session* is one evening's; a *share* is what one member has brought to it, in one or more posts.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint, text

from storage.columns import LocalDate, Moment
from storage.tables import Id, metadata

session = Table(
    "sharing_session",
    metadata,
    Column("id", Id, primary_key=True),
    Column("course", String(32), nullable=False),
    Column("ritual", String(48), nullable=False),
    Column("space", String(32), nullable=False),
    Column("local_date", LocalDate, nullable=False),
    Column("number", Integer, nullable=False, server_default=text("0")),  # of several on one date
    Column("opened_at", Moment, nullable=False),  # when it was due: what is posted from then on counts
    Column("closes_at", Moment, nullable=False),  # what is posted before this counts, however late it reaches us
    Column("closed_at", Moment),  # when the summary was posted
    UniqueConstraint("course", "ritual", "space", "local_date", "number"),
    Index(None, "course", "space", "closes_at"),
)

share = Table(
    "share",
    metadata,
    Column("id", Id, primary_key=True),
    Column("session", Id, ForeignKey("sharing_session.id"), nullable=False),
    Column("member", Id, ForeignKey("member.id"), nullable=False),
    Column("at", Moment, nullable=False),
    UniqueConstraint("session", "member"),
)

share_post = Table(
    "share_post",
    metadata,
    Column("id", Id, primary_key=True),
    Column("share", Id, ForeignKey("share.id"), nullable=False),
    Column("message", String(200)),  # the object of the message; NULL for old ones
    Column("at", Moment, nullable=False),
    Column("attachments", Integer, nullable=False, server_default=text("0")),
    Column("text", Text, nullable=False),
    Column("edited_at", Moment),
    Index(None, "message"),
    Index(None, "share"),
)
