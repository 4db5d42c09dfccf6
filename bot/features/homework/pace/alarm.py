"""The 24-hour clock: staff hear in time of what waits, and louder when it waits for too long.

An alarm rings for each hand-in, and all that are due ring together. It says only that somebody should look: whether it
still waits, and since when, is asked then, by the course as it is now. A shorter night or a longer limit that somebody
has just put into homework.yaml counts for what waits already: its alarms are set anew.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection

from bot.domain.course import Course
from bot.domain.events import AlarmsDue
from bot.domain.messages import Text, Words
from bot.domain.response import Rung
from bot.engine.context import Context
from bot.engine.roster import members_by_id
from bot.engine.transaction import Transaction
from bot.features.homework.declared import ALARM, feature
from bot.features.homework.pace import ladder, waiting
from bot.features.homework.store import answers, hand_ins
from bot.features.homework.store.hand_ins import HandIn
from storage import alarms

_LATER = timedelta(days=1)


class _Step(NamedTuple):
    """A hand-in whose staff are told more than they were before."""

    row: HandIn
    before: int  # how far they were told

    @property
    def is_overdue(self) -> bool:
        return bool(self.row.rung > ladder.WARNED)


@feature.alarm(ALARM)
def ring(ctx: Context, due: AlarmsDue) -> None:
    rows = _of_course(ctx, answers.still_waiting(ctx.db, ctx.course.id, [int(one.object) for one in due.alarms]))
    steps = [_Step(_moved(ctx, row), row.rung) for row in rows]
    following = ((step.row, ladder.next_at(ctx.course, step.row)) for step in steps)
    alarms.put(ctx.db, ctx.course.id, ALARM, [(str(row.id), at) for row, at in following if at])
    told = [step for step in steps if step.row.rung != step.before]
    if told:
        _tell(ctx, told)


@feature.afterwards
def look(tx: Transaction, now: datetime) -> None:
    """Where an answer is due at another time than the alarms were set for, they are set anew."""
    for course in tx.live.courses.values():
        if course.book.homework and answers.is_new_pace(tx.db, course.id, _rules(course)):
            rows = answers.all_waiting(tx.db, course.id)
            following = [(row.id, ladder.next_at(course, _set_anew(tx.db, course, row, now))) for row in rows]
            alarms.put(tx.db, course.id, ALARM, [(str(number), at) for number, at in following if at])


def _rules(course: Course) -> str:
    """All that moments of the clock depend on."""
    grading = course.book.grading
    those = (course.zone, grading.within, grading.warn_at, grading.step, grading.ladder, grading.rest)
    return msgspec.json.encode(those, order="deterministic").decode()


def _set_anew(db: Connection, course: Course, row: HandIn, now: datetime) -> HandIn:
    """Who was told that it waits for too long hears it again when it does so by what is due now."""
    due_at, rung = waiting.answer_due(course, row.waiting_since), ladder.reached_from(course, row, 0, now)
    return hand_ins.change(db, row.id, due_at=due_at, rung=min(rung, row.rung))


def _of_course(ctx: Context, rows: Sequence[HandIn]) -> list[HandIn]:
    """Of homework that the course still has; after the others it looks again in a day, should they come back."""
    known = ctx.course.book.homework
    gone = [(str(row.id), ctx.now + _LATER) for row in rows if row.homework not in known]
    alarms.put(ctx.db, ctx.course.id, ALARM, gone)
    return [row for row in rows if row.homework in known]


def _moved(ctx: Context, row: HandIn) -> HandIn:
    """As it stands now; written only where something is different."""
    due_at, rung = waiting.answer_due(ctx.course, row.waiting_since), ladder.reached(ctx.course, row, ctx.now)
    if due_at == row.due_at and rung == row.rung:
        return row
    return hand_ins.change(ctx.db, row.id, due_at=due_at, rung=rung)


def _tell(ctx: Context, steps: Sequence[_Step]) -> None:
    """One notice in the staff room, whatever there is to tell; in private for whose rung it is."""
    overdue = [step for step in steps if step.is_overdue]
    rungs = [(step.row, ladder.rungs_between(ctx.course, step.before, step.row.rung)) for step in overdue]
    warned = [step.row for step in steps if not step.is_overdue]
    lines = [*_warning(ctx, warned), *_overdue(ctx, rungs), *_claimed(ctx, [step.row for step in steps])]
    ctx.tell_staff(*lines, buttons=[(Text(id="button.grade_next"), "grade next")])
    ladder.escalate(ctx, rungs)


def _warning(ctx: Context, rows: Sequence[HandIn]) -> Iterator[Words]:
    if rows:
        values = {"count": len(rows), "items": ladder.items(ctx, rows), "duty": ladder.duty_words(ctx)}
        yield Text(id="clock.warned", values=values)


def _overdue(ctx: Context, told: Sequence[tuple[HandIn, Sequence[Rung]]]) -> Iterator[Words]:
    if told:
        rows = [row for row, _ in told]
        rungs = dict.fromkeys(rung for _, rungs in told for rung in rungs)
        values = {"count": len(rows), "items": ladder.items(ctx, rows), "told": ladder.rung_words(rungs)}
        yield Text(id="clock.overdue", values=values)


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
