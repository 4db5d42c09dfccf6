"""What a homework says by itself: that it opens, that it is due soon; and, see `closing`, that it is due."""

from collections.abc import Callable
from datetime import timedelta

from bot.domain.events import OccurrenceDue
from bot.domain.homework import Homework
from bot.domain.messages import Text, Topic, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.names import clean_line
from bot.engine.voice import Utterance
from bot.features.homework.assignments import deadline_for_all
from bot.features.homework.audience import spaces_of
from bot.features.homework.deadlines import Deadline
from bot.features.homework.declared import feature
from bot.features.homework.posts.closing import quiz_key, say_due
from bot.features.homework.posts.describing import (
    buttons_of,
    details,
    hand_in_button,
    heading,
    rough,
    summary,
    tier_of,
)
from bot.features.homework.posts.previewing import preview_of_step
from bot.features.homework.store import shown
from bot.features.homework.teams.teaming import make_teams
from rules.homework import HOMEWORK, HomeworkStep, What

_TITLE = 60  # columns


@feature.action(HOMEWORK, HomeworkStep, preview=preview_of_step, is_built_in=True)
def homework_step(ctx: Context, due: OccurrenceDue) -> None:
    ritual = ctx.course.ritual(due.ritual)
    step = ritual.options if ritual else None
    found = ctx.course.book.homework.get(step.homework) if isinstance(step, HomeworkStep) else None
    if found and isinstance(step, HomeworkStep):
        _STEPS[step.what](ctx, due, found, deadline_for_all(ctx, found))


def _opens(ctx: Context, due: OccurrenceDue, homework: Homework, deadline: Deadline) -> None:
    if deadline.is_closed(due.at):
        return
    lines = list(summary(ctx.course, homework, deadline))
    for space in spaces_of(ctx, homework):
        if homework.is_quiz:
            ctx.keep_posted(space, *lines, key=f"{quiz_key(ctx, homework)}:{space.id}", buttons=buttons_of(homework))
        else:
            ctx.say(space, *lines, key=f"{due.key}:{space.id}", buttons=buttons_of(homework))
    if not homework.audience.groups:
        _file(ctx, homework, [*heading(ctx.course, homework), *details(ctx.course, homework, deadline)])
    make_teams(ctx, homework)


def _file(ctx: Context, homework: Homework, lines: list[Words]) -> None:
    """Where the course has a place for homework, each has a thread of its own, in which all of it stands."""
    title = shorten(clean_line(homework.title.in_(ctx.course.language)), _TITLE)
    tag = ctx.engine.voice.texts.show(ctx.course.language, tier_of(homework))
    filed = Utterance(lines=lines, buttons=[hand_in_button(homework)], topic=Topic(title=title, tags=(tag,)))
    ctx.keep("homework", filed, key=f"homework:{ctx.course.id}:{homework.id}:thread")


def _reminds(ctx: Context, due: OccurrenceDue, homework: Homework, deadline: Deadline) -> None:
    left = deadline.due_at - due.at
    if left <= timedelta(0):
        return
    values = {"homework": homework.title, "left": rough(left), "due": ctx.course.wall_time(deadline.due_at)}
    lines: list[Words] = [Text(id="homework.reminds_quiz" if homework.is_quiz else "homework.reminds", values=values)]
    if count := shown.in_time(ctx.db, ctx.course.id, homework.id)[0]:
        lines.append(Text(id="homework.quiz_done" if homework.is_quiz else "homework.so_far", values={"count": count}))
    for space in spaces_of(ctx, homework):
        ctx.say(space, *lines, key=f"{due.key}:{space.id}", buttons=buttons_of(homework))


def _due(ctx: Context, due: OccurrenceDue, homework: Homework, deadline: Deadline) -> None:
    """Where everybody was given more time, an alarm says it when that is over."""
    if deadline.due_at <= due.due_at:
        say_due(ctx, homework, deadline, at=due.at, key=due.key)


_STEPS: dict[What, Callable[[Context, OccurrenceDue, Homework, Deadline], None]] = {
    "opens": _opens,
    "reminds": _reminds,
    "due": _due,
}
