"""The clock of an answer: it starts at hand-in, rests when staff do, and stops with the answer."""

from datetime import datetime, timedelta
from typing import Any

from bot.domain.course import Course
from bot.engine.context import Context
from bot.engine.pace import WARNED, Pace
from bot.features.homework.declared import ALARM
from bot.features.homework.store import hand_ins
from bot.features.homework.store.hand_ins import HandIn
from storage import alarms

_STEP = timedelta(minutes=10)
_WARNING = timedelta(minutes=30)


def pace_of(course: Course) -> Pace:
    """Those on duty are reminded at a full half hour, so that few notices tell of many works: there is time left.

    Rungs are told at full ten minutes: what was handed in within the last minutes before a deadline is told of
    together, and yet nobody waits much longer than was promised.
    """
    return Pace(course.book.grading, course.zone, warnings=_WARNING, rungs=_STEP)


def answer_due(course: Course, since: datetime) -> datetime:
    """When what was handed in at a moment is to be answered."""
    return pace_of(course).due(since)


def is_overdue(course: Course, row: HandIn, now: datetime) -> bool:
    """Whether an answer should have come by now, as the course has it now."""
    return row.waiting_since is not None and answer_due(course, row.waiting_since) <= now


def warn_at(course: Course, since: datetime) -> datetime:
    """When those on duty are reminded of it."""
    at = pace_of(course).told_at(since, WARNED)
    assert at is not None, "time always runs out"
    return at


def waited(course: Course, since: datetime, until: datetime) -> timedelta:
    """Counted time between two moments."""
    return pace_of(course).waited(since, until)


def begin(ctx: Context, row: HandIn, since: datetime, **changes: Any) -> HandIn:
    """It waits for an answer from this moment on, whatever it was before."""
    alarms.put(ctx.db, ctx.course.id, ALARM, [(str(row.id), warn_at(ctx.course, since))])
    due_at = answer_due(ctx.course, since)
    return hand_ins.change(ctx.db, row.id, state="waiting", waiting_since=since, due_at=due_at, rung=0, **changes)


def stop(ctx: Context, row: HandIn, state: str, **changes: Any) -> HandIn:
    """It waits no more. What was sent back never counts again; what is graded has no time left to be revised."""
    alarms.drop(ctx.db, ctx.course.id, ALARM, [str(row.id)])
    if state == "returned":
        changes |= {"chosen": None, "sent_back": row.counts}
    elif state == "graded":
        changes |= {"revise_until": None}
    return hand_ins.change(
        ctx.db, row.id, state=state, waiting_since=None, due_at=None, rung=0, draft=None, appeal=None, **changes
    )
