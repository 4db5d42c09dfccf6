"""What was last asked of platforms: which marks there are in a course, and who shows which."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, Integer, Row, String, Table, delete, func, select, tuple_, update

from bot.domain.ids import CourseId
from bot.domain.places import Address
from storage.among import among
from storage.columns import Json, Moment
from storage.database import insert
from storage.personal import Account, Personal
from storage.persons import is_of, same_persons
from storage.tables import account, member, metadata

shown = Table(
    "shown_mark",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("platform", String(32), primary_key=True),
    Column("user", String(128), primary_key=True),
    Column("chat", String(128), nullable=False),  # where it was asked for; empty: it may be otherwise by now
    Column("names", Json, nullable=False),
    Column("number", Integer, nullable=False),  # grows: the last message about it has it in its key
)

named = Table(
    "named_mark",
    metadata,
    Column("course", String(32), primary_key=True),
    Column("platform", String(32), primary_key=True),
    Column("chat", String(128), nullable=False),  # where it was asked for; empty: it may be otherwise by now
    Column("labels", Json, nullable=False),
    Column("again_at", Moment),  # when to ask again for what was refused
)

view = Table(
    "marked_view",
    metadata,
    Column("id", Integer, primary_key=True),  # always 1
    Column("version", String(80), nullable=False),  # of the courses, as they were last looked at
)

Key = tuple[CourseId, str]
"""A course and a platform."""

PERSONAL = Personal(shown, path=("platform", "user"), hidden=("number",), goes=True)


def is_new_view(db: Connection, version: str) -> bool:
    """Whether the courses, their places or their staff have changed since this was last asked."""
    if db.execute(select(view.c.version)).scalar_one_or_none() == version:
        return False
    row = insert(db, view).values(id=1, version=version)
    db.execute(row.on_conflict_do_update(index_elements=["id"], set_={"version": version}))
    return True


def keep_names(db: Connection, course: CourseId, address: Address, labels: Mapping[str, str]) -> bool:
    """Whether other marks are to be made than before, or elsewhere."""
    mine = (named.c.course == course) & (named.c.platform == address.platform)
    before = db.execute(select(named.c.chat, named.c.labels).where(mine)).one_or_none()
    if before and (before.chat, before.labels) == (address.chat, dict(labels)):
        return False
    now = {"chat": address.chat, "labels": dict(labels), "again_at": None}
    row = insert(db, named).values(course=course, platform=address.platform, **now)
    db.execute(row.on_conflict_do_update(index_elements=["course", "platform"], set_=now))
    return True


def doubt_names(db: Connection, course: CourseId, platform: str, again_at: datetime | None = None) -> None:
    """Which marks there are is not known any more: they are to be asked for anew, at this moment at the latest."""
    mine = (named.c.course == course) & (named.c.platform == platform)
    db.execute(update(named).where(mine).values(chat="", again_at=again_at))


def are_names_known(db: Connection, course: CourseId, platform: str) -> bool:
    """Whether nothing speaks against it that a course has the marks that were last asked for."""
    mine = (named.c.course == course) & (named.c.platform == platform)
    return bool(db.execute(select(named.c.chat).where(mine)).scalar_one_or_none())


def refused_before(db: Connection, now: datetime) -> set[Key]:
    """Where marks were refused that are to be asked for again by now."""
    rows = db.execute(select(named.c.course, named.c.platform).where(named.c.again_at <= now))
    return {(CourseId(row.course), row.platform) for row in rows}


def named_at(db: Connection) -> dict[Key, str]:
    """Where marks were last asked for, of each course on each platform; empty where nobody knows any more."""
    chats = func.max(shown.c.chat).label("shown")
    there = (shown.c.course == named.c.course) & (shown.c.platform == named.c.platform)
    query = select(named.c.course, named.c.platform, named.c.chat, chats).outerjoin(shown, there)
    rows = db.execute(query.group_by(named.c.course, named.c.platform, named.c.chat))
    return {(CourseId(row.course), row.platform): row.chat or row.shown or "" for row in rows}


def forget_names(db: Connection, course: CourseId, platform: str) -> None:
    """Nothing is asked for there any more."""
    db.execute(delete(named).where(named.c.course == course, named.c.platform == platform))


def accounts_of(db: Connection, members: Collection[int], platforms: Collection[str]) -> Sequence[Any]:
    """Course, platform and user of each account of these people, with who they are; not of those who have left."""
    own = member.alias()
    persons = select(func.coalesce(own.c.merged_into, own.c.id)).where(among(own.c.id, "members")).distinct()
    wanted = {"persons": db.execute(persons, {"members": members}).scalars().all()}
    query = select(account.c.course, account.c.platform, account.c.user, member.c.id, member.c.role, member.c.level)
    query = query.add_columns(member.c.is_praised).join_from(account, member, is_of(account.c.member))
    here = member.c.left_at.is_(None) & account.c.platform.in_(platforms)
    mine = query.where(same_persons(account.c.member, "persons"), here)
    return db.execute(mine.order_by(account.c.user), wanted).all()


def shown_on(db: Connection, course: CourseId, platform: str, users: Collection[str]) -> dict[str, Row[Any]]:
    """What each of these shows, as far as they were ever asked to show anything."""
    mine = (shown.c.course == course) & (shown.c.platform == platform) & among(shown.c.user, "users")
    return {row.user: row for row in db.execute(select(shown).where(mine), {"users": users})}


def all_shown(db: Connection, course: CourseId, platform: str) -> Sequence[Row[Any]]:
    """Everybody who was last asked to show something there."""
    rows = db.execute(select(shown).where(shown.c.course == course, shown.c.platform == platform)).all()
    return [row for row in rows if row.names]


def shown_by(db: Connection, accounts: Collection[Account]) -> Sequence[Row[Any]]:
    """What these accounts show, in all courses."""
    mine = tuple_(shown.c.platform, shown.c.user).in_([tuple(one) for one in accounts])
    return db.execute(select(shown).where(mine).order_by(shown.c.course, shown.c.platform, shown.c.user)).all()


def members_with(db: Connection, course: CourseId, platform: str, user: str) -> Sequence[int]:
    """The member whose account this is, if anybody's."""
    mine = (account.c.course == course) & (account.c.platform == platform) & (account.c.user == user)
    return db.execute(select(account.c.member).where(mine)).scalars().all()


def keep_shown(db: Connection, course: CourseId, platform: str, user: str, **now: Any) -> None:
    row = insert(db, shown).values(course=course, platform=platform, user=user, **now)
    db.execute(row.on_conflict_do_update(index_elements=["course", "platform", "user"], set_=now))


def doubt_shown(db: Connection, course: CourseId, platform: str, user: str | None = None) -> None:
    """What this person shows, or anybody, is not known any more: it is asked for anew."""
    mine = (shown.c.course == course) & (shown.c.platform == platform)
    theirs = mine if user is None else mine & (shown.c.user == user)
    db.execute(update(shown).where(theirs).values(chat=""))
