"""What became of the homework of a simulated term."""

from datetime import time, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, select

from bot.domain.course import Course
from bot.domain.moments import moment_of
from bot.engine.response_times import speed
from bot.features.homework.store.answers import answers
from bot.features.homework.store.tables import grade, hand_in, near_copy, submission
from bot.simulation.cast import Cast
from bot.simulation.outcome import Names
from bot.simulation.report import Homework, Pace
from storage.persons import grouped

_HOUR = timedelta(hours=1)
_YEAR = timedelta(days=366)


def homework_of(db: Connection, course: Course, cast: Cast, names: Names) -> Homework:
    def count(query: Select[Any]) -> int:
        return int(db.execute(query).scalar_one())

    graded = select(func.count(), func.avg(grade.c.score)).where(grade.c.kind == "graded")
    marks, mean = db.execute(graded).one()
    return Homework(
        handed_in=count(select(func.count()).select_from(hand_in)),
        versions=count(select(func.count()).select_from(submission)),
        late=count(select(func.count()).where(submission.c.is_late)),
        graded=marks,
        returned=count(select(func.count()).where(grade.c.kind == "returned")),
        mean_score=None if mean is None else float(mean),
        alike=count(select(func.count()).select_from(near_copy)),
        paces=tuple(_paces(db, course, cast, names)),
    )


def _paces(db: Connection, course: Course, cast: Cast, names: Names) -> list[Pace]:
    begins = moment_of(course.starts, time(), course.zone)
    found = answers(db, course.id, begins, begins + _YEAR * 2)
    paces = []
    for who, theirs in grouped((names.members[one.member], one) for one in found):
        if sums := speed(theirs):
            paces.append(
                Pace(
                    name=cast.names[who],
                    answers=sums.answers,
                    median_hours=sums.median / _HOUR,
                    p90_hours=sums.p90 / _HOUR,
                    in_time=sums.in_time,
                )
            )
    return sorted(paces, key=lambda one: one.name)
