"""How long rows that hold what people said or did, or that only serve delivery, are kept: all of it in one place.

What rules have made of it, facts and points, stays. Sums that are shown afterwards are counted of other tables, or
before their rows go.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, delete, literal, select

from storage.columns import Moment
from storage.pins import pinned_post
from storage.tables import metadata, outbox


class Kept(NamedTuple):
    """Rows of a table, and for how long after which moment. Where that is empty, they are kept."""

    table: str
    moment: tuple[str, ...]  # a column; ("session", "closes_at"): of the row that the column `session` refers to
    days: int


BACKUP_DAYS = 30
"""Backups in the data folder; what an operator has put elsewhere is theirs to delete."""

_LONGEST_COURSE = 400  # days; a report of the whole course is written at its end
RETENTION = (
    # No platform delivers an update again after more than a few days.
    Kept("event_claim", ("at",), 30),
    # Long enough to see in the staff room why something was not delivered, and to send it again.
    Kept("outbox", ("settled_at",), 30),
    Kept("set_aside", ("at",), 180),
    Kept("set_aside", ("replayed_at",), 30),
    # What staff did, for as long as somebody may ask about it.
    Kept("audit", ("at",), 730),
    # Somebody asked what being forgotten means, and did not say yes.
    Kept("forget_wish", ("at",), 1),
    # What was asked before the course was chosen is done within an hour, or not at all.
    Kept("private_asked", ("at",), 1),
    # A file that nobody has fetched, or that nobody could take.
    Kept("job", ("expires_at",), 180),
    # It was asked for which homework it is, and nobody said.
    Kept("waiting_work", ("at",), 2),
    # What students say in a group, in case that somebody puts a question mark under it.
    Kept("question_heard", ("at",), 1),
    # Copies are looked for as long as the course lasts.
    Kept("text_mark", ("submission", "at"), _LONGEST_COURSE + 30),
    Kept("near_copy", ("at",), _LONGEST_COURSE + 30),
    # In case somebody asks about a grade, and for the gallery at the end; the grades themselves stay.
    Kept("submission", ("at",), 730),
    # What was given for a form that was never sent off.
    Kept("form_session", ("expires_at",), 1),
    # A code is good for minutes, and wrong ones are counted for an hour.
    Kept("link_code", ("at",), 1),
    Kept("link_guess", ("at",), 1),
    # A code is good for a quarter of an hour, and guesses are counted for one.
    # Whom somebody voted for is nobody's business once it is counted, but votes that are traded show only over some
    # weekly contests. What was never closed goes by its announced end.
    Kept("contest_vote", ("contest", "closed_at"), 60),
    Kept("contest_vote", ("contest", "votes_until"), 365),
    Kept("poll_vote", ("poll", "closed_at"), 30),
    Kept("poll_vote", ("poll", "closes_at"), 365),
    Kept("live_vote", ("session", "session", "closes_at"), 30),
    Kept("live_vote", ("at",), 365),
    # Texts, in case somebody asks about a place or a summary; how many there were, other tables know.
    Kept("contest_work", ("entry", "contest", "votes_until"), 365),
    Kept("contest_appeal", ("at",), 365),
    Kept("share_post", ("share", "session", "closes_at"), 365),
    Kept("featured", ("at",), 365),
    # To be read again for a while; it can be drawn anew at any time.
    Kept("growth_report", ("at",), 90),
    # Looked at after each batch, wherever there is a platform that shows it.
    Kept("changed_member", ("at",), 1),
    # Whoever asked to be let in is a member by then, or nobody.
    Kept("join_request", ("at",), 30),
    # These are counted in reports themselves.
    Kept("live_question", ("at",), _LONGEST_COURSE + 30),
    Kept("live_attendance", ("session", "closes_at"), _LONGEST_COURSE + 30),
    Kept("battle_answer", ("at",), _LONGEST_COURSE + 30),
    # Who was asked to speak not long ago is not asked again; who declined is nobody's business after that.
    Kept("speaker_invitation", ("at",), 60),
)


COPY_DAYS = 1
_BY_ITSELF = (Kept("kept_file", ("expires_at",), COPY_DAYS),)
"""What goes together with something that is no row; see `storage/kept_files.py`."""


def days_of(table: str) -> int | None:
    """How long its rows are kept when they are done with; None: until their person is forgotten."""
    return next((kept.days for kept in (*RETENTION, *_BY_ITSELF) if kept.table == table), None)


_edits = outbox.alias("edits")
_STILL_NEEDED = {
    # A post that was edited not long ago may be again, and what is pinned will be unpinned: both by their rows.
    "outbox": outbox.c.key.in_(select(_edits.c.edits).where(_edits.c.edits.is_not(None)))
    | outbox.c.key.in_(select(pinned_post.c.post)),
}


def files_going(db: Connection, now: datetime) -> Iterator[Any]:
    """What rows tell of files that are to be deleted at this moment."""
    for kept in RETENTION:
        table = metadata.tables[kept.table]
        if "files" in table.c:
            old = _is_before(table, kept.moment, now - timedelta(days=kept.days))
            yield from db.execute(select(table.c.files).where(old)).scalars()


def forget_old(db: Connection, now: datetime) -> int:
    """Delete what has been kept long enough; how many rows."""
    return sum(_forget(db, kept, now - timedelta(days=kept.days)) for kept in RETENTION)


def _forget(db: Connection, kept: Kept, before: datetime) -> int:
    table = metadata.tables[kept.table]
    old = delete(table).where(_is_before(table, kept.moment, before))
    needed = _STILL_NEEDED.get(kept.table)
    return db.execute(old if needed is None else old.where(~needed)).rowcount


def _is_before(table: Table, path: Sequence[str], before: datetime) -> ColumnElement[bool]:
    """Whether the moment that a path along foreign keys leads to lies before another."""
    name, *further = path
    column = table.c[name]
    if not further:
        return column < literal(before, Moment())
    (key,) = column.foreign_keys
    referred = key.column
    return column.in_(select(referred).where(_is_before(referred.table, further, before)))
