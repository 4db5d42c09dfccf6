"""The 24-hour clock: staff hear in time of what waits, and louder when it waits for too long.

An alarm rings for each hand-in, and all that are due ring together. It says only that somebody should look: whether it
still waits, and since when, is asked then, by the course as it is now. So a shorter night or a longer limit that
somebody has just put into homework.yaml counts for what waits already: at the next ring, which is set anew where it
came too early.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from bot.domain.events import AlarmsDue
from bot.domain.homework import Rung
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.roster import members_by_id
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
