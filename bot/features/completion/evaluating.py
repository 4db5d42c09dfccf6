"""At the end of days it is noted who has completed the course, once for each person; in the morning it is told.

The first alarm is set when the course goes live, and again when it asks for something else; each one sets the next,
until what is graded late counts no more. What was announced stays, whatever is graded otherwise afterwards, unless
staff withdraw it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.events import AlarmsDue
from bot.domain.ids import MemberId
from bot.domain.messages import Text
from bot.domain.moments import moment_of
from bot.domain.places import Member
from bot.engine.context import Context
from bot.engine.ladder import with_new_rules
from bot.engine.roster import members_by_id
from bot.engine.transaction import Transaction
from bot.features.completion import store
from bot.features.completion.declared import ALARM, COMPLETED, NEWS, OBJECT, Completion, feature, rule_of
from bot.features.completion.news import certificate_button, whisper
from bot.features.completion.people import as_student, candidates
from bot.features.completion.standing import standings
from bot.features.completion.store import Reached
from storage import alarms

_DAY = timedelta(days=1)
_MORNING = time(9)
"""In the zone of the course: when what the night has brought is told."""
_THIS = "day"
"""What the one alarm of a course is about."""


class _Asked(NamedTuple):
    """What a course asks for, in words that differ where it does."""

    rules: str


@feature.on_other_courses
def look(tx: Transaction, now: datetime) -> None:
    """Where another course is live than the alarm was set for, it is set anew."""
    for id in with_new_rules(tx.db, store.kept_rules, {id: _asked(course) for id, course in tx.live.courses.items()}):
        course = tx.live.courses[id]
        rule = rule_of(course)
        alarms.drop(tx.db, id, ALARM, [_THIS])
        if rule is not None:
            _set(tx.db, course, rule, course.date_at(now), is_changed=course.date_at(now) > course.ends)


def _asked(course: Course) -> _Asked:
    rule = rule_of(course)
    said = repr(rule) if rule else ""
    return _Asked(f"{course.starts} {course.ends} {course.zone} {said}")


def _set(db: Connection, course: Course, rule: Completion, today: date, *, is_changed: bool = False) -> None:
    """For the end of today, or of the last day; of a course that is over, at once where it asks for something else."""
    day = max(today, course.ends) if rule.when == "end" else max(today, course.starts)
    last = _last(course, rule)
    if is_changed and today <= last + _DAY:
        day = min(today - _DAY, last)
    if day <= last:
        alarms.put(db, course.id, ALARM, [(_THIS, moment_of(day + _DAY, time(), course.zone))])


def _last(course: Course, rule: Completion) -> date:
    """The last day on whose end it is looked at."""
    return course.ends + timedelta(days=-(-rule.grading_for // _DAY))


@feature.alarm(ALARM)
def ring(ctx: Context, due: AlarmsDue) -> None:
    """However late it is heard, it is about the day that has ended before its moment; those since are over, too."""
    rule = rule_of(ctx.course)
    if rule is None:
        return
    ended = ctx.course.date_at(due.alarms[0].due_at) - _DAY
    _evaluate(ctx, rule, max(ended, ctx.today - _DAY))
    _set(ctx.db, ctx.course, rule, ctx.today)


def _evaluate(ctx: Context, rule: Completion, day: date) -> None:
    over_at = moment_of(day + _DAY, time(), ctx.course.zone)
    known = store.have_completed(ctx.db, ctx.course.id)
    students = [one for one in candidates(ctx.db, ctx.course.id, over_at) if one.id not in known]
    found = standings(ctx, rule, students, day)
    reached = [Reached(who, one.checkins, one.homework) for who, one in found.items() if one.is_complete]
    if store.add(ctx.db, ctx.course.id, reached, on=day, at=ctx.now):
        morning = moment_of(day + _DAY, _MORNING, ctx.course.zone)
        alarms.put(ctx.db, ctx.course.id, NEWS, [(day.isoformat(), morning)])


@feature.alarm(NEWS)
def tell(ctx: Context, due: AlarmsDue) -> None:
    """What was withdrawn overnight is not told."""
    for one in due.alarms:
        day = date.fromisoformat(one.object)
        reached = store.reached_on(ctx.db, ctx.course.id, day)
        people = members_by_id(ctx.db, [each.member for each in reached])
        announce(ctx, people, reached, day)
        _congratulate(ctx, [who.id for who in people.values()])


def announce(ctx: Context, people: Mapping[MemberId, Member], reached: Sequence[Reached], day: date) -> None:
    """Tell the rules; `people` by the member that a completion is of."""
    facts = ((as_student(people[one.member]), _values(one)) for one in reached)
    ctx.announce_each(COMPLETED, OBJECT, facts, on=day)


def _values(reached: Reached) -> dict[str, int]:
    return {"checkins": reached.checkins, "homework_done": reached.homework}


def _congratulate(ctx: Context, those: Sequence[MemberId]) -> None:
    """Each of them alone; where they can't be reached, `/progress` says so, too."""
    line = Text(id="completion.reached", values={"course": ctx.course.title})
    whisper(ctx, those, line, key=f"completed:{ctx.course.id}", buttons=[certificate_button()])
