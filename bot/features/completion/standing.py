"""How far members are: each thing that the course asks for, and how much of it they have."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, NamedTuple

from bot.domain.course import Course
from bot.domain.homework import Homework, Tier
from bot.domain.ids import MemberId
from bot.domain.places import Member
from bot.engine.context import Context
from bot.features.completion.declared import Completion

Kind = Literal["check_ins", "base", "practice", "challenge"]
_TIERS: tuple[Tier, ...] = ("base", "practice", "challenge")


class Criterion(NamedTuple):
    """One thing that is asked for."""

    kind: Kind
    done: int
    needed: int
    waiting: Sequence[Homework] = ()  # handed in, and to be graded yet
    left: Sequence[Homework] = ()  # not handed in, sent back, or graded too low

    @property
    def is_met(self) -> bool:
        return self.done >= self.needed


class Standing(NamedTuple):
    """How far one member is."""

    criteria: Sequence[Criterion]
    checkins: int
    homework: int  # of all tiers, as far as it counts

    @property
    def is_complete(self) -> bool:
        """Never of whom nothing is asked: that is a rule that does not fit the course."""
        return bool(self.criteria) and all(one.is_met for one in self.criteria)


def standings(ctx: Context, rule: Completion, members: Sequence[Member], day: date) -> Mapping[MemberId, Standing]:
    """By the end of a day, as far as check-ins go; homework as it is graded by now."""
    ids = [one.id for one in members]
    attendance = ctx.ask("attendance", ids, min(day, ctx.course.ends), ctx.course.is_quiet)
    outcomes = ctx.ask("homework_outcomes", ctx.course, members)
    return {who: _standing(ctx.course, rule, attendance.get(who, (0, 0))[0], outcomes[who]) for who in ids}


def _standing(course: Course, rule: Completion, checkins: int, outcomes: Mapping[str, Any]) -> Standing:
    days = course.day_number(course.ends)
    criteria = [Criterion("check_ins", checkins, min(rule.check_ins, days))]
    homework = 0
    for tier in _TIERS:
        one = _tier(course, rule, tier, outcomes)
        homework += one.done
        criteria.append(one)
    return Standing([one for one in criteria if one.needed], checkins, homework)


def _tier(course: Course, rule: Completion, tier: Tier, outcomes: Mapping[str, Any]) -> Criterion:
    """Of what is for the member; a number that is larger than that asks for all of it."""
    theirs = [course.book.homework[id] for id in outcomes if course.book.homework[id].tier == tier]
    done, waiting, left = 0, list[Homework](), list[Homework]()
    for homework in theirs:
        outcome = outcomes[homework.id]
        if outcome is not None and outcome.score is not None and outcome.score >= rule.score:
            done += 1
        elif outcome is not None and outcome.state == "waiting":
            waiting.append(homework)
        else:
            left.append(homework)
    return Criterion(tier, done, getattr(rule.homework, tier).of(len(theirs)), waiting, left)
