"""The figures of a report, from the database and from what people did."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import ceil
from statistics import quantiles

import msgspec
from sqlalchemy import Connection, func, select

from bot.domain.course import Course
from bot.features.checkin.store import table as checkin
from bot.features.completion.declared import rule_of
from bot.features.completion.store import have_completed
from bot.simulation.cast import KINDS, Cast, Kind, Student
from bot.simulation.outcome import Names
from bot.simulation.report import Answers, Events, Participation, Points, Rituals
from bot.simulation.tally import Tally
from rules.vocabulary import BeforeOptions
from storage import boards
from storage.boards import BOARDS, Where
from storage.tables import ledger, occurrence, set_aside

REGULAR = 0.8
"""Of the days: whoever has checked in on so many was there regularly."""

_TOP = 5
_LATE = timedelta(minutes=1)


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """What a report is made from, beside the database."""

    course: Course
    cast: Cast
    tally: Tally
    names: Names
    messages: int  # what the bot posted, edited and answered


def participation_of(db: Connection, of: Sources) -> tuple[Participation, ...]:
    days = of.course.day_number(of.course.ends)
    dates: dict[str, set[int]] = defaultdict(set)  # of check-ins, as days of the course
    for member, date in db.execute(select(checkin.c.member, checkin.c.local_date)):
        dates[of.names.members[member]].add(of.course.day_number(date))
    active: dict[str, set[int]] = defaultdict(set)
    for day, who in of.tally.events:
        active[who].add(day)
    completed = {of.names.members[member] for member in have_completed(db, of.course.id)}

    def rate(students: Sequence[Student], done: Mapping[str, set[int]]) -> tuple[float, ...]:
        """Of the student-days of each week."""
        weeks = [range(first, min(first + 7, days + 1)) for first in range(1, days + 1, 7)]
        counts = [sum(day in done.get(s.id, ()) for s in students for day in week) for week in weeks]
        return tuple(
            count / (len(students) * len(week)) if students else 0.0 for count, week in zip(counts, weeks, strict=True)
        )

    return tuple(
        Participation(
            kind=kind,
            students=len(students),
            active=rate(students, active),
            checked_in=rate(students, dates),
            regular=sum(len(dates.get(s.id, ())) >= ceil(days * REGULAR) for s in students),
            completed=sum(s.id in completed for s in students) if rule_of(of.course) else None,
        )
        for kind, students in _by_kind(of.cast)
    )


def _by_kind(cast: Cast) -> list[tuple[Kind | None, list[Student]]]:
    """The students of each kind, then all."""
    groups: list[tuple[Kind | None, list[Student]]] = [
        (kind, [student for student in cast.students if student.kind == kind]) for kind in KINDS
    ]
    return [*groups, (None, list(cast.students))]


def answers_of(tally: Tally) -> Answers:
    minutes = sorted(wait.total_seconds() / 60 for wait in tally.waits)
    median, p90 = (_part(minutes, 0.5), _part(minutes, 0.9)) if minutes else (None, None)
    return Answers(questions=tally.questions, answered=len(minutes), median_minutes=median, p90_minutes=p90)


def _part(values: Sequence[float], share: float) -> float:
    """The smallest of these sorted values that at least this share of them does not exceed."""
    return values[max(ceil(len(values) * share) - 1, 0)]


def points_of(db: Connection, of: Sources) -> tuple[Points, ...]:
    sums = select(ledger.c.member, func.sum(ledger.c.points)).group_by(ledger.c.member)
    has = {of.names.members[member]: int(points) for member, points in db.execute(sums)}
    return tuple(
        _points(kind, sorted(has.get(student.id, 0) for student in students))
        for kind, students in _by_kind(of.cast)
        if students
    )


def _points(kind: Kind | None, points: Sequence[int]) -> Points:
    lower, median, upper = quantiles(points, n=4, method="inclusive") if len(points) > 1 else [float(points[0])] * 3
    return Points(kind=kind, least=points[0], lower=lower, median=median, upper=upper, most=points[-1])


def categories_of(db: Connection) -> dict[str, int]:
    sums = select(ledger.c.category, func.sum(ledger.c.points)).group_by(ledger.c.category).order_by(ledger.c.category)
    return {category: int(points) for category, points in db.execute(sums)}


def boards_of(db: Connection, course: Course) -> dict[str, list[tuple[str, int]]]:
    return {
        board: [(standing.name, standing.points) for standing in boards.top(db, Where(course.id, board), _TOP)]
        for board in BOARDS
    }


def rituals_of(db: Connection, course: Course) -> tuple[Rituals, ...]:
    query = select(occurrence.c.ritual, occurrence.c.state, occurrence.c.due_at, occurrence.c.settled_at)
    states: dict[str, Counter[str]] = defaultdict(Counter)
    for ritual, state, due_at, settled_at in db.execute(query.order_by(occurrence.c.ritual)):
        name = _named(course, ritual)
        states[name][state] += 1
        states[name]["late"] += state == "done" and settled_at - due_at > _LATE
    return tuple(
        Rituals(ritual=ritual, done=n["done"], late=n["late"], skipped=n["skipped"], failed=n["failed"])
        for ritual, n in states.items()
    )


def _named(course: Course, ritual: str) -> str:
    """Those of all homework together: `homework:opens`; what comes before a ritual with that: `sharing:before`."""
    name, _, what = ritual.partition(":")
    found = course.ritual(ritual)
    if found is not None and isinstance(found.options, BeforeOptions):
        return f"{found.options.ritual}:{what}"
    return f"homework:{what}" if what else name


def events_of(db: Connection, of: Sources) -> Events:
    by_students = sum(of.tally.events.values())
    return Events(
        by_students=by_students,
        by_others=of.tally.others,
        per_student_and_day=by_students / (len(of.cast.students) * of.course.day_number(of.course.ends)),
        least_a_day=min(of.tally.events.values(), default=0),
        set_aside=db.execute(select(func.count()).select_from(set_aside)).scalar_one(),
        messages=of.messages,
    )
