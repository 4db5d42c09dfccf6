"""The clock of an answer: it starts at hand-in, rests when staff do, and stops with the answer."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.course import Course
from bot.domain.office_hours import after, counted
from bot.engine.context import Context
from bot.features.homework.declared import ALARM
from bot.features.homework.store import hand_ins
from bot.features.homework.store.hand_ins import HandIn
from storage import alarms

_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_TOGETHER = timedelta(minutes=10)


def answer_due(course: Course, since: datetime) -> datetime:
    """When what was handed in at a moment is to be answered."""
    grading = course.book.grading
    return after(since, grading.within, grading.rest, course.zone)


def warn_at(course: Course, since: datetime) -> datetime:
    """When those on duty are reminded of it."""
    grading = course.book.grading
    return _gathered(after(since, grading.within * grading.warn_at / 100, grading.rest, course.zone))


def step_at(course: Course, due_at: datetime, rung: int) -> datetime:
    """When this rung of the ladder is told, from 0: the first at the deadline."""
    grading = course.book.grading
    return _gathered(after(due_at, grading.step * rung, grading.rest, course.zone))


def _gathered(moment: datetime) -> datetime:
    """The next full ten minutes: what was handed in within the last minutes before a deadline is told of together."""
    return _BEGINNING + -(-(moment - _BEGINNING) // _TOGETHER) * _TOGETHER


def waited(course: Course, since: datetime, until: datetime) -> timedelta:
    """Counted time between two moments."""
    return counted(since, until, course.book.grading.rest, course.zone)


def begin(ctx: Context, row: HandIn, since: datetime, **changes: Any) -> HandIn:
    """It waits for an answer from this moment on, whatever it was before."""
    alarms.put(ctx.db, ctx.course.id, ALARM, [(str(row.id), warn_at(ctx.course, since))])
    due_at = answer_due(ctx.course, since)
    return hand_ins.change(
        ctx.db, row.id, state="waiting", waiting_since=since, due_at=due_at, rung=0, revise_until=None, **changes
    )


def stop(ctx: Context, row: HandIn, state: str, **changes: Any) -> HandIn:
    """It waits no more."""
    alarms.drop(ctx.db, ctx.course.id, ALARM, [str(row.id)])
    return hand_ins.change(
        ctx.db, row.id, state=state, waiting_since=None, due_at=None, rung=0, draft=None, appeal=None, **changes
    )
