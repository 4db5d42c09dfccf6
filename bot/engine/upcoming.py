"""What is to come, as rows and calendar have it; and when a ritual really takes place next."""

from datetime import UTC, datetime, time, timedelta

from msgspec import structs
from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.rituals import Occurrence
from bot.engine import pauses
from bot.engine.agenda import Schedule
from bot.engine.rescheduling import planned_steps, settled_slots

_DAY = timedelta(days=1)
_END = timedelta(days=3)  # a ritual's last date may end later elsewhere in the world, and a step come after it


def coming(db: Connection, course: Course, schedule: Schedule, now: datetime, until: datetime) -> list[Occurrence]:
    """Every step that is to come, in its order: as rows have it, and beyond them as the files say."""
    planned = planned_steps(db, course, now)
    known = settled_slots(db, course, course.date_at(now) - _DAY)
    known |= {(one.ritual, one.space, one.local_date, one.slot) for one in planned}
    later = (
        one for one in schedule(course, now, until) if (one.ritual, one.space, one.local_date, one.slot) not in known
    )
    return sorted((*planned, *later), key=lambda one: (one.due_at, one.ritual, one.space, one.slot))


def next_time(
    db: Connection, course: Course, schedule: Schedule, action: str, now: datetime, *, step: int = 0
) -> Occurrence | None:
    """The first time after now that a ritual with this action gets to a step; None: never again.

    What rests on a quiet day, or is on hold, does not take place.
    """
    rituals = {ritual.id: ritual for ritual in course.rituals if ritual.action == action}
    if not rituals:
        return None
    held = pauses.of(db, course.id)
    until = datetime.combine(max(ritual.last for ritual in rituals.values()), time(), UTC) + _END
    mine = structs.replace(course, rituals=tuple(rituals.values()))
    wanted = (
        one
        for one in coming(db, mine, schedule, now, until)
        if one.step == step and not pauses.why_resting(course, rituals[one.ritual], one, held)
    )
    return next(wanted, None)
