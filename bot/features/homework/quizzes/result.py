"""The end of an attempt at a quiz, and what the member is told of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.events import AlarmsDue
from bot.domain.homework import Homework, Question
from bot.domain.messages import Text, Words
from bot.engine.context import Context
from bot.engine.roster import member_of
from bot.engine.telling import tell
from bot.engine.voice import Label
from bot.features.homework.assignments import assignment_of
from bot.features.homework.deadlines import loss
from bot.features.homework.declared import feature
from bot.features.homework.quizzes.asking import Sitting, sitting_of
from bot.features.homework.quizzes.filing import Filed, Result, file
from bot.features.homework.quizzes.judging import score_of
from bot.features.homework.store import quizzes
from bot.features.homework.store.quizzes import Attempt
from storage import alarms

CLOSES = "quiz_close"
"""Rings when nothing more is taken of a quiz that somebody has begun. The object is the number of the attempt."""

_SECOND = timedelta(seconds=1)  # the last one is still in time
_LOOKS_AGAIN = timedelta(hours=1)  # whether a quiz that was taken out of the course is back
_AT_ONCE = 50  # attempts; each member is told


# --- the end ----------------------------------------------------------------------------------------------------------


def finish(ctx: Context, sitting: Sitting, *, at: datetime) -> None:
    """All that is answered by now counts, as handed in at this moment. Nothing where it was finished before."""
    result = _result(ctx, sitting, at)
    if not quizzes.finish(ctx.db, sitting.attempt.id, points=result.points, out_of=result.homework.out_of, at=at):
        return
    alarms.drop(ctx.db, ctx.course.id, CLOSES, [str(sitting.attempt.id)])
    for line in _lines(ctx, sitting, result, file(ctx, result)):
        tell(ctx, result.who.id, line)
    if ctx.answers(result.who.id) and attempts_left(ctx, sitting.homework) != 0:
        _offer_another(ctx, sitting.homework)


def _result(ctx: Context, sitting: Sitting, at: datetime) -> Result:
    homework, who = sitting.homework, member_of(ctx.db, sitting.attempt.member)
    deadline = assignment_of(ctx, homework, who.id).deadline
    return Result(
        homework=homework,
        who=who,
        sitting=sitting.attempt.id,
        attempt=sitting.attempt.number,
        at=at,
        is_late=deadline.is_late(at),
        points=sum(one.points for one in homework.questions if _is_right(sitting, one)),
        lost=loss(homework, at, deadline),
    )


# --- what is told -----------------------------------------------------------------------------------------------------


def _lines(ctx: Context, sitting: Sitting, result: Result, filed: Filed) -> list[Words]:
    shown = {"points": result.points, "out_of": result.homework.out_of, "percent": result.percent}
    lines: list[Words] = [Text(id="quiz.done", values={"title": sitting.homework.title, **shown})]
    wrong = [one for one in sitting.homework.questions if not _is_right(sitting, one)]
    lines += _weak_points(ctx, sitting.homework, wrong) if wrong else [Text(id="quiz.all_right")]
    if result.lost:
        lines.append(Text(id="quiz.late", values={"lost": result.lost, "score": result.score}))
    if filed.counts:
        lines.append(Text(id="quiz.receipt", values={"number": filed.number}))
    else:
        lines.append(Text(id="quiz.earlier_counts"))
    if filed.earned > 0:
        lines.append(Text(id="points.plus", values={"points": filed.earned}))
    return lines


def _is_right(sitting: Sitting, question: Question) -> bool:
    return sitting.is_final(question) and bool(sitting.answers[question.id].is_right)


def _weak_points(ctx: Context, homework: Homework, wrong: Sequence[Question]) -> list[Words]:
    """What to read again."""
    numbers = [homework.questions.index(one) + 1 for one in wrong]
    lines: list[Words] = [Text(id="quiz.wrong_ones", values={"numbers": numbers})]
    covers = list(dict.fromkeys(one.covers for one in wrong if one.covers))
    if covers:
        lines.append(Text(id="quiz.weak", values={"covers": covers}))
    day = next((day for day in ctx.course.days if day.number == homework.lesson), None)
    if day:
        lines.append(Text(id="quiz.read_again", values={"day": day.number, "title": day.title}))
    return lines


def show_standing(ctx: Context, homework: Homework) -> None:
    """How the member in context did, and whether they may try again."""
    attempts = quizzes.attempts_of(ctx.db, ctx.course.id, homework.id, ctx.member.id)
    done = [one for one in attempts if one.finished_at is not None]
    if done:
        best = max(done, key=lambda one: score_of(one.points, one.out_of, 0))
        shown = {"points": best.points, "out_of": best.out_of, "percent": score_of(best.points, best.out_of, 0)}
        ctx.reply("quiz.standing", title=homework.title, **shown)
    else:
        ctx.reply("quiz.never_answered", title=homework.title)
    _offer_another(ctx, homework)


def _offer_another(ctx: Context, homework: Homework) -> None:
    """With a button, while the quiz is open."""
    if not assignment_of(ctx, homework, ctx.member.id).is_open(ctx.now):
        return
    left = attempts_left(ctx, homework)
    again: Label = (Text(id="button.quiz_again"), f"quiz {homework.id} again")
    if left is None:
        ctx.reply("quiz.try_any", buttons=[again])
    elif left:
        ctx.reply("quiz.try_again", count=left, buttons=[again])
    else:
        ctx.reply("quiz.no_attempt_left")


def attempts_left(ctx: Context, homework: Homework) -> int | None:
    """How often the member in context may still begin; None: as often as they like."""
    if homework.attempts is None:
        return None
    attempts = quizzes.attempts_of(ctx.db, ctx.course.id, homework.id, ctx.member.id)
    return max(0, homework.attempts - len(attempts))


# --- what is not finished when the quiz closes ------------------------------------------------------------------------


def watch(ctx: Context, attempt: Attempt, closes_at: datetime | None) -> None:
    """Have an attempt finished by itself when nothing more is taken."""
    if closes_at is not None:
        alarms.put(ctx.db, ctx.course.id, CLOSES, [(str(attempt.id), closes_at + _SECOND)])


@feature.alarm(CLOSES, most=_AT_ONCE)
def closed(ctx: Context, due: AlarmsDue) -> None:
    for attempt in quizzes.unfinished(ctx.db, [int(one.object) for one in due.alarms]):
        homework = ctx.course.book.homework.get(attempt.homework)
        if homework is None or not homework.is_quiz:
            watch(ctx, attempt, ctx.now + _LOOKS_AGAIN)
            continue
        deadline = assignment_of(ctx, homework, member_of(ctx.db, attempt.member).id).deadline
        if deadline.is_closed(ctx.now):
            close(ctx, sitting_of(ctx, attempt))
        else:
            watch(ctx, attempt, deadline.closes_at)  # there was an extension meanwhile


def close(ctx: Context, sitting: Sitting) -> None:
    """What is answered counts as handed in with its last answer; where there is none, nothing was handed in."""
    answered = [sitting.answers[one.id].at for one in sitting.homework.questions if sitting.is_final(one)]
    who = member_of(ctx.db, sitting.attempt.member).id
    if answered:
        tell(ctx, who, Text(id="quiz.closed", values={"title": sitting.homework.title}))
        finish(ctx, sitting, at=max(answered))
    elif ctx.answers(who):
        ctx.reply("quiz.closed_empty", title=sitting.homework.title)
