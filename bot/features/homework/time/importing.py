"""Extensions that come from a file, while the bot may be at work: it tells the students, and mends what was late."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from bot.domain.course import Course
from bot.domain.homework import Homework
from bot.domain.ids import MemberId
from bot.engine.outside import audit_outside
from bot.features.homework.deadlines import deadline_of
from bot.features.homework.store import hand_ins, teams, times
from bot.features.homework.time.extending import IMPORTED
from storage import alarms
from storage.tables import account, member, profile


class Granted(NamedTuple):
    """More time for one student."""

    who: MemberId
    name: str
    homework: Homework
    until: datetime


def student_called(db: Connection, course: Course, said: str) -> tuple[MemberId, str] | None:
    """The student behind an account (`PLATFORM:USER`) or a number (`#12`), with their name."""
    own = member.alias()
    query = select(member.c.id, profile.c.name).join_from(own, member, member.c.id == _whole(own))
    query = query.join(profile, profile.c.member == member.c.id).where(own.c.course == course.id)
    query = query.where(member.c.role == "student")
    if said.startswith("#") and said[1:].isascii() and said[1:].isdigit():
        query = query.where(own.c.id == int(said[1:16]))
    else:
        platform, _, user = said.partition(":")
        query = query.join(account, account.c.member == own.c.id)
        query = query.where(account.c.course == course.id, account.c.platform == platform, account.c.user == user)
    row = db.execute(query).one_or_none()
    return (MemberId(row.id), row.name) if row else None


def _whole(own: Any) -> Any:
    return func.coalesce(own.c.merged_into, own.c.id)


def due_at(db: Connection, course: Course, homework: Homework, who: MemberId) -> datetime:
    """Until when a student has time as it is."""
    extended = times.extensions_of(db, course.id, who).get(homework.id)
    return deadline_of(homework, course.zone, extended=extended).due_at


def grant(db: Connection, course: Course, those: Sequence[Granted], at: datetime) -> None:
    """A team has one deadline: it moves for all who are in it."""
    for one in those:
        team = hand_ins.team_of(db, course.id, one.homework.id, one.who) if one.homework.team_size else None
        mates = teams.members_of(db, [team.id])[team.id] if team else []
        members = {one.who, *(mate.id for mate in mates)}
        common = {"course": course.id, "homework": one.homework.id, "source": "import", "by": None, "at": at}
        times.add(db, common, [(who, one.until) for who in sorted(members)])
        alarms.put(db, course.id, IMPORTED, [(f"{one.homework.id} {who}", at) for who in sorted(members)])
    audit_outside(db, "import_extensions", course.id, at, count=len(those))
