"""Who is meant: members for the actors of a batch, made on first sight, many at a time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from msgspec import structs
from sqlalchemy import Connection, Row, bindparam, insert, select, update

from bot.domain.errors import UserError
from bot.domain.ids import CourseId, MemberId
from bot.domain.places import Actor, Member
from bot.engine.levels import relevel
from bot.engine.live import Live
from bot.engine.names import clean_name
from storage import boards
from storage.among import among
from storage.tables import account, member, profile

Person = tuple[CourseId, str, str]
"""Course, platform, user."""

_KNOWN = (
    select(account.c.course, account.c.platform, account.c.user, member.c.id, member.c.role, member.c.left_at)
    .add_columns(member.c.level, member.c.tags, member.c.joined_at)
    .add_columns(profile.c.name, profile.c.handle, profile.c.language)
    .join_from(account, member, account.c.member == member.c.id)
    .join(profile, profile.c.member == member.c.id)
    .where(among(account.c.user, "users"))
)


def members_of(
    db: Connection, live: Live, people: Mapping[Person, Actor], at: datetime
) -> tuple[dict[Person, Member], list[Person]]:
    """The member for each person, and who of them is new or came back. Changed names are kept up."""
    rows = _known(db, people)
    changed = [_profile(rows[person].id, actor) for person, actor in people.items() if _is_renamed(rows, person, actor)]
    if changed:
        db.execute(
            update(profile).where(profile.c.member == bindparam("member_")),
            [{"member_": row["member"], "name": row["name"], "handle": row["handle"]} for row in changed],
        )
    back = [person for person, row in rows.items() if row.left_at is not None]
    if back:
        returned = [rows[person].id for person in back]
        db.execute(update(member).where(member.c.id.in_(returned)).values(left_at=None))
        boards.relist(db, returned)
    new = [person for person in people if person not in rows]
    members = {person: _member(row, people[person]) for person, row in rows.items()}
    return members | _make(db, live, {person: people[person] for person in new}, at), new + back


def present_member(db: Connection, course: CourseId, actor: Actor) -> Member | None:
    """The member behind an account, if there is one and they have not left."""
    person = (course, actor.platform, actor.user)
    row = _known(db, {person: actor}).get(person)
    return None if row is None or row.left_at is not None else _member(row, actor)


def present_students(db: Connection, course: CourseId, before: datetime) -> list[Member]:
    """The students who joined before this moment and have not left, in the order in which they came."""
    here = member.c.left_at.is_(None) & member.c.merged_into.is_(None) & (member.c.joined_at < before)
    mine = (member.c.course == course) & (member.c.role == "student")
    return [_from_row(row) for row in db.execute(_BY_ID.where(mine, here).order_by(member.c.id))]


def name_of(db: Connection, who: MemberId) -> str:
    return str(db.execute(_NAME, {"who": who}).scalar_one())


_NAME = select(profile.c.name).where(profile.c.member == bindparam("who"))


def praised_names(db: Connection, members: Collection[MemberId]) -> dict[MemberId, str]:
    """The name that others read, of those who like to be praised and are here."""
    query = select(profile.c.member, profile.c.name, profile.c.pseudonym).join(member, member.c.id == profile.c.member)
    query = query.where(among(member.c.id, "members"), member.c.is_praised, member.c.left_at.is_(None))
    return {row.member: row.pseudonym or row.name for row in db.execute(query, {"members": members})}


def _known(db: Connection, people: Mapping[Person, Actor]) -> dict[Person, Row[Any]]:
    users = {user for _, _, user in people}
    found = db.execute(_KNOWN, {"users": users}).all()
    rows = {(CourseId(row.course), row.platform, row.user): row for row in found}
    return {person: rows[person] for person in people if person in rows}


def _is_renamed(rows: Mapping[Person, Row[Any]], person: Person, actor: Actor) -> bool:
    row = rows.get(person)
    if row is None or (row.name == actor.name and row.handle == actor.handle):
        return False
    return bool(row.name != clean_name(actor.name, actor.user) or row.handle != actor.handle)


def _member(row: Row[Any], actor: Actor) -> Member:
    found = _from_row(row)
    return found if row.name == actor.name else structs.replace(found, name=clean_name(actor.name, actor.user))


def _make(db: Connection, live: Live, people: Mapping[Person, Actor], at: datetime) -> dict[Person, Member]:
    if not people:
        return {}
    roles = {person: live.role_of(person[0], actor.account) for person, actor in people.items()}
    rows = [{"course": person[0], "role": roles[person], "joined_at": at} for person in people]
    made = db.execute(insert(member).returning(member.c.id, sort_by_parameter_order=True), rows).scalars().all()
    ids = dict(zip(people, made, strict=True))
    accounts = [{"course": c, "platform": p, "user": u, "member": id} for (c, p, u), id in ids.items()]
    db.execute(insert(account), accounts)
    profiles = [_profile(ids[person], actor) for person, actor in people.items()]
    db.execute(insert(profile), profiles)
    return {
        person: Member(
            id=MemberId(ids[person]),
            course=person[0],
            role=roles[person],
            name=row["name"],
            language=None,
            joined_at=at,
        )
        for person, row in zip(people, profiles, strict=True)
    }


def _profile(id: int, actor: Actor) -> dict[str, Any]:
    return {"member": id, "name": clean_name(actor.name, actor.user), "handle": actor.handle}


def sync_roles(db: Connection, live: Live, courses: Sequence[CourseId]) -> None:
    """Give every member the role that YAML and grants now say."""
    query = select(account, member.c.role).join(member, member.c.id == account.c.member)
    changed = []
    for row in db.execute(query.where(account.c.course.in_(courses))).all():
        role = live.role_of(row.course, f"{row.platform}:{row.user}")
        if role != row.role:
            db.execute(update(member).where(member.c.id == row.member).values(role=role))
            changed.append(row)
    boards.relist(db, [row.member for row in changed])
    for course in {row.course for row in changed} & live.courses.keys():
        relevel(db, live.courses[course])  # staff have no level; who is a student again has what their points give


def named(db: Connection, course: CourseId, who: str, *, is_present: bool = False) -> list[Member]:
    """The members of a course that a person may mean by `@ada`, `Ada` or `#12`; a handle goes before a name.

    `is_present`: none of those who have left.
    """
    mine = (member.c.course == course) & member.c.merged_into.is_(None)
    if is_present:
        mine &= member.c.left_at.is_(None)
    rows = db.execute(_BY_ID.where(mine).order_by(member.c.id)).all()
    return [_from_row(row) for row in _meant(rows, who)]


def find_member(db: Connection, course: CourseId, who: str, *, is_present: bool = False) -> Member:
    """The one member that a person means. Raises UserError with the ways out."""
    found = named(db, course, who, is_present=is_present)
    if not found:
        raise UserError("member.unknown", name=who[:48])
    if len(found) > 1:
        raise UserError("member.ambiguous", names=[f"#{member.id} {member.name}" for member in found[:10]])
    return found[0]


def member_of(db: Connection, who: MemberId) -> Member:
    """The member with this number, who is there."""
    return _from_row(db.execute(_ONE, {"who": who}).one())


def members_by_id(db: Connection, those: Collection[MemberId]) -> dict[MemberId, Member]:
    """The members with these numbers, by number."""
    rows = db.execute(_BY_ID.where(among(member.c.id, "those")), {"those": those})
    return {row.id: _from_row(row) for row in rows}


_BY_ID = select(member, profile.c.name, profile.c.handle, profile.c.language).join(
    profile, profile.c.member == member.c.id
)
_ONE = _BY_ID.where(member.c.id == bindparam("who"))


def _from_row(row: Row[Any]) -> Member:
    return Member(
        id=row.id,
        course=row.course,
        role=row.role,
        name=row.name,
        language=row.language,
        level=row.level,
        tags=tuple(row.tags),
        joined_at=row.joined_at,
    )


def _meant(rows: Sequence[Any], who: str) -> list[Any]:
    if who.startswith("#"):
        return [row for row in rows if f"#{row.id}" == who]
    wanted = who.removeprefix("@").casefold()
    by_handle = [row for row in rows if (row.handle or "").casefold() == wanted]
    by_name = [row for row in rows if row.name.casefold() == wanted]
    return by_handle if who.startswith("@") and by_handle else by_name or by_handle
