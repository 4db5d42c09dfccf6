"""A finished attempt at a quiz becomes a version of the hand-in, graded at once. The best attempt counts."""

from datetime import datetime
from typing import Any, NamedTuple

from bot.domain.homework import Homework
from bot.domain.places import Member
from bot.engine.context import Context
from bot.features.homework.declared import GRADED, SUBMITTED, object_of
from bot.features.homework.quizzes.judging import score_of
from bot.features.homework.store import hand_ins, quizzes
from bot.features.homework.store.hand_ins import HandIn, Submission
from bot.features.homework.works import Work


class _Answers(Work, frozen=True, kw_only=True):
    """What was answered in one attempt: each is a version, also where several accounts of a person have one each."""

    sitting: int  # the attempt's number in the database

    @property
    def digest(self) -> str:
        return f"quiz {self.sitting}"


class Result(NamedTuple):
    """What one attempt gave."""

    homework: Homework
    who: Member
    sitting: int  # the attempt's number in the database
    attempt: int  # its number, from 1
    at: datetime
    is_late: bool
    points: int
    lost: int  # percent, by lateness

    @property
    def percent(self) -> int:
        return score_of(self.points, self.homework.out_of, 0)

    @property
    def score(self) -> int:
        """Percent, after what lateness loses."""
        return score_of(self.points, self.homework.out_of, self.lost)


class Filed(NamedTuple):
    """What became of it as a hand-in."""

    number: int
    counts: bool  # else an earlier attempt was better
    earned: int  # points by the course's rules


def file(ctx: Context, result: Result) -> Filed:
    """One more version; a late one never takes the place of one in time, and what does not count announces nothing."""
    row = hand_ins.taken(ctx.db, ctx.course.id, result.homework.id, result.who.id, None)
    best = quizzes.latest_score(ctx.db, row.id) if row.state == "graded" else None
    version = hand_ins.add_version(ctx.db, row, result.who.id, _work(result), is_late=result.is_late)
    is_better = best is None or (result.score > best and not (result.is_late and not row.is_late))
    changes: dict[str, Any] = {"counts": version.version, "is_late": result.is_late} if is_better else {}
    graded = {"state": "graded", "waiting_since": None, "due_at": None}
    hand_ins.change(ctx.db, row.id, versions=version.version, **graded, **changes)
    earned = 0
    if is_better:
        earned = _announce_submitted(ctx, result, row, version, is_first=best is None)
        earned += _grade(ctx, result, row, version, is_first=best is None)
    return Filed(row.id, is_better, earned)


def _work(result: Result) -> Work:
    """Its words are the bot's own."""
    text = f"#{result.attempt}: {result.points}/{result.homework.out_of}"
    return _Answers(sitting=result.sitting, text=text, at=result.at)


def _announce_submitted(ctx: Context, result: Result, row: HandIn, version: Submission, *, is_first: bool) -> int:
    """The points that this is worth, less those of an attempt that counts no more and was late where this is not."""
    mends = not is_first and row.is_late != result.is_late
    before = ctx.retract(SUBMITTED, object_of(result.homework.id), member=result.who) if mends else 0
    outcome = ctx.announce(
        SUBMITTED,
        object_of(result.homework.id),
        member=result.who,
        on=ctx.course.date_at(result.at),
        homework=result.homework.id,
        tier=result.homework.tier,
        late=result.is_late,
        version=version.version,
        length=0,
    )
    return outcome.points - before


def _grade(ctx: Context, result: Result, row: HandIn, version: Submission, *, is_first: bool) -> int:
    """The points that this is worth by the course's rules, less those of the grade before."""
    homework = result.homework
    figures = {"points": result.points, "out_of": homework.out_of, "lost": result.lost, "score": result.score}
    quizzes.add_grade(ctx.db, row.id, version.version, figures, at=ctx.now)
    before = 0 if is_first else ctx.retract(GRADED, object_of(homework.id), member=result.who)
    outcome = ctx.announce(
        GRADED,
        object_of(homework.id),
        member=result.who,
        on=ctx.course.date_at(result.at),
        homework=homework.id,
        tier=homework.tier,
        score=result.score,
        late=result.is_late,
    )
    return outcome.points - before
