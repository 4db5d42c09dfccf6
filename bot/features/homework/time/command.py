"""`/extend`: students take more time with a token (延期卡); staff give it to one, or to all."""

from datetime import datetime

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.homework import Homework
from bot.domain.messages import Text
from bot.engine.context import Context
from bot.engine.parameters import text
from bot.features.homework.assignments import Assignment, assignment_of, assignments_of, is_for
from bot.features.homework.declared import feature
from bot.features.homework.store import times
from bot.features.homework.teams.members import team_for
from bot.features.homework.time import staff_extensions
from bot.features.homework.time.asked import homework_and_rest
from bot.features.homework.time.extending import affected, deadline_for, give

BACK = frozenset(("back", "退回", "撤回"))
_OFFERED = 5  # buttons


@feature.command(
    "extend",
    words=("我要延期", "延期卡"),
    is_private=True,
    area="homework",
    parameters=(text("homework"), text("member", suggests="members"), text("extension")),
)
def extend(ctx: Context, cmd: CommandInvoked) -> None:
    said = "" if cmd.via == "word" else cmd.text.strip()
    if ctx.member.role != "student":
        staff_extensions.extend(ctx, said)
    elif not said:
        _show(ctx)
    else:
        _of_student(ctx, *homework_and_rest(ctx, said))


def _of_student(ctx: Context, homework: Homework, rest: str) -> None:
    if rest.casefold() in BACK:
        _give_back(ctx, homework)
    elif not rest:
        _ask(ctx, homework)
    elif rest.isascii() and rest.isdigit():
        _use(ctx, homework, int(rest))
    else:
        raise UserError("extend.usage")


def _left(ctx: Context) -> int:
    return max(0, ctx.course.book.extensions.tokens - times.tokens_used(ctx.db, ctx.course.id, ctx.member.id))


def _show(ctx: Context) -> None:
    """What is left, and what it can be used for."""
    if not ctx.course.book.extensions.tokens:
        raise UserError("extend.no_tokens")
    left = _left(ctx)
    ctx.reply("extend.left", count=left, each=ctx.course.book.extensions.each)
    may = [one for one in assignments_of(ctx, ctx.member) if left and _may_extend(ctx, one)]
    for one in may:
        ctx.reply("extend.due", homework=one.homework.title, until=ctx.course.wall_time(one.deadline.due_at))
    buttons = [
        (Text(id="button.extend_what", values={"homework": one.homework.title}), f"extend {one.homework.id}")
        for one in may
    ]
    ctx.reply_buttons(buttons[:_OFFERED])
    if left and not may:
        ctx.reply("extend.nothing")


def _may_extend(ctx: Context, one: Assignment) -> bool:
    is_ahead = not deadline_for(ctx, one.homework, affected(ctx, one.homework, ctx.member)).is_late(ctx.now)
    return is_ahead and one.opens_at <= ctx.now and one.state != "graded"


def _ask(ctx: Context, homework: Homework) -> None:
    """Nobody uses one by accident: the button says until when, and works for that only."""
    until = _checked(ctx, homework)
    left = _left(ctx)
    id = "extend.ask_team" if homework.team_size else "extend.ask"
    button = (Text(id="button.extend"), f"extend {homework.id} {int(until.timestamp())}")
    ctx.reply(id, homework=homework.title, left=left, until=ctx.course.wall_time(until), buttons=[button])


def _checked(ctx: Context, homework: Homework) -> datetime:
    """The deadline that a token gives. Raises UserError where it can't be used."""
    extensions = ctx.course.book.extensions
    if not extensions.tokens:
        raise UserError("extend.no_tokens")
    if not is_for(ctx, ctx.member, homework):
        raise UserError("homework.not_for_you", homework=homework.title)
    team_for(ctx, homework)
    found = assignment_of(ctx, homework, ctx.member.id)
    if ctx.now < found.opens_at:
        raise UserError("homework.not_open", homework=homework.title, at=ctx.course.wall_time(found.opens_at))
    if found.hand_in is not None and found.state == "graded":
        raise UserError("homework.graded_already", number=found.hand_in.id)
    deadline = deadline_for(ctx, homework, affected(ctx, homework, ctx.member))
    if deadline.is_late(ctx.now):
        raise UserError("extend.over", homework=homework.title, until=ctx.course.wall_time(deadline.limit))
    if not _left(ctx):
        raise UserError("extend.used_up")
    return deadline.due_at + extensions.each


def _use(ctx: Context, homework: Homework, asked: int) -> None:
    """The second of two presses finds the deadline moved already, and uses nothing."""
    those = affected(ctx, homework, ctx.member)
    times.lock(ctx.db, [one.id for one in those])
    now = deadline_for(ctx, homework, those).due_at
    if int(now.timestamp()) == asked:
        raise UserError("extend.already", homework=homework.title, until=ctx.course.wall_time(now))
    until = _checked(ctx, homework)
    if int(until.timestamp()) != asked:
        raise UserError("extend.other", homework=homework.title, until=ctx.course.wall_time(now))
    give(ctx, homework, {one.id: until for one in those}, "token")
    back = (Text(id="button.extend_back"), f"extend {homework.id} back")
    ctx.reply(
        "extend.done", homework=homework.title, until=ctx.course.wall_time(until), count=_left(ctx), buttons=[back]
    )
    staff_extensions.tell_each(ctx, homework, [one for one in those if one.id != ctx.member.id])


def _give_back(ctx: Context, homework: Homework) -> None:
    """The newest of one's own, while the deadline that was before it is ahead: then nothing came in after that."""
    those = affected(ctx, homework, ctx.member)
    times.lock(ctx.db, [one.id for one in those])
    rows = times.running(ctx.db, ctx.course.id, homework.id, [one.id for one in those])
    mine = [row for row in rows if row.source == "token" and times.is_by(ctx.db, row, ctx.member.id)]
    if not mine:
        raise UserError("extend.none_used", homework=homework.title)
    last = mine[-1]
    times.end(ctx.db, [row for row in mine if (row.at, row.until) == (last.at, last.until)], ctx.now)
    deadline = deadline_for(ctx, homework, those)
    if deadline.due_at < ctx.now:
        raise UserError("extend.too_late_back", homework=homework.title, until=ctx.course.wall_time(deadline.due_at))
    until = ctx.course.wall_time(deadline.due_at)
    ctx.reply("extend.given_back", homework=homework.title, until=until, count=_left(ctx))
    staff_extensions.tell_each(ctx, homework, [one for one in those if one.id != ctx.member.id])
