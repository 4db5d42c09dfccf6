"""The 4-hour clock: staff hear in time of what waits, and louder, at its exact minute, when it waits for too long.

An alarm rings for each question, and all that are due in the same moment are told of together. Whether it still waits,
and since when, is asked then. Other rules that somebody has just put into questions.yaml count for what waits already.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial

from bot.domain.course import Course
from bot.domain.events import AlarmsDue
from bot.domain.messages import Text, Words
from bot.domain.response import Rung
from bot.engine.context import Context
from bot.engine.duty import duty_words, escalate, told_words
from bot.engine.ladder import Ladder, Step, set_anew, steps, with_new_rules
from bot.engine.pace import WARNED
from bot.engine.roster import members_by_id
from bot.engine.transaction import Transaction
from bot.engine.voice import Label
from bot.features.questions import posts, telling
from bot.features.questions.declared import ALARM, PROMISE_ALARM, feature
from bot.features.questions.meant import pace_of
from bot.features.questions.pace import daily
from bot.features.questions.pace.naming import items_with_due, notice_key, see_all, to_claim
from bot.features.questions.store import questions
from bot.features.questions.store.questions import Question
from bot.features.questions.store.tables import kept_pace
from storage import alarms


@feature.alarm(ALARM)
def ring(ctx: Context, due: AlarmsDue) -> None:
    rows = questions.those(ctx.db, ctx.course.id, [int(one.object) for one in due.alarms], lock=True)
    waiting = sorted((row for row in rows if row.state == "waiting"), key=lambda row: (row.waiting_since, row.id))
    told = steps(ctx.db, _ladder(ctx.course), waiting, ctx.now)
    if told:
        _tell(ctx, told)
    for step in told:
        posts.show(ctx, step.row)  # it is late now; by other rules it promises another moment
        if _is_late_now(step):
            telling.late(ctx, step.row)
    if any(step.rungs for step in told):
        daily.begin(ctx.db, ctx.course, ctx.now)


@feature.on_other_courses
def look(tx: Transaction, now: datetime) -> None:
    """Where an answer is due at another time than the alarms were set for, they are set anew."""
    courses = tx.live.courses
    paces = {id: pace_of(course) for id, course in courses.items()}
    for course in with_new_rules(tx.db, kept_pace, paces):
        numbers = [row.id for row in questions.waiting(tx.db, course)]
        rows = questions.those(tx.db, course, numbers, lock=True)
        others = [row for row in rows if paces[course].due(row.waiting_since) != row.due_at]
        alarms.put(tx.db, course, PROMISE_ALARM, [(str(row.id), now) for row in others])
        set_anew(tx.db, _ladder(courses[course]), rows, now)
        if rows:
            daily.begin(tx.db, courses[course], now)


@feature.alarm(PROMISE_ALARM)
def promise(ctx: Context, due: AlarmsDue) -> None:
    """What everybody reads names the moment that counts now."""
    for row in questions.those(ctx.db, ctx.course.id, [int(one.object) for one in due.alarms], lock=True):
        posts.show(ctx, row)


def _is_late_now(step: Step) -> bool:
    """Whether this is the first rung since it waits: its asker hears of one."""
    return bool(step.rungs) and len(step.rungs) == step.row.rung - WARNED


def _ladder(course: Course) -> Ladder:
    return Ladder(course.id, ALARM, pace_of(course), questions.change)


# --- what is said -----------------------------------------------------------------------------------------------------


def _tell(ctx: Context, told: Sequence[Step]) -> None:
    """One notice in the staff room, whatever there is to tell; in private for whose rung it is."""
    rows = [step.row for step in told]
    overdue = [step for step in told if step.rungs]
    reached = escalate(ctx, ctx.course.answering, overdue, partial(_telling, ctx))
    lines = [*_warning(ctx, [step.row for step in told if not step.rungs]), *_overdue(ctx, overdue, reached)]
    ctx.tell_staff(*lines, *_claimed(ctx, rows), key=notice_key(ctx, rows), buttons=[*to_claim(rows), see_all()])


def _warning(ctx: Context, rows: Sequence[Question]) -> Iterator[Words]:
    if rows:
        values = {"count": len(rows), "items": items_with_due(ctx, rows), "duty": duty_words(ctx, ctx.course.answering)}
        yield Text(id="question_clock.warned", values=values)


def _overdue(ctx: Context, told: Sequence[Step], reached: Sequence[Rung]) -> Iterator[Words]:
    if told:
        values = {
            "count": len(told),
            "items": items_with_due(ctx, [step.row for step in told]),
            "told": told_words(reached),
        }
        yield Text(id="question_clock.overdue", values=values)


def _claimed(ctx: Context, rows: Sequence[Question]) -> Iterator[Words]:
    """Who is at which of them: they are told of all the same, for nobody is answered by a claim."""
    names = members_by_id(ctx.db, {row.claimed_by for row in rows if row.claimed_by})
    theirs: dict[str, list[str]] = {}
    for row in rows:
        if row.claimed_by:
            theirs.setdefault(names[row.claimed_by].name, []).append(f"Q{row.id}")
    for name, numbers in theirs.items():
        yield Text(id="clock.claimed", values={"name": name, "numbers": numbers})


def _telling(ctx: Context, rows: Sequence[Question]) -> tuple[Words, Sequence[Label]]:
    """What somebody reads alone whose turn it is."""
    line = Text(id="question_clock.told", values={"count": len(rows), "items": items_with_due(ctx, rows)})
    return line, [*to_claim(rows)]
