"""Every day one line in the staff room, for as long as something is overdue of which nobody hears by the clock."""

from datetime import datetime, time, timedelta

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.events import AlarmsDue
from bot.domain.messages import Text
from bot.domain.moments import moment_of
from bot.engine.context import Context
from bot.features.questions import posts
from bot.features.questions.declared import OVERDUE_ALARM, feature
from bot.features.questions.meant import pace_of
from bot.features.questions.pace.naming import items_with_due, notice_key, see_all, to_claim
from bot.features.questions.store import questions
from storage import alarms

_AT = time(9)
_DAY = timedelta(days=1)


def begin(db: Connection, course: Course, now: datetime) -> None:
    """Tomorrow at nine, or when the clock runs next, somebody looks whether anything is overdue still."""
    tomorrow = course.date_at(now) + _DAY
    at = pace_of(course).runs_from(moment_of(tomorrow, _AT, course.zone))
    alarms.put(db, course.id, OVERDUE_ALARM, [(tomorrow.isoformat(), at)])


@feature.alarm(OVERDUE_ALARM)
def ring(ctx: Context, due: AlarmsDue) -> None:
    """Of all that is overdue, where at least one has nobody left who will be told of it."""
    overdue = [row for row in questions.waiting(ctx.db, ctx.course.id) if posts.is_late(ctx, row)]
    if not overdue:
        return
    begin(ctx.db, ctx.course, ctx.now)
    pace = pace_of(ctx.course)
    if any(pace.told_at(row.waiting_since, row.rung + 1) is None for row in overdue):
        line = Text(id="question_clock.still", values={"count": len(overdue), "items": items_with_due(ctx, overdue)})
        ctx.tell_staff(line, key=notice_key(ctx, overdue), buttons=[*to_claim(overdue), see_all()])
