"""What is odd about `completion:` in course.yaml: `check` warns of it."""

from collections import Counter
from collections.abc import Iterator
from typing import get_args

from bot.domain.course import Course
from bot.domain.homework import Tier
from bot.domain.messages import Text
from bot.features.completion.declared import Completion, feature
from rules.vocabulary import Doubt

_TIERS: tuple[Tier, ...] = get_args(Tier)


def doubts(course: Course) -> Iterator[Doubt]:
    rule = course.settings["completion"]
    assert isinstance(rule, Completion)
    if rule.model_fields_set and not rule.is_asked:
        yield Doubt((), Text(id="plan.completion_of_nothing"))
        return
    days = course.day_number(course.ends)
    if rule.check_ins > days:
        values = {"check_ins": rule.check_ins, "days": days}
        yield Doubt(("check_ins",), Text(id="plan.too_many_check_ins", values=values))
    yield from _of_homework(course, rule)


def _of_homework(course: Course, rule: Completion) -> Iterator[Doubt]:
    there = Counter(homework.tier for homework in course.book.homework.values())
    asked = {tier: share for tier in _TIERS if (share := getattr(rule.homework, tier)).number}
    for tier, share in asked.items():
        if not there[tier]:
            yield Doubt(("homework", tier), Text(id="plan.no_homework_of_tier", values={"tier": tier}))
        elif not share.is_percent and share.number > there[tier]:
            values = {"tier": tier, "asked": share.number, "there": there[tier]}
            yield Doubt(("homework", tier), Text(id="plan.little_homework_of_tier", values=values))
    if rule.score and not asked:
        yield Doubt(("score",), Text(id="plan.score_of_nothing"))


feature.doubts["completion"] = doubts
