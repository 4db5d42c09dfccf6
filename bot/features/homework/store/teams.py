"""Teams: who works together on one homework. Where somebody leaves the course their row stays: they may come back."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, literal, select, update

from bot.domain.ids import CourseId, MemberId
from bot.domain.places import Member
from bot.engine.roster import members_by_id
from bot.features.homework.store.tables import team, team_member
from storage.among import among
from storage.database import insert, insert_new
from storage.persons import is_of, person_of, same_person
from storage.tables import member


def make(db: Connection, course: CourseId, homework: str, count: int, at: datetime) -> list[int]:
    """Make that many teams, numbered from 1; their rows in this order. Nothing where there are some already."""
    common = {"course": course, "homework": homework, "at": at}
    first = insert_new(db, team).values(number=1, **common).returning(team.c.id)
    made = list(db.execute(first).scalars())
    for number in range(2, count + 1) if made else ():
        made += db.execute(insert_new(db, team).values(number=number, **common).returning(team.c.id)).scalars()
    return made


def all_of(db: Connection, course: CourseId, homework: str, *, lock: bool = False) -> Sequence[Row[Any]]:
    """The teams of a homework by number; locked, nobody else deals members out meanwhile."""
    query = select(team).where(team.c.course == course, team.c.homework == homework).order_by(team.c.number)
    return db.execute(query.with_for_update() if lock else query).all()


def put(db: Connection, places: Sequence[tuple[int, MemberId]]) -> None:
    """Put members into teams, each by its row; who was in it before is in again."""
    row = insert(db, team_member)
    again = row.on_conflict_do_update(index_elements=["team", "member"], set_={"left_at": None})
    if places:
        db.execute(again, [{"team": id, "member": who, "left_at": None} for id, who in places])


def take_out(db: Connection, those: Collection[int], who: MemberId, at: datetime) -> None:
    """A person is in none of these teams any more."""
    mine = team_member.c.team.in_(those) & same_person(team_member.c.member, who) & team_member.c.left_at.is_(None)
    db.execute(update(team_member).where(mine).values(left_at=at))


def members_of(db: Connection, those: Collection[int]) -> dict[int, list[Member]]:
    """Who is in these teams and has not left the course, by row of the team; each person once."""
    here = team_member.c.left_at.is_(None) & member.c.left_at.is_(None) & ~_is_in_earlier()
    query = select(team_member.c.team, member.c.id).join_from(team_member, member, is_of(team_member.c.member))
    query = query.join(team, team.c.id == team_member.c.team)
    query = query.where(among(team_member.c.team, "teams"), here).order_by(team_member.c.team, member.c.id).distinct()
    found = db.execute(query, {"teams": list(those)}).all()
    members = members_by_id(db, [row.id for row in found])
    by_team: dict[int, list[Member]] = {one: [] for one in those}
    for row in found:
        by_team[row.team].append(members[row.id])
    return by_team


def _is_in_earlier() -> ColumnElement[bool]:
    """Whether the person is in an earlier team of the same homework, by another of their accounts: that one counts."""
    other, earlier = team_member.alias(), team.alias()
    query = select(literal(1)).select_from(other).join(earlier, earlier.c.id == other.c.team)
    query = query.where(other.c.left_at.is_(None), person_of(other.c.member) == person_of(team_member.c.member))
    query = query.where(earlier.c.course == team.c.course, earlier.c.homework == team.c.homework)
    return exists(query.where(earlier.c.id < team.c.id).correlate(team, team_member))
