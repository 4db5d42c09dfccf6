"""Members ahead of their first word: from a list, before anybody has seen them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select, update

from bot.domain.ids import CourseId
from bot.engine.names import clean_name
from bot.engine.outside import audit_outside
from storage.tables import account, member, profile


class Listed(NamedTuple):
    """One person of the list."""

    platform: str
    user: str
    name: str
    tags: tuple[str, ...] | None  # None: the list says nothing of tags


class Enrolment(NamedTuple):
    """What the list changes of one person."""

    listed: Listed
    member: int | None  # None: new
    name: tuple[str, str] | None  # the one before, and the new one
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def is_change(self) -> bool:
        return self.member is None or bool(self.name or self.added or self.removed)


def enrolments(db: Connection, course: CourseId, those: Sequence[Listed]) -> list[Enrolment]:
    """What the list would change. Who is there already keeps the name that their platform gives them."""
    known = _known(db, course)
    return [_enrolment(one, known.get((one.platform, one.user))) for one in those]


def _known(db: Connection, course: CourseId) -> dict[tuple[str, str], Any]:
    own = member.alias()
    query = select(account.c.platform, account.c.user, member.c.id, member.c.left_at, member.c.tags, profile.c.name)
    query = query.join_from(account, own, own.c.id == account.c.member)
    query = query.join(member, member.c.id == func.coalesce(own.c.merged_into, own.c.id))
    query = query.join(profile, profile.c.member == member.c.id).where(account.c.course == course)
    return {(row.platform, row.user): row for row in db.execute(query)}


def _enrolment(one: Listed, row: Any | None) -> Enrolment:
    if row is None:
        return Enrolment(one, None, None, one.tags or (), ())
    name = clean_name(one.name, row.name) if one.name and row.left_at is not None else row.name
    tags = row.tags if one.tags is None else one.tags
    return Enrolment(
        one,
        row.id,
        (row.name, name) if name != row.name else None,
        tuple(tag for tag in tags if tag not in row.tags),
        tuple(tag for tag in row.tags if tag not in tags),
    )


def enrol(db: Connection, course: CourseId, changes: Sequence[Enrolment], at: datetime) -> None:
    """Who is new counts as not there until they say something: then they are welcomed like anybody else."""
    for one in changes:
        if one.member is None:
            _make(db, course, one.listed, at)
        else:
            _change(db, one, one.member)
    made = sum(one.member is None for one in changes)
    audit_outside(db, "import_roster", course, at, made=made, changed=len(changes) - made)


def _make(db: Connection, course: CourseId, one: Listed, at: datetime) -> None:
    values = {"course": course, "role": "student", "joined_at": at, "left_at": at, "tags": list(one.tags or ())}
    id = db.execute(insert(member).values(values).returning(member.c.id)).scalar_one()
    db.execute(insert(account).values(course=course, platform=one.platform, user=one.user, member=id))
    db.execute(insert(profile).values(member=id, name=clean_name(one.name, one.user)))


def _change(db: Connection, one: Enrolment, who: int) -> None:
    if one.name:
        db.execute(update(profile).where(profile.c.member == who).values(name=one.name[1]))
    if one.listed.tags is not None:
        db.execute(update(member).where(member.c.id == who).values(tags=list(one.listed.tags)))
