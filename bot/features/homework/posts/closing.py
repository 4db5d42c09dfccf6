"""What is said when a homework is due: to all, at the moment that counts for all."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.domain.events import AlarmsDue
from bot.domain.homework import Homework
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.voice import Utterance
from bot.features.homework.assignments import deadline_for_all
from bot.features.homework.audience import spaces_of
from bot.features.homework.deadlines import Deadline
from bot.features.homework.declared import feature
from bot.features.homework.handing.receipts import count_up
from bot.features.homework.posts.describing import buttons_of, late_policy, summary
from bot.features.homework.store import shown
from storage import alarms

EXTENDED = "homework_due"
"""Rings at the deadline that a homework has since everybody was given more time. The object is its id."""

_STALE = timedelta(hours=12)
"""Nobody needs to hear so late that the deadline has passed."""


def quiz_key(ctx: Context, homework: Homework) -> str:
    """Of the one post of a quiz: it opens, and is edited when the quiz is due."""
    return f"homework:{ctx.course.id}:{homework.id}:quiz"


def tell_posts(ctx: Context, homework: Homework, until: datetime) -> None:
    """Everybody has more time: what stands in the rooms says so, and the closing words come at this moment."""
    alarms.put(ctx.db, ctx.course.id, EXTENDED, [(homework.id, until)])
    if homework.is_quiz:
        _edit_quiz(ctx, homework, [*summary(ctx.course, homework, deadline_for_all(ctx, homework))], is_open=True)
    elif shown.in_time(ctx.db, ctx.course.id, homework.id)[0]:
        count_up(ctx, homework)


@feature.alarm(EXTENDED)
def extended_is_due(ctx: Context, due: AlarmsDue) -> None:
    for alarm in due.alarms:
        homework = ctx.course.book.homework.get(alarm.object)
        deadline = deadline_for_all(ctx, homework) if homework else None
        if homework is None or deadline is None or deadline.due_at == homework.due.moment(ctx.course.zone):
            continue  # it is gone, or its own deadline moved still further
        key = f"homework:{ctx.course.id}:{homework.id}:due:{int(deadline.due_at.timestamp())}"
        say_due(ctx, homework, deadline, at=due.at, key=key)


def say_due(ctx: Context, homework: Homework, deadline: Deadline, *, at: datetime, key: str) -> None:
    """Nothing where nobody has handed in anything, and nobody still can."""
    if not timedelta(0) <= at - deadline.due_at <= _STALE:
        return
    count, timely = shown.in_time(ctx.db, ctx.course.id, homework.id)
    is_open = not deadline.is_closed(at + timedelta(seconds=1))
    if homework.is_quiz:
        _edit_quiz(ctx, homework, [*_lines(ctx, homework, deadline, count, is_open=is_open)], is_open=is_open)
    elif timely or is_open:
        lines = list(_lines(ctx, homework, deadline, timely, is_open=is_open))
        for space in spaces_of(ctx, homework):
            ctx.say(space, *lines, key=f"{key}:{space.id}", buttons=buttons_of(homework) if is_open else [])


def _lines(ctx: Context, homework: Homework, deadline: Deadline, count: int, *, is_open: bool) -> Iterator[Words]:
    """How many have done it, and what those can do who have not."""
    values = {"homework": homework.title, "due": ctx.course.wall_time(deadline.due_at)}
    yield Text(id="homework.quiz_was_due" if homework.is_quiz else "homework.is_due", values=values)
    if count:
        yield Text(id="homework.quiz_done" if homework.is_quiz else "homework.in_time", values={"count": count})
    if deadline.limit > ctx.now:
        yield Text(id="homework.grace_runs", values={"limit": ctx.course.wall_time(deadline.limit)})
    if is_open:
        yield late_policy(ctx.course, homework, deadline)


def _edit_quiz(ctx: Context, homework: Homework, lines: list[Words], *, is_open: bool) -> None:
    """Nothing where it has not opened."""
    what = Utterance(lines=lines, buttons=buttons_of(homework) if is_open else [])
    for space in spaces_of(ctx, homework):
        ctx.keep(space, what, key=f"{quiz_key(ctx, homework)}:{space.id}", is_correction=True)
