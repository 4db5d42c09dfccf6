"""Questions without a name: their facts are announced together when the day is over: no board gives one away."""

from datetime import date, time, timedelta
from typing import Any

from bot.domain.events import AlarmsDue
from bot.domain.moments import moment_of
from bot.engine.context import Context
from bot.features.questions.declared import ASKED, SETTLES, feature, object_of
from bot.features.questions.meant import asker_of
from bot.features.questions.store import questions
from bot.features.questions.store.questions import Question
from storage import alarms

_DAY = timedelta(days=1)


def put_off(ctx: Context, row: Question) -> Question:
    """What becomes of what it earns is known when the day has ended on which that was settled: today."""
    day = ctx.today
    alarms.put(ctx.db, ctx.course.id, SETTLES, [(day.isoformat(), moment_of(day + _DAY, time(), ctx.course.zone))])
    return questions.change(ctx.db, row.id, unsettled=day)


@feature.alarm(SETTLES)
def settle(ctx: Context, due: AlarmsDue) -> None:
    """In an order that tells nothing of when each was asked."""
    for one in due.alarms:
        day = date.fromisoformat(one.object)
        rows = questions.unsettled(ctx.db, ctx.course.id, day)
        for row in sorted(rows, key=lambda row: (row.member, row.id)):
            questions.change(ctx.db, row.id, unsettled=None)
            asker, object = asker_of(ctx, row), object_of(row.id)
            if row.state == "withdrawn":
                ctx.retract(ASKED, object, member=asker)
            else:
                ctx.announce(ASKED, object, member=asker, on=day, is_anonymous=True, **asked_values(row))


def asked_values(row: Question) -> dict[str, Any]:
    """What rules read of a question."""
    return {"text": row.text, "tag": row.tag or "", "lesson": str(row.lesson or "")}
