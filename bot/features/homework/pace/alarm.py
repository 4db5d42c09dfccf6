"""The 24-hour clock: staff hear in time of what waits, and louder when it waits for too long.

An alarm rings for each hand-in, and all that are due ring together. It says only that somebody should look: whether it
still waits, and since when, is asked then, by the course as it is now. A shorter night or a longer limit that somebody
has just put into homework.yaml counts for what waits already: its alarms are set anew.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.domain.events import AlarmsDue
from bot.domain.messages import Text, Words
from bot.domain.response import Rung
from bot.engine.context import Context
from bot.engine.duty import duty_words, escalate, told_words
from bot.engine.ladder import Step, set_anew, steps, with_new_rules
from bot.engine.roster import members_by_id
from bot.engine.transaction import Transaction
from bot.features.homework.declared import ALARM, feature
from bot.features.homework.pace import ladder, waiting
from bot.features.homework.store import answers
from bot.features.homework.store.hand_ins import HandIn
from bot.features.homework.store.tables import kept_pace
from storage import alarms

_LATER = timedelta(days=1)


@feature.alarm(ALARM)
def ring(ctx: Context, due: AlarmsDue) -> None:
    rows = _of_course(ctx, answers.still_waiting(ctx.db, ctx.course.id, [int(one.object) for one in due.alarms]))
    told = steps(ctx.db, ladder.ladder_of(ctx.course), rows, ctx.now)
    if told:
        _tell(ctx, told)


@feature.on_other_courses
def look(tx: Transaction, now: datetime) -> None:
    """Where an answer is due at another time than the alarms were set for, they are set anew."""
    courses = tx.live.courses
    paces = {id: waiting.pace_of(course) for id, course in courses.items() if course.book.homework}
    for course in with_new_rules(tx.db, kept_pace, paces):
        set_anew(tx.db, ladder.ladder_of(courses[course]), answers.all_waiting(tx.db, course), now)


def _of_course(ctx: Context, rows: Sequence[HandIn]) -> list[HandIn]:
    """Of homework that the course still has; after the others it looks again in a day, should they come back."""
    known = ctx.course.book.homework
    gone = [(str(row.id), ctx.now + _LATER) for row in rows if row.homework not in known]
    alarms.put(ctx.db, ctx.course.id, ALARM, gone)
    return [row for row in rows if row.homework in known]


def _tell(ctx: Context, told: Sequence[Step]) -> None:
    """One notice in the staff room, whatever there is to tell; in private for whose rung it is."""
    overdue = [step for step in told if step.rungs]
    warned = [step.row for step in told if not step.rungs]
    reached = escalate(ctx, ctx.course.book.grading, overdue, partial(ladder.telling, ctx))
    lines = [*_warning(ctx, warned), *_overdue(ctx, overdue, reached), *_claimed(ctx, [step.row for step in told])]
    ctx.tell_staff(*lines, buttons=[(Text(id="button.grade_next"), "grade next")])


def _warning(ctx: Context, rows: Sequence[HandIn]) -> Iterator[Words]:
    if rows:
        duty = duty_words(ctx, ctx.course.book.grading)
        values = {"count": len(rows), "items": ladder.items(ctx, rows), "duty": duty}
        yield Text(id="clock.warned", values=values)


def _overdue(ctx: Context, told: Sequence[Step], reached: Sequence[Rung]) -> Iterator[Words]:
    if told:
        items = ladder.items(ctx, [step.row for step in told])
        yield Text(id="clock.overdue", values={"count": len(told), "items": items, "told": told_words(reached)})


def _claimed(ctx: Context, rows: Sequence[HandIn]) -> Iterator[Words]:
    """Who is at which of them."""
    taken = [row for row in rows if row.draft is not None]
    if not taken:
        return
    who = answers.claimed_by(ctx.db, {row.draft for row in taken})
    names = members_by_id(ctx.db, set(who.values()))
    theirs: dict[str, list[str]] = {}
    for row in taken:
        theirs.setdefault(names[who[row.draft]].name, []).append(f"#{row.id}")
    for name, numbers in theirs.items():
        yield Text(id="clock.claimed", values={"name": name, "numbers": numbers})
