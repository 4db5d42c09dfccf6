"""The clock as a fact: each day of the course ends for each of its students."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from bot.domain.course import Course
from bot.domain.events import OccurrenceDue
from bot.domain.ids import CourseId, MemberId
from bot.domain.messages import Text, Words
from bot.domain.rituals import Occurrence
from bot.domain.rules import SPENT
from bot.engine.context import Context
from bot.engine.feature import Feature
from bot.engine.roster import present_students
from bot.engine.shadows import report
from rules.rituals import DAY_ENDED, END_DAY
from rules.vocabulary import NoOptions
from storage.persons import by_person, grouped, same_persons
from storage.tables import ledger

feature = Feature("clock", needs=("attendance",))
feature.fact(
    DAY_ENDED,
    has_place=False,
    last_day="yes_no",
    checked_in="yes_no",
    streak="number",
    checkins="number",
    points="number",
)


def _preview(course: Course, occurrence: Occurrence) -> Words:
    return Text(id="preview.day_end", values={"day": course.day_number(_ended(occurrence.local_date))})


@feature.action(END_DAY, NoOptions, preview=_preview, is_built_in=True)
def end_day(ctx: Context, due: OccurrenceDue) -> None:
    if DAY_ENDED in ctx.course.rules_by_fact:
        _announce(ctx, due, _ended(due.local_date))
    report(ctx, due.due_at)


def _ended(midnight: date) -> date:
    """The ritual is due at the very beginning of the next day."""
    return midnight - timedelta(days=1)


def _announce(ctx: Context, due: OccurrenceDue, day: date) -> None:
    students = present_students(ctx.db, ctx.course.id, due.due_at)
    ids = [student.id for student in students]
    attendance = ctx.ask("attendance", ids, day, ctx.course.is_quiet)
    points = _points_on(ctx.db, ctx.course.id, ids, day)

    def fields(who: MemberId) -> dict[str, Any]:
        checkins, streak = attendance.get(who, (0, 0))
        is_last, got = day == ctx.course.ends, points.get(who, 0)
        return {"last_day": is_last, "checked_in": streak > 0, "streak": streak, "checkins": checkins, "points": got}

    ctx.announce_each(DAY_ENDED, f"day {day}", ((one, fields(one.id)) for one in students), on=day)


def _points_on(db: Connection, course: CourseId, members: list[MemberId], day: date) -> dict[MemberId, int]:
    total = select(ledger.c.member, func.sum(ledger.c.points).label("points")).group_by(ledger.c.member)
    mine = (ledger.c.course == course) & (ledger.c.local_date == day) & (ledger.c.category != SPENT)
    mine &= same_persons(ledger.c.member, "members")
    rows = db.execute(by_person(total.where(mine)), {"members": members})
    return {who: int(sum(points)) for who, points in grouped((who, points) for who, points in rows)}
