"""What level a member has, and everybody's anew when a course's levels change."""

from collections import defaultdict
from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, select, update

from bot.domain.course import Course
from bot.domain.ids import MemberId
from bot.domain.rules import Level
from storage import boards, changed
from storage.among import among
from storage.tables import member


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What the thresholds of levels look at, and the level that they give."""

    level: Level
    activity: int
    contribution: int


def standing_of(db: Connection, course: Course, who: MemberId) -> Standing | None:
    """Where a member stands; None in a course without levels."""
    if not course.levels:
        return None
    _, _, activity, contribution = next(boards.standings_of(db, course.id, [who]))
    level = course.levels[course.step(course.level_at(activity, contribution))]
    return Standing(level=level, activity=activity, contribution=contribution)


def relevel(db: Connection, course: Course, only: Collection[MemberId] | None = None) -> None:
    """Give every student, or only these, the level that their points now give. Nobody is told."""
    found = db.execute(select(member.c.id).where(member.c.course == course.id, member.c.role == "student")).scalars()
    students = [who for who in found if only is None or who in only]
    others = defaultdict(set)
    for who, level, activity, contribution in boards.standings_of(db, course.id, students):
        now = course.level_at(activity, contribution)
        if now != level:
            others[now].add(who)
    for level, members in others.items():
        db.execute(update(member).where(among(member.c.id, "members")).values(level=level), {"members": members})
        changed.note(db, members)
