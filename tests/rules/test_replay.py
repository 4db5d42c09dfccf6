"""The ledger that facts lead to, without a database: order, levels, what is taken back, other rules on the way."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.course import Course
from bot.domain.ids import CourseId, EventKey, MemberId, ObjectId
from bot.domain.rules import MARK, Fact
from rules.fold import LEVEL_REACHED, POINTS_GRANTED, RETRACTED
from rules.loader import load_course
from rules.replay import Replay
from tests.rules.vocabulary import COURSE, VOCABULARY

START = datetime(2027, 3, 1, 1, tzinfo=UTC)
RULES = """
levels:
  newcomer: {title: 新手}
  regular: {title: 普通, activity: 10}
  core: {title: 核心, activity: 12, contribution: 2}
check_in: {when: checkin.done, limit: {points_per_day: 10}, then: [award: 5]}
helpful: {when: message.posted, where: {is_reply: true}, limit: {novelty: true}, counts_as: help, then: [award: 2]}
regulars_only: {when: message.posted, where: {member.level: [regular, core]}, then: [say: 你好]}
risen: {when: level.reached, where: {step: {at_least: 1}}, counts_as: contribution, then: [award: 1]}
trying: {when: checkin.done, shadow: 7d, limit: {once_per: member}, then: [award: 100]}
thanks_for_points: {when: points.granted, limit: {once_per: member}, then: [award: 1]}
"""


def course_of(rules: str = RULES) -> Course:
    loaded = load_course("camp", {"course.yaml": COURSE, "rules.yaml": rules}, VOCABULARY)
    assert not loaded.problems
    return loaded.course


CAMP = course_of()


def fact(kind: str, object: str, *, hour: int = 0, member: int = 1, **values: Any) -> Fact:
    at = START + timedelta(hours=hour)
    return Fact(
        kind=kind,
        course=CourseId("camp"),
        member=MemberId(member),
        object=ObjectId(object),
        at=at,
        local_date=CAMP.date_at(at),
        cause=EventKey(f"local:{hour}"),
        values={"member.role": "student", "member.level": "as it was recorded", **values},
    )


def checkin(object: str, **values: Any) -> Fact:
    return fact("checkin.done", object, **values)


def reply(object: str, text: str, **values: Any) -> Fact:
    return fact("message.posted", object, is_reply=True, **{MARK: text, **values})


def undone(kind: str, object: str, **values: Any) -> Fact:
    return fact(RETRACTED, object, **{"fact": kind, **values})


def replayed(*facts: Fact, course: Course = CAMP) -> Replay:
    replay = Replay()
    for one in facts:
        replay.take(course, one)
    return replay


def listed(replay: Replay) -> list[str]:
    return [f"{entry.rule} {entry.object}/{entry.round} {entry.points:+d}" for entry in replay.entries]


def test_facts_give_entries_in_their_order_and_limits_hold() -> None:
    replay = replayed(checkin("a"), checkin("a", hour=1), checkin("b", hour=2), checkin("c", hour=3))
    assert listed(replay) == ["check_in a/0 +5", "check_in b/0 +5", "risen regular/0 +1"]


def test_the_level_follows_from_what_was_given_whatever_was_recorded() -> None:
    replay = Replay()
    levels = []
    for one in (checkin("a"), checkin("b"), reply("m", "x")):
        judged = replay.take(CAMP, one)
        levels.append([(found.fact.kind, found.fact.values["member.level"]) for found in judged])
    assert levels == [
        [("checkin.done", "newcomer")],
        [("checkin.done", "newcomer"), ("level.reached", "regular")],
        [("message.posted", "regular"), ("level.reached", "core")],
    ]
    assert listed(replay)[-3:] == ["helpful m/0 +2", "regulars_only m/0 +0", "risen core/0 +1"]
    assert one.values["member.level"] == "as it was recorded"


def test_a_level_that_is_given_is_passed_over() -> None:
    replay = Replay()
    assert replay.take(CAMP, fact(LEVEL_REACHED, "core", level="core", step=2)) == []
    assert replay.entries == []


def test_what_is_taken_back_counts_as_never_given_and_may_be_given_again() -> None:
    again = checkin("a", hour=3)
    replay = replayed(checkin("a"), checkin("b"), undone("checkin.done", "a", hour=2), again, checkin("c", hour=4))
    assert listed(replay) == [
        "check_in a/0 +5",
        "check_in b/0 +5",
        "risen regular/0 +1",
        "check_in a/1 -5",
        "check_in a/2 +5",
    ]
    back = replay.entries[3]
    assert (back.at, back.local_date, back.fact) == (START + timedelta(hours=2), date(2027, 3, 1), "checkin.done")


def test_a_retraction_says_what_it_took() -> None:
    replay = replayed(checkin("a"))
    [judged] = replay.take(CAMP, undone("checkin.done", "a"))
    assert [(verdict.rule, verdict.points) for verdict in judged.verdicts] == [("check_in", -5)]
    assert judged.firings == []


@pytest.mark.parametrize(
    "other",
    [
        undone("checkin.done", "b"),
        undone("checkin.done", "a", member=2),
        undone("message.posted", "a"),
    ],
)
def test_only_the_same_member_object_and_kind_is_taken_back(other: Fact) -> None:
    assert listed(replayed(checkin("a"), other)) == ["check_in a/0 +5"]


def test_a_level_falls_with_what_is_taken_back_and_nobody_is_rewarded_for_it_twice() -> None:
    replay = replayed(checkin("a"), checkin("b"), undone("checkin.done", "a", hour=1))
    assert replay.level_of(CAMP, 1) == "newcomer"
    replay.take(CAMP, checkin("c", hour=2))
    assert replay.level_of(CAMP, 1) == "regular"
    assert [line for line in listed(replay) if line.startswith("risen")] == ["risen regular/0 +1"]


def test_the_same_text_is_new_again_when_its_reward_is_taken_back() -> None:
    replay = replayed(reply("m", "x"), reply("n", "x", member=2))
    assert listed(replay) == ["helpful m/0 +2"]
    replay.take(CAMP, undone("message.posted", "m"))
    replay.take(CAMP, reply("o", "x", member=2))
    assert listed(replay)[-1] == "helpful o/0 +2"


def test_a_rule_in_the_shadow_gives_nothing_and_is_taken_back_in_the_shadow() -> None:
    replay = replayed(checkin("a"), undone("checkin.done", "a"))
    assert [(entry.rule, entry.points) for entry in replay.shadows] == [("trying", 100), ("trying", -100)]
    assert "trying" not in {entry.rule for entry in replay.entries}
    assert replay.fold.totals[1].activity == 0


def test_points_from_staff_stand_in_the_ledger_and_count_for_no_level() -> None:
    replay = replayed(fact(POINTS_GRANTED, "g", points=500))
    assert listed(replay) == ["thanks_for_points g/0 +1", "grant g/0 +500"]
    assert replay.level_of(CAMP, 1) == "newcomer"
    replay.take(CAMP, undone(POINTS_GRANTED, "g"))
    assert sum(entry.points for entry in replay.entries) == 0


def test_under_other_thresholds_levels_are_others_and_nothing_is_given_for_them() -> None:
    replay = replayed(checkin("a"))
    kinder = course_of(RULES.replace("activity: 10", "activity: 5"))
    before = list(replay.entries)
    replay.enter(kinder)
    assert replay.level_of(kinder, 1) == "regular"
    assert replay.level_of(kinder, 2) == "newcomer"
    assert replay.entries == before
    without = course_of("check_in: {when: checkin.done, then: [award: 5]}")
    replay.enter(without)
    assert replay.level_of(without, 1) == ""


def test_staff_have_no_level() -> None:
    by_staff = {"member.role": "assistant"}
    replay = replayed(checkin("a", **by_staff), checkin("b", **by_staff), checkin("c"))
    replay.enter(CAMP)
    assert replay.level_of(CAMP, 1) == "regular"  # as a student again
    replay.take(CAMP, checkin("d", **by_staff))
    replay.enter(course_of(RULES.replace("activity: 10", "activity: 11")))
    assert replay.level_of(CAMP, 1) == "regular"


KINDS = ("checkin.done", "message.posted", POINTS_GRANTED)


@st.composite
def stories(draw: st.DrawFn) -> list[Fact]:
    """Facts in order, some of which take back others."""
    facts = []
    hours = accumulate(draw(st.lists(st.integers(0, 30), max_size=30)))
    for number, hour in enumerate(hours):
        member, object = draw(st.integers(1, 2)), draw(st.sampled_from("abc"))
        kind = draw(st.sampled_from((*KINDS, RETRACTED)))
        values: dict[str, Any] = {
            "points": draw(st.integers(-9, 9)),
            "is_reply": True,
            MARK: draw(st.sampled_from("xy")),
        }
        if kind == RETRACTED:
            values = {"fact": draw(st.sampled_from(KINDS))}
        facts.append(fact(kind, object if kind != POINTS_GRANTED else f"g{number}", hour=hour, member=member, **values))
    return facts


def net(replay: Replay) -> Iterator[int]:
    for member in (1, 2):
        yield sum(entry.points for entry in replay.entries if entry.member == member and entry.category != "other")


@given(stories())
def test_rounds_alternate_and_sums_are_what_levels_look_at(facts: list[Fact]) -> None:
    replay = replayed(*facts)
    seen: dict[tuple[int, str, str], int] = {}
    for entry in replay.entries:
        key = entry.member, entry.rule, entry.object
        assert entry.round == seen.get(key, -1) + 1
        seen[key] = entry.round
    assert [replay.fold.totals[member].activity for member in (1, 2)] == list(net(replay))
    assert replayed(*facts).entries == replay.entries


@given(stories())
def test_a_story_that_is_taken_back_whole_leaves_nothing(facts: list[Fact]) -> None:
    replay = replayed(*facts)
    for one in facts:
        if one.kind != RETRACTED:
            replay.take(CAMP, undone(one.kind, one.object, hour=2000, member=one.member))
    for level in ("regular", "core"):
        for member in (1, 2):
            replay.take(CAMP, undone(LEVEL_REACHED, level, hour=2001, member=member))
    assert sum(entry.points for entry in replay.entries) == 0
    assert all(not texts for texts in replay.fold.texts.values())
