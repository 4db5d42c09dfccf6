"""What has come of all homework of many members: two statements, however many they are."""

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, Text, func, or_, select, type_coerce

from bot.domain.ids import CourseId, MemberId
from bot.engine.messages import FACT
from bot.features.homework.store.grades import holds
from bot.features.homework.store.tables import grade, hand_in, team_member
from storage.persons import by_person, same_persons
from storage.tables import fact


class Outcome(NamedTuple):
    """One homework of one person."""

    state: str  # of the hand-in
    score: int | None  # percent; None: there is no grade, or it was sent back since


def outcomes(db: Connection, course: CourseId, members: Collection[MemberId]) -> dict[MemberId, dict[str, Outcome]]:
    """By homework. Of several accounts with one each, the one of who they are now goes before the others."""
    newest = select(grade.c.hand_in, func.max(grade.c.id).label("id")).where(holds()).group_by(grade.c.hand_in)
    last = newest.subquery()
    what = (hand_in.c.homework, hand_in.c.state, hand_in.c.appeal, grade.c.kind, grade.c.score)
    mine = hand_in.c.course == course
    own = select(hand_in.c.member, hand_in.c.member.label("own"), hand_in.c.id.label("number"), *what)
    own = own.where(mine, hand_in.c.team.is_(None), hand_in.c.aside.is_(None))
    own = own.where(same_persons(hand_in.c.member, "members"))
    together = select(team_member.c.member, team_member.c.member.label("own"), hand_in.c.id.label("number"), *what)
    together = together.join(hand_in, hand_in.c.team == team_member.c.team)
    together = together.where(mine, team_member.c.left_at.is_(None), same_persons(team_member.c.member, "members"))
    found: dict[MemberId, dict[str, Outcome]] = {}
    for query in (own, together):
        graded = query.join(last, last.c.hand_in == hand_in.c.id, isouter=True)
        graded = graded.join(grade, grade.c.id == last.c.id, isouter=True)
        _add(found, db, by_person(graded), members)
    return found


def _add(
    found: dict[MemberId, dict[str, Outcome]],
    db: Connection,
    query: Select[Any],
    members: Collection[MemberId],
) -> None:
    rows = sorted(db.execute(query, {"members": list(members)}), key=lambda row: (row.own != row[0], row.number))
    for row in rows:
        found.setdefault(MemberId(row[0]), {}).setdefault(row.homework, _outcome(row))


def _outcome(row: Row[Any]) -> Outcome:
    """A grade that was given holds until another one is, also while somebody looks at it again."""
    is_answered = row.kind == "graded" and (row.state == "graded" or row.appeal is not None)
    return Outcome(row.state, row.score if is_answered else None)


def in_groups(
    db: Connection, course: CourseId, members: Collection[MemberId], groups: Collection[str]
) -> set[MemberId]:
    """Who of these has said something in one of these spaces."""
    values = type_coerce(fact.c["values"], Text)
    there = or_(*(values.contains(f'"space.id":"{group}"', autoescape=True) for group in groups))
    said = select(fact.c.member).where(fact.c.course == course, fact.c.kind == FACT, there)
    rows = db.execute(
        by_person(said.where(same_persons(fact.c.member, "members")).distinct()), {"members": list(members)}
    )
    return {MemberId(row[0]) for row in rows}
