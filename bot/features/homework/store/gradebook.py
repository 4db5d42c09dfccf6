"""All students of a course with what came of their homework, for whoever takes it elsewhere. No word of any work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Row, Select, select

from bot.domain.ids import CourseId, MemberId
from bot.features.homework.store.grades import holds
from bot.features.homework.store.tables import extension, grade, hand_in, submission, team, team_member
from storage.persons import grouped, person_of
from storage.tables import account, member, profile


class Result(NamedTuple):
    """What came of one homework of one author."""

    row: Row[Any]  # the hand-in
    team: int | None  # its number
    versions: Sequence[Row[Any]]  # the oldest first
    grades: Sequence[Row[Any]]  # the oldest first, with the `name` of who graded

    @property
    def counts(self) -> Row[Any] | None:
        """The version that counts."""
        return next((one for one in self.versions if one.version == self.row.counts), None)

    @property
    def last(self) -> Row[Any] | None:
        """The grade that stands, also while its author waits for another look; none of what was returned."""
        stands = self.row.state == "graded" or self.row.appeal is not None
        return self.grades[-1] if self.grades and stands else None


class Student(NamedTuple):
    """One person."""

    member: MemberId
    name: str
    handle: str | None
    accounts: Sequence[str]
    level: str
    tags: Sequence[str]
    left_at: datetime | None
    results: dict[str, Result]  # by homework
    extensions: Sequence[Row[Any]]


def students(db: Connection, course: CourseId) -> list[Student]:
    """In the order in which they came; with those who have left, or have not come yet."""
    query = select(member, profile.c.name, profile.c.handle).join(profile, profile.c.member == member.c.id)
    theirs = (member.c.course == course) & (member.c.role == "student") & member.c.merged_into.is_(None)
    found = db.execute(query.where(theirs).order_by(member.c.id)).all()
    accounts, results, extensions = _accounts(db, course), _results(db, course), _extensions(db, course)
    return [
        Student(
            member=MemberId(row.id),
            name=row.name,
            handle=row.handle,
            accounts=accounts.get(row.id, ()),
            level=row.level,
            tags=row.tags,
            left_at=row.left_at,
            results=results.get(row.id, {}),
            extensions=extensions.get(row.id, ()),
        )
        for row in found
    ]


def handed_in(db: Connection, course: CourseId) -> set[str]:
    """The homework of which something was handed in."""
    return set(db.execute(select(hand_in.c.homework).where(hand_in.c.course == course).distinct()).scalars())


def _accounts(db: Connection, course: CourseId) -> dict[int, list[str]]:
    query = select(person_of(account.c.member).label("who"), account.c.platform, account.c.user)
    rows = db.execute(query.where(account.c.course == course).order_by(account.c.platform, account.c.user))
    return dict(grouped((row.who, f"{row.platform}:{row.user}") for row in rows))


def _extensions(db: Connection, course: CourseId) -> dict[int, list[Row[Any]]]:
    query = select(extension, person_of(extension.c.member).label("who"))
    rows = db.execute(query.where(extension.c.course == course).order_by(extension.c.id))
    return dict(grouped((row.who, row) for row in rows))


def _results(db: Connection, course: CourseId) -> dict[int, dict[str, Result]]:
    """By person and homework. Of several accounts with one each, the one of who they are now goes before the others."""
    versions, grades = _versions(db, course), _grades(db, course)
    query = select(hand_in, team.c.number.label("team_number")).join(team, team.c.id == hand_in.c.team, isouter=True)
    rows = db.execute(query.where(hand_in.c.course == course).order_by(hand_in.c.id)).all()
    made = {row.id: Result(row, row.team_number, versions.get(row.id, ()), grades.get(row.id, ())) for row in rows}
    found: dict[int, dict[str, Result]] = {}
    for who, own, number in _owners(db, course):
        mine = found.setdefault(who, {})
        homework = made[number].row.homework
        if own == who or homework not in mine:
            mine[homework] = made[number]
    return found


def _owners(db: Connection, course: CourseId) -> list[tuple[int, int, int]]:
    """Whose each hand-in is: the person, by which member, and its number."""
    mine = hand_in.c.course == course
    own = mine & hand_in.c.team.is_(None) & hand_in.c.aside.is_(None)
    alone = select(person_of(hand_in.c.member), hand_in.c.member, hand_in.c.id).where(own)
    together = select(person_of(team_member.c.member), team_member.c.member, hand_in.c.id)
    together = together.join(hand_in, hand_in.c.team == team_member.c.team)
    together = together.where(mine, team_member.c.left_at.is_(None))
    return [tuple(row) for query in (alone, together) for row in db.execute(query)]


def _of(db: Connection, query: Select[Any], course: CourseId) -> dict[int, list[Row[Any]]]:
    rows = db.execute(query.where(hand_in.c.course == course))
    return dict(grouped((row.hand_in, row) for row in rows))


def _versions(db: Connection, course: CourseId) -> dict[int, list[Row[Any]]]:
    column = submission.c
    query = select(column.hand_in, column.version, column.member, column.at, column.is_late)
    query = query.join(hand_in, hand_in.c.id == column.hand_in).order_by(column.hand_in, column.version)
    return _of(db, query, course)


_FIGURES = ("hand_in", "version", "kind", "member", "at", "points", "out_of", "lost", "score", "waited", "is_in_time")


def _grades(db: Connection, course: CourseId) -> dict[int, list[Row[Any]]]:
    """Without the comments: they are between who graded and the author."""
    query = select(*(grade.c[name] for name in _FIGURES), grade.c.scores, grade.c.problems, profile.c.name)
    query = query.join(hand_in, hand_in.c.id == grade.c.hand_in).where(holds())
    query = query.join(profile, profile.c.member == person_of(grade.c.member), isouter=True)
    return _of(db, query.order_by(grade.c.hand_in, grade.c.id), course)
