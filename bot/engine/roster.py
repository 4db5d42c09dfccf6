"""Who is meant: members for the actors of a batch, made on first sight, many at a time."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from msgspec import structs
from sqlalchemy import Connection, Row, bindparam, func, insert, select, update

from bot.domain.errors import UserError
from bot.domain.ids import ROLES, CourseId, Language, MemberId, Role
from bot.domain.places import Actor, Member
from bot.engine.levels import relevel
from bot.engine.live import Live
from bot.engine.names import clean_name
from storage import boards, changed
from storage.among import among
from storage.persons import grouped, is_of, person_of
from storage.tables import Id, account, member, profile

Person = tuple[CourseId, str, str]
"""Course, platform, user."""

MENTION = re.compile(r"<@!?([^\s<>]{1,128})>")
"""A person whom a platform names by their id."""

_own, _shown = member.alias(), profile.alias()
_KNOWN = (
    select(account.c.course, account.c.platform, account.c.user, account.c.member.label("own"), member.c.id)
    .add_columns(member.c.role, member.c.left_at, member.c.level, member.c.tags, member.c.joined_at)
    .add_columns(profile.c.name.label("own_name"), profile.c.handle, _shown.c.name, _shown.c.language)
    .join_from(account, _own, account.c.member == _own.c.id)
    .join(profile, profile.c.member == account.c.member)
    .join(member, member.c.id == func.coalesce(_own.c.merged_into, _own.c.id))
    .join(_shown, _shown.c.member == member.c.id)
    .where(among(account.c.user, "users"))
)
"""Each account with the profile that it goes by, and the member that it now belongs to."""


class _Account(NamedTuple):
    """A row of that: reading a field of a tuple costs a tenth of reading a column of a row, and this is read often."""

    course: CourseId
    platform: str
    user: str
    own: int
    id: MemberId
    role: Role
    left_at: datetime | None
    level: str
    tags: Sequence[str]
    joined_at: datetime
    own_name: str
    handle: str | None
    name: str
    language: Language | None


assert _Account._fields == tuple(_KNOWN.selected_columns.keys()), "rows are put together by their order"


def members_of(
    db: Connection, live: Live, people: Mapping[Person, Actor], at: datetime
) -> tuple[dict[Person, Member], list[Person]]:
    """The member for each person, and who of them is new or came back. Changed names are kept up."""
    rows = _known(db, people)
    changed = [
        _profile(rows[person].own, actor) for person, actor in people.items() if _is_renamed(rows, person, actor)
    ]
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


_NAME = select(profile.c.name).where(profile.c.member == person_of(bindparam("who", type_=Id)))


def praised_names(db: Connection, members: Collection[MemberId]) -> dict[MemberId, str]:
    """The name that others read, of those who like to be praised and are here."""
    query = select(profile.c.member, profile.c.name, profile.c.pseudonym).join(member, member.c.id == profile.c.member)
    query = query.where(among(member.c.id, "members"), member.c.is_praised, member.c.left_at.is_(None))
    return {row.member: row.pseudonym or row.name for row in db.execute(query, {"members": members})}


def _known(db: Connection, people: Mapping[Person, Actor]) -> dict[Person, _Account]:
    users = {user for _, _, user in people}
    found = map(_Account._make, db.execute(_KNOWN, {"users": users}))
    rows = {(row.course, row.platform, row.user): row for row in found}
    return {person: rows[person] for person in people if person in rows}


def _is_renamed(rows: Mapping[Person, _Account], person: Person, actor: Actor) -> bool:
    row = rows.get(person)
    if row is None or (row.own_name == actor.name and row.handle == actor.handle):
        return False
    return bool(row.own_name != clean_name(actor.name, actor.user) or row.handle != actor.handle)


def _member(row: _Account, actor: Actor) -> Member:
    """As the person is known; a new name of the account that they are known by counts at once."""
    found = _from_row(row)
    if row.id != row.own or row.name == actor.name:
        return found
    return structs.replace(found, name=clean_name(actor.name, actor.user))


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
    """Give every member the role that YAML and grants now say: the highest of their accounts."""
    query = select(account, member.c.id, member.c.role).join_from(account, member, is_of(account.c.member))
    found = db.execute(query.where(account.c.course.in_(courses))).all()
    rows = {row.id: row for row in found}
    roles = {who: max(theirs, key=ROLES.index) for who, theirs in _roles(live, found)}
    others = [row for who, row in rows.items() if row.role != roles[who]]
    for row in others:
        db.execute(update(member).where(member.c.id == row.id).values(role=roles[row.id]))
    boards.relist(db, [row.id for row in others])
    changed.note(db, [row.id for row in others])
    for course in {row.course for row in others} & live.courses.keys():
        relevel(db, live.courses[course])  # staff have no level; who is a student again has what their points give


def _roles(live: Live, rows: Iterable[Row[Any]]) -> Iterator[tuple[int, list[Role]]]:
    return grouped((row.id, live.role_of(row.course, f"{row.platform}:{row.user}")) for row in rows)


def named(db: Connection, course: CourseId, who: str, *, platform: str = "", is_present: bool = False) -> list[Member]:
    """The members of a course that a person may mean by `@ada`, `Ada` or `#12`; a handle goes before a name.

    `<@USER>` is an account of this platform. Who has several accounts may be named by any of them. `is_present`: none
    of those who have left.
    """
    rows = db.execute(_BY_ID.where(member.c.course == course).order_by(member.c.id)).all()
    here = {row.id: row for row in rows if not (is_present and row.left_at)}
    if mention := MENTION.fullmatch(who):
        of = {"course": course, "platform": platform, "user": mention[1]}
        own = set(db.execute(_OWN, of).scalars())
        meant = [row for row in rows if row.id in own]
    else:
        meant = _meant(rows, who)
    persons = dict.fromkeys(row.merged_into or row.id for row in meant)
    return [_from_row(here[id]) for id in persons if id in here]


def find_member(db: Connection, course: CourseId, who: str, *, platform: str = "", is_present: bool = False) -> Member:
    """The one member that a person means, as `named` has it. Raises UserError with the ways out."""
    found = named(db, course, who, platform=platform, is_present=is_present)
    if not found:
        raise UserError("member.unseen") if MENTION.fullmatch(who) else UserError("member.unknown", name=who[:48])
    if len(found) > 1:
        raise UserError("member.ambiguous", names=[f"#{member.id} {member.name}" for member in found[:10]])
    return found[0]


def member_of(db: Connection, who: MemberId) -> Member:
    """The member with this number, or who it was merged into."""
    return _from_row(db.execute(_ONE, {"who": who}).one())


def members_by_id(db: Connection, those: Collection[MemberId]) -> dict[MemberId, Member]:
    """The members with these numbers, or who they were merged into, by number."""
    query = _BY_ID.join(_own, member.c.id == func.coalesce(_own.c.merged_into, _own.c.id)).add_columns(_own.c.id)
    rows = db.execute(query.where(among(_own.c.id, "those")), {"those": those})
    return {row[-1]: _from_row(row) for row in rows}


_BY_ID = select(member, profile.c.name, profile.c.handle, profile.c.language).join(
    profile, profile.c.member == member.c.id
)
_OWN = select(account.c.member).where(
    account.c.course == bindparam("course"),
    account.c.platform == bindparam("platform"),
    account.c.user == bindparam("user"),
)
_ONE = _BY_ID.where(member.c.id == person_of(bindparam("who", type_=Id)))


def _from_row(row: Row[Any] | _Account) -> Member:
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
