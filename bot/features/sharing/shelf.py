"""The archive of shares: what may be read of it, page by page, and what is found by words."""

from collections.abc import Collection, Hashable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from bot.domain.course import Course
from bot.domain.ids import CourseId, MemberId, SpaceId
from bot.engine.known import Known
from bot.engine.transaction import Engine
from bot.engine.works import READ
from bot.features.sharing.store import IS_THERE
from bot.features.sharing.tables import session, share, share_post
from storage.among import among
from storage.persons import counts_once, grouped, person_of

_FOUND = 200  # shares that a search goes on with: some may stand where the reader is not


class Kept(NamedTuple):
    """One share, as it stands in a list."""

    id: int
    person: MemberId
    session: int
    space: SpaceId
    local_date: date
    text: str  # the beginning of the longest post
    files: int


class Post(NamedTuple):
    """One post of a share."""

    text: str
    files: int
    at: datetime


def count(db: Connection, course: CourseId, spaces: Collection[SpaceId]) -> int:
    found = _readable(course).with_only_columns(func.count())
    return int(db.execute(found, {"spaces": list(spaces)}).scalar_one())


def newest(db: Connection, course: CourseId, spaces: Collection[SpaceId], *, limit: int, offset: int = 0) -> list[Kept]:
    query = _readable(course).order_by(share.c.at.desc(), share.c.id.desc()).limit(limit).offset(offset)
    return _with_texts(db, db.execute(query, {"spaces": list(spaces)}).all())


def by_number(db: Connection, course: CourseId, spaces: Collection[SpaceId], numbers: Collection[int]) -> list[Kept]:
    """Those of these that may be read, in the order of the numbers."""
    query = _readable(course).where(among(share.c.id, "shares"))
    rows = db.execute(query, {"spaces": list(spaces), "shares": list(numbers)}).all()
    found = {one.id: one for one in _with_texts(db, rows)}
    return [found[number] for number in numbers if number in found]


def posts_of(db: Connection, number: int) -> list[Post]:
    post = share_post.c
    query = select(post.text, post.attachments, post.at).where(post.share == number, IS_THERE)
    return [Post(*row) for row in db.execute(query.order_by(post.at, post.id))]


def _readable(course: CourseId) -> Select[Any]:
    """The shares of which a post is there, in these spaces."""
    there = select(share_post.c.id).where(share_post.c.share == share.c.id, IS_THERE).exists()
    query = select(share.c.id, person_of(share.c.member), session.c.id, session.c.space, session.c.local_date)
    query = query.join_from(share, session, session.c.id == share.c.session)
    return query.where(session.c.course == course, among(session.c.space, "spaces"), there, _counts)


_counts: ColumnElement[bool] = counts_once(share, "session")


def _with_texts(db: Connection, rows: Sequence[Row[Any]]) -> list[Kept]:
    post = share_post.c
    query = select(post.share, func.substr(post.text, 1, READ).label("text"), post.attachments)
    query = query.where(among(post.share, "shares"), IS_THERE).order_by(func.length(post.text).desc(), post.id)
    posts = dict(grouped((row.share, row) for row in db.execute(query, {"shares": [row[0] for row in rows]})))
    return [Kept._make((*row, *_said(posts[row[0]]))) for row in rows]


def _said(posts: Sequence[Row[Any]]) -> tuple[str, int]:
    """The longest of them, which is the first, and how many files there are with all."""
    return posts[0].text, sum(one.attachments for one in posts)


# --- by words ---------------------------------------------------------------------------------------------------------


def found(engine: Engine, db: Connection, course: Course, spaces: Collection[SpaceId], words: str) -> list[Kept]:
    """The best first."""

    def read() -> list[Known]:
        return [_known(course, *row) for row in _texts(db, course.id)]

    # Beside the handbook's, among the indexes that the process keeps.
    shelf = engine.finder.shelf(CourseId(f"{course.id}:shares"), _mark(db, course.id), read)
    return by_number(db, course.id, spaces, [int(known.id) for known, _ in shelf.search(words, _FOUND)])


def _known(course: Course, number: int, day: date, texts: list[str]) -> Known:
    topic = course.day(day)
    about = " ".join(topic.sharing.by_language.values()) if topic and topic.sharing else ""
    return Known(str(number), ("\n".join(texts)[:READ],), about)


def _texts(db: Connection, course: CourseId) -> list[tuple[int, date, list[str]]]:
    post = share_post.c
    query = select(post.share, session.c.local_date, func.substr(post.text, 1, READ).label("text"))
    query = query.join(share, share.c.id == post.share).join(session, session.c.id == share.c.session)
    rows = db.execute(query.where(session.c.course == course, IS_THERE).order_by(post.share, post.id))
    return [(number, day, texts) for (number, day), texts in grouped(((row[0], row[1]), row[2]) for row in rows)]


def _mark(db: Connection, course: CourseId) -> Hashable:
    """Another one whenever a post has come, gone, or changed."""
    post = share_post.c
    query = select(func.count(), func.max(post.id), func.max(post.edited_at), func.sum(func.length(post.text)))
    query = query.join_from(share_post, share, share.c.id == post.share).join(session, session.c.id == share.c.session)
    return tuple(db.execute(query.where(session.c.course == course)).one())
