"""What a rule makes of a fact: conditions, limits, and reasons that a member can read."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from bot.domain.course import Course
from bot.domain.ids import LANGUAGES, CourseId, EventKey, MemberId, ObjectId, RuleId
from bot.domain.messages import Localised, Text
from bot.domain.placeholders import placeholders
from bot.domain.rules import AllOf, AnyOf, Between, Condition, Effect, Fact, Is, Limit, Not, Rule, Tally, Verdict
from bot.texts.catalogue import Catalogues
from rules.fold import Fold
from rules.judge import first_false, judge

WEDNESDAY = date(2027, 3, 3)
NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def rule(where: Condition | None = None, *, points: int | None = 5, **limit: Any) -> Rule:
    then = [Effect(name="say", argument=None)] + ([Effect(name="award", argument=points)] if points else [])
    return Rule(id=RuleId("check_in"), when="checkin.done", where=where, limit=Limit(**limit), then=tuple(then))


def fact(object: str = "2027-03-03", *, after: timedelta = timedelta(0), **values: Any) -> Fact:
    return Fact(
        kind="checkin.done",
        course=CourseId("writing"),
        member=MemberId(1),
        object=ObjectId(object),
        at=NOON + after,
        local_date=(NOON + after).date(),
        cause=EventKey("local:1"),
        values={"streak": 3, "makeup": False, "member.role": "student", "due": WEDNESDAY, **values},
    )


def course_of(*rules: Rule) -> Course:
    return Course(
        id=CourseId("writing"),
        title=Localised({"en": "Writing"}),
        language="en",
        zone="Europe/London",
        starts=date(2027, 3, 1),
        ends=date(2027, 3, 14),
        spaces=(),
        rules=rules,
    )


def given(one: Rule, *facts: Fact) -> Tally:
    """The tally after these facts."""
    fold, course = Fold(), course_of(one)
    for seen in facts:
        (verdict,) = fold.judge(course, seen).verdicts
        assert verdict.fired, verdict
    return fold.tallies[1, one.id]


# --- conditions -------------------------------------------------------------------------------------------------------

STREAK_3, STREAK_4 = Is(field="streak", values=(3,)), Is(field="streak", values=(4,))
STUDENT, STAFF = Is(field="member.role", values=("student",)), Is(field="member.role", values=("assistant", "admin"))


def between(at_least: float | None = None, at_most: float | None = None, field: str = "streak") -> Between:
    return Between(field=field, at_least=at_least, at_most=at_most)


@pytest.mark.parametrize(
    ("condition", "false"),
    [
        (STREAK_3, None),
        (STREAK_4, STREAK_4),
        (Is(field="streak", values=(4, 3)), None),
        (Is(field="makeup", values=(False,)), None),
        (Is(field="due", values=(WEDNESDAY,)), None),
        (Is(field="nowhere", values=("x",)), Is(field="nowhere", values=("x",))),
        (between(3, 3), None),
        (between(3), None),
        (between(None, 3), None),
        (between(3.5), between(3.5)),
        (between(None, 2), between(None, 2)),
        (between(1, 2), between(1, 2)),
        (between(0, field="nowhere"), between(0, field="nowhere")),
        (between(0, field="member.role"), between(0, field="member.role")),
        (AllOf(conditions=(STREAK_3, STUDENT)), None),
        (AllOf(conditions=(STREAK_3, STAFF, STREAK_4)), STAFF),  # the first that is false
        (AllOf(conditions=()), None),
        (AnyOf(conditions=(STREAK_4, STUDENT)), None),
        (AnyOf(conditions=(STREAK_4, STAFF)), STREAK_4),
        (Not(condition=STREAK_4), None),
        (Not(condition=STREAK_3), Not(condition=STREAK_3)),
        (Not(condition=Not(condition=STREAK_3)), None),
        (Not(condition=AnyOf(conditions=(STREAK_4, STAFF))), None),
        (AllOf(conditions=(STUDENT, AnyOf(conditions=(STAFF, Not(condition=STREAK_3))))), STAFF),
    ],
)
def test_the_part_that_makes_a_condition_false(condition: Condition, false: Condition | None) -> None:
    assert first_false(condition, fact().values) == false


@pytest.mark.parametrize(
    ("where", "why", "values"),
    [
        (STREAK_4, "verdict.condition", {"field": "streak", "value": 3, "wanted": [4]}),
        (STAFF, "verdict.condition", {"field": "member.role", "value": "student", "wanted": ["assistant", "admin"]}),
        (
            Is(field="makeup", values=(True,)),
            "verdict.condition",
            {"field": "makeup", "value": False, "wanted": [True]},
        ),
        (
            Is(field="due", values=(date(2027, 3, 4),)),
            "verdict.condition",
            {"field": "due", "value": "2027-03-03", "wanted": ["2027-03-04"]},
        ),
        (between(4, 9), "verdict.condition", {"field": "streak", "value": 3, "wanted": "≥ 4 ≤ 9"}),
        (between(None, 2), "verdict.condition", {"field": "streak", "value": 3, "wanted": "≤ 2"}),
        (between(3.5), "verdict.condition", {"field": "streak", "value": 3, "wanted": "≥ 3.5"}),
        (between(1_500_000), "verdict.condition", {"field": "streak", "value": 3, "wanted": "≥ 1500000"}),
        (Not(condition=STREAK_3), "verdict.excluded", {"field": "streak", "value": 3}),
        (Not(condition=AnyOf(conditions=(STREAK_3, STAFF))), "verdict.excluded", {"field": "streak", "value": 3}),
        (Not(condition=Not(condition=STREAK_4)), "verdict.excluded", {"field": "streak", "value": 3}),
    ],
)
def test_an_unmet_condition_says_what_was_seen_and_what_was_wanted(
    where: Condition, why: str, values: dict[str, Any]
) -> None:
    assert judge(rule(where), fact(), Tally()) == Verdict(rule=RuleId("check_in"), fired=False, why=why, values=values)


# --- limits -----------------------------------------------------------------------------------------------------------

ONE = fact("a")


@pytest.mark.parametrize(
    ("limit", "earlier", "now", "why"),
    [
        ({}, [], ONE, ""),
        ({}, [fact("b")], ONE, ""),
        ({}, [fact("a", after=-9 * DAY)], ONE, "verdict.object"),  # whatever the limit, nothing is rewarded twice
        ({"once_per": "object"}, [fact("a", after=-9 * DAY)], ONE, "verdict.object"),
        ({"once_per": "object"}, [fact("b")], ONE, ""),
        ({"once_per": "day"}, [fact("b", after=-3 * HOUR)], ONE, "verdict.once_per_day"),
        ({"once_per": "day"}, [fact("b", after=-13 * HOUR)], ONE, ""),  # yesterday evening
        ({"once_per": "week"}, [fact("b", after=-2 * DAY)], ONE, "verdict.once_per_week"),  # Monday
        ({"once_per": "week"}, [fact("b", after=-3 * DAY)], ONE, ""),  # Sunday of last week
        ({"once_per": "week"}, [fact("b")], fact("a", after=4 * DAY), "verdict.once_per_week"),  # Sunday
        ({"once_per": "week"}, [fact("b")], fact("a", after=5 * DAY), ""),
        ({"once_per": "week"}, [fact("b", after=DAY)], ONE, "verdict.once_per_week"),  # which reached us first
        ({"points_per_week": 9}, [fact("b", after=DAY)], ONE, "verdict.points_per_week"),
        ({"cool_down": 3 * HOUR}, [fact("b", after=2 * DAY)], ONE, ""),
        ({"once_per": "member"}, [fact("b", after=-300 * DAY)], ONE, "verdict.once_per_member"),
        ({"once_per": "member"}, [], ONE, ""),
        ({"points_per_day": 10}, [fact("b")], ONE, ""),
        ({"points_per_day": 9}, [fact("b")], ONE, "verdict.points_per_day"),
        ({"points_per_day": 4}, [], ONE, "verdict.points_per_day"),
        ({"points_per_day": 9}, [fact("b", after=-DAY)], ONE, ""),
        ({"points_per_week": 14}, [fact("b", after=-DAY), fact("c")], ONE, "verdict.points_per_week"),  # 5 a time
        ({"points_per_week": 15}, [fact("b", after=-DAY), fact("c")], ONE, ""),
        ({"points_per_week": 14}, [fact("b", after=-3 * DAY), fact("c")], ONE, ""),  # Sunday of last week
        ({"cool_down": 3 * HOUR}, [fact("b", after=-3 * HOUR)], ONE, ""),
        ({"cool_down": 3 * HOUR}, [fact("b", after=-3 * HOUR + timedelta(seconds=1))], ONE, "verdict.cool_down"),
        ({"cool_down": 3 * HOUR}, [fact("b", after=-9 * HOUR), fact("c", after=-HOUR)], ONE, "verdict.cool_down"),
        ({"once_per": "week", "cool_down": DAY}, [fact("b", after=-HOUR)], ONE, "verdict.once_per_week"),
    ],
)
def test_a_limit_keeps_a_rule_quiet_and_says_why(
    limit: dict[str, Any], earlier: list[Fact], now: Fact, why: str
) -> None:
    limited = rule(**limit)
    verdict = judge(limited, now, given(limited, *earlier))
    assert (verdict.fired, verdict.points, verdict.why) == ((False, 0, why) if why else (True, 5, ""))


def test_a_condition_is_looked_at_before_a_limit() -> None:
    limited = rule(STREAK_3, once_per="day")
    verdict = judge(limited, fact("b", streak=4), given(limited, ONE))
    assert verdict.why == "verdict.condition"


def test_a_rule_without_points_fires_too() -> None:
    verdict = judge(rule(points=None), ONE, Tally())
    assert (verdict.fired, verdict.points) == (True, 0)


def test_points_may_be_taken() -> None:
    taking = rule(points=-3, points_per_day=0)
    assert judge(taking, ONE, Tally()).points == -3


def test_judging_changes_no_tally_and_recording_counts_once() -> None:
    tally = Tally()
    judge(rule(), ONE, tally)
    assert tally == Tally()
    assert given(rule(), ONE, fact("b", after=HOUR)) == Tally(
        by_date={WEDNESDAY: 2}, points_by_date={WEDNESDAY: 10}, rounds={"a": 0, "b": 0}, ever=2, last_at=NOON + HOUR
    )


# --- reasons ----------------------------------------------------------------------------------------------------------

QUIET = [
    judge(rule(STREAK_4), ONE, Tally()),
    judge(rule(Not(condition=STREAK_3)), ONE, Tally()),
    judge(rule(), ONE, given(rule(), ONE)),
    *(
        judge(rule(**limit), fact("b"), given(rule(**limit), ONE))
        for limit in (
            {"once_per": "day"},
            {"once_per": "week"},
            {"once_per": "member"},
            {"points_per_day": 9},
            {"points_per_week": 9},
            {"cool_down": timedelta(seconds=20)},
        )
    ),
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("verdict", QUIET, ids=lambda verdict: verdict.why)
def test_every_reason_can_be_said_with_nothing_left_open(language: Any, verdict: Verdict) -> None:
    texts = Catalogues()
    said = texts.say(language, verdict.why, **verdict.values)
    assert said != verdict.why
    assert not placeholders(said)
    assert texts.show(language, Text(id="why.quiet", values={"rule": "R", "reason": said})).count(said) == 1


def test_a_pause_is_said_as_long_as_it_is() -> None:
    cooling = rule(cool_down=timedelta(seconds=20))
    assert judge(cooling, fact("b"), given(cooling, ONE)).values == {"time": timedelta(seconds=20)}
