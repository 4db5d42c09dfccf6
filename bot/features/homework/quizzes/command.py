"""`/quiz`: a member begins a quiz that is open to them, or goes on where they were."""

import re

from bot.domain.errors import UserError
from bot.domain.events import CommandInvoked
from bot.domain.homework import Homework
from bot.domain.messages import Template
from bot.engine.context import Context
from bot.engine.parameters import text
from bot.features.homework.assignments import Assignment, assignment_of, assignments_of, homework_called, is_for
from bot.features.homework.deadlines import loss
from bot.features.homework.declared import feature
from bot.features.homework.quizzes.answering import go_on, is_over, press
from bot.features.homework.quizzes.asking import GAP, sitting_of
from bot.features.homework.quizzes.result import attempts_left, show_standing, watch
from bot.features.homework.store import quizzes
from bot.features.homework.store.quizzes import Attempt

_PRESS = re.compile(r"(\d{1,15}):([a-z0-9_]{1,32}) (pick|done|reset|words)(?: (\d))?")
_AGAIN = re.compile(r"(.+?)\s+(?:again|再来一次)", re.IGNORECASE)


@feature.command(
    "quiz",
    words=("做测验", "小测"),
    roles=("student",),
    alone=True,
    is_private=True,
    by_link=True,
    parameters=(text("quiz", suggests="quiz"),),
)
def quiz(ctx: Context, cmd: CommandInvoked) -> None:
    said = cmd.text.strip()
    pressed = _PRESS.fullmatch(said) if cmd.via != "link" else None  # a link must not answer for anybody
    again = _AGAIN.fullmatch(said) if cmd.via != "link" else None
    if pressed:
        press(ctx, int(pressed[1]), pressed[2], pressed[3], int(pressed[4] or 0))
    elif again:
        _begin_again(ctx, _quiz_called(ctx, again[1]))
    elif said:
        _begin(ctx, _quiz_called(ctx, said))
    else:
        _begin_one_of_several(ctx)


def _quiz_called(ctx: Context, said: str) -> Homework:
    homework = homework_called(ctx, said)
    if not homework.is_quiz:
        raise UserError("quiz.not_one", homework=homework.title)
    return homework


@feature.suggest("quiz")
def quizzes_there(ctx: Context, typed: str) -> list[tuple[str, Template]]:
    """Those that have opened for this member; for staff, all that have."""
    is_student = ctx.member.role == "student"
    opened = (one for one in ctx.course.book.homework.values() if one.opens.moment(ctx.course.zone) <= ctx.now)
    there = (one for one in opened if one.is_quiz and (not is_student or is_for(ctx, ctx.member, one)))
    return [(one.id, Template(text=one.title)) for one in there]


# --- which one --------------------------------------------------------------------------------------------------------


def _begin_one_of_several(ctx: Context) -> None:
    """The only one that is not done, else they choose."""
    there = [one.homework for one in assignments_of(ctx, ctx.member) if one.homework.is_quiz and one.is_open(ctx.now)]
    found = [one for one in there if _is_to_do(ctx, one)] or there
    if not found:
        raise UserError("quiz.none")
    if len(found) == 1:
        _begin(ctx, found[0])
    else:
        ctx.reply("quiz.which", buttons=[(Template(text=one.title), f"quiz {one.id}") for one in found])


def _is_to_do(ctx: Context, homework: Homework) -> bool:
    attempts = quizzes.attempts_of(ctx.db, ctx.course.id, homework.id, ctx.member.id)
    return not attempts or any(one.finished_at is None for one in attempts)


# --- begin, or go on --------------------------------------------------------------------------------------------------


def _begin(ctx: Context, homework: Homework) -> None:
    if not is_for(ctx, ctx.member, homework):
        raise UserError("homework.not_for_you", homework=homework.title)
    attempt = quizzes.open_attempt(ctx.db, ctx.course.id, homework.id, ctx.member.id)
    if attempt:
        _go_on(ctx, attempt)
    elif quizzes.attempts_of(ctx.db, ctx.course.id, homework.id, ctx.member.id):
        show_standing(ctx, homework)
    else:
        _begin_new(ctx, homework)


def _begin_again(ctx: Context, homework: Homework) -> None:
    """One more attempt, which is never begun by chance."""
    attempt = quizzes.open_attempt(ctx.db, ctx.course.id, homework.id, ctx.member.id)
    if attempt:
        _go_on(ctx, attempt)
    elif attempts_left(ctx, homework) == 0:
        show_standing(ctx, homework)
    elif not is_for(ctx, ctx.member, homework):
        raise UserError("homework.not_for_you", homework=homework.title)
    else:
        _begin_new(ctx, homework)


def _go_on(ctx: Context, attempt: Attempt) -> None:
    sitting = sitting_of(ctx, attempt)
    if not is_over(ctx, sitting):
        go_on(ctx, sitting)


def _begin_new(ctx: Context, homework: Homework) -> None:
    assignment = assignment_of(ctx, homework, ctx.member.id)
    if ctx.now < assignment.opens_at:
        raise UserError("homework.not_open", homework=homework.title, at=ctx.course.wall_time(assignment.opens_at))
    if assignment.deadline.is_closed(ctx.now):
        closed_at = assignment.deadline.closes_at or assignment.deadline.limit
        raise UserError("homework.closed", homework=homework.title, at=ctx.course.wall_time(closed_at))
    before = quizzes.attempts_of(ctx.db, ctx.course.id, homework.id, ctx.member.id)
    number = max((one.number for one in before), default=0) + 1
    made = quizzes.begin(ctx.db, ctx.member, homework, number=number, at=ctx.now)
    if made is None:  # another device was quicker
        made = quizzes.open_attempt(ctx.db, ctx.course.id, homework.id, ctx.member.id)
        assert made is not None, "it was begun just now"
    watch(ctx, made, assignment.deadline.closes_at)
    _say_how_long(ctx, assignment, number)
    go_on(ctx, sitting_of(ctx, made))


def _say_how_long(ctx: Context, assignment: Assignment, number: int) -> None:
    """It is the end that counts, so everybody knows how much time there is."""
    homework, deadline = assignment.homework, assignment.deadline
    ctx.reply("quiz.begins", title=homework.title, count=len(homework.questions))
    if homework.attempts is None:
        ctx.reply("quiz.attempt_any", number=number)
    elif homework.attempts > 1:
        ctx.reply("quiz.attempt", number=number, of=homework.attempts)
    if deadline.is_late(ctx.now):
        ctx.reply("quiz.is_late", lost=loss(homework, ctx.now, deadline))
    else:
        left = deadline.limit - ctx.now.replace(second=0, microsecond=0)
        ctx.reply("quiz.until", until=ctx.course.wall_time(deadline.limit), left=left)
    ctx.reply_words(GAP)
