"""What a homework says by itself: that it opens, that it is due soon, that it is due."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from bot.domain.events import OccurrenceDue
from bot.domain.homework import Homework
from bot.domain.messages import Text, Topic, Words
from bot.engine.context import Context
from bot.engine.degrade import shorten
from bot.engine.names import clean_line
from bot.engine.voice import Utterance
from bot.features.homework.audience import spaces_of
from bot.features.homework.deadlines import Deadline, deadline_of
from bot.features.homework.declared import feature
from bot.features.homework.posts.describing import (
    details,
    details_button,
    hand_in_button,
    late_policy,
    rough,
    tier_of,
)
from bot.features.homework.posts.previewing import preview_of_step
from bot.features.homework.store import shown
from bot.features.homework.teams.teaming import make_teams
from rules.homework import HOMEWORK, HomeworkStep, What

_TITLE = 60  # columns
_STALE = timedelta(hours=12)
"""Nobody needs to hear so late that the deadline has passed."""


@feature.action(HOMEWORK, HomeworkStep, preview=preview_of_step, is_built_in=True)
def homework_step(ctx: Context, due: OccurrenceDue) -> None:
    ritual = ctx.course.ritual(due.ritual)
    step = ritual.options if ritual else None
    found = ctx.course.book.homework.get(step.homework) if isinstance(step, HomeworkStep) else None
    if found and isinstance(step, HomeworkStep):
        _STEPS[step.what](ctx, due, found, deadline_of(found, ctx.course.zone))


def _opens(ctx: Context, due: OccurrenceDue, homework: Homework, deadline: Deadline) -> None:
    if deadline.is_closed(due.at):
        return
    lines = list(_announcement(ctx, homework, deadline))
    _say(ctx, homework, lines, key=due.key, is_active=True)
    if not homework.audience.groups:
        _file(ctx, homework, lines)
    make_teams(ctx, homework)


def _announcement(ctx: Context, homework: Homework, deadline: Deadline) -> Iterator[Words]:
    yield Text(id="homework.opens", values={"homework": homework.title, "tier": tier_of(homework)})
    if line := _for_whom(ctx, homework):
        yield line
    yield from details(ctx.course, homework, deadline)
    if not homework.is_quiz:
        yield Text(id="homework.how")


def _for_whom(ctx: Context, homework: Homework) -> Text | None:
    """What tags somebody has is staff's own business."""
    audience = homework.audience
    if audience.tags:
        return Text(id="homework.for_some")
    if not audience.levels:
        return None
    levels = [level.title for level in ctx.course.levels if level.id in audience.levels]
    return Text(id="homework.for_levels", values={"levels": levels})


def _file(ctx: Context, homework: Homework, lines: list[Words]) -> None:
    """Where the course has a place for homework, each has a thread of its own."""
    title = shorten(clean_line(homework.title.in_(ctx.course.language)), _TITLE)
    tag = ctx.engine.voice.texts.show(ctx.course.language, tier_of(homework))
    filed = Utterance(lines=lines, buttons=[hand_in_button(homework)], topic=Topic(title=title, tags=(tag,)))
    ctx.keep("homework", filed, key=f"homework:{ctx.course.id}:{homework.id}:thread")


def _reminds(ctx: Context, due: OccurrenceDue, homework: Homework, deadline: Deadline) -> None:
    left = deadline.due_at - due.at
    if left <= timedelta(0):
        return
    values = {"homework": homework.title, "left": rough(left), "due": ctx.course.wall_time(deadline.due_at)}
    lines: list[Words] = [Text(id="homework.reminds", values=values)]
    if count := shown.in_time(ctx.db, ctx.course.id, homework.id)[0]:
        lines.append(Text(id="homework.so_far", values={"count": count}))
    _say(ctx, homework, lines, key=due.key, is_active=True)


def _due(ctx: Context, due: OccurrenceDue, homework: Homework, deadline: Deadline) -> None:
    """Nothing where nobody has handed in anything, and nobody still can."""
    if due.at - due.due_at > _STALE:
        return
    _, count = shown.in_time(ctx.db, ctx.course.id, homework.id)
    is_open = not deadline.is_closed(due.at + timedelta(seconds=1))
    if not count and not is_open:
        return
    lines: list[Words] = [Text(id="homework.is_due", values={"homework": homework.title})]
    if count:
        lines.append(Text(id="homework.in_time", values={"count": count}))
    if deadline.limit > due.at:
        lines.append(Text(id="homework.grace_runs", values={"limit": ctx.course.wall_time(deadline.limit)}))
    if is_open:
        lines.append(late_policy(ctx.course, homework, deadline))
    _say(ctx, homework, lines, key=due.key, is_active=is_open)


_STEPS: dict[What, Callable[[Context, OccurrenceDue, Homework, Deadline], None]] = {
    "opens": _opens,
    "reminds": _reminds,
    "due": _due,
}


def _say(ctx: Context, homework: Homework, lines: list[Words], *, key: str, is_active: bool) -> None:
    buttons = [hand_in_button(homework), details_button(homework)] if is_active else []
    for space in spaces_of(ctx, homework):
        ctx.say(space, *lines, key=f"{key}:{space.id}", buttons=buttons)
