"""What lists and counters show of hand-ins."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, case, func, select

from bot.domain.ids import CourseId
from bot.features.homework.store.tables import hand_in, submission
from storage.persons import is_of, person_of
from storage.tables import member, profile


def in_time(db: Connection, course: CourseId, homework: str) -> tuple[int, int]:
    """How many hand-ins stand, and how many of them are in time."""
    stands = (hand_in.c.course == course) & (hand_in.c.homework == homework) & (hand_in.c.state != "withdrawn")
    timely = func.coalesce(func.sum(case((hand_in.c.is_late, 0), else_=1)), 0)
    row = db.execute(select(func.count().label("all"), timely.label("timely")).where(stands)).one()
    return int(row.all), int(row.timely)


def last_handed_in(db: Connection, course: CourseId, homework: str, most: int) -> Sequence[Any]:
    """Number, version and name of those versions that count and came last, the newest first."""
    query = (
        select(submission.c.hand_in.label("number"), submission.c.version, profile.c.name)
        .join(hand_in, (hand_in.c.id == submission.c.hand_in) & (hand_in.c.counts == submission.c.version))
        .join(member, is_of(submission.c.member))
        .join(profile, profile.c.member == person_of(submission.c.member))
        .where(hand_in.c.course == course, hand_in.c.homework == homework, hand_in.c.state != "withdrawn")
        .where(profile.c.pseudonym.is_(None))  # who has chosen another name is not shown by it beside their work
    )
    return db.execute(query.order_by(submission.c.id.desc()).limit(most)).all()
